/** Two connections under any commands: nothing is lost, reordered or doubled, and both agree how it ended. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Role } from '../../core/index.ts';
import { text } from '../support/arbitraries.ts';
import { legible, Pair } from '../support/pair.ts';

type Model = object;

/** A command that is always possible, with a check behind it that always holds. */
class Step implements fc.Command<Model, Pair> {
  readonly #name: string;
  readonly #run: (pair: Pair) => void;

  constructor(name: string, run: (pair: Pair) => void) {
    this.#name = name;
    this.#run = run;
  }

  check = (): boolean => true;

  run(_: Model, pair: Pair): void {
    this.#run(pair);
    judge(pair);
  }

  toString = (): string => this.#name;
}

function send(pair: Pair, role: Role, data: string | Uint8Array): void {
  const { connection, sent } = pair.end(role);
  if (connection.phase === 'connecting') return;
  if (connection.send(data) >= 0) sent.push(legible(data));
}

function ping(pair: Pair, role: Role, data: Uint8Array): void {
  const { connection } = pair.end(role);
  if (connection.phase !== 'connecting') connection.ping(data);
}

const role = fc.constantFrom<Role>('client', 'server');
const binary = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.constantFrom(0, 125, 126, 127, 65_535, 65_536).map((size) => new Uint8Array(size)),
);
const count = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(100, 1_000, Infinity));
const code = fc.constantFrom(undefined, 1000, 1001, 3000, 4999);

const commands = fc.commands(
  [
    fc
      .tuple(role, text)
      .map(([who, data]) => new Step(`${who} sends ${JSON.stringify(data)}`, (pair) => send(pair, who, data))),
    fc
      .tuple(role, binary)
      .map(([who, data]) => new Step(`${who} sends ${data.length} bytes`, (pair) => send(pair, who, data))),
    fc
      .tuple(role, count)
      .map(([who, bytes]) => new Step(`${who} receives ${bytes}`, (pair) => pair.deliver(who, bytes))),
    fc
      .tuple(role, count)
      .map(([who, bytes]) => new Step(`${who} receives ${bytes}`, (pair) => pair.deliver(who, bytes))),
    fc
      .tuple(role, fc.uint8Array({ maxLength: 125 }))
      .map(([who, data]) => new Step(`${who} pings`, (pair) => ping(pair, who, data))),
    role.map((who) => new Step(`${who} pauses`, (pair) => pair.end(who).connection.pause())),
    role.map((who) => new Step(`${who} resumes`, (pair) => pair.end(who).connection.resume())),
    role.map(
      (who) =>
        new Step(`${who}'s queue is reported`, (pair) =>
          pair.end(who).connection.reportQueued(pair.end(who).way.bytes.length),
        ),
    ),
    fc.constant(new Step('everything arrives', (pair) => pair.drain())),
    fc
      .tuple(role, code)
      .map(
        ([who, number]) => new Step(`${who} closes with ${number}`, (pair) => pair.end(who).connection.close(number)),
      ),
    role.map(
      (who) =>
        new Step(
          `${who}'s deadline passes`,
          (pair) => pair.end(who).deadline !== undefined && pair.end(who).connection.expire(),
        ),
    ),
    role.map((who) => new Step(`${who} aborts`, (pair) => pair.end(who).connection.abort())),
    fc.constant(new Step('the transport breaks', (pair) => pair.reset())),
  ],
  { maxCommands: 40 },
);

/** Of what the peer sent, the first so many came, as they were. */
function judge(pair: Pair): void {
  for (const who of ['client', 'server'] as const) {
    const { events, received } = pair.end(who);
    expect(received).toEqual(pair.peer(who).sent.slice(0, received.length));
    const types = events.map(({ type }) => `${type} `).join('');
    expect(types).toMatch(/^(?:request )?(?:open )?(?:(?:message|ping|pong) )*(?:error )?(?:refused )?(?:closed )?$/);
    // Nobody broke a rule: what fails is silence, or a deadline.
    const error = events.find((event) => event.type === 'error');
    if (error !== undefined)
      expect(['pong-missing', 'opening-too-slow', 'response-missing']).toContain(error.error.violation);
  }
}

/** Where both are closed: what each reports is what the other sent. */
function judgeEnd(pair: Pair): void {
  for (const who of ['client', 'server'] as const) {
    const ours = pair.end(who).closed;
    const theirs = pair.peer(who).closed;
    expect(pair.end(who).events.filter(({ type }) => type === 'closed')).toHaveLength(1);
    if (ours === undefined || theirs === undefined) continue;
    if (ours.code !== 1006) expect({ code: ours.code, reason: ours.reason }).toEqual(theirs.sent);
    if (ours.clean) expect(ours.sent).toBeDefined();
    const opened = pair.end(who).events.some(({ type }) => type === 'open');
    if (!pair.broken && opened) {
      expect(ours.clean).toBe(theirs.clean);
      expect(pair.end(who).received).toEqual(pair.peer(who).sent);
    }
    const closes = opened ? pair.end(who).framesWritten.filter((frame) => frame.startsWith('88')) : [];
    expect(closes.length).toBeLessThanOrEqual(1);
    if (closes.length > 0) expect(pair.end(who).framesWritten.at(-1)).toBe(closes[0]);
  }
}

test('a client and a server', () => {
  fc.assert(
    fc.property(commands, (list) => {
      const pair = new Pair();
      fc.modelRun(() => ({ model: {}, real: pair }), list);
      for (const end of [pair.client, pair.server]) end.connection.resume();
      pair.drain();
      judge(pair);
      for (const end of [pair.client, pair.server]) end.connection.close(1000);
      pair.drain();
      if (pair.client.closed === undefined || pair.server.closed === undefined) pair.reset();
      judge(pair);
      judgeEnd(pair);
    }),
    { numRuns: 1_000 },
  );
});

test('a client and a server that are left alone agree on a clean end', () => {
  fc.assert(
    fc.property(role, code, fc.array(fc.tuple(role, text), { maxLength: 10 }), (who, number, messages) => {
      const pair = new Pair();
      pair.drain();
      for (const [from, data] of messages) send(pair, from, data);
      pair.end(who).connection.close(number);
      pair.drain();
      judgeEnd(pair);
      expect(pair.end(who).closed).toMatchObject({ code: number ?? 1005, clean: true });
      expect(pair.peer(who).closed).toMatchObject({ code: number ?? 1005, clean: true });
      expect(pair.broken).toBe(false);
    }),
    { numRuns: 300 },
  );
});
