/** The playground, `npm start`: a page in a browser, and an echo server that tells the page what it sees. */
import { parseArgs } from 'node:util';
import { type NodeServer, serve } from 'sansocket/node';
import { echo } from './echo.ts';
import { page } from './page.ts';

const USAGE = `Usage: npm start [-- --help]

Serves the playground on 127.0.0.1, for pages of its own origin only. Ctrl-C ends it.

  PORT=8080   the port; the next free one where it is busy, any free one for 0`;

const HIGHEST_PORT = 65_535;

/** Listens on `port`, or on the next one that is free. */
async function serveFrom(port: number): Promise<NodeServer<unknown>> {
  try {
    return await serve({ port, ...echo(), fetch: page });
  } catch (error) {
    const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!busy || port >= HIGHEST_PORT) throw error;
    console.error(`Port ${port} is busy; trying ${port + 1}.`);
    return serveFrom(port + 1);
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
  const server = await serveFrom(portFrom(process.env.PORT ?? '8080'));
  console.log(`The playground is at http://127.0.0.1:${server.port}/ (Ctrl-C ends it)`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Once: a second Ctrl-C ends the process on the spot.
    process.once(signal, () => server.close({ code: 1001, reason: 'the playground ends', grace: 1_500 }));
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
