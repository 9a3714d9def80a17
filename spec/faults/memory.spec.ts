/** Whatever fails, and whenever: one is told of it once, both sides close once, and nothing is left. */
import { describe, expect, it } from 'vitest';
import { Injector, POINTS, type Point } from './injector.ts';
import { type End, type Ends, session } from './session.ts';

/** What did not hold at one side. */
function judge(end: End, peer: End): string[] {
  const wrong: string[] = [...end.faults];
  // Who could not even begin has nothing to close.
  if (end.closed.length !== (end.driver === undefined ? 0 : 1)) wrong.push(`closed ${end.closed.length} times`);
  if (end.left.length > 0) wrong.push(`left: ${end.left.join(', ')}`);
  const came = end.received.filter((each, i) => each !== peer.sent[i]);
  if (came.length > 0) wrong.push(`came, and were not sent so: ${came.join(', ').slice(0, 100)}`);
  const bad = end.violations.filter((each) => !['pong-missing', 'opening-too-slow', 'response-missing'].includes(each));
  if (bad.length > 0) wrong.push(`the peer is said to have broken ${bad.join()}`);
  return wrong;
}

/** What did not hold about the failure itself: it is reported once, or what the connection ended with, and nothing else is reported. */
function judgeFailure({ client, server }: Ends, point: Point): string[] {
  const wrong: string[] = [];
  for (const { injector, errors, closed, refused, driver, role } of [client, server]) {
    const { injected } = injector;
    const reported = errors.filter((error) => error === injected).length;
    const learned = closed[0]?.error === injected || refused === injected;
    const silent = point === 'read' || driver === undefined; // the end of the transport, or a promise that rejects
    if (injected !== undefined && (reported !== (silent ? 0 : 1) || (silent && !learned))) {
      wrong.push(`the ${role} told ${reported} times of its failure`);
    }
    const others = errors.filter((error) => error !== injected);
    if (others.length > 0) wrong.push(`the ${role} told of ${others.join(', ')}`);
  }
  return wrong;
}

describe.each(['client', 'server'] as const)('where a %s fails', (role) => {
  it.each(POINTS)('in any call of "%s", one is told once, and both sides close once', async (point) => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown): number => unhandled.push(error);
    process.on('unhandledRejection', listen);
    const floods = role === 'server' && ['pause', 'resume', 'write', 'inflate'].includes(point);
    const counts = await count(role, point, floods);
    const wrong: string[] = [];
    for (let number = 1; number <= counts; number++) {
      const failing = new Injector(point, number);
      const ends = await (role === 'client'
        ? session(failing, new Injector(), floods)
        : session(new Injector(), failing, floods));
      if (failing.injected === undefined) wrong.push(`${number}: nothing failed`);
      const found = [
        ...judge(ends.client, ends.server),
        ...judge(ends.server, ends.client),
        ...judgeFailure(ends, point),
      ];
      wrong.push(...found.map((each) => `${number} of ${counts}: ${each}`));
    }
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
    expect(wrong).toEqual([]);
  });
});

it('runs to a clean end where nothing fails, past every place that can', async () => {
  const { client, server } = await session(new Injector(), new Injector(), true);
  expect([...judge(client, server), ...judge(server, client)]).toEqual([]);
  expect([client.closed[0]?.clean, server.closed[0]?.clean]).toEqual([true, true]);
  expect([client.received.length, server.received.length]).toEqual([4, 1_043]);
  const passed = (end: End): Point[] => POINTS.filter((point) => end.injector.counts.has(point));
  expect(new Set([...passed(client), ...passed(server)])).toEqual(new Set(POINTS.filter((point) => point !== 'abort')));
});

async function count(role: 'client' | 'server', point: Point, floods: boolean): Promise<number> {
  const ends = await session(new Injector(), new Injector(), floods);
  return ends[role].injector.counts.get(point) ?? 0;
}
