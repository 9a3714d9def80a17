import { expect, it } from 'vitest';
import { Driver, type Host } from '../../adapters/driver.ts';
import { MemoryLink } from '../../adapters/runtimes/memory.ts';
import { memoryHost } from '../../adapters/runtimes/memory-host.ts';
import { VirtualClock } from '../../adapters/runtimes/virtual-clock.ts';
import type { Observation } from '../../adapters/trace.ts';
import { Driven } from '../support/driven.ts';
import { hex } from '../support/wire.ts';

interface Side {
  readonly driven: Driven;
  readonly seen: Observation[];
  readonly stop: () => void;
}

function watched(): { clock: VirtualClock; client: Side; server: Side } {
  const clock = new VirtualClock();
  const link = new MemoryLink(clock);
  const [server, client] = (['server', 'client'] as const).map((role) => {
    const driven = new Driven(role, clock);
    const seen: Observation[] = [];
    const stop = driven.driver.observe((observation) => seen.push(observation));
    driven.over(link[role]);
    return { driven, seen, stop };
  }) as [Side, Side];
  return { clock, client, server };
}

const steps = (seen: readonly Observation[]): string[] =>
  seen.flatMap((each) => (each.type === 'step' ? [`${each.from} ${each.event} ${each.to}: ${each.effects}`] : []));

const frames = (seen: readonly Observation[]): string[] =>
  seen.flatMap((each) =>
    each.type === 'frame'
      ? [`${each.direction} ${each.frame.opcode} ${each.frame.masked ? 'masked ' : ''}${hex(each.frame.payload)}`]
      : [],
  );

it('shows every step with what it demands, and every frame on both sides, from head to Close', async () => {
  const { clock, client, server } = watched();
  await clock.advance(100);
  client.driven.connection.send('hi');
  await clock.advance(100);
  server.driven.connection.close(1000);
  await clock.advance(100);
  expect(steps(server.seen)).toEqual([
    'connecting.awaitingRequest requestReceived connecting.deciding: reportRequest',
    'connecting.deciding accepted open: sendAcceptance,reportOpen',
    'open closeRequested closing.closeSent: sendClose',
    'closing.closeSent closeReceived closing.bothSent: endTransport',
    'closing.bothSent inputEnded closing.bothSent: ',
    'closing.bothSent transportClosed closed: reportClosed',
  ]);
  expect(frames(server.seen)).toEqual(['in 1 masked 6869', 'out 8 03e8', 'in 8 masked 03e8']);
  expect(frames(client.seen)).toEqual(['out 1 masked 6869', 'in 8 03e8', 'out 8 masked 03e8']);
  const heads = client.seen.flatMap((each) =>
    each.type === 'head' ? [`${each.direction} ${each.text.slice(0, 12)}`] : [],
  );
  expect(heads).toEqual(['out GET / HTTP/1', 'in HTTP/1.1 101'].map((line) => line.slice(0, line.indexOf(' ') + 13)));
  const times = server.seen.map(({ at }) => at);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

it('shows the frame that broke a rule, before the step it led to', () => {
  const { client, server } = watched();
  const { driver } = server.driven;
  driver.received(new TextEncoder().encode(requestOf(client)));
  driver.received(Uint8Array.of(0x83));
  const [frame, step] = server.seen.filter(
    (each) => each.type === 'frame' || (each.type === 'step' && each.event === 'violationFound'),
  );
  expect(frame).toMatchObject({ direction: 'in', frame: { opcode: 3, complete: false } });
  expect(step).toMatchObject({
    from: 'open',
    to: 'closing.failed',
    effects: ['reportError', 'sendClose', 'endTransport'],
  });
});

it('shows no frames where it began too late, and nothing once it has ended', async () => {
  const { clock, client, server } = watched();
  await clock.advance(100);
  server.stop();
  const before = server.seen.length;
  const late: Observation[] = [];
  client.driven.connection.send('a');
  await clock.advance(100);
  server.driven.driver.observe((observation) => late.push(observation));
  client.driven.connection.send('b');
  await clock.advance(100);
  expect(server.seen).toHaveLength(before);
  expect(late.map(({ type }) => type)).toEqual(['input', 'output']);
});

it('reports what an observer throws, and goes on', async () => {
  const { clock, server, client } = watched();
  const fault = new Error('an observer');
  server.driven.driver.observe(() => {
    throw fault;
  });
  await clock.advance(100);
  expect(client.driven.connection.phase).toBe('open');
  expect(server.driven.host.errors).toContain(fault);
});

it('a host is shown each driver before its start', () => {
  const shown: Driver[] = [];
  const host: Host = { ...memoryHost(new VirtualClock()), watch: (driver) => shown.push(driver) };
  const driver = new Driver({ role: 'server' }, host, { event() {}, drain() {}, remote: { address: '::1' } });
  expect(shown).toEqual([driver]);
  expect(driver.remoteAddress).toBe('::1');
});

/** The request the client has written. */
function requestOf({ seen }: Side): string {
  const head = seen.find((each) => each.type === 'head');
  return head?.type === 'head' ? head.text : '';
}
