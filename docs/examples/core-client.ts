/** A client's connection over a transport of your own. */
import {
  type ClientOptions,
  type ClientRequest,
  type Closed,
  Connection,
  type FieldInit,
  type GetRandomValues,
  type Open,
  type OpeningResponse,
  type Payload,
  type SendOptions,
} from 'sansocket';

const getRandomValues: GetRandomValues = (octets) => crypto.getRandomValues(octets);
const fields: FieldInit = { Authorization: 'Bearer secret' };
const request: ClientRequest = { host: 'example.com', target: '/chat', subprotocols: ['chat'], fields };

const opened = ({ subprotocol }: Open): void => console.log('open', subprotocol);
const refused = ({ status, body }: OpeningResponse): void => console.log(status, new TextDecoder().decode(body));
const closed = ({ code, clean }: Closed): void => console.log('closed', code, clean);

export function client(write: (bytes: Uint8Array) => void): Connection {
  const options: ClientOptions = {
    role: 'client',
    request,
    getRandomValues,
    output(output) {
      if (output.type === 'write') output.chunks.forEach(write);
      else if (output.type === 'open') opened(output);
      else if (output.type === 'refused') refused(output.response);
      else if (output.type === 'closed') closed(output);
    },
  };
  const connection = new Connection(options);
  connection.start();
  return connection;
}

/** Sends bytes that are not needed any more: they are not copied. */
export function give(connection: Connection, bytes: Payload): boolean {
  const options: SendOptions = { transfer: true, compress: false };
  return connection.send(bytes, options) >= 0;
}
