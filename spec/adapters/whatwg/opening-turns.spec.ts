import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeTurn } from '../../../adapters/interfaces/opening-turns.ts';
import { type NodeServer, serve, WebSocket, WebSocketStream } from '../../../adapters/node.ts';

describe('taking turns (CH2)', () => {
  it('begins at once where nobody is before us, and then one after another', () => {
    const begun: string[] = [];
    const ends = ['a', 'b', 'c'].map((name) => takeTurn('host:1', () => begun.push(name)));
    expect(begun).toEqual(['a']);
    ends[0]?.();
    expect(begun).toEqual(['a', 'b']);
    ends[2]?.(); // gives its turn up
    ends[1]?.();
    expect(begun).toEqual(['a', 'b']);
    const last = takeTurn('host:1', () => begun.push('d'));
    expect(begun).toEqual(['a', 'b', 'd']);
    last();
  });

  it('does not wait for those at another place', () => {
    const begun: string[] = [];
    const ends = ['host:1', 'host:2'].map((place) => takeTurn(place, () => begun.push(place)));
    expect(begun).toEqual(['host:1', 'host:2']);
    for (const end of ends) end();
  });
});

describe('WebSockets of one program to one server (CH2)', () => {
  let server: NodeServer;
  /** Requests that wait for their answer. */
  let answers: (() => void)[];
  let asked: () => void;

  beforeEach(async () => {
    answers = [];
    asked = () => {};
    server = await serve({
      upgrade: () =>
        new Promise((resolve) => {
          answers.push(() => resolve(undefined));
          asked();
        }),
    });
  });
  afterEach(() => server.close({ grace: 1 }));

  const request = (): Promise<void> =>
    new Promise((resolve) => {
      asked = resolve;
    });
  const event = (socket: WebSocket, type: 'open' | 'close'): Promise<Event> =>
    new Promise((resolve) => socket.addEventListener(type, resolve));

  it('open one after another (RFC 6455 §4.1)', async () => {
    const first = request();
    const [one, two] = [new WebSocket(server.url), new WebSocketStream(server.url)];
    await first;
    expect(answers.length).toBe(1);
    const second = request();
    answers[0]?.();
    await event(one, 'open');
    await second;
    answers[1]?.();
    await two.opened;
    one.close();
    two.close();
  });

  it('take the next turn where one fails, and end at once where they are closed while they wait', async () => {
    const first = request();
    const [one, two, three] = [new WebSocket(server.url), new WebSocket(server.url), new WebSocket(server.url)];
    await first;
    two.close();
    await event(two, 'close');
    expect(answers.length).toBe(1);
    const second = request();
    one.close();
    await event(one, 'close');
    await second;
    answers[1]?.();
    await event(three, 'open');
    three.close();
  });

  it('that are given up before they begin wait for nobody', async () => {
    const first = request();
    const one = new WebSocket(server.url);
    await first;
    const stream = new WebSocketStream(server.url, { signal: AbortSignal.abort(new Error('enough')) });
    await expect(stream.opened).rejects.toThrow('enough');
    one.close();
  });
});
