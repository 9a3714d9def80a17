/** What has to hold when all is over. */
import { frames, hex, join } from '../support/wire.ts';
import type { Plan } from './plan.ts';
import { Intended, single } from './program.ts';
import { UNASKED } from './record.ts';
import type { Side } from './side.ts';

const GRAMMAR =
  /^(?:request )?(?:open )?(?:(?:message|messageStart|messageChunk|messageEnd|ping|pong) )*(?:error )?(?:refused )?closed $/;

/** What a peer of ours may be told it did, and when. */
function allowed(plan: Plan, side: Side, peer: Side): string[] {
  const { limits, careless, style } = side.plan;
  const kept = (name: keyof NonNullable<typeof limits>): boolean => limits?.[name] !== undefined;
  return [
    ...(plan.calm ? [] : ['pong-missing', 'opening-too-slow', 'response-missing']),
    ...(plan.verdict.how === 'forget' || plan.verdict.decisionDeadline !== undefined ? ['opening-too-slow'] : []),
    ...(peer.program.server !== undefined || peer.plan.style === 'driver' ? ['response-missing'] : []),
    ...(kept('queueBytes') ? ['queue-too-big'] : []),
    // What takes chunks may pause within what the transport has read at once, which is more than these limits.
    ...(careless || (style === 'chunks' && kept('backlogBytes')) ? ['backlog-too-big'] : []),
    ...(kept('messageBytes') ? ['message-too-big'] : []),
    ...(kept('frameBytes') ? ['frame-too-big'] : []),
    ...(kept('fragments') ? ['too-many-fragments'] : []),
  ];
}

/** Whether `part` is the beginning of `whole`. */
const begins = (part: readonly string[], whole: readonly string[]): boolean =>
  part.length <= whole.length && part.every((each, i) => each === whole[i]);

/** Whether `part` is `whole` with some left out. */
function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const each of whole) if (at < part.length && part[at] === each) at++;
  return at === part.length;
}

const text = (payload: string): string => hex(new TextEncoder().encode(payload));

export function judgeSide(plan: Plan, side: Side, peer: Side): void {
  const { record, host } = side;
  const closed = record.closed;
  const fault = (what: string): void => record.fault(what);
  if (!GRAMMAR.test(`${record.events.join(' ')} `)) fault(`events in the order ${record.events.join(' ')}`);
  if (side.timers > 0) fault(`${side.timers} timers are left`);
  if (record.unsettled.length > 0) fault(`never settled: ${record.unsettled.join(', ')}`);
  const strange = host.errors.flatMap(single).filter((error) => !(error instanceof Intended));
  if (strange.length > 0)
    fault(`reported: ${strange.map((error) => (error instanceof Error ? error.stack : String(error))).join()}`);
  const may = allowed(plan, side, peer);
  for (const violation of record.violations)
    if (!may.includes(violation)) fault(`the peer is said to have broken ${violation}`);
  if (record.finished !== (side.plan.style === 'driver' || record.opened ? 1 : 0))
    fault(`the end was told ${record.finished} times`);
  if (side.program.server !== undefined && side.program.server.connections.size > 0)
    fault('the server still has a connection');

  if (!begins(record.received, peer.program.sent.messages)) {
    fault(
      `of ${peer.program.sent.messages.length} messages came ${record.received.length}, and not in order: ${differ(record.received, peer.program.sent.messages)}`,
    );
  }
  if (record.violations.length === 0 && !record.aborted && record.opened && record.received.length < record.arrived) {
    fault(`${record.arrived} messages arrived, and ${record.received.length} came`);
  }
  const asked = record.pingsReceived.filter((payload) => payload.startsWith('70'));
  if (!begins(asked, peer.program.sent.pings.map(text))) fault('Pings came that were not sent so');
  if (closed === undefined) return;
  if (closed.code !== 1006) {
    const { code, reason } = peer.record.closed?.sent ?? { code: 0, reason: 'none' };
    if (closed.code !== code || closed.reason !== reason)
      fault(`closed with ${closed.code} ${closed.reason}, sent was ${code} ${reason}`);
    if (record.received.length < peer.program.sent.messages.length)
      fault(
        `before the Close, ${peer.program.sent.messages.length} messages were sent, and ${record.received.length} came`,
      );
    if (asked.length < peer.program.sent.pings.length) fault('a Ping was lost');
  }
  if (closed.clean && closed.sent === undefined) fault('a clean end without a Close of ours');
  if (closed.clean && closed.code === 1006) fault('a clean end without a Close of the peer');
  judgeWire(side, peer);
  if (record.responded && closed.sent?.code !== closed.code)
    fault(`Close ${closed.code} was answered with ${closed.sent?.code}`);
  judgeUndisturbed(plan, side, peer);
}

function judgeWire(side: Side, peer: Side): void {
  const { record, plan } = side;
  const fault = (what: string): void => record.fault(what);
  if (!record.opened) return;
  const wire = join(record.written);
  const at = head(wire);
  let read: ReturnType<typeof frames>;
  try {
    read = frames(wire.subarray(at));
  } catch (error) {
    fault(`on the wire, ${error}`);
    return;
  }
  if (read.some(({ key }) => (key === undefined) === (plan.role === 'client')))
    fault('masked and unmasked are confused');
  const closes = read.flatMap(({ first }, i) => (first === 0x88 ? [i] : []));
  if (closes.length > 1) fault('two Closes were sent');
  if (closes.length === 1 && closes[0] !== read.length - 1) fault('a frame was sent behind the Close');
  const pongs = read.filter(({ first, payload }) => first === 0x8a && !hex(payload).startsWith(UNASKED));
  const answers = pongs.map(({ payload }) => hex(payload));
  if (!isWithin(answers, record.pingsReceived)) fault('a Pong answers no Ping, or one that was answered');
  if (record.owed !== undefined && !answers.includes(record.owed)) fault('the last Ping was never answered');
  const heard = peer.record.pongsReceived.filter((payload) => !payload.startsWith(UNASKED));
  if (!begins(heard, answers)) fault('Pongs came that were not sent so');
  if (record.violations.length === 0 && !record.aborted && side.neverBackedUp && answers.length < record.answerable) {
    fault(`${record.answerable} Pings could be answered, and ${answers.length} were`);
  }
}

/** Where nothing went wrong, all has to end well; a deadline that passes makes an end abort, or is a violation. */
function judgeUndisturbed(plan: Plan, side: Side, peer: Side): void {
  const records = [side.record, peer.record];
  const disturbed = records.some(({ opened, aborted, violations }) => !opened || aborted || violations.length > 0);
  if (plan.calm ? records.some(({ opened }) => !opened) : disturbed || plan.faults.length > 0) return;
  const { closed } = side.record;
  if (closed?.clean !== true)
    side.record.fault(`nothing went wrong, and yet it ended with ${closed?.code} ${closed?.error}`);
}

function head(wire: Uint8Array): number {
  for (let at = 3; at < wire.length; at++) {
    if (wire[at] === 10 && wire[at - 1] === 13 && wire[at - 2] === 10 && wire[at - 3] === 13) return at + 1;
  }
  return wire.length;
}

function differ(received: readonly string[], sent: readonly string[]): string {
  const at = received.findIndex((each, i) => each !== sent[i]);
  return `number ${at} is ${received[at]} instead of ${sent[at]}`;
}
