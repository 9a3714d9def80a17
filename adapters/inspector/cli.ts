#!/usr/bin/env node
/** The command `sansocket`: finds the processes of this user that show their connections. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openInBrowser } from './open-browser.ts';
import { type Registered, registered } from './registry.ts';

const USAGE = `Usage: sansocket inspect [--open]

Prints the address of a page for each process of yours that shows its WebSocket connections: their states,
frames and numbers. Waits for the first such process where there is none. A program turns it on with

  serve({ inspect: true })        of sansocket/node, /deno and /bun; also connect, and attach and upgrade on Node

Options:
  --open      opens the pages in your browser, too
  --help      prints this
  --version   prints the version

SANSOCKET_INSPECTORS names the folder where the processes are noted down, if it is not to be one for temporary files.

An address has a secret in it: whoever knows it, on this machine, sees all that the connections carry.`;

/** Between two looks for a process to wait for. */
const LOOK_MILLISECONDS = 250;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      open: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', short: 'v', default: false },
    },
  });
  const [command, ...more] = positionals;
  if (values.help) {
    console.log(USAGE);
  } else if (values.version) {
    console.log(await version());
  } else if (command === 'inspect' && more.length === 0) {
    for (const found of await search()) {
      console.log(found.url);
      console.error(`  ${found.program || 'a program'}, process ${found.pid}, since ${time(found.started)}`);
      if (values.open) await openInBrowser(found.url);
    }
  } else {
    console.error(`${command === undefined ? 'What to do?' : `No such command: ${positionals.join(' ')}`}\n\n${USAGE}`);
    process.exitCode = 2;
  }
}

/** Those that can be found, as soon as there are any. */
async function search(): Promise<readonly Registered[]> {
  for (let looked = 0; ; looked++) {
    const found: Registered[] = [];
    for (const each of await registered()) if (await isThere(each.url)) found.push(each);
    if (found.length > 0) return found;
    if (looked === 0)
      console.error('Waiting for a process that starts with serve({ inspect: true }). Ctrl-C ends this.');
    await sleep(LOOK_MILLISECONDS);
  }
}

/** Whether somebody listens there: the number of the process may be another's by now. */
async function isThere(url: string): Promise<boolean> {
  try {
    await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(2_000) });
    return true;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError'; // it is only busy, or stopped in a debugger
  }
}

const time = (at: number): string => new Date(at).toLocaleTimeString();

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'));
  return (manifest as { readonly version: string }).version; // our own
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`${message}\n\nsansocket --help says what there is.`);
  process.exitCode = 2;
});
