import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Transport, TransportUser } from '../../adapters/driver.ts';
import { dial } from '../../adapters/runtimes/workers-dial.ts';
import { DialTimeout, resolveDialDeadlines } from '../../adapters/tunnels/deadlines.ts';

type Connect = (address: object, options: { readonly secureTransport: string }) => unknown;
const { dialled } = vi.hoisted(() => ({ dialled: { connect: undefined as unknown } }));
vi.mock('cloudflare:sockets', () => ({
  connect: (...given: Parameters<Connect>) => (dialled.connect as Connect)(...given),
}));
afterEach(() => void vi.useRealTimers());

/** A socket of workerd whose peer answers each write with the next of `answers`, and all that was asked of it. */
function socketThat(answers: readonly string[], opened: Promise<unknown> = Promise.resolve({})) {
  const asked: unknown[] = [];
  const { readable, writable: feed } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = feed.getWriter();
  let next = 0;
  const writable = new WritableStream<Uint8Array>({
    write() {
      const answer = answers[next++];
      if (answer !== undefined) void writer.write(new TextEncoder().encode(answer));
    },
  });
  const socket = {
    opened,
    closed: new Promise(() => {}),
    readable,
    writable,
    startTls(options: unknown) {
      asked.push(options);
      return socket;
    },
    async close() {
      asked.push('close');
    },
  };
  const connect: Connect = (address, { secureTransport }) => {
    asked.push(address, secureTransport);
    return socket;
  };
  dialled.connect = connect;
  return asked;
}

/** Takes what comes, and says it as text. */
function hearer(): TransportUser & { readonly heard: Promise<string>; transport: Transport | undefined } {
  let hear: (text: string) => void = () => {};
  return {
    heard: new Promise((resolve) => {
      hear = resolve;
    }),
    transport: undefined,
    start(transport) {
      this.transport = transport;
    },
    received: (bytes) => hear(new TextDecoder().decode(bytes)),
    ended: () => {},
    closed: () => {},
    drained: () => {},
    reportQueued: () => {},
  };
}

const BOUNDS = { deadlines: resolveDialDeadlines(), signal: undefined };
const url = (hostname: string, secure: boolean) => ({ hostname, port: secure ? 443 : 80, secure });
const PROXY = 'http://proxy.example:3128';
const AGREED = 'HTTP/1.1 200 OK\r\n\r\n';

describe('a Worker dials', () => {
  it.each([
    [url('a.example', false), {}, [{ hostname: 'a.example', port: 80 }, 'off']],
    [url('a.example', true), {}, [{ hostname: 'a.example', port: 443 }, 'on']],
    [url('::1', true), {}, [{ hostname: '[::1]', port: 443 }, 'on']],
    [url('a.example', true), { port: 9 }, [{ hostname: 'a.example', port: 9 }, 'on']],
    [url('a.example', false), { host: 'b.example' }, [{ hostname: 'b.example', port: 80 }, 'off']],
    [
      url('a.example', true),
      { host: 'b.example' },
      [{ hostname: 'b.example', port: 443 }, 'starttls', { expectedServerHostname: 'a.example' }],
    ],
    [url('a.example', false), { proxy: PROXY }, [{ hostname: 'proxy.example', port: 3128 }, 'off']],
    [
      url('a.example', true),
      { proxy: PROXY },
      [{ hostname: 'proxy.example', port: 3128 }, 'starttls', { expectedServerHostname: 'a.example' }],
    ],
    [url('a.example', false), { proxy: 'https://proxy.example' }, [{ hostname: 'proxy.example', port: 443 }, 'on']],
  ])('%o with %o, and has the certificate verified for the host of the URL', async (target, options, expected) => {
    const asked = socketThat([AGREED]);
    await dial(target, options, hearer(), BOUNDS);
    expect(asked).toEqual(expected);
  });

  it('what stands behind the answer of a proxy is what the server said', async () => {
    socketThat([`${AGREED}early`]);
    const user = hearer();
    await dial(url('a.example', false), { proxy: PROXY }, user, BOUNDS);
    expect(await user.heard).toBe('early');
  });
});

describe('who is given up leaves nothing open', () => {
  it('at the deadline "connecting"', async () => {
    vi.useFakeTimers();
    const asked = socketThat([], new Promise(() => {}));
    const failed = expect(dial(url('a.example', true), {}, hearer(), BOUNDS)).rejects.toEqual(
      new DialTimeout('connecting'),
    );
    vi.advanceTimersByTime(10_000);
    await failed;
    expect(asked.at(-1)).toBe('close');
  });

  it.each([
    ['refuses', 'HTTP/1.1 403 No\r\n\r\n', { name: 'TunnelError', status: 403 }],
    ['is none', 'SSH-2.0-OpenSSH\r\n', { name: 'TunnelError' }],
  ])('where the proxy %s', async (_, answer, error) => {
    const asked = socketThat([answer]);
    await expect(dial(url('a.example', true), { proxy: PROXY }, hearer(), BOUNDS)).rejects.toMatchObject(error);
    expect(asked.at(-1)).toBe('close');
  });

  it('where the runtime fails, by a TransportError', async () => {
    const asked = socketThat([], Promise.reject(new Error('proxy request failed')));
    const failed = dial(url('a.example', true), {}, hearer(), BOUNDS);
    await expect(failed).rejects.toMatchObject({ name: 'TransportError', code: 'unknown' });
    expect(asked.at(-1)).toBe('close');
  });
});
