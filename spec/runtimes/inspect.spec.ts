/** The inspector where it is not Node that runs it. */
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { HubMessage } from '../../adapters/inspector/protocol.ts';
import { connect } from '../../adapters/node.ts';
import { nextValue, start, stopAll } from './processes.ts';
import { BUN, DENO, folder, root } from './programs.ts';

afterAll(stopAll);

it.each([
  ['deno', 'Deno', DENO, ['run', '--no-prompt', '--no-check', '--allow-all']],
  ['bun', 'Bun', BUN, ['run']],
] as const)('%s shows both ends of its connection, and the page', async (name, runtime, program, flags) => {
  process.env.SANSOCKET_INSPECTORS = join(folder, name);
  const child = start(program(), [...flags, `spec/runtimes/peers/inspected-${name}.ts`], root);
  const { inspector } = (await nextValue(child)) as { inspector: string }; // what it prints
  expect((await fetch(inspector)).status).toBe(200);
  const page = await connect(`${inspector.replace('http', 'ws')}socket`);
  page.send('{"type":"watch","connections":"all"}');
  const read = async (): Promise<HubMessage> => JSON.parse(String(await page.receive())) as HubMessage; // our own
  expect(await read()).toMatchObject({ type: 'hello', process: { runtime: expect.stringMatching(`^${runtime} \\d`) } });
  const seen = new Set<string>();
  while (seen.size < 6) {
    const told = await read();
    if (told.type !== 'batch') continue;
    for (const { role, state } of told.connections) seen.add(`${role} ${state}`);
    for (const entry of told.entries) {
      if (entry.kind !== 'frame') continue;
      expect(Buffer.from(entry.payload, 'base64').toString()).toBe('hello');
      seen.add(`frame ${entry.direction}, ${entry.masked ? 'masked' : 'not masked'}`);
    }
    for (const each of ['connecting.awaitingResponse', 'connecting.awaitingRequest', 'connecting.deciding']) {
      for (const role of ['client', 'server']) seen.delete(`${role} ${each}`);
    }
  }
  expect([...seen].sort()).toEqual([
    'client open',
    'frame in, masked',
    'frame in, not masked',
    'frame out, masked',
    'frame out, not masked',
    'server open',
  ]);
  await page.close();
});
