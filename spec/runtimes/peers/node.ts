import { parseTarget } from '../../../adapters/interfaces/websocket-url.ts';
import { dial } from '../../../adapters/runtimes/node-dial.ts';
import { listen } from '../../../adapters/runtimes/node-listen.ts';
import { driveSocket } from '../../../adapters/runtimes/node-socket.ts';
import { webHost } from '../../../adapters/runtimes/web-host.ts';
import { main } from './process.ts';

const subject = {
  host: webHost,
  nowhere: 'ws://127.0.0.1:1/',
  dial: (url: string, user: Parameters<typeof driveSocket>[1]) => {
    dial(parseTarget(url), {}, undefined).then(
      (socket) => {
        driveSocket(socket, user);
        socket.resume();
      },
      (error: unknown) => user.closed(error),
    );
  },
};
await main(subject, (attend) => listen({}, attend));
