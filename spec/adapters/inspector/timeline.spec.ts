import { expect, it } from 'vitest';
import { type Fact, Timeline } from '../../../adapters/inspector/timeline.ts';

const PAUSE: Fact = { kind: 'event', event: 'pause', detail: '' };

const filled = (counts: Readonly<Record<number, number>>): Timeline => {
  const timeline = new Timeline();
  for (const [id, count] of Object.entries(counts)) {
    for (let i = 0; i < count; i++) timeline.add(Number(id), i, PAUSE);
  }
  return timeline;
};

it('keeps entries in order, numbered over all connections', () => {
  const timeline = new Timeline();
  for (const id of [1, 2, 1]) timeline.add(id, 0, PAUSE);
  expect(timeline.of(1).map(({ seq }) => seq)).toEqual([1, 3]);
  expect(timeline.of(2).map(({ seq }) => seq)).toEqual([2]);
  expect(timeline.of(3)).toEqual([]);
});

it('keeps a thousand of a connection, and the newest', () => {
  const entries = filled({ 1: 25_000 }).of(1);
  expect(entries.length).toBeLessThanOrEqual(1_000);
  expect(entries.length).toBeGreaterThanOrEqual(500);
  expect(entries.at(-1)?.seq).toBe(25_000);
});

it('keeps ten thousand in all, and takes from those that have most', () => {
  const busy = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [i + 2, 900]));
  const timeline = filled({ 1: 10, ...busy });
  const sizes = Array.from({ length: 31 }, (_, i) => timeline.of(i + 1).length);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(10_000);
  expect(sizes[0]).toBe(10);
});

it('keeps something of each of a thousand connections', () => {
  const timeline = filled(Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [i + 1, 8])));
  for (let round = 0; round < 20; round++) for (let id = 1; id <= 1_000; id++) timeline.add(id, round, PAUSE);
  const sizes = Array.from({ length: 1_000 }, (_, i) => timeline.of(i + 1).length);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(4);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(10_000);
});

it('forgets a connection, and has room for others', () => {
  const timeline = filled({ 1: 900 });
  timeline.forget(1);
  timeline.forget(1);
  expect(timeline.of(1)).toEqual([]);
  expect(timeline.payload(1)).toEqual({ type: 'payload', seq: 1, payload: null });
});
