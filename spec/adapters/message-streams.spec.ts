import { expect, test } from 'vitest';
import { MessageStreams } from '../../adapters/interfaces/message-streams.ts';

/** The streams of a connection, with the memory that they let go. */
function streams(plain = true) {
  const discarded: ArrayBuffer[] = [];
  const flow = {
    paused: false,
    pause(): void {
      flow.paused = true;
    },
    resume(): void {
      flow.paused = false;
    },
  };
  const all = new MessageStreams(flow, { plain, discard: (memory) => void discarded.push(memory) });
  all.push({ type: 'messageStart', kind: 'binary' });
  const chunk = (bytes: Uint8Array, read: Uint8Array = bytes): void => {
    all.push({ type: 'messageChunk', data: bytes });
    all.received(read);
  };
  const message = async () => (await all.messages().next()).value ?? expect.fail('there is one');
  return { discarded, flow, chunk, message };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('memory is let go once all that was read into it was copied', async () => {
  const { discarded, chunk, message } = streams();
  const read = new Uint8Array(100);
  chunk(read.subarray(2, 40), read);
  chunk(read.subarray(42), read);
  const one = await message();
  const memory = new Uint8Array(50);
  await one.readInto(memory);
  await turn();
  expect(discarded).toEqual([]);
  expect(await one.readInto(memory)).toBe(50);
  expect(discarded).toEqual([]);
  expect(await one.readInto(memory)).toBe(8);
  await turn();
  expect(discarded).toEqual([read.buffer]);
});

test('memory of which a transport has shown but a part is its own', async () => {
  const { discarded, chunk, message } = streams();
  const shared = new Uint8Array(200);
  const one = await message();
  const memory = new Uint8Array(100);
  const first = one.readInto(memory);
  chunk(shared.subarray(0, 100)); // the next chunk will lie behind it, as over TLS on Node 26
  expect(await first).toBe(100);
  chunk(shared.subarray(100, 200));
  expect(await one.readInto(memory)).toBe(100);
  await turn();
  expect(discarded).toEqual([]);
});

test('memory of a chunk that the program was given is the program’s', async () => {
  const { discarded, chunk, message } = streams();
  const read = new Uint8Array(100);
  chunk(read.subarray(0, 60), read);
  chunk(read.subarray(60), read);
  const one = await message();
  await one[Symbol.asyncIterator]().next();
  await one.readInto(new Uint8Array(100));
  await turn();
  expect(discarded).toEqual([]);
});

test('what an extension made is let go where it fills its memory', async () => {
  const { discarded, chunk, message } = streams(false);
  const [whole, part, read] = [new Uint8Array(10), new Uint8Array(20), new Uint8Array(5)];
  chunk(whole, read);
  chunk(part.subarray(0, 10), read);
  const one = await message();
  for (let i = 0; i < 2; i++) await one.readInto(new Uint8Array(10));
  await turn();
  expect(new Set(discarded)).toEqual(new Set([whole.buffer, read.buffer]));
});

test('while the connection holds back what it has read, that stays', async () => {
  const { discarded, flow, chunk, message } = streams();
  const [first, second] = [new Uint8Array(65_536), new Uint8Array(65_540)];
  chunk(first.subarray(1), first);
  chunk(second.subarray(1), second); // and more of it may wait
  expect(flow.paused).toBe(true);
  const one = await message();
  const memory = new Uint8Array(65_536);
  await one.readInto(memory);
  await turn();
  expect(discarded).toEqual([]);
  await one.readInto(memory);
  await one.readInto(memory);
  await turn();
  expect(flow.paused).toBe(false);
  expect(discarded).toEqual([first.buffer, second.buffer]);
});
