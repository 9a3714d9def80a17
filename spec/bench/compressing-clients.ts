/** A server of one of the contenders in a process of its own, and raw clients of it that compress. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { deflateRawSync, constants as zlib } from 'node:zlib';
import { REQUEST } from '../support/opened.ts';
import type { Compression, Question, Usage } from './contenders/compressing-server.ts';

const OFFER = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n';

export class Server {
  readonly #process: ChildProcess;
  readonly #port: number;
  readonly #sockets: Socket[] = [];

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.#port = port;
  }

  static async start(name: string, compression: Compression): Promise<Server> {
    const program = fileURLToPath(new URL('./contenders/compressing-server.js', import.meta.url));
    const process = fork(program, [name, compression], { execArgv: ['--expose-gc'] });
    const [port] = (await once(process, 'message')) as [number];
    return new Server(process, port);
  }

  async open(count: number, compression: Compression): Promise<Socket[]> {
    const sockets: Socket[] = [];
    for (let i = 0; i < count; i++) {
      const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
      socket.on('error', () => {}); // it is seen by what is missing then
      socket.write(REQUEST.subarray(0, -2));
      socket.write(compression === 'off' ? '\r\n' : OFFER);
      const [head] = (await once(socket, 'data')) as [Buffer];
      const agreed = /permessage-deflate/i.test(head.toString('latin1'));
      if (agreed !== (compression !== 'off')) throw new Error(`not agreed on:\n${head.toString('latin1')}`);
      sockets.push(socket);
    }
    this.#sockets.push(...sockets);
    return sockets;
  }

  async ask(question: Question): Promise<Usage> {
    const answer = once(this.#process, 'message');
    this.#process.send(question);
    return (await answer)[0] as Usage;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#process.kill();
    await once(this.#process, 'exit');
  }
}

/** Sends a frame, and waits for the whole of one. */
export async function answer(socket: Socket, message: Uint8Array): Promise<void> {
  socket.write(message);
  let received = Buffer.alloc(0);
  while (received.length < 4 || received.length < lengthOf(received)) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    received = Buffer.concat([received, chunk]);
  }
}

/** The bytes of the server's frame that `bytes` begins with, up to 64 KiB. */
function lengthOf(bytes: Buffer): number {
  if (((bytes[0] ?? 0) & 0x40) === 0) throw new Error('the answer is not compressed');
  const length = (bytes[1] ?? 0) & 0x7f;
  return length < 126 ? 2 + length : 4 + bytes.readUInt16BE(2);
}

export function json(length: number): string {
  const records = Array.from({ length: length / 32 }, (_, i) => ({
    id: (i * 7_919) % 10_007,
    on: i % 3 === 0,
    x: Math.sin(i),
  }));
  return JSON.stringify(records).slice(0, length);
}

/** A compressed text message, masked with a key of zeros, that refers to none before it. */
export function frame(text: string): Uint8Array {
  const payload = deflateRawSync(text, { finishFlush: zlib.Z_SYNC_FLUSH }).subarray(0, -4);
  const header = Buffer.from([0xc1, 0xfe, payload.length >>> 8, payload.length & 0xff, 0, 0, 0, 0]);
  return Buffer.concat([header, payload]);
}
