import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Inbox, type Message } from '../../../adapters/interfaces/inbox.ts';
import { deferred } from '../../support/raw-socket.ts';

const flow = (): { calls: string[]; pause(): void; resume(): void } => {
  const calls: string[] = [];
  return { calls, pause: () => void calls.push('pause'), resume: () => void calls.push('resume') };
};

const next = (inbox: Inbox): Promise<IteratorResult<Message, undefined>> =>
  new Promise((resolve) => {
    inbox.read(resolve);
  });

it('gives each message once and in order to whoever reads, however early or late', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 50 }), async (pushes) => {
      const inbox = new Inbox(flow(), undefined);
      const reads: Promise<IteratorResult<Message, undefined>>[] = [];
      let count = 0;
      for (const push of pushes) {
        if (push) inbox.push(String(count++));
        else reads.push(next(inbox));
      }
      inbox.end(() => {});
      while (reads.length <= count) reads.push(next(inbox));
      const results = await Promise.all(reads);
      const values = results.flatMap(({ value }) => (value === undefined ? [] : [value]));
      expect(values).toEqual(Array.from({ length: count }, (_, i) => String(i)));
      expect(results.map(({ done }) => done)).toEqual(results.map((_, i) => i >= count));
    }),
  );
});

it('stops the flow when many messages wait, and lets it go on once none does', async () => {
  const stream = flow();
  const inbox = new Inbox(stream, undefined);
  for (let i = 0; i < 1_024; i++) inbox.push('');
  expect(stream.calls).toEqual([]);
  inbox.push('');
  inbox.push('');
  expect(stream.calls).toEqual(['pause']);
  for (let i = 0; i < 1_025; i++) await next(inbox);
  expect(stream.calls).toEqual(['pause']);
  await next(inbox);
  expect(stream.calls).toEqual(['pause', 'resume']);
});

it('stops the flow when many bytes wait', () => {
  const stream = flow();
  const inbox = new Inbox(stream, () => new Promise<void>(() => {}));
  inbox.push('at work');
  inbox.push(new Uint8Array(1_048_576));
  expect(stream.calls).toEqual([]);
  inbox.push('x');
  expect(stream.calls).toEqual(['pause']);
});

it('runs one handler at a time, and finishes behind the last (B24)', async () => {
  const log: string[] = [];
  const work = deferred();
  const inbox = new Inbox(flow(), (message) => {
    log.push(String(message));
    return message === 'slow' ? work.promise : undefined;
  });
  inbox.push('first');
  inbox.push('slow');
  inbox.push('last');
  const finished = deferred();
  inbox.end(() => {
    log.push('end');
    finished.resolve();
  });
  expect(log).toEqual(['first', 'slow']);
  work.resolve();
  await finished.promise;
  expect(log).toEqual(['first', 'slow', 'last', 'end']);
});

it('does not run a handler within a handler', () => {
  const log: string[] = [];
  const inbox: Inbox = new Inbox(flow(), (message) => {
    log.push(`${message} begins`);
    if (message === 'a') {
      inbox.push('b');
      inbox.end(() => log.push('end'));
    }
    log.push(`${message} ends`);
    return undefined;
  });
  inbox.push('a');
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'end']);
});

it('keeps nobody waiting for the end where nobody reads', async () => {
  const inbox = new Inbox(flow(), undefined);
  inbox.push('left');
  let ends = 0;
  inbox.end(() => ends++);
  expect(ends).toBe(1);
  expect(await next(inbox)).toEqual({ done: false, value: 'left' });
  expect(await next(inbox)).toEqual({ done: true, value: undefined });
  expect(ends).toBe(1);
});

it('takes time in proportion to what waits', () => {
  const inbox = new Inbox(flow(), undefined);
  for (let i = 0; i < 300_000; i++) inbox.push('');
  const start = performance.now();
  for (let i = 0; i < 300_000; i++) void next(inbox);
  expect(performance.now() - start).toBeLessThan(5_000);
});

it('does not keep readers waiting while `open` is at work, for it may be what reads; the end waits for it', async () => {
  const inbox = new Inbox(flow(), undefined);
  const work = deferred<undefined>();
  inbox.hold(work.promise);
  inbox.push('a');
  expect(await next(inbox)).toEqual({ done: false, value: 'a' });
  let finished = false;
  const last = next(inbox);
  inbox.end(() => {
    finished = true;
  });
  expect(await last).toEqual({ done: true, value: undefined });
  expect(finished).toBe(false);
  work.resolve(undefined);
  await work.promise;
  await Promise.resolve();
  expect(finished).toBe(true);
});
