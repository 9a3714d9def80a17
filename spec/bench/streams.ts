/**
 * One message of 1 GiB through two processes: by how much each grows, and how long it takes. Memory of the process, which the
 * garbage of some tens of MiB belongs to that V8 lets lie; and in a run of its own, what is alive after a collection every 16 MiB.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';

/** What a peer reports of itself: bytes above its memory with 16 MiB passed, at the peak, and seconds. */
export interface Report {
  readonly growth: number;
  readonly seconds: number;
}

const MEASURES = { rss: 'RSS', live: 'alive' } as const;

const peer = (...args: readonly string[]) =>
  fork(new URL('./contenders/stream-peer.js', import.meta.url), [...args], { execArgv: ['--expose-gc'] });
const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

for (const sender of ['client', 'server'] as const) {
  for (const [what, name] of Object.entries(MEASURES)) {
    const server = peer('server', sender === 'server' ? 'send' : 'receive', what);
    const [url] = (await once(server, 'message')) as [string];
    const client = peer('client', sender === 'client' ? 'send' : 'receive', what, url);
    const [[ofServer], [ofClient]] = (await Promise.all([once(server, 'message'), once(client, 'message')])) as [
      [Report],
      [Report],
    ];
    const sending = sender === 'server' ? ofServer : ofClient;
    const receiving = sender === 'server' ? ofClient : ofServer;
    console.log(
      `${sender} sends 1 GiB in ${receiving.seconds.toFixed(1)} s; ${name} at its peak above that with 16 MiB sent: ` +
        `sender ${mebibytes(sending.growth)}, receiver ${mebibytes(receiving.growth)}`,
    );
  }
}
