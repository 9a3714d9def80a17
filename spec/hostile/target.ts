/** The attacker's view of a victim: its port, its process, and raw connections to it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { REQUEST } from '../support/opened.ts';
import type { Question, Usage, VictimKind } from './victim.ts';

export class Target {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #died: Promise<unknown>;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
    this.#died = once(process, 'exit').then(() => undefined);
  }

  static async start(kind: VictimKind): Promise<Target> {
    const program = fileURLToPath(new URL('./victim.js', import.meta.url));
    // The young generation grows with the pace of garbage, up to 48 MiB: what a fast machine lets lie about is no harm.
    const process = fork(program, [kind], { execArgv: ['--expose-gc', '--max-semi-space-size=2'] });
    const [port] = (await once(process, 'message')) as [number];
    return new Target(process, port);
  }

  /** @throws where the victim has died. */
  async ask(question: Question): Promise<Usage> {
    const answer = new Promise<Usage>((resolve) => {
      this.#process.once('message', (usage) => resolve(usage as Usage)); // it sends nothing else from now on
    });
    if (this.#process.connected) this.#process.send(question);
    const usage = await Promise.race([answer, this.#died.then(() => undefined)]);
    if (usage === undefined) throw new Error('the victim has died');
    return usage;
  }

  async stop(): Promise<void> {
    this.#process.kill();
    await this.#died;
  }

  /** Connects, and says nothing. */
  async dial(): Promise<Raw> {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    const raw = new Raw(socket);
    await once(socket, 'connect');
    return raw;
  }

  /** Connects, and opens a WebSocket. @param offer - lines to add to the request, each with its CRLF. */
  async open(offer = ''): Promise<Raw> {
    const raw = await this.dial();
    await raw.write(Buffer.concat([REQUEST.subarray(0, -2), Buffer.from(`${offer}\r\n`)]));
    await raw.until(() => raw.text.includes('\r\n\r\n'));
    if (!raw.text.startsWith('HTTP/1.1 101')) throw new Error(`not opened: ${raw.text.slice(0, 80)}`);
    raw.forget();
    return raw;
  }
}

/** A raw connection, which remembers the last of what it was sent. */
export class Raw {
  readonly socket: Socket;
  closed = false;
  #tail: Buffer = Buffer.alloc(0);
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {}); // `close` follows
    socket.on('data', (chunk: Buffer) => {
      this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-4_096);
      this.#wake();
    });
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
    socket.on('drain', () => this.#wake());
  }

  get text(): string {
    return this.#tail.toString('latin1');
  }

  /** The code of the Close frame at the end of what came; `undefined` where there is none. */
  get closeCode(): number | undefined {
    for (let at = this.#tail.length - 2; at >= 0 && at >= this.#tail.length - 127; at--) {
      if (this.#tail[at] === 0x88 && this.#tail[at + 1] === this.#tail.length - at - 2) {
        return this.#tail.length - at > 3 ? this.#tail.readUInt16BE(at + 2) : 1005;
      }
    }
    return undefined;
  }

  forget(): void {
    this.#tail = Buffer.alloc(0);
  }

  /** Writes, and waits while much waits to be written; gives up where the peer has closed. */
  async write(bytes: Uint8Array): Promise<void> {
    if (!this.closed && !this.socket.write(bytes)) await this.until(() => !this.socket.writableNeedDrain);
  }

  /** Waits until `condition` holds or the connection is gone. */
  async until(condition: () => boolean): Promise<void> {
    while (!this.closed && !condition()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Waits for the end, and tells how it was: the code of the Close, or the status of the refusal. */
  async end(): Promise<number | undefined> {
    await this.until(() => false);
    return Number(/^HTTP\/1.1 (\d+)/.exec(this.text)?.[1] ?? this.closeCode) || undefined;
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }
}

/** Does `work` `count` times, `atOnce` at a time. */
export async function times<T>(count: number, work: (i: number) => Promise<T>, atOnce = 50): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const i = next++;
      results[i] = await work(i);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
  return results;
}

/** @throws where not all of `actual` are `expected`. */
export function all(actual: readonly unknown[], expected: unknown, what: string): void {
  const others = actual.filter((each) => each !== expected);
  if (others.length > 0)
    throw new Error(`${what}: ${others.length} of ${actual.length} were ${others[0]}, not ${expected}`);
}
