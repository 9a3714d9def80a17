/** The benchmarks. Run: `npm run bench`, or `npm run bench receive send` for some of them. */

// Both sides in JavaScript only, also where somebody has installed an addon.
process.env.WS_NO_BUFFER_UTIL = '1';
process.env.WS_NO_UTF_8_VALIDATE = '1';

const benches: Readonly<Record<string, { readonly what: string; run(): Promise<unknown> }>> = {
  receive: { what: 'one masked frame, from chunk to message', run: () => import('./receive.ts') },
  send: { what: 'one message, from call to bytes', run: () => import('./send.ts') },
  lifecycle: { what: 'one connection from request to closed, without a network', run: () => import('./lifecycle.ts') },
  connections: { what: 'connections per second, and memory of an idle one', run: () => import('./connections.ts') },
  compression: { what: 'compressed and idle, echoed, and to all', run: () => import('./compression.ts') },
  streams: { what: 'one message of 1 GiB: by how much memory grows', run: () => import('./streams.ts') },
  runtimes: { what: 'echo on each runtime against raw TCP on the same API', run: () => import('./runtimes.ts') },
  observe: { what: 'to be watched, by nobody and by a page of the inspector', run: () => import('./observe.ts') },
  import: { what: 'a process, from import to the first echo', run: () => import('./import.ts') },
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !name.startsWith('-') && !Object.hasOwn(benches, name));
if (names.some((name) => name.startsWith('-')) || unknown.length > 0) {
  if (unknown.length > 0) {
    console.error(`no such bench: ${unknown.join(', ')}`);
    process.exitCode = 2;
  }
  console.log('usage: npm run bench -- [--help] [name...]\n');
  for (const [name, { what }] of Object.entries(benches)) console.log(`  ${name.padEnd(14)}${what}`);
} else {
  for (const [name, { what, run }] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.log(`\n# ${name}: ${what}\n`);
    await run();
  }
}
