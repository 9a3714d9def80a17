/**
 * A page, as far as the tests need one: a thread of its own, in which the harness and the scripts run as those of a
 * page do, with our classes in place of a browser's. There is no document, but for a title and what makes an event.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import type { Page } from './catalogue.ts';

/** What a page is started with. */
export interface PageStart {
  readonly page: Page;
  /** The folder of the tests, with a slash at its end. */
  readonly tests: string;
  /** The address of the page. */
  readonly address: string;
  readonly ports: Readonly<Record<'ws' | 'wss', number>>;
  /** The module whose classes are tested. */
  readonly subject: string;
}

/** How one test of a page went. */
export interface Outcome {
  readonly test: string;
  /** What was wrong; `undefined` where nothing was. */
  readonly failure: string | undefined;
}

interface HarnessTest {
  readonly name: string;
  readonly status: number;
  readonly message: string | null;
}

const { page, tests, address, ports, subject } = workerData as PageStart; // what `browser.ts` gives
const { WebSocket, WebSocketStream, WebSocketError, CloseEvent } = await import(subject);
const location = new URL(address);
const { fetch } = globalThis;

/** Only its name is looked at, to know what kind of global this is. */
class Window {}

const globals = {
  ...{ Window, location, META_TITLE: page.title },
  ...{ self: globalThis, window: globalThis },
  ...{ WebSocket, WebSocketStream, WebSocketError, CloseEvent },
  fetch: (url: string, init?: RequestInit) => fetch(new URL(url, location), init),
  importScripts: () => {}, // the catalogue has loaded them
};
for (const [name, value] of Object.entries(globals)) {
  Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
}

// The harness is to report to us, and not as a worker of a browser does to its page.
for (const name of ['DedicatedWorkerGlobalScope', 'WorkerGlobalScope']) Reflect.deleteProperty(globalThis, name);

/** An event as documents made them before events had constructors. */
class LegacyEvent extends Event {
  detail = 0;

  initUIEvent(type: string, bubbles: boolean, cancelable: boolean, _view: unknown, detail: number): void {
    this.initEvent(type, bubbles, cancelable);
    this.detail = detail;
  }
}

const document = {
  title: page.title,
  getElementsByTagName: () => [],
  body: { toString: () => '[object HTMLBodyElement]' },
  createEvent: () => new LegacyEvent(''),
  createElement: () => ({
    href: '',
    toString(): string {
      return this.href;
    },
  }),
};

const run = (code: string, filename: string): unknown => runInThisContext(code, { filename });

/** A file as the server would send it: with names and ports filled in. */
function read(file: string): string {
  if (file === 'resources/WebIDLParser.js') {
    return readFileSync(createRequire(import.meta.url).resolve('webidl2'), 'utf8');
  }
  const source = readFileSync(`${tests}${file}`, 'utf8');
  if (!file.includes('.sub.')) return source;
  return source
    .replaceAll('{{host}}', location.hostname)
    .replaceAll('{{hosts[alt][www]}}', 'localhost')
    .replaceAll('{{ports[ws][0]}}', String(ports.ws))
    .replaceAll(/\{\{ports\[(wss|h2)\]\[0\]\}\}/g, String(ports.wss));
}

const harness = 'resources/testharness.js';
run(read(harness), harness);
Object.assign(globalThis, { document }); // behind the harness, which would take this for a browser
const { add_completion_callback: whenComplete } = globalThis as unknown as {
  add_completion_callback(callback: (tests: readonly HarnessTest[]) => void): void;
};
const unhandled: Outcome[] = [];
process.on('unhandledRejection', (reason) => {
  unhandled.push({ test: '(nobody handled a rejection)', failure: String(reason) });
});
whenComplete((all) => {
  const outcomes = all.map(
    ({ name, status, message }): Outcome => ({
      test: name,
      failure: status === 0 ? undefined : `${['', 'failed', 'too slow', 'not run', 'not met'][status]}: ${message}`,
    }),
  );
  parentPort?.postMessage([...outcomes, ...unhandled]);
});
for (const script of page.scripts) {
  if ('file' in script) run(read(script.file), script.file);
  else run(script.code, page.file);
}
