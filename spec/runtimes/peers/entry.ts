/**
 * What a runtime's entry does for a program: `serve <options>` prints the URL of an echo and serves until it is
 * killed; `connect <attempts>` prints how each of them went. Both arguments are JSON.
 */

/** A place to connect to, and with what. */
export interface Attempt {
  readonly url: string;
  readonly options?: object;
  /** Milliseconds until a signal gives it up. */
  readonly signal?: number;
}

interface Connection extends AsyncIterable<string | Uint8Array> {
  readonly closed: Promise<{ readonly code: number }>;
  send(message: string | Uint8Array): boolean;
  close(): Promise<unknown>;
}

interface Entry {
  connect(url: string, options: object): Promise<Connection>;
  serve(options: object): Promise<{ readonly url: string }>;
}

/** How each attempt went: `echoed`, or the name of its error and the code or the phase that has. */
export function outcomes(connect: Entry['connect'], attempts: readonly Attempt[]): Promise<string[]> {
  return Promise.all(attempts.map((attempt) => outcome(connect, attempt)));
}

async function outcome(connect: Entry['connect'], { url, options, signal }: Attempt): Promise<string> {
  try {
    const given = { deadlines: { opening: 5_000 }, ...options };
    const connection = await connect(
      url,
      signal === undefined ? given : { ...given, signal: AbortSignal.timeout(signal) },
    );
    connection.send('echo');
    for await (const message of connection) {
      await connection.close();
      return message === 'echo' ? 'echoed' : `something else: ${message}`;
    }
    return `closed ${(await connection.closed).code}`;
  } catch (error) {
    const { name, code, phase = code } = error as { name: string; code?: unknown; phase?: unknown };
    return phase === undefined ? name : `${name} ${phase}`;
  }
}

export async function main({ connect, serve }: Entry): Promise<void> {
  const [mode, given = '{}'] = process.argv.slice(2);
  if (mode === 'serve') {
    const message = (connection: Connection, message: string): void => void connection.send(message);
    console.log(JSON.stringify((await serve({ ...JSON.parse(given), message })).url));
  } else {
    console.log(JSON.stringify(await outcomes(connect, JSON.parse(given))));
    process.exit();
  }
}
