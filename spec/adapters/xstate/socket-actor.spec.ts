import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActor, sendTo, setup, toPromise, waitFor } from 'xstate';
import { type NodeServer, serve, WebSocket } from '../../../adapters/node.ts';
import { fromWebSocket, type SocketEnded, type SocketEvent } from '../../../adapters/xstate.ts';

let server: NodeServer;
beforeAll(async () => {
  server = await serve({
    subprotocols: ['echo'],
    message(connection, message) {
      if (message === 'close') void connection.close(4_000, 'as you like');
      else connection.send(message);
    },
  });
});
afterAll(() => server.close());

const socketTo = (url: string, subprotocols?: readonly string[]) => fromWebSocket(url, { WebSocket, subprotocols });

describe('the actor', () => {
  it('connects, sends, emits what comes, and ends with how it ended', async () => {
    const actor = createActor(socketTo(server.url, ['echo']), { input: undefined });
    const seen: SocketEvent[] = [];
    for (const type of ['websocket.open', 'websocket.message', 'websocket.closed'] as const) {
      actor.on(type, (event) => seen.push(event));
    }
    actor.start();
    expect(actor.getSnapshot().value).toBe('connecting');
    actor.send({ type: 'send', data: 'early' });
    actor.send({ type: 'send', data: Uint8Array.of(1, 2) });
    await waitFor(actor, ({ value }) => value === 'open');
    actor.send({ type: 'send', data: 'close' });
    const ended = { code: 4_000, reason: 'as you like', wasClean: true, opened: true };
    expect(await toPromise(actor)).toEqual(ended);
    expect(seen).toEqual([
      { type: 'websocket.open', protocol: 'echo' },
      { type: 'websocket.message', data: 'early' },
      { type: 'websocket.message', data: Uint8Array.of(1, 2).buffer },
      { type: 'websocket.closed', ...ended },
    ]);
  });

  it('closes where it is told to, and ends', async () => {
    const actor = createActor(socketTo(server.url), { input: undefined }).start();
    await waitFor(actor, ({ value }) => value === 'open');
    actor.send({ type: 'close', code: 4_001, reason: 'enough' });
    expect(actor.getSnapshot().value).toBe('closing');
    actor.send({ type: 'send', data: 'too late' });
    expect(await toPromise(actor)).toMatchObject({ code: 4_001, wasClean: true, opened: true });
  });

  it('gives up connecting where it is told to close, and where it is stopped', async () => {
    const actor = createActor(socketTo(server.url), { input: undefined }).start();
    actor.send({ type: 'close' });
    expect(await toPromise(actor)).toMatchObject({ code: 1006, opened: false });
    const stopped = createActor(socketTo(server.url), { input: undefined }).start();
    await waitFor(stopped, ({ value }) => value === 'open');
    const [connection] = server.connections;
    stopped.stop();
    expect(await connection?.closed).toMatchObject({ clean: true });
  });

  it('ends like any other where nobody is there', async () => {
    const gone = await serve();
    await gone.close();
    const actor = createActor(socketTo(gone.url), { input: undefined }).start();
    expect(await toPromise(actor)).toEqual({ code: 1006, reason: '', wasClean: false, opened: false });
  });

  it('fails where the URL is none', async () => {
    const actor = createActor(socketTo('no url:'), { input: undefined });
    const failed = new Promise((resolve) => {
      actor.subscribe({ error: resolve });
    });
    actor.start();
    expect(await failed).toMatchObject({ name: 'SyntaxError' });
    expect(actor.getSnapshot().status).toBe('error');
  });
});

describe('a machine', () => {
  const inside = setup({
    types: {
      context: {} as { heard: string[]; ended: SocketEnded | undefined },
      events: {} as SocketEvent | { type: 'say'; words: string },
    },
    actors: {
      room: fromWebSocket(({ input }: { readonly input: { readonly room: string } }) => `${server.url}${input.room}`, {
        WebSocket,
      }),
    },
  });

  it('invokes it with input, tells it with sendTo, hears it, and goes on when it is done', async () => {
    const machine = inside.createMachine({
      context: { heard: [], ended: undefined },
      initial: 'talking',
      states: {
        talking: {
          invoke: {
            id: 'room',
            src: 'room',
            input: { room: 'blue' },
            onDone: {
              target: 'over',
              actions: ({ context, event }) => Object.assign(context, { ended: event.output }),
            },
          },
          on: {
            say: { actions: sendTo('room', ({ event }) => ({ type: 'send', data: event.words })) },
            'websocket.message': {
              actions: [
                ({ context, event }) => context.heard.push(String(event.data)),
                sendTo('room', { type: 'send', data: 'close' }),
              ],
            },
          },
        },
        over: { type: 'final' },
      },
      output: ({ context }) => context,
    });
    const actor = createActor(machine).start();
    actor.send({ type: 'say', words: 'hello' });
    await waitFor(actor, ({ status }) => status === 'done');
    expect(actor.getSnapshot().context).toMatchObject({
      heard: ['hello'],
      ended: { code: 4_000, opened: true, wasClean: true },
    });
  });

  it('spawns several', async () => {
    const machine = inside.createMachine({
      context: ({ spawn }) => {
        for (const room of ['a', 'b']) spawn('room', { id: room, input: { room } });
        return { heard: [], ended: undefined };
      },
      on: {
        'websocket.open': {
          actions: [sendTo('a', { type: 'send', data: 'to a' }), sendTo('b', { type: 'send', data: 'to b' })],
        },
        'websocket.message': { actions: ({ context, event }) => context.heard.push(String(event.data)) },
      },
    });
    const actor = createActor(machine).start();
    await waitFor(actor, ({ context }) => new Set(context.heard).size === 2, { timeout: 5_000 }).catch(() => {});
    actor.stop();
    expect(new Set(actor.getSnapshot().context.heard)).toEqual(new Set(['to a', 'to b']));
  });
});
