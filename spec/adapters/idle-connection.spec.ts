import { expect, test } from 'vitest';
import { WebSocketServer } from '../../adapters/interfaces/server.ts';
import { memoryHost, VirtualClock } from '../../adapters/testing.ts';
import { IDLE_BYTES, inUse } from '../support/memory.ts';
import { REQUEST } from '../support/opened.ts';

test('an idle connection costs no more than is told (B25)', async () => {
  const server = new WebSocketServer({ message() {} }, memoryHost(new VirtualClock()));
  const open = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const driver = server.attend({ address: '', secure: false });
      driver.start({ queued: 0, write() {}, end() {}, abort() {}, pause() {}, resume() {} });
      driver.received(REQUEST.slice());
    }
  };
  open(500); // what the first ones need is not what each needs
  const before = await inUse();
  open(2_000);
  const each = ((await inUse()) - before) / 2_000;
  expect(server.connections.size).toBe(2_500);
  expect(each).toBeGreaterThan(200);
  expect(each).toBeLessThan(IDLE_BYTES);
});
