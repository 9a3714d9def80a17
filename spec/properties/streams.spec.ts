/** A streamed message means the same however its sender pieces it together and its receiver's transport cuts it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MessageKind } from '../../core/index.ts';
import { cutAt } from '../support/cuts.ts';
import { events, opened, written } from '../support/opened.ts';
import { join } from '../support/wire.ts';

const places = fc.array(fc.nat(5_000), { maxLength: 20 });
const text = fc.string({ unit: 'binary', maxLength: 300 });

/** Receives `wire` in chunks cut at `cuts`, and returns what each message was and how it came. */
function received(wire: Uint8Array, cuts: readonly number[]) {
  const { connection, outputs } = opened('server', { messages: 'chunks' });
  for (const { bytes, start, end } of cutAt(wire, cuts)) connection.receive(bytes.slice(start, end));
  const messages: { kind: MessageKind; chunks: (string | Uint8Array)[]; ended: boolean }[] = [];
  for (const event of events(outputs)) {
    const last = messages.at(-1);
    if (event.type === 'messageStart') messages.push({ kind: event.kind, chunks: [], ended: false });
    else if (event.type === 'messageChunk') last?.chunks.push(event.data);
    else if (event.type === 'messageEnd' && last !== undefined) last.ended = true;
  }
  return messages;
}

test('binary: the same bytes, for any pieces and any cuts', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), places, places, fc.boolean(), (data, pieces, cuts, pings) => {
      const { connection, outputs } = opened('client');
      connection.sendStart('binary');
      for (const { bytes, start, end } of cutAt(data, pieces)) {
        connection.sendChunk(bytes.subarray(start, end));
        if (pings) connection.ping('in between');
      }
      connection.sendEnd();
      const [message, ...others] = received(written(outputs), cuts);
      expect(others).toEqual([]);
      expect(message).toMatchObject({ kind: 'binary', ended: true });
      expect(join(message?.chunks as Uint8Array[])).toEqual(data);
    }),
  );
});

test('text: the same characters, and no chunk that cuts one, for any pieces and any cuts', () => {
  fc.assert(
    fc.property(text, places, places, (data, pieces, cuts) => {
      const { connection, outputs } = opened('client');
      connection.sendStart('text');
      const ends = [...pieces.map((place) => place % (data.length + 1)), data.length].sort((a, b) => a - b);
      for (const [i, end] of ends.entries()) connection.sendChunk(data.slice(ends[i - 1] ?? 0, end));
      connection.sendEnd();
      const [message, ...others] = received(written(outputs), cuts);
      expect(others).toEqual([]);
      expect(message).toMatchObject({ kind: 'text', ended: true });
      const chunks = message?.chunks as string[];
      expect(chunks.join('')).toBe(data);
      for (const chunk of chunks) expect(chunk).not.toMatch(/\p{Surrogate}/u);
    }),
  );
});
