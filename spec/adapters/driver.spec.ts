import { describe, expect, it } from 'vitest';
import { Driver, type Transport } from '../../adapters/driver.ts';
import { MemoryLink } from '../../adapters/runtimes/memory.ts';
import { memoryHost } from '../../adapters/runtimes/memory-host.ts';
import { VirtualClock } from '../../adapters/runtimes/virtual-clock.ts';
import { type Event, ProtocolError, UsageError } from '../../core/index.ts';
import { Driven, type DrivenOptions, RawPeer, request } from '../support/driven.ts';
import { bytes, frame, frames, hex, join, masked } from '../support/wire.ts';

const KEY = bytes('37fa213d');
const fromClient = (first: number, text = ''): Uint8Array => masked(frame(first, new TextEncoder().encode(text)), KEY);
const TEXT = 0x81;
const CLOSE = 0x88;
const PING = 0x89;
const PONG = 0x8a;

/** A transport that does nothing but what a test makes it do. */
class Script implements Transport {
  queued = 0;
  readonly written: Uint8Array[][] = [];
  onWrite: (() => void) | undefined;
  onEnd: (() => void) | undefined;
  onAbort: (() => void) | undefined;
  write(chunks: readonly Uint8Array[]): void {
    this.written.push([...chunks]);
    this.onWrite?.();
  }
  end(): void {
    this.onEnd?.();
  }
  abort(): void {
    this.onAbort?.();
  }
  pause(): void {}
  resume(): void {}

  /** The frames written since. */
  take(): string[] {
    return frames(join(this.written.splice(0).flat())).map(
      ({ first, payload }) => `${first.toString(16)} ${hex(payload)}`,
    );
  }
}

function scripted(options?: DrivenOptions) {
  const clock = new VirtualClock();
  const script = new Script();
  const server = new Driven('server', clock, options);
  server.driver.start(server.watch(script));
  server.driver.received(request());
  script.written.length = 0;
  server.log.length = 0;
  return { clock, script, server, driver: server.driver };
}

describe('a driver', () => {
  it('refuses options that no connection can have', () => {
    const program = { event: () => undefined, drain: () => undefined };
    const host = memoryHost(new VirtualClock());
    expect(() => new Driver({ role: 'server', limits: { fields: -1 } }, host, program)).toThrow(UsageError);
    expect(() => new Driver({ role: 'client', request: { host: 'x', target: '' } }, host, program)).toThrow(UsageError);
  });

  it('starts: a client writes its request, and the opening deadline runs', () => {
    const clock = new VirtualClock();
    const client = new Driven('client', clock);
    const script = new Script();
    client.driver.start(client.watch(script));
    expect(client.log).toEqual(['write']);
    expect(String.fromCharCode(...join(script.written.flat()))).toMatch(/^GET \/ HTTP\/1.1\r\n/);
    expect(clock.nextTimer).toBe(10_000);
  });

  it('writes nothing and fails nowhere before it has a transport', () => {
    const client = new Driven('client', new VirtualClock());
    client.connection.abort();
    expect(client.log).toEqual([]);
    expect(client.connection.phase).toBe('closing');
    client.driver.closed();
    expect(client.log).toEqual(['closed']);
  });

  it('carries out every instruction', () => {
    const { server, driver } = scripted();
    server.connection.pause();
    server.connection.resume();
    server.connection.send('text');
    driver.received(fromClient(CLOSE));
    server.connection.abort();
    expect(server.log).toEqual(['pause', 'resume', 'write', 'write', 'end', 'abort']);
  });

  it('hands every event on, in order', () => {
    const { server, driver } = scripted();
    driver.received(join([fromClient(PING, 'a'), fromClient(TEXT, 'b'), fromClient(PONG, 'c'), bytes('83')]));
    driver.received(bytes('80'));
    driver.closed(new Error('gone'));
    expect(server.events.map(({ type }) => type)).toEqual([
      ...['request', 'open', 'ping', 'message', 'pong', 'error', 'closed'],
    ]);
    expect(server.closed.error).toBeInstanceOf(ProtocolError); // what came first
  });

  it('reads a request that an HTTP server has parsed', () => {
    const server = new Driven('server', new VirtualClock());
    const script = new Script();
    server.driver.start(server.watch(script));
    const [line = '', ...fields] = new TextDecoder().decode(request()).trimEnd().split('\r\n');
    const [method = '', target = '', version = ''] = line.split(' ');
    server.driver.requested({
      method,
      target,
      version: version.replace('HTTP/', ''),
      fields: fields.map((field): [string, string] => [field.split(': ')[0] ?? '', field.split(': ')[1] ?? '']),
    });
    expect(server.log).toEqual(['request', 'open', 'write']);
    expect(server.host.errors).toEqual([]);
  });

  it('reports a request that nobody awaits', () => {
    const { server, driver } = scripted();
    driver.requested({ method: 'GET', target: '/', version: '1.1', fields: [] });
    expect(server.host.errors).toEqual([expect.any(UsageError)]);
    expect(server.connection.phase).toBe('open');
  });

  it('tells the connection what the transport still holds: after each write, on drain, and when asked to', () => {
    const { server, script, driver } = scripted();
    script.queued = 7;
    expect(server.connection.send('text')).toBe(7);
    script.queued = 5;
    expect(server.connection.bufferedAmount).toBe(7);
    driver.reportQueued();
    expect(server.connection.bufferedAmount).toBe(5);
    script.queued = 0;
    driver.drained();
    expect(server.connection.bufferedAmount).toBe(0);
    expect(server.log).toEqual(['write', 'drain']);
  });

  it('tells of a closed transport why it closed', () => {
    const { server, driver } = scripted();
    const error = new Error('ECONNRESET');
    driver.closed(error);
    expect(server.closed).toMatchObject({ code: 1006, clean: false, error });
  });

  it('watches one deadline, the last, and none once it is over', () => {
    const { server, clock, driver } = scripted({ deadlines: { ping: 100, pong: 30, closing: 50 } });
    expect(clock.nextTimer).toBe(100);
    clock.advance(60);
    server.connection.close();
    expect(clock.nextTimer).toBe(50);
    clock.advance(50);
    expect(server.log).toEqual(['write', 'abort']);
    driver.closed();
    clock.advance(1_000_000);
    expect(clock.nextTimer).toBeUndefined();
    expect(server.log).toEqual(['write', 'abort', 'closed']);
  });

  it('sets no timer for a deadline without end', () => {
    const { clock } = scripted({ deadlines: { ping: Infinity } });
    expect(clock.nextTimer).toBeUndefined();
  });

  it('writes once what one chunk makes it write', () => {
    const { server, driver, script } = scripted({
      handle: (event, connection) => event.type === 'message' && connection.send(event.data),
    });
    driver.received(join([fromClient(TEXT, 'a'), fromClient(PING, 'b'), fromClient(TEXT, 'c')]));
    expect(server.log).toEqual(['message', 'ping', 'message', 'write']);
    expect(script.take()).toEqual(['81 61', '8a 62', '81 63']);
  });
});

it('has at most one timer at a time, whatever happens, and none in the end (E10)', () => {
  const clock = new VirtualClock();
  let running = 0;
  let most = 0;
  const timers = new Set<unknown>();
  const count = (change: () => void): void => {
    change();
    running = timers.size;
    most = Math.max(most, running);
  };
  const link = new MemoryLink(clock);
  const peer = new RawPeer(link.client);
  const host = {
    ...memoryHost(clock, 1),
    setTimer: (expire: () => void, milliseconds: number) => {
      const timer = clock.setTimer(() => {
        count(() => timers.delete(timer));
        expire();
      }, milliseconds);
      count(() => timers.add(timer));
      return timer;
    },
    clearTimer: (timer: unknown) => {
      count(() => timers.delete(timer));
      clock.clearTimer(timer);
    },
  };
  const driver: Driver = new Driver({ role: 'server', deadlines: { ping: 10, pong: 5 } }, host, {
    event: (event) => void (event.type === 'request' && driver.connection.accept()),
    drain() {},
  });
  link.server.attach(driver);
  driver.start(link.server);
  for (const next of [
    request(),
    bytes('81 81 00 00 00 00 61'),
    bytes('8a 80 00 00 00 00'),
    bytes('88 80 00 00 00 00'),
  ]) {
    clock.advance(7);
    peer.write(next);
    clock.settle();
  }
  clock.advance(10_000);
  expect(driver.connection.phase).toBe('closed');
  expect([most, running]).toEqual([1, 0]);
});

describe('a handler that throws', () => {
  const throwing = (type: Event['type'], before?: DrivenOptions['handle']): DrivenOptions => ({
    handle(event, connection) {
      before?.(event, connection);
      if (event.type === type) throw new Error(`in ${type}`);
    },
  });
  const script = (server: Driven): void => {
    server.driver.received(join([fromClient(TEXT, 'a'), fromClient(PING, 'b'), fromClient(PONG, 'c')]));
    server.driver.received(join([fromClient(TEXT, 'd'), bytes('83')]));
    server.driver.received(bytes('80'));
    server.driver.ended();
    server.driver.closed();
  };
  const undisturbed = (): string[] => {
    const { server } = scripted();
    script(server);
    return server.log;
  };

  it.each(['message', 'ping', 'pong', 'error', 'closed'] as const)(
    'of "%s" changes nothing for what follows',
    (type) => {
      const { server } = scripted(throwing(type));
      script(server);
      expect(server.log).toEqual(undisturbed());
      expect(server.host.errors.length).toBeGreaterThan(0);
      for (const error of server.host.errors) expect(error).toMatchObject({ message: `in ${type}` });
    },
  );

  it.each(['request', 'open'] as const)('of "%s" leaves the connection open', (type) => {
    const { server } = scripted(throwing(type));
    expect(server.connection.phase).toBe('open');
    expect(server.host.errors).toMatchObject([{ message: `in ${type}` }]);
  });

  it('of "refused" still sees the connection closed', () => {
    const clock = new VirtualClock();
    const client = new Driven('client', clock, throwing('refused'));
    client.driver.start(client.watch(new Script()));
    client.driver.received(new TextEncoder().encode('HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n'));
    client.driver.closed();
    expect(client.log).toEqual(['write', 'refused', 'abort', 'closed']);
    expect(client.host.errors).toMatchObject([{ message: 'in refused' }]);
    expect(clock.nextTimer).toBeUndefined();
  });

  it('several times in a chunk is reported as all of it', () => {
    const { server, driver } = scripted(throwing('message'));
    driver.received(join([fromClient(TEXT, 'a'), fromClient(TEXT, 'b')]));
    expect(server.messages).toEqual(['a', 'b']);
    expect(server.host.errors).toMatchObject([{ errors: [{ message: 'in message' }, { message: 'in message' }] }]);
  });

  it('behind an answer loses neither the answer nor its own error', () => {
    const { script, server, driver } = scripted(
      throwing('message', (event, connection) => event.type === 'message' && connection.send('answer')),
    );
    driver.received(join([fromClient(TEXT, 'a'), fromClient(CLOSE)]));
    expect(script.take()).toEqual(['81 616e73776572', '88 ']);
    expect(server.host.errors).toHaveLength(1);
  });

  it('of a drain is reported', () => {
    const host = memoryHost(new VirtualClock());
    const fail = (): void => {
      throw new Error('in drain');
    };
    const driver = new Driver({ role: 'server' }, host, { event: () => undefined, drain: fail });
    driver.start(new Script());
    driver.drained();
    expect(host.errors).toMatchObject([{ message: 'in drain' }]);
  });
});

describe('a transport that misbehaves (D13)', () => {
  it('and throws in a write has lost bytes, so it is destroyed', () => {
    const { server, script, driver } = scripted();
    script.onWrite = () => {
      throw new Error('EPIPE');
    };
    driver.received(fromClient(PING, 'a'));
    expect(server.host.errors).toMatchObject([{ message: 'EPIPE' }]);
    script.onWrite = undefined;
    driver.received(fromClient(PING, 'b'));
    expect(server.connection.send('c')).toBe(-1);
    expect(server.log).toEqual(['ping', 'write', 'abort']);
    driver.closed();
    expect(server.closed.code).toBe(1006);
  });

  it('and brings bytes within a write has them read behind those before them', () => {
    const { server, script, driver } = scripted({
      handle: (event, connection) => event.type === 'message' && connection.send(event.data),
    });
    script.onWrite = () => {
      script.onWrite = undefined;
      driver.received(fromClient(TEXT, 'within'));
    };
    driver.received(join([fromClient(TEXT, 'before'), fromClient(TEXT, 'after')]));
    expect(server.messages).toEqual(['before', 'after', 'within']);
    expect(script.take().map((each) => each.slice(3))).toEqual(['before', 'after', 'within'].map(ascii));
  });

  it('and brings bytes within a write that a long chunk makes early has them read behind that chunk', () => {
    const { server, script, driver } = scripted({
      handle: (event, connection) => event.type === 'message' && connection.send('x'.repeat(40_000)),
    });
    script.onWrite = () => {
      script.onWrite = undefined;
      driver.received(fromClient(TEXT, 'within'));
    };
    driver.received(join(['1', '2', '3', '4'].map((text) => fromClient(TEXT, text))));
    expect(server.messages).toEqual(['1', '2', '3', '4', 'within']);
  });

  it.each(['message', 'ping', 'close', 'violation', 'end'] as const)(
    'and closes within the write that answers a %s closes the connection once, and hears nothing more',
    (cause) => {
      const { server, script, driver, clock } = scripted({
        handle: (event, connection) => event.type === 'message' && connection.send('answer'),
      });
      script.onWrite = () => {
        script.onWrite = undefined;
        driver.closed(new Error('ECONNRESET'));
      };
      if (cause === 'end') driver.ended();
      else
        driver.received(
          { message: fromClient(TEXT), ping: fromClient(PING), close: fromClient(CLOSE), violation: bytes('8380') }[
            cause
          ],
        );
      expect(server.closed.clean).toBe(cause === 'close');
      expect(server.log.at(-1)).toBe('closed');
      expect(clock.nextTimer).toBeUndefined();
      expect(server.host.errors).toEqual([]);
    },
  );

  it.each(['end', 'abort'] as const)('and closes within its %s closes the connection once', (name) => {
    const { server, script, driver, clock } = scripted();
    script.onEnd = () => driver.closed();
    script.onAbort = () => driver.closed();
    if (name === 'abort') server.connection.abort();
    else driver.received(fromClient(CLOSE));
    expect(server.log.slice(-2)).toEqual([name, 'closed']);
    expect(clock.nextTimer).toBeUndefined();
  });

  it('and closes within an abort from the error handler hears nothing of the end behind it', () => {
    const { server, script, driver } = scripted({
      handle: (event, connection) => event.type === 'error' && connection.abort(),
    });
    script.onAbort = () => driver.closed();
    driver.received(bytes('83'));
    expect(server.log).toEqual(['error', 'abort', 'closed']);
  });

  it('and is the peer’s reader at once: two drivers without a network talk to the end', () => {
    const clock = new VirtualClock();
    const server = new Driven('server', clock, {
      handle: (event, connection) => event.type === 'message' && connection.send(event.data),
    });
    let left = 100;
    const client = new Driven('client', clock, {
      handle(event, connection) {
        if (event.type === 'open' || (event.type === 'message' && --left > 0)) connection.send(`message ${left}`);
        else if (event.type === 'message') connection.close(1000);
      },
    });
    const toward = (other: Driven, own: () => Driven): Transport => ({
      queued: 0,
      write: (chunks) => other.driver.received(join(chunks)),
      end: () => {
        other.driver.ended();
        own().driver.closed();
      },
      abort: () => {
        other.driver.closed(new Error('reset'));
        own().driver.closed();
      },
      pause: () => undefined,
      resume: () => undefined,
    });
    server.driver.start(server.watch(toward(client, () => server)));
    client.driver.start(client.watch(toward(server, () => client)));
    expect(client.messages).toHaveLength(100);
    expect([client.closed, server.closed]).toMatchObject([
      { code: 1000, clean: true },
      { code: 1000, clean: true },
    ]);
    expect(clock.nextTimer).toBeUndefined();
    expect([...client.host.errors, ...server.host.errors]).toEqual([]);
  });
});

const ascii = (text: string): string => hex(new TextEncoder().encode(text));
