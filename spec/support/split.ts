/**
 * Runs a wire vector against open connections, cut in every way, and judges what comes out.
 *
 * Plain functions: a test runner, or a runtime without one, calls `checkVector`; what is wrong is thrown.
 */
import { type Deflate, type Extension, type Output, permessageDeflate, type Role } from '../../core/index.ts';
import type { Seen, Vector } from '../vectors/vector.ts';
import { type Opened, opened, pseudoRandom, written } from './opened.ts';
import { bytes, frames, hex, join, masked } from './wire.ts';

/** Who receives a vector, what was agreed on, and the key that masks it, if that is not part of the vector. */
interface Variant {
  readonly role: Role;
  readonly extensions: readonly Extension[] | undefined;
  readonly key: Uint8Array | undefined;
}

const KEYS = ['00000000', '37fa213d'].map(bytes);
/** Above this length only the borders of frames are cut, and few random cuts are tried. */
const LONG = 1_000;

/**
 * Checks a vector in each role, with each engine if it is about compression, with each key, and cut in each way.
 *
 * @param random - how many random cuts are tried, besides byte by byte and in two at every place.
 * @returns how many connections that took.
 */
export function checkVector(vector: Vector, engines: readonly Deflate[], random = 200): number {
  let runs = 0;
  for (const variant of variants(vector, engines)) {
    const parts = wire(vector, variant);
    const all = join(parts);
    const expected = describe(run(vector, variant, [all]));
    judge(vector, run(vector, variant, [all]), variant);
    runs += 2;
    for (const cuts of splits(parts, random)) {
      const actual = describe(run(vector, variant, cut(all, cuts)));
      runs++;
      if (actual !== expected) throw new Error(`cut at ${cuts.join()}: ${actual}\n  instead of ${expected}`);
    }
    runs += checkFollowed(vector, variant, all) + checkEnds(vector, variant, all) + checkLastByte(vector, variant, all);
  }
  return runs;
}

function variants({ asIs, receiver, deflate }: Vector, engines: readonly Deflate[]): Variant[] {
  const roles: Role[] = receiver === undefined ? ['client', 'server'] : [receiver];
  const agreed =
    deflate === undefined ? [undefined] : engines.map((engine) => [permessageDeflate({ ...deflate, deflate: engine })]);
  return roles.flatMap((role) =>
    agreed.flatMap((extensions): Variant[] =>
      role === 'client' || asIs
        ? [{ role, extensions, key: undefined }]
        : KEYS.map((key) => ({ role, extensions, key })),
    ),
  );
}

/** An open connection that is to receive the vector. */
const receiver = ({ limits }: Vector, { role, extensions }: Variant): Opened =>
  opened(role, { limits, ...(extensions !== undefined && { extensions }) });

const wire = (vector: Vector, { key }: Variant): Uint8Array[] =>
  vector.wire.map((each) => (key === undefined ? bytes(each) : masked(bytes(each), key)));

/** Every way to cut bytes that is tried: each list holds the offsets of the cuts. */
function* splits(parts: readonly Uint8Array[], random: number): Generator<number[]> {
  const { length } = join(parts);
  yield Array.from({ length }, (_, i) => i); // byte by byte, and once with an empty chunk
  if (length <= 8) {
    for (let set = 0; set < 2 ** (length - 1); set++) {
      yield Array.from({ length }, (_, i) => i).filter((i) => i > 0 && (set >> (i - 1)) & 1);
    }
    return;
  }
  if (length <= LONG) {
    for (let at = 1; at < length; at++) yield [at];
  } else {
    for (const at of borders(parts)) yield [at];
  }
  const dice = pseudoRandom(length);
  const count = length <= LONG ? random : Math.min(random, 10);
  for (let i = 0; i < count; i++) yield randomCuts(dice, length);
}

function randomCuts(random: (target: Uint8Array) => void, length: number): number[] {
  const raw = new Uint8Array(2 + 4 * 12);
  random(raw);
  const view = new DataView(raw.buffer);
  const cuts = Array.from({ length: 2 + (view.getUint16(0) % 11) }, (_, i) => view.getUint32(2 + 4 * i) % length);
  return [...new Set(cuts)].sort((a, b) => a - b);
}

/** Offsets around the beginning and the end of each frame. */
function borders(parts: readonly Uint8Array[]): number[] {
  const total = join(parts).length;
  let start = 0;
  const offsets = parts.flatMap(({ length }) => {
    const near = [...Array.from({ length: 20 }, (_, i) => start + i), start + length - 1, start + length];
    start += length;
    return near;
  });
  return [...new Set(offsets)].filter((at) => at > 0 && at < total);
}

const cut = (all: Uint8Array, cuts: readonly number[]): Uint8Array[] =>
  [...cuts, all.length].map((end, i) => all.subarray(cuts[i - 1] ?? 0, end));

/** Feeds the chunks, each in memory of its own, to a fresh connection. */
function run(vector: Vector, variant: Variant, chunks: readonly Uint8Array[]): Output[] {
  const { connection, outputs } = receiver(vector, variant);
  if (vector.closeSent) {
    connection.close(1000);
    outputs.length = 0;
  }
  for (const chunk of chunks) connection.receive(chunk.slice());
  const { type } = vector.ending;
  const state =
    type === 'fails'
      ? 'closing.failed'
      : type === 'closes'
        ? 'closing.bothSent'
        : vector.closeSent
          ? 'closing.closeSent'
          : 'open';
  equal(connection.state, state, 'the state');
  connection.transportClosed();
  equal(connection.state, 'closed', 'the state at the end');
  const ended = outputs.length;
  connection.receive(bytes('81 01 61'));
  connection.expire();
  equal(outputs.length, ended, 'outputs behind `closed`');
  return outputs;
}

/** Outputs in order, apart from what was written when: the bytes alone count, and nothing follows the end. */
function describe(outputs: readonly Output[]): string {
  const lines = outputs.flatMap((output) => {
    switch (output.type) {
      case 'write':
        return [];
      case 'error':
        return [`error ${output.error.violation}`];
      case 'closed':
        return [`closed ${output.code} ${output.reason} ${output.clean} ${output.sent?.code}`];
      case 'message':
        return [`message ${typeof output.data === 'string' ? JSON.stringify(output.data) : hex(output.data)}`];
      case 'ping':
      case 'pong':
        return [`${output.type} ${hex(output.payload)}`];
      default:
        return [JSON.stringify(output)];
    }
  });
  return `${lines.join('; ')} | ${hex(written(outputs))}`;
}

/** Compares what came out with what the vector expects, in every detail (conventions FAIL and OK). */
function judge(vector: Vector, outputs: readonly Output[], { role }: Variant): void {
  const { ending } = vector;
  const seen = outputs.flatMap((output) => look(output));
  equal(JSON.stringify(seen), JSON.stringify(vector.seen), 'what the application saw');

  const read = frames(written(outputs));
  for (const { key } of read) equal(key !== undefined, role === 'client', 'whether our frames are masked');
  const ours = read.map(({ first, payload }) => hex(Uint8Array.of(first, payload.length)) + hex(payload));
  const close = ours.slice(vector.written.length);
  equal(ours.slice(0, vector.written.length).join(), vector.written.map(compact).join(), 'the frames we wrote');

  const order = outputs.map(({ type }) => type).filter((type) => type !== 'deadline');
  const tail = order.slice(order.findLastIndex((type) => ['message', 'ping', 'pong'].includes(type)) + 1);
  const closed = outputs.find((output) => output.type === 'closed');
  if (closed?.type !== 'closed') throw new Error('there is no `closed`');
  if (ending.type === 'open') {
    equal(close.join(), '', 'our Close');
    equal(tail.filter((type) => type !== 'write').join(), 'closed', 'the last outputs');
    equal(`${closed.code} ${closed.clean} ${closed.error}`, '1006 false undefined', 'how it closed');
  } else if (ending.type === 'closes') {
    equal(close.join(), compact(ending.reply), 'our Close');
    equal(closed.code, ending.code, 'the code');
    equal(closed.reason, ending.reason, 'the reason');
    equal(closed.clean, true, 'whether it is clean');
    equal(closed.error, undefined, 'the error');
    equal(
      tail.filter((type) => type !== 'write').join(),
      role === 'server' ? 'end,closed' : 'closed',
      'the last outputs',
    );
  } else {
    const error = outputs.find((output) => output.type === 'error');
    equal(error?.type === 'error' && error.error.violation, ending.violation, 'the violation');
    equal(error?.type === 'error' && error.error.closeCode, ending.closeCode, 'its Close code');
    const message = error?.type === 'error' ? error.error.message : '';
    if (!/^[ -~]{1,120}$/.test(message)) throw new Error(`not for a log: ${JSON.stringify(message)}`);
    equal(closed.error, error?.type === 'error' && error.error, 'the error of `closed`');
    equal(`${closed.code} ${closed.clean}`, '1006 false', 'how it closed');
    equal(tail.filter((type) => type !== 'write').join(), 'error,end,closed', 'the last outputs');
    if (vector.closeSent) {
      equal(close.join(), '', 'a second Close');
      return;
    }
    equal(close.length, 1, 'Closes we wrote');
    equal(tail.join(), 'error,write,end,closed', 'the Close goes out before the end');
    equal(close[0]?.slice(0, 2), '88', 'the opcode of our last frame');
    const payload = read.at(-1)?.payload ?? new Uint8Array();
    equal(hex(payload.subarray(0, 2)), ending.closeCode.toString(16).padStart(4, '0'), 'the code of our Close');
    new TextDecoder('utf-8', { fatal: true }).decode(payload.subarray(2));
  }
}

function look(output: Output): Seen[] {
  if (output.type === 'ping' || output.type === 'pong') return [[output.type, hex(output.payload)]];
  if (output.type !== 'message') return [];
  return [typeof output.data === 'string' ? ['text', output.data] : ['binary', hex(output.data)]];
}

/** A valid frame behind is delivered where the connection is open, and ignored where it is not. */
function checkFollowed(vector: Vector, variant: Variant, all: Uint8Array): number {
  const { ending } = vector;
  if (ending.type === 'open' && ending.unfinished) return 0;
  const next = variant.role === 'client' ? '81 05 6c 61 74 65 72' : '81 85 00 00 00 00 6c 61 74 65 72';
  const seen: readonly Seen[] = ending.type === 'open' ? [...vector.seen, ['text', 'later']] : vector.seen;
  for (const chunks of [[join([all, bytes(next)])], [all, bytes(next)]]) {
    judge({ ...vector, seen }, run(vector, variant, chunks), variant);
  }
  return 2;
}

/** Where only the input ends, an open connection says goodbye, and an unfinished message is dropped. */
function checkEnds(vector: Vector, variant: Variant, all: Uint8Array): number {
  if (vector.ending.type !== 'open') return 0;
  const { connection, outputs } = receiver(vector, variant);
  if (vector.closeSent) connection.close(1000);
  connection.receive(all.slice());
  outputs.length = 0;
  connection.receiveEnd();
  const ours = frames(written(outputs)).map(({ first, payload }) => `${first} ${hex(payload)}`);
  equal(ours.join(), vector.closeSent ? '' : '136 ', 'the Close at the end of the input');
  connection.transportClosed();
  equal(
    outputs
      .filter(({ type }) => type !== 'write' && type !== 'deadline')
      .map(({ type }) => type)
      .join(),
    'end,closed',
    'the last outputs',
  );
  return 1;
}

/** Where the last byte shows the fault, everything before it does not. */
function checkLastByte(vector: Vector, variant: Variant, all: Uint8Array): number {
  if (vector.ending.type !== 'fails' || !vector.ending.atLastByte) return 0;
  const { connection } = receiver(vector, variant);
  connection.receive(all.slice(0, -1));
  equal(connection.state, 'open', 'the state before the last byte');
  return 1;
}

const compact = (digits: string): string => digits.replaceAll(' ', '');

function equal(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`);
}
