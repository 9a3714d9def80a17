/** What the inspector's page knows, and what it asks the hub for. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Inspection } from '../../../adapters/inspector/page/inspection.ts';
import type { PageMessage, TimelineEntry } from '../../../adapters/inspector/protocol.ts';
import { batch, connection, frame, HELLO } from '../../support/fake-hub.ts';

let inspection: Inspection;
let told: PageMessage[];
let changes: number;

beforeEach(() => {
  inspection = new Inspection();
  told = [];
  changes = 0;
  inspection.tell = (message) => told.push(message);
  inspection.onChange = () => changes++;
  inspection.hear(HELLO);
});

const seqs = (): number[] => inspection.shown.map(({ seq }) => seq);
const step = (seq: number, id: number): TimelineEntry => ({
  ...{ seq, connection: id, at: 0, kind: 'step', from: 'open', event: 'closeReceived', to: 'closing.bothSent' },
  effects: [],
});

it('knows the process, and is live', () => {
  expect([inspection.link, inspection.process?.pid, changes]).toEqual(['live', 4711, 1]);
  inspection.lost();
  expect(inspection.link).toBe('lost');
});

it('does not misread another version', () => {
  inspection.hear({ ...HELLO, version: 2 } as never); // what a newer hub would say
  inspection.lost();
  expect(inspection.link).toBe('other version');
});

describe('what is watched', () => {
  it('is the first connection there is, and then the one that is selected', () => {
    inspection.hear(batch({ connections: [connection(3), connection(4)] }));
    inspection.select(4);
    inspection.select(4);
    expect(told).toEqual([
      { type: 'watch', connections: [3] },
      { type: 'watch', connections: [4] },
    ]);
  });

  it('is its other end, too, where only one can be it', () => {
    const parts = { path: '/echo', host: 'localhost:1', startedAt: 5_000 };
    inspection.hear(batch({ connections: [connection(1, parts), connection(2, { ...parts, role: 'client' })] }));
    expect(inspection.otherEnd?.id).toBe(2);
    expect(told.at(-1)).toEqual({ type: 'watch', connections: [1, 2] });
    inspection.hear(batch({ connections: [connection(3, { ...parts, role: 'client', startedAt: 9_000 })] }));
    expect(inspection.otherEnd?.id).toBe(2);
    inspection.hear(batch({ connections: [connection(4, { ...parts, role: 'client' })] }));
    expect(inspection.otherEnd).toBeUndefined();
  });

  it('is everything, where all are shown', () => {
    inspection.hear(batch({ connections: [connection(1)] }));
    inspection.showAll(true);
    expect(told.at(-1)).toEqual({ type: 'watch', connections: 'all' });
  });

  it('is said anew to a hub that came back, and the pause, too', () => {
    inspection.showAll(true);
    inspection.pause(true);
    told = [];
    inspection.hear(HELLO);
    expect(told).toEqual([{ type: 'watch', connections: 'all' }, { type: 'pause' }]);
  });
});

describe('the entries', () => {
  beforeEach(() => inspection.hear(batch({ connections: [connection(1), connection(2)] })));

  it('are in order and each is there once, also where a connection is watched again', () => {
    inspection.hear(batch({ entries: [frame(5, 'e'), frame(7, 'g')] }));
    inspection.hear(batch({ entries: [frame(3, 'c'), frame(5, 'e'), frame(9, 'i')] }));
    expect(seqs()).toEqual([3, 5, 7, 9]);
  });

  it('are those of the connection that is selected, or of all, that pass the filter', () => {
    inspection.hear(batch({ entries: [frame(1, 'a'), frame(2, 'b', { connection: 2 }), frame(3, 'ab')] }));
    expect(seqs()).toEqual([1, 3]);
    inspection.entryFilter = 'b';
    expect(seqs()).toEqual([3]);
    inspection.hear(batch({ entries: [frame(4, 'b'), frame(5, 'a')] }));
    expect(seqs()).toEqual([3, 4]);
    inspection.showAll(true);
    expect(seqs()).toEqual([2, 3, 4]);
    inspection.clear();
    expect(seqs()).toEqual([]);
  });

  it('are bounded: the oldest go', () => {
    for (let at = 0; at < 23; at++) {
      inspection.hear(batch({ entries: Array.from({ length: 1_000 }, (_, more) => frame(at * 1_000 + more + 1, '')) }));
    }
    expect([seqs().length, seqs()[0], seqs().at(-1)]).toEqual([20_000, 3_001, 23_000]);
  });

  it('ask for what is cut of their payload, once', () => {
    const cut = frame(1, 'a', { cut: true, length: 500 });
    inspection.hear(batch({ entries: [cut, frame(2, 'b')] }));
    inspection.open(cut);
    inspection.hear({ type: 'payload', seq: 1, payload: 'YWFh' });
    inspection.open(cut);
    inspection.open(inspection.shown[1]);
    expect(told.filter(({ type }) => type === 'payload')).toEqual([{ type: 'payload', seq: 1 }]);
    expect([inspection.payloads.get(1), inspection.entry?.seq]).toEqual(['YWFh', 2]);
  });

  it('have the steps of each connection, each once', () => {
    inspection.hear(batch({ entries: [step(1, 1), step(2, 2)] }));
    inspection.hear(batch({ entries: [step(1, 1), step(3, 1)] }));
    expect(inspection.stepsOf(1).map(({ seq }) => seq)).toEqual([1, 3]);
    expect(inspection.stepsOf(9)).toEqual([]);
  });

  it('are exported as JSON with their connections', () => {
    inspection.hear(batch({ entries: [frame(1, 'a')], dropped: 3 }));
    expect(inspection.dropped).toBe(3);
    const { process, connections, entries } = JSON.parse(inspection.export());
    expect([process.pid, connections.length, entries]).toEqual([4711, 2, inspection.shown]);
  });
});

it('forgets the connections that the hub has forgotten, but for the one that is looked at', () => {
  inspection.hear(batch({ connections: [connection(1), connection(2)] }));
  inspection.hear(batch({ gone: [1, 2], untracked: 4 }));
  expect([...inspection.connections.keys()]).toEqual([1]);
  expect(inspection.untracked).toBe(4);
});

it('lists the connections that pass their filter', () => {
  inspection.hear(batch({ connections: [connection(1), connection(2, { state: 'closed' })] }));
  inspection.connectionFilter = 'closed';
  expect(inspection.listed.map(({ id }) => id)).toEqual([2]);
});
