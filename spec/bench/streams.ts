/** One message of 1 GiB through two processes: by how much each grows, and how long it takes. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

/** What a peer reports of itself: bytes above its memory before the message, at the peak, and seconds. */
export interface Report {
  readonly growth: number;
  readonly seconds: number;
}

const peer = (...args: readonly string[]) =>
  fork(new URL('./contenders/stream-peer.js', import.meta.url), [...args], { execArgv: ['--expose-gc'] });

for (const sender of ['client', 'server'] as const) {
  const server = peer('server', sender === 'server' ? 'send' : 'receive');
  const [url] = (await once(server, 'message')) as [string];
  const client = peer('client', sender === 'client' ? 'send' : 'receive', url);
  const [[ofServer], [ofClient]] = (await Promise.all([once(server, 'message'), once(client, 'message')])) as [
    [Report],
    [Report],
  ];
  const sending = sender === 'server' ? ofServer : ofClient;
  const receiving = sender === 'server' ? ofClient : ofServer;
  const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  console.log(
    `${sender} sends 1 GiB: ${receiving.seconds.toFixed(1)} s; RSS at its peak above that with 16 MiB sent: ` +
      `sender ${mebibytes(sending.growth)}, receiver ${mebibytes(receiving.growth)}`,
  );
}
