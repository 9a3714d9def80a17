/** The numbers that SECURITY.md promises are those of the code. */
import { readFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { DEFAULT_DIAL_DEADLINES } from '../../adapters/tunnels/deadlines.ts';
import { ProtocolError, type Violation } from '../../core/errors.ts';
import { DEFAULT_DEADLINES, DEFAULT_LIMITS } from '../../core/limits.ts';
import { IDLE_BYTES } from '../support/memory.ts';

const root = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');
const policy = read('SECURITY.md');

/** The rows of the table whose head begins with these cells. */
function table(...head: string[]): string[][] {
  const lines = policy.split('\n');
  const from = lines.indexOf(lines.find((line) => line.startsWith(`| ${head.join(' | ')} |`)) ?? '') + 2;
  expect(from).toBeGreaterThan(1);
  const rows = lines.slice(
    from,
    lines.findIndex((line, i) => i > from && !line.startsWith('|')),
  );
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const number = (text: string): number => Number(text.replaceAll(',', ''));
const name = (cell = ''): string => cell.replaceAll('`', '');

/** A number that stands in a source behind `before`. */
function inSource(file: string, before: RegExp): number {
  const [, digits = ''] = new RegExp(`${before.source}\\s*([\\d_]+)`).exec(read(file)) ?? [];
  expect(digits, `${before} in ${file}`).not.toBe('');
  return Number(digits.replaceAll('_', ''));
}

test('every limit is told, with its default', () => {
  const told = table('limit', 'default').map(([limit, value = '']) => [name(limit), number(value)]);
  expect(Object.fromEntries(told)).toEqual(DEFAULT_LIMITS);
});

test('every deadline is told, with its default', () => {
  const told = table('deadline', 'milliseconds').map(([deadline, value = '']) => [name(deadline), number(value)]);
  expect(Object.fromEntries(told)).toEqual({
    ...DEFAULT_DEADLINES,
    ...DEFAULT_DIAL_DEADLINES,
    handshakeTimeout: inSource('adapters/runtimes/node-listen.ts', /handshakeTimeout:/),
    grace: inSource('adapters/interfaces/server.ts', /grace =/),
  });
});

it.each<[keyof typeof DEFAULT_LIMITS, Violation[]]>([
  ['headBytes', ['head-too-long']],
  ['startLineBytes', ['start-line-too-long']],
  ['fields', ['too-many-fields']],
  ['offers', ['subprotocols-malformed']],
  ['frameBytes', ['frame-too-big']],
  ['messageBytes', ['message-too-big']],
  ['fragments', ['too-many-fragments']],
  ['backlogBytes', ['early-data-too-big', 'backlog-too-big']],
  ['queueBytes', ['queue-too-big']],
])('what goes over `%s` gets what is told', (limit, violations) => {
  const [, , consequence] = table('limit', 'default').find(([each]) => name(each) === limit) ?? [];
  const codes = violations.map((violation) => {
    const { status, closeCode } = new ProtocolError(violation, '');
    return status ?? closeCode;
  });
  expect(consequence).toBe(codes.join(' or '));
});

test('what one peer can make a connection hold is added up rightly', () => {
  const rows = table('what', 'bytes', 'at most');
  expect(rows.length).toBeGreaterThan(8);
  const limits: Readonly<Record<string, number>> = { ...DEFAULT_LIMITS, 'the message': 0 };
  for (const [what = '', sum = '', total = ''] of rows) {
    const terms = sum.split(' + ').map((term) =>
      term
        .split(' × ')
        .map((factor) => limits[name(factor)] ?? number(factor))
        .reduce((product, factor) => product * factor, 1),
    );
    expect(
      terms.reduce((all, term) => all + term, 0),
      what,
    ).toBe(number(total));
  }
});

test('the numbers in it that are no options are those of the code', () => {
  const inbox = 'adapters/interfaces/inbox.ts';
  expect([inSource(inbox, /MESSAGES =/), inSource(inbox, /BYTES =/)]).toEqual([1_024, 1_048_576]);
  expect(inSource('core/bytes/blocks.ts', /MOST_BYTES =/)).toBe(1_048_576); // room for a message that is not filled yet
  expect(inSource('adapters/interfaces/connection.ts', /HIGH_WATER_BYTES =/)).toBe(65_536);
  expect(inSource('adapters/runtimes/node-listen.ts', /highWaterMark:/)).toBe(65_536); // one read
  expect(inSource('core/messages/payload.ts', /CONTROL_BYTES =/)).toBe(125);
  expect(inSource('core/keepalive.ts', /INTERVAL_BYTES =/)).toBe(1_048_576); // a Ping more to take something
  expect(inSource('core/errors.ts', /text\.slice\(0,/)).toBe(64); // characters that are quoted
  expect(inSource('adapters/interfaces/redirects.ts', /redirects =/)).toBe(0);
  expect(read('adapters/interfaces/admission.ts')).toMatch(/origins = 'same', requireOrigin = false/);
  for (const told of [
    '1,024 of them',
    'less than 1,048,576 bytes',
    'each 1,048,576 more',
    'at most 64 characters',
    'from 65,536 on',
    'Redirects 0',
    "Origins `'same'`",
  ]) {
    expect(policy).toContain(told);
  }
});

test('what an idle connection costs at most is told; `idle-connection.spec.ts` weighs it', () => {
  const [, told = ''] = /An idle connection costs a server at most ([\d,]+) bytes/.exec(policy) ?? [];
  expect(number(told)).toBe(IDLE_BYTES);
});
