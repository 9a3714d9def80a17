/** A client: why it could not connect, and how long it waits. */
import {
  type ClientOptions,
  connect,
  type DialOptions,
  HandshakeError,
  ReceiveTimeout,
  TransportError,
  type TransportFailure,
} from 'sansocket/node';

const worthAnotherTry: readonly TransportFailure[] = ['refused', 'unreachable', 'lost'];

const options: ClientOptions & DialOptions = {
  subprotocols: ['chat'],
  headers: { Authorization: 'Bearer secret' },
  cookies: { session: 'abc' },
  deadlines: { connecting: 2_000, opening: 2_000 },
  tls: { minVersion: 'TLSv1.3' },
  signal: AbortSignal.timeout(10_000),
};

try {
  const connection = await connect('wss://example.com/chat', options);
  connection.send('hello');
  console.log(await connection.receive({ timeout: 5_000 }));
  await connection.close();
} catch (error) {
  if (error instanceof HandshakeError) console.error(error.status, new TextDecoder().decode(error.body));
  else if (error instanceof TransportError) console.error(error.code, worthAnotherTry.includes(error.code));
  else if (error instanceof ReceiveTimeout) console.error('no answer; the connection is still open');
  else throw error;
}
