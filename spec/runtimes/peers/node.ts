import { parseTarget } from '../../../adapters/interfaces/websocket-url.ts';
import { dial } from '../../../adapters/runtimes/node-dial.ts';
import { listen } from '../../../adapters/runtimes/node-listen.ts';
import { driveSocket } from '../../../adapters/runtimes/node-socket.ts';
import { webHost } from '../../../adapters/runtimes/web-host.ts';
import { main } from './process.ts';
import { UNBOUND } from './unbound.ts';

const subject = {
  host: webHost,
  nowhere: 'ws://127.0.0.1:1/',
  async dial(url: string, user: Parameters<typeof driveSocket>[1]) {
    const socket = await dial(parseTarget(url), {}, UNBOUND);
    driveSocket(socket, user);
    socket.resume();
  },
};
await main(subject, (attend) => listen({}, attend));
