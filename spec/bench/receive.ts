/** What one received frame costs, from chunk to message: a masked frame on the server's side, and a short one on the client's. */

import { nodeHost } from '../../adapters/runtimes/node-host.ts';
import { Connection, Opcode, type Output, type Role } from '../../core/index.ts';
import { pseudoRandom } from '../support/opened.ts';
import { frame as unmasked } from '../support/wire.ts';
import { type Contender, compare, type Work } from './harness.ts';
import { Receiver } from './ws-parts.ts';

/** Bytes of all chunks that one run reads: they fit the cache, as those that have just been received do. */
const BATCH_BYTES = 1_048_576;
/** What a socket gives at once. */
const CHUNK_BYTES = 65_536;

for (const size of [16, 64, 1_024, 16_384, 1_048_576]) {
  for (const opcode of [Opcode.binary, Opcode.text]) {
    const frame = masked(opcode, size);
    const perChunk = Math.floor(CHUNK_BYTES / frame.length);
    for (const together of perChunk > 1 ? [1, perChunk] : [1]) {
      await compareOn('server', opcode, size, [repeated(frame, together)], together);
    }
    if (perChunk === 0) await compareOn('server', opcode, size, cut(frame), 1);
  }
}
await compareOn('client', Opcode.binary, 64, [unmasked(0x82, new Uint8Array(64).fill(97))], 1);

/** @param wire - the chunks that hold `messages` messages. */
async function compareOn(
  role: Role,
  opcode: number,
  size: number,
  wire: readonly Uint8Array[],
  messages: number,
): Promise<void> {
  const length = wire.reduce((sum, chunk) => sum + chunk.length, 0);
  const count = Math.min(4_096, Math.max(1, Math.floor(BATCH_BYTES / length)));
  // A chunk of Node's is a Buffer on memory of its own.
  const chunks = Array.from({ length: count }, () => wire.map((chunk) => Buffer.allocUnsafeSlow(chunk.length))).flat();
  // Unmasked in place by whoever reads them, so written afresh before each run.
  const prepare = (): void => {
    for (const [i, chunk] of chunks.entries()) chunk.set(wire[i % wire.length] ?? []);
  };

  const text = opcode === Opcode.text;
  const place =
    wire.length > 1 ? `in ${wire.length} chunks` : `${messages === 1 ? 'one frame' : `${messages} frames`} a chunk`;
  const kind = `${size} B ${text ? 'text' : 'binary'}, ${place}${role === 'client' ? ', for a client' : ''}`;
  const isServer = role === 'server';
  const contenders: Contender[] = [
    { name: 'ws', setUp: () => ({ prepare, ...wsReceiving(isServer, chunks, (data) => data) }) },
    { name: 'sansocket', setUp: () => ({ prepare, ...receiving(role, chunks) }) },
  ];
  // `ws` hands text on as bytes; a program that wants the text has them decoded.
  if (text)
    contenders.push({
      name: 'ws, text as a string',
      setUp: () => ({ prepare, ...wsReceiving(isServer, chunks, String) }),
    });
  await compare(kind, contenders, { operations: count * messages, bytes: size });
}

function receiving(role: Role, chunks: readonly Uint8Array[]): Work {
  let received = 0;
  const take = (output: Output, peer: Role): void => {
    if (output.type === 'message') received += output.data.length;
    else if (output.type === 'request') pair.server.accept();
    else if (output.type === 'write') for (const chunk of output.chunks) pair[peer].receive(chunk.slice());
  };
  const pair: Readonly<Record<Role, Connection>> = {
    server: new Connection({
      role: 'server',
      decodeAscii: nodeHost.decodeAscii, // as every host of Node's has it
      output: (output) => take(output, 'client'),
    }),
    client: new Connection({
      role: 'client',
      request: { host: 'x', target: '/' },
      getRandomValues: pseudoRandom(),
      output: (output) => take(output, 'server'),
    }),
  };
  pair.server.start();
  pair.client.start();
  const connection = pair[role];
  return {
    run() {
      received = 0;
      for (const chunk of chunks) connection.receive(chunk);
      return received;
    },
  };
}

function wsReceiving(isServer: boolean, chunks: readonly Uint8Array[], take: (data: Buffer) => Buffer | string): Work {
  let received = 0;
  const receiver = new Receiver({ isServer });
  receiver.on('message', (data) => {
    received += take(data).length;
  });
  return {
    run() {
      received = 0;
      for (const chunk of chunks) receiver.write(chunk);
      return received;
    },
  };
}

function repeated(frame: Uint8Array, times: number): Uint8Array {
  return Buffer.concat(Array<Uint8Array>(times).fill(frame));
}

/** In chunks, as a socket gives it. */
function cut(frame: Uint8Array): Uint8Array[] {
  const count = Math.ceil(frame.length / CHUNK_BYTES);
  return Array.from({ length: count }, (_, i) => frame.slice(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES));
}

/** One message in one frame, as a client sends it. */
function masked(opcode: number, size: number): Uint8Array {
  const header =
    size < 126
      ? [0x80 | size]
      : size < 65_536
        ? [0xfe, size >> 8, size & 0xff]
        : [0xff, 0, 0, 0, 0, size >>> 24, (size >> 16) & 0xff, (size >> 8) & 0xff, size & 0xff];
  const key = [0x37, 0xfa, 0x21, 0x3d];
  const frame = new Uint8Array(1 + header.length + 4 + size);
  frame.set([0x80 | opcode, ...header, ...key]);
  const start = frame.length - size;
  for (let i = 0; i < size; i++) frame[start + i] = (97 + (i % 26)) ^ (key[i % 4] ?? 0);
  return frame;
}
