/** A server in a process of its own, with or without the inspector, that tells what processor time it used, in microseconds. */
import { serve } from '../../../adapters/node.ts';

/** Without the inspector, with it, and with a page that looks on. */
export type Mode = 'off' | 'on' | 'page';

const server = await serve({ inspect: process.argv[2] !== 'off', message() {} });
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.once('disconnect', () => void server.close());
process.send?.({ url: server.url, inspector: server.inspector?.url });
