import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Transport, TransportUser } from '../../adapters/driver.ts';
import { type AsyncBytes, driveAsync } from '../../adapters/runtimes/async-bytes.ts';
import { webHost } from '../../adapters/runtimes/web-host.ts';

/** What the user of the transport hears. */
class Listener implements TransportUser {
  transport!: Transport; // set by start, before anything else
  readonly heard: string[] = [];

  start(transport: Transport): void {
    this.transport = transport;
  }
  received(bytes: Uint8Array): void {
    this.heard.push(`received ${Array.from(bytes)}`);
  }
  ended(): void {
    this.heard.push('ended');
  }
  closed(error?: unknown): void {
    this.heard.push(error === undefined ? 'closed' : `closed ${(error as Error).message}`);
  }
  drained(): void {
    this.heard.push('drained');
  }
  reportQueued(): void {
    this.heard.push('reportQueued');
  }
}

/** A byte stream that does what the spec says next. */
class Scripted implements AsyncBytes {
  readonly calls: string[] = [];
  take!: (chunk: Uint8Array | undefined) => void;
  fail!: (error: unknown) => void;
  resolve!: (taken?: number) => void;
  reject!: (error: unknown) => void;

  read(take: (chunk: Uint8Array | undefined) => void, fail: (error: unknown) => void): void {
    this.calls.push('read');
    this.take = take;
    this.fail = fail;
  }
  write(bytes: Uint8Array): Promise<unknown> {
    return this.#call(`write ${bytes.length > 8 ? bytes.length : Array.from(bytes)}`);
  }
  end(): Promise<unknown> {
    return this.#call('end');
  }
  close(): void {
    this.calls.push('close');
  }

  #call(name: string): Promise<unknown> {
    this.calls.push(name);
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

function driven(): { bytes: Scripted; user: Listener; transport: Transport; over: Promise<void> } {
  const [bytes, user] = [new Scripted(), new Listener()];
  const over = driveAsync(bytes, user);
  return { bytes, user, transport: user.transport, over };
}

/** Lets everything run that was waiting for a promise. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const octets = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('reading from a stream of promises', () => {
  it('asks for the next chunk when it has handed on the last', () => {
    const { bytes, user } = driven();
    bytes.take(octets(1));
    bytes.take(octets(2, 3));
    expect(user.heard).toEqual(['received 1', 'received 2,3']);
    expect(bytes.calls).toEqual(['read', 'read', 'read']);
  });

  it('keeps what comes while it is paused, and asks for no more', async () => {
    const { bytes, user, transport } = driven();
    transport.pause();
    bytes.take(octets(1));
    expect(user.heard).toEqual([]);
    transport.resume();
    transport.pause();
    await settle();
    expect(user.heard).toEqual([]);
    transport.resume();
    transport.resume();
    expect(user.heard).toEqual([]); // not within the call that resumes it
    await settle();
    expect(user.heard).toEqual(['received 1']);
    expect(bytes.calls).toEqual(['read', 'read']);
  });

  it('asks once, however often it is paused and resumed', () => {
    const { bytes, transport } = driven();
    transport.pause();
    transport.resume();
    transport.resume();
    expect(bytes.calls).toEqual(['read']);
  });

  it('ends with an error of the stream, and hears nothing behind it', async () => {
    const { bytes, user, transport, over } = driven();
    transport.write([octets(1)]);
    bytes.fail(new Error('reset'));
    bytes.take(octets(1));
    bytes.resolve();
    await over;
    expect(user.heard).toEqual(['closed reset']);
    expect(bytes.calls).toEqual(['read', 'write 1', 'close']);
    expect(transport.queued).toBe(0);
  });
});

describe('reading behind the write that answers', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** A connection that answers each chunk, and the timers it has set. */
  function answering(): ReturnType<typeof driven> & { expire: (() => void)[] } {
    const expire: (() => void)[] = [];
    vi.spyOn(webHost, 'setTimer').mockImplementation((call) => expire.push(call));
    const each = driven();
    each.user.received = () => each.transport.write([octets(9)]);
    return { ...each, expire };
  }

  it('begins when the write is done, and sets one timer for many', async () => {
    const { bytes, expire } = answering();
    for (let i = 0; i < 3; i++) {
      bytes.take(octets(1));
      expect(bytes.calls.at(-1)).toBe('write 9');
      bytes.resolve();
      await settle();
      expect(bytes.calls.at(-1)).toBe('read');
    }
    expect(bytes.calls).toEqual(['read', ...Array.from({ length: 3 }, () => ['write 9', 'read']).flat()]);
    expect(expire.length).toBe(1);
    expire[0]?.();
    expect(bytes.calls.filter((each) => each === 'read').length).toBe(4); // that one is under way
  });

  it('begins with the first of several writes that are waiting', async () => {
    const { bytes, transport } = answering();
    bytes.take(octets(1));
    transport.write([octets(8)]);
    bytes.resolve();
    await settle();
    expect(bytes.calls).toEqual(['read', 'write 9', 'write 8', 'read']);
  });

  it('goes on, chunk after chunk, where the peer takes nothing', async () => {
    const { bytes, expire } = answering();
    bytes.take(octets(1));
    expire.pop()?.();
    bytes.take(octets(2));
    bytes.take(octets(3));
    expect(bytes.calls).toEqual(['read', 'write 9', 'read', 'read', 'read']);
    bytes.resolve();
    await settle();
    expect(bytes.calls.slice(5)).toEqual(['write 9,9']);
    bytes.take(octets(4));
    expect(bytes.calls.slice(6)).toEqual([]);
    expire.pop()?.();
    expect(bytes.calls.slice(6)).toEqual(['read']);
  });

  it('stays paused, whether the write is done or takes too long', async () => {
    const { bytes, transport, expire } = answering();
    bytes.take(octets(1));
    transport.pause();
    expire.pop()?.();
    bytes.resolve();
    await settle();
    expect(bytes.calls).toEqual(['read', 'write 9']);
    transport.resume();
    expect(bytes.calls).toEqual(['read', 'write 9', 'read']);
  });

  it('clears its timer at the end', async () => {
    const { bytes, transport, over } = answering();
    const clear = vi.spyOn(webHost, 'clearTimer').mockReturnValue();
    bytes.take(octets(1));
    transport.abort();
    await over;
    expect(clear.mock.calls).toEqual([[1]]);
  });
});

describe('writing to a stream of promises', () => {
  it('joins what was written while a write was under way', async () => {
    const { bytes, user, transport } = driven();
    transport.write([octets(1)]);
    transport.write([octets(2), octets(3)]);
    transport.write([octets(4)]);
    expect(transport.queued).toBe(4);
    bytes.resolve();
    await settle();
    bytes.resolve();
    await settle();
    expect(bytes.calls).toEqual(['read', 'write 1', 'write 2,3,4']);
    expect(user.heard).toEqual(['reportQueued']);
    expect(transport.queued).toBe(0);
  });

  it('writes the rest of what was not taken at once, before everything else (H10)', async () => {
    const { bytes, transport } = driven();
    transport.write([new Uint8Array(65_536), new Uint8Array(65_537)]);
    for (const [taken, left] of [
      [65_535, 65_538],
      [1, 65_537],
      [65_530, 7],
      [7, 0],
    ] as const) {
      bytes.resolve(taken);
      await settle();
      expect(transport.queued).toBe(left);
    }
    expect(bytes.calls).toEqual(['read', 'write 65536', 'write 0', 'write 65537', 'write 0,0,0,0,0,0,0']);
  });

  it('tells once when much that waited has gone', async () => {
    const { bytes, user, transport } = driven();
    transport.write([new Uint8Array(65_536)]);
    transport.write([octets(1)]);
    bytes.resolve();
    await settle();
    expect(user.heard).toEqual([]);
    bytes.resolve();
    await settle();
    expect(user.heard).toEqual(['drained']);
  });

  it('ends with an error of a write', async () => {
    const { bytes, user, transport, over } = driven();
    transport.write([octets(1)]);
    transport.write([octets(2)]);
    bytes.reject(new Error('broken'));
    await over;
    transport.write([octets(3)]);
    expect(user.heard).toEqual(['closed broken']);
    expect(bytes.calls).toEqual(['read', 'write 1', 'close']);
  });
});

describe('ending a stream of promises', () => {
  it('ends its half behind the last write, and is over when both halves have ended', async () => {
    const { bytes, user, transport, over } = driven();
    transport.write([octets(1)]);
    transport.end();
    transport.end();
    transport.write([octets(2)]);
    bytes.take(undefined);
    expect(bytes.calls).toEqual(['read', 'write 1']);
    bytes.resolve();
    await settle();
    expect(bytes.calls).toEqual(['read', 'write 1', 'end']);
    expect(user.heard).toEqual(['ended', 'reportQueued']);
    bytes.resolve();
    await over;
    expect(user.heard).toEqual(['ended', 'reportQueued', 'closed']);
    expect(bytes.calls.at(-1)).toBe('close');
  });

  it('waits for the other half, however long', async () => {
    const { bytes, user, transport, over } = driven();
    transport.end();
    bytes.resolve();
    await settle();
    bytes.take(octets(1));
    expect(user.heard).toEqual(['received 1']);
    bytes.take(undefined);
    await over;
    expect(user.heard).toEqual(['received 1', 'ended', 'closed']);
  });

  it('ends with an error of the end', async () => {
    const { bytes, user, transport, over } = driven();
    transport.end();
    bytes.reject(new Error('not connected'));
    await over;
    expect(user.heard).toEqual(['closed not connected']);
  });

  it('is over behind the call that aborts it', async () => {
    const { bytes, user, transport, over } = driven();
    transport.pause();
    bytes.take(octets(1));
    transport.abort();
    transport.resume();
    expect(user.heard).toEqual([]);
    await over;
    expect(user.heard).toEqual(['closed']);
    expect(bytes.calls).toEqual(['read', 'close']);
  });
});

describe('a promise of a stream', () => {
  it('is written to what waited for it', async () => {
    const [bytes, user] = [new Scripted(), new Listener()];
    void driveAsync(Promise.resolve(bytes), user);
    user.transport.write([octets(1), octets(2)]);
    user.transport.end();
    expect(bytes.calls).toEqual([]);
    await settle();
    expect(bytes.calls).toEqual(['write 1,2', 'read']);
  });

  it('that rejects ends it', async () => {
    const user = new Listener();
    await driveAsync(Promise.reject(new Error('refused')), user);
    expect(user.heard).toEqual(['closed refused']);
  });

  it('that comes too late is closed', async () => {
    const [bytes, user] = [new Scripted(), new Listener()];
    let arrive = (_: AsyncBytes): void => {};
    const opening = new Promise<AsyncBytes>((resolve) => {
      arrive = resolve;
    });
    const over = driveAsync(opening, user);
    user.transport.abort();
    await over;
    arrive(bytes);
    await settle();
    expect(user.heard).toEqual(['closed']);
    expect(bytes.calls).toEqual(['close']);
  });
});
