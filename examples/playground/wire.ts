/** A cable between one client and the server, into which bytes can be put that neither has sent. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Side } from './orders.ts';

export class Wire {
  readonly #listener: Server;
  #ends: Readonly<Record<Side, Socket>> | undefined;

  constructor(listener: Server, target: number) {
    this.#listener = listener;
    listener.once('connection', (client: Socket) => {
      listener.close(); // one client a cable
      const server = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
      client.setNoDelay(true);
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          if (!to.writableEnded) to.end();
        });
      }
      this.#ends = { client, server };
    });
  }

  /** Where the client connects to. */
  get port(): number {
    return (this.#listener.address() as AddressInfo).port; // it listens on TCP
  }

  /** Puts `bytes` before whatever comes next to one end; returns whether that end is there. */
  inject(to: Side, bytes: Uint8Array): boolean {
    const end = this.#ends?.[to];
    if (end?.writable !== true) return false;
    end.write(bytes);
    return true;
  }

  /** Cuts the cable. */
  cut(): void {
    this.#listener.close();
    this.#ends?.client.destroy();
    this.#ends?.server.destroy();
  }
}

/** Lays a cable to a port of this machine. */
export async function layWire(target: number): Promise<Wire> {
  const listener = createServer({ allowHalfOpen: true });
  const wire = new Wire(listener, target);
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return wire;
}
