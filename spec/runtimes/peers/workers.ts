/** workerd as a peer: what comes in by TCP is served; HTTP requests ask it to run the cases, or the vectors. */
import { parseTarget } from '../../../adapters/interfaces/websocket-url.ts';
import { portableDeflate } from '../../../adapters/runtimes/portable-deflate.ts';
import { webHost } from '../../../adapters/runtimes/web-host.ts';
import { dial } from '../../../adapters/runtimes/workers-dial.ts';
import { driveWorkersSocket, type WorkersSocket } from '../../../adapters/runtimes/workers-sockets.ts';
import { conformanceServer, runConformance } from '../../../adapters/testing.ts';
import { UNBOUND } from './unbound.ts';
import { runVectors } from './vectors.ts';

const server = conformanceServer(webHost);
const subject = {
  host: webHost,
  nowhere: 'ws://127.0.0.1:1/',
  dial: (url: string, user: Parameters<typeof dial>[2]) => dial(parseTarget(url), {}, user, UNBOUND),
};

export default {
  connect: (socket: WorkersSocket) => driveWorkersSocket(socket, server.attend({ address: '', secure: false })),
  async fetch(request: { readonly url: string }): Promise<unknown> {
    const { pathname, searchParams } = new URL(request.url);
    return Response.json(
      pathname === '/run'
        ? await runConformance(subject, searchParams.get('server') ?? '')
        : runVectors([portableDeflate]),
    );
  },
};
