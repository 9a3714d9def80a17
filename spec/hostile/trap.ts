/** A server that speaks bytes, for clients of a victim to run into. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { acceptance } from '../support/raw-socket.ts';
import { Raw, type Target } from './target.ts';

export class Trap {
  readonly #server: Server;
  readonly #raws: Raw[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#raws.push(new Raw(socket)));
  }

  static async listen(): Promise<Trap> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new Trap(server);
  }

  /** Has the clients of `target` connect, `count` of them, and reads their requests. */
  async catch(target: Target, count: number): Promise<Raw[]> {
    const { port } = this.#server.address() as AddressInfo; // it listens on an IP address
    await target.ask(`connect ${count} ws://127.0.0.1:${port}/`);
    while (this.#raws.length < count) await once(this.#server, 'connection');
    const raws = this.#raws.splice(0);
    await Promise.all(raws.map((raw) => raw.until(() => raw.text.endsWith('\r\n\r\n'))));
    return raws;
  }

  /** The same, and accepts them; `field` is a line to add to the answer, with its CRLF. */
  async open(target: Target, count: number, field = ''): Promise<Raw[]> {
    const raws = await this.catch(target, count);
    for (const raw of raws) {
      const answer = acceptance(raw.text);
      raw.forget();
      await raw.write(Buffer.from(`${answer.slice(0, -2)}${field}\r\n`));
    }
    return raws;
  }

  close(): void {
    this.#server.close();
  }
}
