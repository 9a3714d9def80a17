/** The sockets that a runtime's `node:http` hands over at an upgrade. */
import { describe, expect, it } from 'vitest';
import { connect } from '../../adapters/node.ts';
import { rawClient, request } from '../support/raw-socket.ts';
import { bytes, frame, hex, join } from '../support/wire.ts';
import { nextLine, start } from './processes.ts';
import { BUN, bundle, DENO, DENO_FLAGS, NODE_20, NODE_26 } from './programs.ts';
import type { ResultsTable } from './results-table.ts';

const KEY = bytes('37fa213d');
const PROGRAMS = [
  ['Node 20', NODE_20, []],
  ['Node 26', NODE_26, []],
  ['Deno’s `node:`', DENO, ['run', ...DENO_FLAGS]],
  ['Bun’s `node:`', BUN, ['run']],
] as const;

/** Declares the tests, which tell `table` what came of them. */
export function describeAttached(table: ResultsTable): void {
  describe.each(PROGRAMS)('an HTTP server on %s', (name, program, args) => {
    it('hands its upgrades over, and goes on answering the rest', async () => {
      const child = start(program(), [...args, await bundle('runtimes/peers/attached')]);
      const port = Number(await nextLine(child));
      let passed = false;
      try {
        await talk(port);
        await speakBytes(port);
        expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('a page');
        passed = true;
      } finally {
        table.add('HTTP servers, by `attach`', name, passed);
        child.kill('SIGKILL');
      }
    });
  });
}

async function talk(port: number): Promise<void> {
  const connection = await connect(`ws://127.0.0.1:${port}/echo`, { compression: true });
  expect(connection.extensions).toContain('permessage-deflate');
  const large = new Uint8Array(2 ** 24).map((_, i) => i % 251);
  for (const message of ['hello', 'hello again and again '.repeat(1_000), large]) {
    connection.send(message);
    const echoed = await connection.receive();
    expect(typeof message === 'string' ? echoed : Buffer.compare(echoed as Uint8Array, message)).toBe(
      typeof message === 'string' ? message : 0,
    );
  }
  expect(await connection.close(4000, 'enough')).toMatchObject({ code: 4000, clean: true });
  await expect(connect(`ws://127.0.0.1:${port}/other`)).rejects.toMatchObject({ status: 404 });
}

/** A frame in the chunk of the request, an end of one half, and resets. */
async function speakBytes(port: number): Promise<void> {
  const asked = join([Buffer.from(request('/echo')), frame(0x81, bytes('6869'), KEY)]);
  const raw = await rawClient(port);
  raw.write(asked);
  await raw.head();
  await raw.until(() => raw.frames.length === 1);
  expect(hex(raw.frames[0]?.payload ?? new Uint8Array())).toBe('6869');
  raw.socket.end();
  await raw.end();
  expect(raw.frames.at(-1)?.first).toBe(0x88);
  for (const length of [10, asked.length - 8, asked.length - 3, asked.length]) {
    const gone = await rawClient(port);
    gone.write(asked.subarray(0, length));
    if (length > 10) await gone.head();
    gone.socket.resetAndDestroy();
    await gone.closed;
  }
}
