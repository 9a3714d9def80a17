import { describe, expect, test, vi } from 'vitest';
import { DataTransfer } from '../../core/data-transfer.ts';
import { Endpoint } from '../../core/endpoint.ts';
import { ProtocolError, UsageError } from '../../core/errors.ts';
import type { Output } from '../../core/events.ts';
import { acceptKey } from '../../core/opening/accept-key.ts';
import type { ClientOptions, ServerOptions } from '../../core/options.ts';
import { pseudoRandom, written } from '../support/opened.ts';
import { bytes } from '../support/wire.ts';

const ascii = (text: string): Uint8Array =>
  Uint8Array.from(text.replaceAll('\n', '\r\n'), (char) => char.charCodeAt(0));

const REQUEST = `GET / HTTP/1.1
Host: x
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Version: 13

`;

const PARSED = {
  method: 'GET',
  target: '/',
  version: '1.1',
  fields: {
    Host: 'x',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
  },
} as const;

const text = (outputs: readonly Output[]): string =>
  outputs
    .flatMap((output) => (output.type === 'write' ? output.chunks : []))
    .map((chunk) => String.fromCharCode(...chunk))
    .join('');
const types = (outputs: readonly Output[]): string => outputs.map(({ type }) => type).join(' ');

function server(options: Partial<ServerOptions> = {}) {
  const outputs: Output[] = [];
  const endpoint = new Endpoint({ ...options, role: 'server', output: (output) => outputs.push(output) });
  return { endpoint, outputs };
}

function client(options: Partial<ClientOptions> = {}) {
  const outputs: Output[] = [];
  const endpoint = new Endpoint({
    getRandomValues: pseudoRandom(),
    request: { host: 'x', target: '/' },
    ...options,
    role: 'client',
    output: (output) => outputs.push(output),
  });
  const { opening } = endpoint;
  const head = opening !== undefined && 'head' in opening ? String.fromCharCode(...opening.head) : '';
  const key = /Sec-WebSocket-Key: (.*)\r/.exec(head)?.[1] ?? '';
  const response = ascii(`HTTP/1.1 101 x
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Accept: ${acceptKey(key)}

`);
  return { endpoint, outputs, head, response };
}

describe('a server endpoint', () => {
  test('reports a request, and opens once that is accepted', () => {
    const { endpoint, outputs } = server();
    endpoint.inlet.receive(ascii(REQUEST));
    expect(types(outputs)).toBe('request');
    expect(endpoint.state.name).toBe('connecting.deciding');
    expect(endpoint.decide('accepted', (opening) => opening.acceptance({}))).toBe(true);
    endpoint.outlet.flush();
    expect(types(outputs)).toBe('request deadline open write');
    expect(text(outputs)).toContain('HTTP/1.1 101 ');
    expect(endpoint.opening).toBeUndefined();
  });

  test('transfers nothing before it is open, and has nothing to do so while it is idle', () => {
    const { endpoint } = server();
    endpoint.inlet.receive(ascii(REQUEST));
    expect(endpoint.transferring()).toBeUndefined();
    endpoint.decide('accepted', (opening) => opening.acceptance({}));
    expect(endpoint.transfer).toBeUndefined();
    const transfer = endpoint.transferring();
    expect(transfer).toBeDefined();
    expect(endpoint.transferring()).toBe(transfer);
  });

  test('takes a request that was parsed for it', () => {
    const { endpoint, outputs } = server();
    endpoint.judge(PARSED);
    expect(types(outputs)).toBe('request');
    expect(() => endpoint.judge(PARSED)).toThrow(UsageError);
  });

  test('refuses a parsed request that breaks a rule', () => {
    const { endpoint, outputs } = server();
    endpoint.judge({ ...PARSED, method: 'POST' });
    expect(types(outputs)).toBe('deadline error write end');
    expect(text(outputs)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(endpoint.state.name).toBe('closing.draining');
  });

  test('lets a mistake in the answer change nothing', () => {
    const { endpoint, outputs } = server();
    expect(() => endpoint.decide('accepted', (opening) => opening.acceptance({}))).toThrow(UsageError);
    endpoint.inlet.receive(ascii(REQUEST));
    expect(() => endpoint.decide('accepted', (opening) => opening.acceptance({ subprotocol: 'none' }))).toThrow(
      UsageError,
    );
    expect(endpoint.state.name).toBe('connecting.deciding');
    expect(endpoint.decide('refused', (opening) => ({ head: opening.refusal({ status: 403 }) }))).toBe(true);
    expect(text(outputs)).toContain('HTTP/1.1 403 ');
    expect(types(outputs)).toBe('request deadline write end');
  });

  test('decides once', () => {
    const { endpoint } = server();
    endpoint.inlet.receive(ascii(REQUEST));
    endpoint.decide('refused', (opening) => ({ head: opening.refusal({ status: 403 }) }));
    expect(() => endpoint.decide('accepted', (opening) => opening.acceptance({}))).toThrow(UsageError);
  });

  test('has nothing to accept where the peer was faster', () => {
    const { endpoint, outputs } = server();
    endpoint.inlet.receive(ascii(REQUEST));
    endpoint.inlet.receiveEnd('transport');
    expect(endpoint.decide('accepted', (opening) => opening.acceptance({}))).toBe(false);
    expect(types(outputs)).toBe('request deadline closed');
  });

  test('answers 503 where it is to close instead of deciding', () => {
    const { endpoint, outputs } = server();
    endpoint.inlet.receive(ascii(REQUEST));
    endpoint.step('closeRequested');
    expect(text(outputs)).toContain('HTTP/1.1 503 ');
  });

  test('answers 408 where the opening handshake takes too long', () => {
    const { endpoint, outputs } = server();
    endpoint.inlet.receive(ascii('GET / HT'));
    endpoint.expire();
    expect(text(outputs)).toContain('HTTP/1.1 408 ');
    expect(types(outputs)).toBe('deadline error write end');
  });

  test('says nothing to who leaves without a request', () => {
    const { endpoint, outputs } = server();
    endpoint.inlet.receiveEnd('input');
    endpoint.inlet.receiveEnd('transport');
    expect(types(outputs)).toBe('deadline end deadline closed');
    expect(text(outputs)).toBe('');
  });

  test('is not judged to be a client: what a handler throws is not the peer\u2019s fault', () => {
    const failure = new Error('mine');
    const endpoint = new Endpoint({ role: 'server', output: () => undefined });
    endpoint.inlet.receive(ascii(REQUEST));
    expect(() =>
      endpoint.decide('accepted', () => {
        throw failure;
      }),
    ).toThrow(failure);
  });
});

describe('a client endpoint', () => {
  test('opens with the response', () => {
    const { endpoint, outputs, response } = client();
    endpoint.inlet.receive(response);
    expect(types(outputs)).toBe('deadline open');
    expect(endpoint.state.name).toBe('open');
  });

  test('draws its key from the source (I5)', () => {
    const asked: number[] = [];
    const { head } = client({
      getRandomValues(target) {
        asked.push(target.length);
        target.fill(1);
      },
    });
    expect(asked).toEqual([16]);
    expect(head).toContain('Sec-WebSocket-Key: AQEBAQEBAQEBAQEBAQEBAQ==');
  });

  test('reports a refusal, and aborts', () => {
    const { endpoint, outputs } = client();
    endpoint.inlet.receive(ascii('HTTP/1.1 403 No\nContent-Length: 2\n\nno'));
    expect(types(outputs)).toBe('deadline refused abort');
    expect(outputs[1]).toMatchObject({ response: { status: 403, reason: 'No', body: ascii('no') } });
  });

  test.each(['input', 'transport'] as const)('takes the end of the %s for the end of a refusal', (end) => {
    const { endpoint, outputs } = client();
    endpoint.inlet.receive(ascii('HTTP/1.1 403 No\n\nno'));
    expect(types(outputs)).toBe('');
    endpoint.inlet.receiveEnd(end);
    expect(types(outputs)).toBe(end === 'input' ? 'deadline refused abort' : 'deadline refused abort deadline closed');
  });

  test.each(['input', 'transport'] as const)('misses the response at the end of the %s', (end) => {
    const { endpoint, outputs } = client();
    endpoint.inlet.receive(ascii('HTTP/1.1 1'));
    endpoint.inlet.receiveEnd(end);
    expect(outputs[1]).toMatchObject({ type: 'error', error: { violation: 'response-missing' } });
    expect(types(outputs)).toBe(end === 'input' ? 'deadline error abort' : 'deadline error abort deadline closed');
  });

  test('does not blame the peer where the transport failed', () => {
    const { endpoint, outputs } = client();
    const error = new Error('refused');
    endpoint.error = error;
    endpoint.inlet.receiveEnd('transport');
    expect(types(outputs)).toBe('deadline closed');
    expect(outputs[1]).toMatchObject({ code: 1006, clean: false, error });
  });

  test('fails where the response is wrong, and reads nothing behind it', () => {
    const { endpoint, outputs } = client();
    endpoint.inlet.receive(ascii('HTTP/1.1 101 x\nUpgrade: websocket\nConnection: Upgrade\n\n\u0081\u0001a'));
    expect(types(outputs)).toBe('deadline error abort');
    expect(outputs[1]).toMatchObject({ error: { violation: 'accept-wrong' } });
  });

  test('awaits no request', () => {
    const { endpoint } = client();
    expect(() => endpoint.judge(PARSED)).toThrow(UsageError);
    expect(() => endpoint.decide('accepted', (opening) => opening.acceptance({}))).toThrow(UsageError);
  });
});

describe('a step', () => {
  test('echoes what the peer\u2019s Close says, and keeps what it said for the end', () => {
    const { endpoint, outputs, response } = client();
    endpoint.inlet.receive(response);
    outputs.length = 0;
    endpoint.inlet.receive(Uint8Array.of(0x88, 5, 0x0f, 0xa0, 0x62, 0x79, 0x65));
    expect(endpoint.state.name).toBe('closing.bothSent');
    endpoint.inlet.receiveEnd('input');
    endpoint.inlet.receiveEnd('transport');
    expect(types(outputs)).toBe('deadline write end deadline closed');
    expect(outputs.at(-1)).toEqual({
      type: 'closed',
      code: 4000,
      reason: 'bye',
      clean: true,
      sent: { code: 4000, reason: 'bye' },
      error: undefined,
    });
  });

  test('lets Pongs out while frames may be sent, and not behind our Close (CF7)', () => {
    const { endpoint, outputs, response } = client();
    endpoint.inlet.receive(response);
    endpoint.inlet.receive(Uint8Array.of(0x89, 0));
    endpoint.outlet.flush();
    endpoint.step('closeRequested');
    endpoint.outlet.flush();
    outputs.length = 0;
    endpoint.inlet.receive(Uint8Array.of(0x89, 0));
    endpoint.outlet.flush();
    expect(types(outputs)).toBe('ping');
  });

  test('fails a connection once', () => {
    const { endpoint, outputs, response } = client();
    endpoint.inlet.receive(response);
    const first = new ProtocolError('opcode-reserved', 'first');
    endpoint.fail(first);
    endpoint.fail(new ProtocolError('text-not-utf8', 'second'));
    expect(endpoint.error).toBe(first);
    expect(types(outputs)).toBe('deadline open deadline error write end');
  });

  test('tells of the deadline that runs, where that changed', () => {
    const { endpoint, outputs, response } = client({ deadlines: { opening: 1, ping: Infinity, closing: 3 } });
    endpoint.watch();
    endpoint.inlet.receive(response);
    endpoint.step('closeRequested');
    endpoint.step('closeReceived');
    endpoint.step('transportClosed');
    endpoint.expire();
    expect(
      outputs
        .filter(({ type }) => type === 'deadline')
        .map((output) => 'milliseconds' in output && output.milliseconds),
    ).toEqual([1, undefined, 3, undefined]);
  });

  test('aborts where closing takes too long', () => {
    const { endpoint, outputs, response } = client();
    endpoint.inlet.receive(response);
    endpoint.step('closeRequested', { code: 1000, reason: '' });
    outputs.length = 0;
    endpoint.expire();
    expect(types(outputs)).toBe('write abort');
  });

  test('gives up a peer that is silent', () => {
    const { endpoint, outputs, response } = client();
    endpoint.inlet.receive(response);
    endpoint.expire();
    endpoint.expire();
    outputs.length = 0;
    endpoint.expire();
    expect(types(outputs)).toBe('deadline error write abort');
    expect(outputs[1]).toMatchObject({ error: { violation: 'pong-missing', closeCode: 1011 } });
  });
});

describe('what came of a message', () => {
  test.each<[string, (endpoint: Endpoint) => void, boolean]>([
    ['let go once the peer broke a rule', (endpoint) => endpoint.inlet.receive(bytes('83')), false],
    ['let go once both have sent a Close', (endpoint) => endpoint.inlet.receive(bytes('88 00')), false],
    ['let go once it is aborted', (endpoint) => endpoint.step('abortRequested'), false],
    ['kept while the peer may finish it', (endpoint) => endpoint.step('closeRequested'), true],
  ])('is %s', (_, act, kept) => {
    const { endpoint, response } = client();
    endpoint.inlet.receive(response);
    endpoint.inlet.receive(bytes('02 03 616263'));
    const letGo = vi.spyOn(DataTransfer.prototype, 'shut');
    act(endpoint);
    expect(letGo.mock.contexts.includes(endpoint.transfer)).toBe(!kept);
    vi.restoreAllMocks();
  });
});

describe('the host is told to read on or to stop', () => {
  test('where that changed', () => {
    const { endpoint, outputs } = server();
    endpoint.regulate();
    expect(types(outputs)).toBe('');
    endpoint.inlet.receive(ascii(REQUEST));
    endpoint.regulate();
    expect(types(outputs)).toBe('request'); // read on: the client may leave
    endpoint.inlet.receive(ascii('x'));
    endpoint.regulate();
    endpoint.regulate();
    expect(types(outputs)).toBe('request pause');
    endpoint.decide('accepted', (opening) => opening.acceptance({}));
    endpoint.regulate();
    expect(outputs.at(-1)?.type).toBe('resume');
  });

  test('and the client is refused where too much waits for a decision all the same', () => {
    const { endpoint, outputs } = server({ limits: { backlogBytes: 2 } });
    endpoint.inlet.receive(ascii(REQUEST));
    endpoint.regulate();
    endpoint.inlet.receive(ascii('ab'));
    endpoint.regulate();
    expect(endpoint.state.name).toBe('connecting.deciding');
    endpoint.inlet.receive(ascii('c'));
    endpoint.regulate();
    expect(endpoint.state.name).toBe('closing.draining');
    expect(outputs.find(({ type }) => type === 'error')).toMatchObject({
      error: { violation: 'early-data-too-big', status: 413 },
    });
    endpoint.outlet.flush();
    expect(String.fromCharCode(...written(outputs))).toMatch(/^HTTP\/1\.1 413 early-data-too-big\r\n/);
  });

  test('but not once it is closed', () => {
    const { endpoint, outputs } = server();
    endpoint.inlet.receive(ascii(`${REQUEST}x`));
    endpoint.regulate();
    endpoint.inlet.receiveEnd('transport');
    endpoint.regulate();
    expect(types(outputs)).toBe('request pause deadline closed');
  });
});
