/** The subject of the suite: an echo server, or a client that echoes over one connection after another. */
import type { ClientOptions, WebSocketConnection, WebSocketServerOptions } from '../../../adapters/node.ts';
import { ProtocolError } from '../../../core/index.ts';

/** What a program was told of one connection. */
export interface Told {
  opened: boolean;
  /** The violations. */
  readonly errors: string[];
  readonly closes: { readonly code: number; readonly clean: boolean }[];
}

/** What a client asks a server after the last case. */
export const QUESTION = 'What were you told?';

interface Entry {
  serve(options: WebSocketServerOptions<Told>): Promise<{ readonly port: number }>;
  connect(url: string, options: ClientOptions<Told>): Promise<WebSocketConnection<Told>>;
}

/** Runs as `server [compression]`, which prints its port, or `client COUNT PORT [compression]`, which prints what it was told. */
export async function main({ serve, connect }: Entry, [role, ...args]: readonly string[]): Promise<void> {
  const told = new Map<number, Told>();
  const begin = (number: number): Told => {
    const begun = { opened: false, errors: [], closes: [] };
    told.set(number, begun);
    return begun;
  };
  const compression = args.includes('compression') && { threshold: 0 };
  const handlers = {
    compression,
    open: ({ data }: WebSocketConnection<Told>) => {
      data.opened = true;
    },
    error: ({ data }: WebSocketConnection<Told>, error: unknown) =>
      void data.errors.push(error instanceof ProtocolError ? error.violation : String(error)),
    close: ({ data }: WebSocketConnection<Told>, { code, clean }: { code: number; clean: boolean }) =>
      void data.closes.push({ code, clean }),
  };
  if (role === 'server') {
    const { port } = await serve({
      ...handlers,
      upgrade: ({ path }) => ({ data: begin(Number.parseInt(path.slice(1), 10)) }),
      message: (connection, message) =>
        void connection.send(message === QUESTION ? JSON.stringify([...told]) : message),
    });
    console.log(port);
    return;
  }
  const [count, port] = args.map(Number);
  for (let number = 0; number < Number(count); number++) {
    await new Promise<void>((resolve) => {
      const opening = connect(`ws://127.0.0.1:${port}/${number}`, {
        ...handlers,
        data: begin(number),
        message: (connection, message) => void connection.send(message),
        close: (connection, closed) => {
          handlers.close(connection, closed);
          resolve();
        },
      });
      opening.catch(() => resolve());
    });
  }
  console.log(JSON.stringify([...told]));
}
