/**
 * The playground, `npm start`: the inspector, with clients to open and rules to break.
 *
 * Clients reach an echo server by way of cables, into which a person may put bytes that no client of ours would send.
 */
import { parseArgs } from 'node:util';
import { type NodeServer, serve } from 'sansocket/node';
import { Clients } from './clients.ts';
import { serveEcho } from './echo.ts';
import { visits } from './visits.ts';

const USAGE = `Usage: npm start [-- --help]

Serves the playground on 127.0.0.1, for pages of its own origin only. Ctrl-C ends it.

  PORT=8080   the port; the next free one where it is busy, any free one for 0`;

const HIGHEST_PORT = 65_535;

/** Listens on `port`, or on the next one that is free. */
async function serveFrom(port: number, options: ReturnType<typeof visits>): ReturnType<typeof serve> {
  try {
    return (await serve({ port, ...options })) as unknown as NodeServer;
  } catch (error) {
    const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!busy || port >= HIGHEST_PORT) throw error;
    console.error(`Port ${port} is busy; trying ${port + 1}.`);
    return serveFrom(port + 1, options);
  }
}

function portFrom(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= HIGHEST_PORT) return port;
  throw new Error(`PORT must be a whole number from 0 to ${HIGHEST_PORT}, not ${JSON.stringify(text)}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const port = portFrom(process.env.PORT ?? '8080');
  let origin = '';
  const echo = await serveEcho(() => origin);
  const clients = new Clients(echo);
  const pages = await serveFrom(port, visits(echo.server.inspector?.url ?? '', clients));
  origin = `http://127.0.0.1:${pages.port}`;
  console.log(`The playground is at ${origin}/ (Ctrl-C ends it)`);
  const end = { code: 1001, reason: 'the playground ends', grace: 1_200 };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Once: a second Ctrl-C ends the process on the spot.
    process.once(signal, async () => {
      await echo.server.close(end); // first, so that the page sees how the connections end
      await pages.close({ ...end, grace: 300 });
      clients.close();
    });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
