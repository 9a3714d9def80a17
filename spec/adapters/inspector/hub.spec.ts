import { describe, expect, it } from 'vitest';
import { Driver } from '../../../adapters/driver.ts';
import { MemoryLink } from '../../../adapters/runtimes/memory.ts';
import { memoryHost } from '../../../adapters/runtimes/memory-host.ts';
import { EPOCH, inspected, TOKEN, text } from '../../support/inspected.ts';

describe('a page', () => {
  it('is greeted, and told of every connection with the first batch', () => {
    const { clock, page, pair } = inspected();
    pair();
    clock.advance(10);
    const looking = page();
    expect(looking.hellos).toEqual([
      { type: 'hello', version: 1, process: { pid: 7, runtime: 'Node.js 20', program: 'app.js', started: EPOCH } },
    ]);
    clock.advance(50);
    const [batch, ...more] = looking.batches;
    expect(more).toEqual([]);
    expect(batch).toMatchObject({ at: EPOCH + 60, gone: [], entries: [], dropped: 0, untracked: 0 });
    expect(batch?.connections).toMatchObject([
      { id: 1, role: 'client', state: 'open', host: 'x', path: '/', openedAt: EPOCH, closed: null, framesIn: 0 },
      { id: 2, role: 'server', state: 'open', host: 'x', path: '/', openedAt: EPOCH, closed: null, framesIn: 0 },
    ]);
    const [client, server] = batch?.connections ?? [];
    expect(client?.bytesOut).toBeGreaterThan(100);
    expect(client?.bytesOut).toBe(server?.bytesIn);
    expect(client?.bytesIn).toBe(server?.bytesOut);
  });

  it('is told what changes, once in 50 ms, and nothing where nothing does', () => {
    const { clock, page, pair } = inspected();
    const { client } = pair();
    const looking = page().say({ type: 'watch', connections: [1] });
    clock.advance(50);
    looking.told.length = 0;
    clock.advance(1_000);
    expect(looking.told).toEqual([]);
    for (let i = 0; i < 5; i++) {
      client.connection.send('hi');
      clock.advance(10);
    }
    expect(looking.batches).toHaveLength(1);
    expect(looking.batches[0]?.connections).toMatchObject([
      { id: 1, messagesOut: 5, framesOut: 5 },
      { id: 2, messagesIn: 5, framesIn: 5 },
    ]);
    expect(looking.of('frame')).toMatchObject(
      [1, 2, 3, 4, 5].map(() => ({ connection: 1, direction: 'out', fin: true, opcode: 1, masked: true, length: 2 })),
    );
    expect(looking.of('frame').map(({ header }) => header.slice(0, 4))).toEqual(Array(5).fill('8182'));
    expect(looking.of('frame').map(({ payload }) => text(payload))).toEqual(Array(5).fill('hi'));
  });

  it('sees the whole life of the connections it watches, what passed before it came included', () => {
    const { clock, page, pair } = inspected();
    const { server } = pair();
    clock.advance(10);
    const looking = page().say({ type: 'watch', connections: [2] });
    server.connection.close(4_001, 'enough');
    clock.advance(50);
    expect(looking.of('step').map(({ from, event, to }) => `${from} ${event} ${to}`)).toEqual([
      'connecting.awaitingRequest requestReceived connecting.deciding',
      'connecting.deciding accepted open',
      'open closeRequested closing.closeSent',
      'closing.closeSent closeReceived closing.bothSent',
      'closing.bothSent inputEnded closing.bothSent',
      'closing.bothSent transportClosed closed',
    ]);
    expect(
      looking.of('head').map(({ direction, payload }) => `${direction} ${text(payload).split('\r\n')[0]}`),
    ).toEqual(['in GET / HTTP/1.1', 'out HTTP/1.1 101 Switching Protocols']);
    const close = { code: 4_001, name: 'of the application', reason: 'enough' };
    expect(looking.of('frame')).toMatchObject([
      { direction: 'out', opcode: 8, masked: false, close },
      { direction: 'in', opcode: 8, masked: true, close },
    ]);
    expect(looking.batches.at(-1)?.connections).toContainEqual(
      expect.objectContaining({
        id: 2,
        state: 'closed',
        closed: { at: EPOCH + 10, code: 4_001, reason: 'enough', clean: true, sent: 4_001 },
      }),
    );
    const order = looking.entries.map(({ seq }) => seq);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(looking.entries.every(({ connection }) => connection === 2)).toBe(true);
  });

  it('learns which rule was broken, with its clause', () => {
    const { clock, page, pair } = inspected();
    const { server } = pair();
    const looking = page().say({ type: 'watch', connections: 'all' });
    clock.advance(50);
    server.driver.received(Uint8Array.of(0x83, 0x80));
    clock.advance(50);
    expect(looking.batches.at(-1)?.connections.find(({ id }) => id === 2)).toMatchObject({
      violation: { code: 'opcode-reserved', clause: 'RFC 6455 §5.2' },
    });
    const violations = looking.of('event').filter(({ event, connection }) => event === 'violation' && connection === 2);
    expect(violations).toMatchObject([{ detail: expect.stringContaining('RFC 6455 §5.2') }]);
    expect(looking.of('frame').filter(({ connection }) => connection === 2)).toMatchObject([
      { direction: 'in', opcode: 3, complete: false, header: '8380' },
      { direction: 'out', opcode: 8, close: { code: 1002, name: 'protocolError' } },
    ]);
  });

  it('sees a message of several frames as what the program sent, and what it got', () => {
    const { clock, page, pair } = inspected();
    const { client } = pair();
    const looking = page().say({ type: 'watch', connections: 'all' });
    clock.advance(50);
    client.connection.sendStart('text');
    for (const piece of ['a', 'bc']) client.connection.sendChunk(piece);
    client.connection.sendEnd();
    clock.advance(50);
    for (const [connection, direction] of [
      [1, 'out'],
      [2, 'in'],
    ]) {
      const frames = looking.of('frame').filter((each) => each.connection === connection);
      const [message, ...more] = looking.of('message').filter((each) => each.connection === connection);
      expect(more).toEqual([]);
      expect(message).toMatchObject({ direction, text: true, length: 3, wireLength: 3, compressed: false });
      expect(message?.frames).toBe(frames.length);
      expect(message?.frame).toBe(frames.at(-1)?.seq);
      expect(text(message?.payload ?? '')).toBe('abc');
    }
  });

  it('gets more of a payload where it asks, as far as it is kept', () => {
    const { clock, page, pair } = inspected();
    const { client } = pair();
    const looking = page().say({ type: 'watch', connections: [1] });
    clock.advance(50);
    client.connection.send('x'.repeat(5_000));
    clock.advance(50);
    const [frame] = looking.of('frame');
    expect(frame).toMatchObject({ length: 5_000, cut: true });
    expect(text(frame?.payload ?? '')).toBe('x'.repeat(128));
    looking.say({ type: 'payload', seq: frame?.seq ?? 0 }).say({ type: 'payload', seq: 99_999 });
    expect(looking.payloads.map(({ payload }) => payload && text(payload))).toEqual(['x'.repeat(1_024), null]);
  });

  it('pauses, and is told afterwards what happened meanwhile', () => {
    const { clock, page, pair } = inspected();
    const { client } = pair();
    const looking = page().say({ type: 'watch', connections: [1] });
    clock.advance(50);
    looking.say({ type: 'pause' });
    looking.told.length = 0;
    client.connection.send('meanwhile');
    clock.advance(500);
    expect(looking.told).toEqual([]);
    looking.say({ type: 'resume' });
    clock.advance(50);
    expect(looking.of('frame').map(({ payload }) => text(payload))).toEqual(['meanwhile']);
  });

  it.each(['', '{', 'null', '[]', '{"type":"go"}', '{"type":"payload"}', '{"type":"watch","connections":["1"]}'])(
    'may not say %s',
    (said) => {
      const { page } = inspected();
      expect(page().viewer.receive(said)).toBe(false);
    },
  );
});

describe('what is kept', () => {
  it('is bounded where nobody takes it: what is dropped is counted', () => {
    const { clock, page, pair } = inspected();
    const { client } = pair();
    const looking = page().say({ type: 'watch', connections: [1] });
    clock.advance(50);
    looking.told.length = 0;
    looking.waiting = 2_000_000;
    for (let i = 0; i < 5_000; i++) client.connection.ping();
    clock.advance(500);
    expect(looking.told).toEqual([]);
    looking.waiting = 0;
    clock.advance(50);
    const [batch] = looking.batches;
    const sent = batch?.entries.length ?? 0;
    expect(sent).toBeLessThanOrEqual(2_000);
    expect(sent + (batch?.dropped ?? 0)).toBeGreaterThanOrEqual(5_000);
    expect(batch?.entries.at(-1)?.seq).toBeGreaterThan(10_000); // the newest are there
  });

  it('is not which frames were whose once too many wait for a program that has paused', () => {
    const { clock, page, pair } = inspected();
    const { client, server } = pair();
    const looking = page().say({ type: 'watch', connections: [2] });
    clock.advance(50);
    server.connection.pause();
    for (let i = 0; i < 10_001; i++) client.connection.send('');
    clock.advance(50);
    server.connection.resume();
    client.connection.sendStart('text');
    client.connection.sendEnd();
    clock.advance(50);
    expect(server.messages).toHaveLength(10_002);
    expect(looking.batches.at(-1)?.connections).toContainEqual(expect.objectContaining({ id: 2, messagesIn: 10_002 }));
    expect(looking.of('message')).toEqual([]);
  });

  it('forgets ended connections after two hundred others, and says so to pages that knew them', () => {
    const { clock, page, pair } = inspected();
    const looking = page();
    for (let i = 0; i < 101; i++) {
      const { client } = pair();
      clock.advance(50);
      client.connection.close(1000);
      clock.advance(50);
    }
    clock.advance(50);
    expect(looking.batches.flatMap(({ gone }) => gone).sort()).toEqual([1, 2]);
    const late = page();
    clock.advance(50);
    expect(late.batches[0]?.connections).toHaveLength(200);
  });

  it('is no more than two thousand connections at a time; the others are counted', () => {
    const { clock, page, pair, hub } = inspected();
    for (let i = 0; i < 1_001; i++) pair();
    expect(hub.connections.size).toBe(2_000);
    const looking = page();
    clock.advance(50);
    expect(looking.batches[0]).toMatchObject({ untracked: 2 });
    expect(looking.batches[0]?.connections).toHaveLength(2_000);
  });

  it('has no secrets of heads', () => {
    const { clock, page, hub } = inspected();
    const looking = page().say({ type: 'watch', connections: 'all' });
    const fields = [
      ['Cookie', 'id=sesame'],
      ['Authorization', 'Bearer sesame'],
      ['X-Shown', 'yes'],
    ] as const;
    const request = { host: 'x', target: `/${TOKEN}/a?access_token=sesame&page=2`, fields };
    const driver = new Driver({ role: 'client', request }, memoryHost(clock), { event() {}, drain() {} });
    hub.watch(driver);
    driver.start(new MemoryLink(clock).client);
    clock.advance(50);
    const [head] = looking.of('head');
    looking.say({ type: 'payload', seq: head?.seq ?? 0 });
    const shown = text(looking.payloads[0]?.payload ?? null);
    expect(shown).toContain('X-Shown: yes');
    expect(shown).toContain('page=2');
    expect(JSON.stringify(looking.told)).not.toContain(TOKEN);
    expect(shown).not.toMatch(/sesame|the-token/);
    expect(looking.batches[0]?.connections).toMatchObject([{ path: '/•••/a' }]);
  });
});

it('does nothing for a page that has left', () => {
  const { clock, page, pair, hub } = inspected();
  const looking = page();
  hub.leave(looking.viewer);
  pair();
  clock.advance(1_000);
  expect(looking.batches).toEqual([]);
});
