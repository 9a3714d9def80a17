/** A target that is a whole connection: its bytes are a script of what the transport, time and the program do. */
import { nodeDeflate } from '../../adapters/runtimes/node-deflate.ts';
import { Connection, type Output, permessageDeflate, type Role, UsageError } from '../../core/index.ts';
import { pseudoRandom, REQUEST, written } from '../support/opened.ts';
import { frame, frames, join, masked } from '../support/wire.ts';
import { judgeOutputs } from './outcomes.ts';
import { Choices, latin1, type Target } from './target.ts';

const KEY = Uint8Array.of(0, 0, 0, 0);
const LIMITS = {
  messageBytes: 2_000,
  frameBytes: 1_000,
  fragments: 6,
  backlogBytes: 400,
  queueBytes: 3_000,
  pongBytes: 100,
};
const HEAD = join([REQUEST.slice(0, -2), latin1('Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n')]);

/** The response of a server of ours to the request of a client of ours. */
function answer(request: Uint8Array): Uint8Array {
  const outputs: Output[] = [];
  const server: Connection = new Connection({
    role: 'server',
    extensions: [permessageDeflate({ deflate: nodeDeflate })],
    output: (output) => (output.type === 'request' ? server.accept() : outputs.push(output)),
  });
  server.receive(request);
  return written(outputs);
}

/** A connection, opened or not, and what it has put out. */
function made(role: Role, isOpen: boolean, chunks: boolean): { connection: Connection; outputs: Output[] } {
  const outputs: Output[] = [];
  const shared = {
    limits: LIMITS,
    messages: chunks ? ('chunks' as const) : ('whole' as const),
    extensions: [permessageDeflate({ deflate: nodeDeflate, threshold: 4 })],
    output: (output: Output): void => {
      outputs.push(output);
    },
  };
  const connection = new Connection(
    role === 'server'
      ? { ...shared, role }
      : { ...shared, role, request: { host: 'x', target: '/' }, getRandomValues: pseudoRandom() },
  );
  connection.start();
  if (isOpen && role === 'server') {
    connection.receive(HEAD.slice());
    connection.accept();
  } else if (isOpen) {
    connection.receive(answer(written(outputs)));
  }
  return { connection, outputs };
}

/** What a byte of the script does. */
const STEPS: readonly ((connection: Connection, choices: Choices) => void)[] = [
  (connection, choices) => connection.receive(choices.bytes(choices.byte())),
  (connection, choices) => connection.receive(choices.bytes(1 + (choices.byte() % 8))),
  () => {}, // the end of the input, once: see below
  (connection) => connection.expire(),
  (connection) => connection.pause(),
  (connection) => connection.resume(),
  (connection, choices) => connection.send(choices.bytes(choices.byte() % 64)),
  (connection, choices) => connection.send('text '.repeat(choices.byte() % 64)),
  (connection, choices) => connection.ping(choices.bytes(choices.byte() % 126)),
  (connection, choices) => connection.reportQueued(choices.byte() * 20),
  (connection, choices) => connection.close([undefined, 1000, 1001, 4999][choices.byte() % 4]),
  (connection) => connection.accept(),
  (connection) => connection.refuse({ status: 403 }),
  (connection) => connection.sendStart('binary'),
  (connection, choices) => connection.sendChunk(choices.bytes(choices.byte() % 64)),
  (connection) => connection.sendEnd(),
  (connection) => connection.abort(),
  (connection) => connection.transportClosed(),
];

/** The step that ends the input. */
const ENDS = 2;

const script = (...parts: (number | Uint8Array)[]): Uint8Array =>
  join(
    parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : join([Uint8Array.of(0, part.length), part]))),
  );
const hello = masked(frame(0x81, latin1('Hello')), KEY);
const ping = masked(frame(0x89, latin1('?')), KEY);
const close = masked(frame(0x88, Uint8Array.of(3, 232)), KEY);

const connection: Target = {
  what: 'a whole connection: bytes, time, and what the program does, in both roles',
  scripts: /\/core\//,
  words: [
    ...[hello, ping, close].map((each) => String.fromCharCode(0, each.length, ...each)),
    '\x81\x05Hello',
    '\xc1\x07\xf2H\xcd\xc9\xc9\x07\x00',
    '\x88\x02\x03\xe8',
    '\x00\x02\x01\x02',
  ],
  seeds: [
    script(0, HEAD, 11, hello, ping, 6, 3, 1, 2, 3, close, 2, 17),
    script(2, hello, 4, ping, hello, 5, 10, 1, close, 3, 3, 17),
    script(3, frame(0x81, latin1('Hello')), 13, 14, 2, 7, 7, 15, frame(0x88, Uint8Array.of(3, 232)), 2, 17),
    script(
      6,
      masked(frame(0x01, latin1('He')), KEY),
      masked(frame(0x80, latin1('llo')), KEY),
      8,
      1,
      65,
      9,
      200,
      ping,
      9,
      0,
      16,
      17,
    ),
    script(2, masked(frame(0xc1, Uint8Array.of(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00)), KEY), 3, 3, 3, 3),
  ],
  run(input) {
    const choices = new Choices(input);
    const kind = choices.byte();
    const role = kind % 2 === 0 ? 'server' : 'client';
    const { connection: each, outputs } = made(role, kind % 4 > 1, kind % 8 > 3);
    const names = new Set<string>();
    each.watcher = {
      stepped: ({ from, event, to }) => names.add(`${from} ${event} ${to}`),
      transformed() {},
    };
    let size = 0;
    let ended = false;
    while (choices.left > 0) {
      const step = choices.byte() % STEPS.length;
      size += 400;
      try {
        if (step === ENDS && !ended) each.receiveEnd();
        ended ||= step === ENDS;
        STEPS[step]?.(each, choices);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error; // what the program may not do now
        names.add(`${step} ${each.phase}`);
      }
    }
    each.resume(); // as a driver does: a program that never reads on would keep a dead connection
    each.transportClosed();
    const { length } = outputs;
    each.receive(hello.slice());
    each.expire();
    if (outputs.length > length) throw new Error('outputs behind closed');
    if (outputs.at(-1)?.type !== 'closed') throw new Error(`at last comes ${outputs.at(-1)?.type}`);
    for (const name of judgeOutputs(outputs, 4_000 + size + input.length * 300)) names.add(name);
    judgeWire(outputs, role);
    return names;
  },
};

/** What was written behind the head is whole frames, with one Close at most, and nothing behind it. */
function judgeWire(outputs: readonly Output[], role: Role): void {
  if (!outputs.some(({ type }) => type === 'open')) return;
  const wire = written(outputs);
  const head = String.fromCharCode(...wire.subarray(0, 1_000)).indexOf('\r\n\r\n') + 4;
  const read = frames(wire.subarray(head));
  if (read.some(({ key }) => (key === undefined) === (role === 'client')))
    throw new Error('masked and unmasked are confused');
  const at = read.findIndex(({ first }) => first === 0x88);
  if (at >= 0 && at !== read.length - 1) throw new Error('a frame behind the Close');
}

export const WHOLE: Readonly<Record<string, Target>> = { connection };
