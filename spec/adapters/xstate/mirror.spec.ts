import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Driver } from '../../../adapters/driver.ts';
import { connect, serve } from '../../../adapters/node.ts';
import { MemoryLink } from '../../../adapters/runtimes/memory.ts';
import { VirtualClock } from '../../../adapters/runtimes/virtual-clock.ts';
import { inspectConnection } from '../../../adapters/xstate.ts';
import { Driven } from '../../support/driven.ts';
import { recordedInspector } from '../../support/recorded-inspector.ts';

/** A server whose client is mirrored from the first byte on, and a clock for both. */
function mirrored() {
  const clock = new VirtualClock();
  const link = new MemoryLink(clock);
  const inspector = recordedInspector();
  const server = new Driven('server', clock);
  const client = new Driven('client', clock);
  const mirror = inspectConnection(server.driver, { inspect: inspector.inspect });
  server.over(link.server);
  client.over(link.client);
  return { clock, inspector, server, client, mirror };
}

describe('an inspected connection', () => {
  it('is an actor of its chart, with those it deals with, as the inspector is told', async () => {
    const { inspector } = mirrored();
    await inspector.settled();
    const actors = inspector.sent.filter((each) => each.type === '@xstate.actor');
    expect(actors.map(({ name }) => name)).toEqual(['server', 'peer', 'program', 'transport', 'clock']);
    const [server, ...parties] = actors;
    expect(JSON.parse(server?.definition ?? '')).toMatchObject({ id: 'server', initial: 'connecting' });
    expect(parties.every(({ parentId }) => parentId === server?.sessionId)).toBe(true);
  });

  it('shows its states, and who told whom what', async () => {
    const { clock, inspector, server, mirror } = mirrored();
    clock.advance(10);
    expect(mirror.actor.getSnapshot().value).toBe('open');
    server.connection.close(1000);
    clock.advance(10);
    await inspector.settled();
    expect(inspector.states('server')).toEqual([
      { connecting: 'awaitingRequest' },
      { connecting: 'deciding' },
      'open',
      { closing: 'closeSent' },
      { closing: 'bothSent' },
      { closing: 'bothSent' },
      'closed',
    ]);
    expect(inspector.sequence()).toEqual([
      'peer > server: requestReceived',
      'server > program: reportRequest',
      'program > server: accepted',
      'server > peer: sendAcceptance',
      'server > program: reportOpen',
      'program > server: closeRequested',
      'server > peer: sendClose',
      'peer > server: closeReceived',
      'server > transport: endTransport',
      'peer > server: inputEnded',
      'transport > server: transportClosed',
      'server > program: reportClosed',
    ]);
    expect(mirror.actor.getSnapshot().status).toBe('done');
  });

  it('is in the state of the connection after every step, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('close', 'abort', 'end', 'drop', 'wrong', 'wait')), (happenings) => {
        const { clock, server, client, mirror } = mirrored();
        for (const happening of happenings) {
          if (happening === 'close') server.connection.close();
          if (happening === 'abort') server.connection.abort();
          if (happening === 'end') server.driver.ended();
          if (happening === 'drop') client.connection.abort();
          if (happening === 'wrong') server.driver.received(Uint8Array.of(0x83, 0x80));
          clock.advance(happening === 'wait' ? 10_000 : 1);
          const { value } = mirror.actor.getSnapshot();
          const path = typeof value === 'string' ? value : Object.entries(value)[0]?.join('.');
          expect(path).toBe(server.connection.state);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('may begin in the middle, and end before the connection does', async () => {
    const clock = new VirtualClock();
    const link = new MemoryLink(clock);
    const server = new Driven('server', clock).over(link.server);
    new Driven('client', clock).over(link.client);
    clock.advance(10);
    const inspector = recordedInspector();
    const { actor, stop } = inspectConnection(server.driver, { inspect: inspector.inspect, id: 'late' });
    expect(actor.getSnapshot().value).toBe('open');
    stop();
    server.connection.close();
    clock.advance(10);
    await inspector.settled();
    expect(inspector.sequence()).toEqual([]);
    expect(inspector.states('late')).toEqual(['open', 'open']); // as it starts, and as it stops
  });
});

it('a program mirrors the connections it has, and every one of its process by diagnostics_channel', async () => {
  const inspector = recordedInspector();
  const mirror = (driver: unknown): void => {
    inspectConnection(driver as Driver, { inspect: inspector.inspect }); // what the channel has
  };
  const server = await serve();
  subscribe('sansocket:connection', mirror);
  try {
    const client = await connect(server.url);
    const own = recordedInspector();
    inspectConnection(client, { inspect: own.inspect, id: 'mine' });
    await client.close();
    await server.close();
    await inspector.settled();
    expect(own.states('mine')).toEqual([
      'open',
      { closing: 'closeSent' },
      { closing: 'bothSent' },
      { closing: 'bothSent' },
      'closed',
    ]);
    expect(inspector.states('client')).toEqual([{ connecting: 'awaitingResponse' }, ...own.states('mine')]);
    expect(inspector.states('server').at(-1)).toBe('closed');
  } finally {
    unsubscribe('sansocket:connection', mirror);
  }
});
