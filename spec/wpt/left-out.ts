/** The tests that say nothing about the classes outside of a page, and what fails for a reason, each with it. */

export interface LeftOut {
  /** The test files, below `websockets/`. */
  readonly files: RegExp;
  /** What stands in each of them and needs a page; a file without it is to be run. */
  readonly uses: RegExp;
  readonly why: string;
}

export const LEFT_OUT: readonly LeftOut[] = [
  {
    files: /^cookies\//,
    uses: /cookie/i,
    why: 'a program has no cookie store; it gives its cookies as `cookies` or in `headers`',
  },
  {
    files: /^opening-handshake\/003/,
    uses: /\/origin/,
    why: 'a program has no origin; `headers` may name one',
  },
  {
    files: /^(unload-a-document|multi-globals)\//,
    uses: /iframe|window\.open|opener/,
    why: 'there are no documents to leave and no frames',
  },
  {
    files: /^(back-forward-cache|remove-own-iframe)/,
    uses: /RemoteContextHelper|iframe/,
    why: 'there are no documents to come back to and no frames',
  },
  {
    files: /^Create-on-worker-shutdown/,
    uses: /new Worker/,
    why: 'a class does not know the end of the thread it runs in; what the thread had is gone with it',
  },
  {
    files: /^(bufferedAmount-unchanged-by-sync-xhr|security\/002)/,
    uses: /XMLHttpRequest/,
    why: 'they test XMLHttpRequest',
  },
  {
    files: /^mixed-content/,
    uses: /SecurityError/,
    why: 'it is a policy of pages that are loaded over https',
  },
];

export interface Failing {
  readonly page: RegExp;
  /** The test in it. Default: all of them. */
  readonly test?: RegExp;
  /** The runtimes in which it fails. Default: all of them. */
  readonly runtimes?: readonly string[];
  readonly why: string;
}

/** What is run, and has to fail. */
export const FAILING: readonly Failing[] = [
  {
    page: /stream\/tentative\/remote-close/,
    test: /nobody handled a rejection/,
    why: 'the test takes `WebSocketError` for a subclass of `Error`, which a `DOMException` is not, in browsers neither',
  },
  {
    page: /Send-binary-arraybufferview-float16/,
    runtimes: ['Node 20'],
    why: 'the runtime has no Float16Array',
  },
  {
    page: /interfaces\/WebSocket\/events\/018/,
    runtimes: ['Node 20'],
    why: 'the MessageEvent of the runtime has no tag',
  },
  {
    page: /idlharness|interfaces\/WebSocket\/events\/018/,
    test: /^CloseEvent interface: attribute|^Stringification of new CloseEvent|close events/,
    runtimes: ['Deno'],
    why: 'the CloseEvent of the runtime has no tag and hides its attributes; ours is only for runtimes without one',
  },
  {
    page: /interfaces\/WebSocket\/events\/0(03|07|08|09|19)/,
    runtimes: ['Deno'],
    why: 'the Event of the runtime has no initEvent',
  },
];
