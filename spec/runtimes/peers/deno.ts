import { parseTarget } from '../../../adapters/interfaces/websocket-url.ts';
import { dial, listen } from '../../../adapters/runtimes/deno-sockets.ts';
import { webHost } from '../../../adapters/runtimes/web-host.ts';
import { main } from './process.ts';
import { UNBOUND } from './unbound.ts';

const subject = {
  host: webHost,
  nowhere: 'ws://127.0.0.1:1/',
  dial: (url: string, user: Parameters<typeof dial>[2]) => dial(parseTarget(url), {}, user, UNBOUND),
};
await main(subject, (attend) => listen({}, attend));
