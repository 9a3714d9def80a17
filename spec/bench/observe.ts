/**
 * What it costs to be watched: nothing where nobody does, and little where a page of the inspector looks on.
 *
 * The first is measured within one process: the driver as it is, and the driver with the checks taken out of its source.
 * The second is the processor time of a server in a process of its own, at a steady rate, without and with the inspector.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Driver } from '../../adapters/driver.ts';
import { connect, type WebSocketConnection } from '../../adapters/node.ts';
import { nodeHost } from '../../adapters/runtimes/node-host.ts';
import { Opcode } from '../../core/index.ts';
import { REQUEST } from '../support/opened.ts';
import { frame } from '../support/wire.ts';
import type { Mode } from './contenders/inspected-server.ts';
import { median, ratio, type Work } from './harness.ts';

const FRAMES = 512;

/** Turns of each, of some milliseconds: short ones, so that what else the machine does falls on both alike. */
const TURNS = 2_000;

/** The class of a driver that nobody can watch: its source without the lines that look for a watcher. */
async function withoutChecks(): Promise<typeof Driver> {
  const source = new URL('../../adapters/driver.js', import.meta.url);
  const text = await readFile(source, 'utf8');
  const stripped = text.replaceAll(/this\.#trace\?\.[^;]+;/g, '');
  const removed = text.split('this.#trace?.').length - 1;
  if (removed < 6) throw new Error(`only ${removed} checks were found in ${source}`);
  const copy = new URL('../../adapters/driver-unwatchable.js', import.meta.url);
  await writeFile(copy, stripped);
  try {
    return ((await import(copy.href)) as { readonly Driver: typeof Driver }).Driver; // the same module, but for the checks
  } finally {
    await rm(copy);
  }
}

/** Prints what a frame costs with and without the checks; each is there twice, which shows how far the figures can be trusted. */
async function unwatched(size: number): Promise<void> {
  const Unwatchable = await withoutChecks();
  const contenders = [
    { name: 'the checks taken out', work: receiving(Unwatchable, size), times: [] as number[] },
    { name: 'as it is', work: receiving(Driver, size), times: [] as number[] },
    { name: 'the checks taken out, again', work: receiving(Unwatchable, size), times: [] as number[] },
    { name: 'as it is, again', work: receiving(Driver, size), times: [] as number[] },
  ];
  for (let turn = 0; turn < TURNS; turn++) {
    // Back and forth, so that none always runs behind the same other.
    for (const { work, times } of turn % 2 === 0 ? contenders : contenders.toReversed()) {
      work.prepare?.();
      const start = performance.now();
      if (work.run() !== FRAMES) throw new Error('not every frame became a message');
      times.push(((performance.now() - start) * 1e6) / FRAMES);
    }
    await new Promise(setImmediate);
  }
  console.log(`${size} B binary, one frame a chunk, nobody watches, in ns a frame of ${TURNS} turns`);
  const [first] = contenders;
  for (const { name, times } of contenders) {
    const figures = `${median(times).toFixed(1)} median, ${Math.min(...times).toFixed(1)} fastest`;
    console.log(
      `  ${name.padEnd(34)}${figures.padStart(32)}${ratio(median(first?.times ?? []), median(times)).padStart(10)}`,
    );
  }
}

/** A server's driver that reads masked frames, each in a chunk of its own. */
function receiving(DriverClass: typeof Driver, size: number): Work {
  let received = 0;
  const driver: Driver = new DriverClass({ role: 'server' }, nodeHost, {
    event(event) {
      if (event.type === 'request') driver.connection.accept();
      else if (event.type === 'message') received++;
    },
    drain() {},
  });
  driver.start({ write() {}, queued: 0, end() {}, abort() {}, pause() {}, resume() {} });
  driver.received(REQUEST.slice());
  const wire = frame(0x80 | Opcode.binary, new Uint8Array(size).fill(7), Uint8Array.of(1, 2, 3, 4));
  const chunks = Array.from({ length: FRAMES }, () => Uint8Array.from(wire));
  return {
    // Unmasked in place by who reads them, so written afresh before each run.
    prepare: () => {
      for (const chunk of chunks) chunk.set(wire);
    },
    run() {
      received = 0;
      for (const chunk of chunks) driver.received(chunk);
      return received;
    },
  };
}

/** Messages a second, over all connections. */
const RATE = 1_000;
const SECONDS = 4;
const ROUNDS = 5;
/** What a server gets before it is measured: as much as compiles it. Otherwise its compiler would be measured. */
const WARM_UP = { seconds: 2, rate: 10_000 };

/** The processor time of a server that gets messages at a steady rate, per mode, in turns. */
async function load(connections: number): Promise<void> {
  const modes: readonly Mode[] = ['off', 'on', 'page'];
  const shares = new Map<Mode, number[]>(modes.map((mode) => [mode, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    console.log(
      round === 0
        ? 'warming up'
        : `round ${round} of ${ROUNDS}: ${RATE} messages/s on ${connections} connections for ${SECONDS} s, ${modes.length} times`,
    );
    for (const mode of modes) {
      const share = await underLoad(mode, connections);
      if (round > 0) shares.get(mode)?.push(share);
    }
  }
  console.log(
    `\na server that gets ${RATE} messages of 64 B a second on ${connections} connections: its share of a core, median of ${ROUNDS}`,
  );
  const off = median(shares.get('off') ?? []);
  const names: Record<Mode, string> = {
    off: 'without the inspector',
    on: 'with it, no page open',
    page: 'with a page that watches all',
  };
  for (const mode of modes) {
    const all = shares.get(mode) ?? [];
    const range = `${percent(Math.min(...all))} to ${percent(Math.max(...all))}`;
    const more = mode === 'off' ? '' : `   ${percent(median(all) - off)} more`;
    console.log(`  ${names[mode].padEnd(34)}${percent(median(all)).padStart(8)} (${range})${more}`);
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** The share of a core that a server in a process of its own takes. */
async function underLoad(mode: Mode, connections: number): Promise<number> {
  const server = fork(fileURLToPath(new URL('./contenders/inspected-server.js', import.meta.url)), [mode]);
  const [{ url, inspector }] = (await once(server, 'message')) as [{ url: string; inspector: string | undefined }];
  const clients: WebSocketConnection[] = [];
  while (clients.length < connections) clients.push(await connect(url));
  const page = inspector === undefined || mode !== 'page' ? undefined : await openPage(inspector);
  const message = 'x'.repeat(64);
  const sendAt = (rate: number): (() => number) => {
    let sent = 0;
    const begun = performance.now();
    const timer = setInterval(() => {
      const due = ((performance.now() - begun) * rate) / 1_000;
      for (; sent < due; sent++) clients[sent % connections]?.send(message);
    }, 10);
    return () => {
      clearInterval(timer);
      return sent;
    };
  };
  const warm = sendAt(WARM_UP.rate);
  await pass(WARM_UP.seconds * 1_000);
  warm();
  const stop = sendAt(RATE);
  await pass(1_000);
  const seenBefore = page?.entries() ?? 0;
  const before = await cpu(server);
  const from = performance.now();
  await pass(SECONDS * 1_000);
  const used = (await cpu(server)) - before;
  const elapsed = performance.now() - from;
  const sent = stop();
  const seen = page === undefined ? sent : page.entries() - seenBefore;
  for (const client of clients) client.terminate();
  server.disconnect();
  await once(server, 'exit');
  if (seen < RATE * SECONDS * 0.9) throw new Error(`the page saw only ${seen} entries of ${sent} messages`);
  return used / 1_000 / elapsed;
}

/** A page as far as the server can tell: it reads the batches, and counts. */
async function openPage(inspector: string): Promise<{ entries(): number }> {
  let entries = 0;
  const page = await connect(`${inspector.replace('http', 'ws')}socket`, {
    message(_page, message) {
      const told = JSON.parse(String(message)) as { readonly entries?: readonly unknown[] };
      entries += told.entries?.length ?? 0;
    },
  });
  page.send(JSON.stringify({ type: 'watch', connections: 'all' }));
  return { entries: () => entries };
}

async function cpu(server: ChildProcess): Promise<number> {
  server.send('cpu');
  const [used] = (await once(server, 'message')) as [number];
  return used;
}

for (const size of [16, 1_024]) await unwatched(size);
for (const connections of [1, 1_000]) await load(connections);
