/**
 * permessage-deflate and broadcasts: memory of idle connections and time of the server's processor, of ours and of `ws`, each in a process of its
 * own that takes turns with the other, with raw sockets of this one as clients.
 */
import { setTimeout as pass } from 'node:timers/promises';
import { answer, frame, json, Server } from './compressing-clients.ts';
import type { Compression } from './contenders/compressing-server.ts';
import { median, ratio } from './harness.ts';

const CONNECTIONS = 1_000;
const ROUNDS = 3;
/** As many go before, unmeasured: the machine code of the first few thousand costs more than they do. */
const ECHOES = 10_000;
/** Connections that echo at the same time. */
const AT_ONCE = 8;
/** The contenders, and what is printed of them; the others are measured by the first. */
const BOTH: Readonly<Record<string, string>> = { ws: 'ws', sansocket: 'sansocket' };

for (const compression of ['in-context', 'alone'] as const) {
  await compareServers(`RSS after one 2 KiB message each way, ${compression}, in bytes`, (name) =>
    memory(name, compression),
  );
}
for (const [size, count] of [
  [1_024, ECHOES],
  [65_536, ECHOES / 10],
] as const) {
  await compareServers(`server time for one echo of ${size} B of JSON, in-context, in us`, (name) =>
    echo(name, size, count),
  );
}
for (const compression of ['off', 'in-context'] as const) {
  await compareServers(
    `server time for 1 KiB to ${CONNECTIONS} connections, ${compression}, in us`,
    (name) => broadcast(name, compression),
    { ...BOTH, net: 'the bare writes, by node:net', calls: 'the system calls alone' },
  );
}

async function compareServers(
  title: string,
  measure: (name: string) => Promise<number>,
  contenders: Readonly<Record<string, string>> = BOTH,
): Promise<void> {
  const figures: Record<string, number[]> = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, values] of Object.entries(figures)) values.push(await measure(name));
  }
  console.log(`${title} (less is better)`);
  let baseline: number | undefined;
  for (const [name, values] of Object.entries(figures)) {
    const value = median(values);
    baseline ??= value;
    console.log(
      `  ${(contenders[name] ?? name).padEnd(34)}${value.toFixed(0).padStart(12)}${ratio(value, baseline).padStart(10)} of ws`,
    );
  }
}

async function memory(name: string, compression: Compression): Promise<number> {
  const server = await Server.start(name, compression);
  await server.open(20, compression); // what the first ones need is not what each needs
  const before = await server.ask('usage');
  const sockets = await server.open(CONNECTIONS, compression);
  const message = frame(json(2_048));
  for (const socket of sockets) await answer(socket, message);
  await pass(500);
  const after = await server.ask('usage');
  await server.stop();
  return (after.rss - before.rss) / CONNECTIONS;
}

async function echo(name: string, size: number, count: number): Promise<number> {
  const server = await Server.start(name, 'in-context');
  const sockets = await server.open(AT_ONCE, 'in-context');
  const message = frame(json(size));
  const run = async (times: number): Promise<void> => {
    await Promise.all(
      sockets.map(async (socket) => {
        for (let i = 0; i < times / AT_ONCE; i++) await answer(socket, message);
      }),
    );
  };
  await run(count);
  const before = await server.ask('usage');
  await run(count);
  const after = await server.ask('usage');
  await server.stop();
  return (after.cpu - before.cpu) / count;
}

async function broadcast(name: string, compression: Compression): Promise<number> {
  const server = await Server.start(name, compression);
  const sockets = await server.open(CONNECTIONS, compression);
  for (const socket of sockets) socket.resume();
  await server.ask('broadcast');
  const { cpu } = await server.ask('broadcast');
  await server.stop();
  return cpu;
}
