import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, it } from 'vitest';
import { connect, serve } from '../../../adapters/node.ts';

it('publishes connections and what they do, while somebody subscribes', async () => {
  const roles: string[] = [];
  const frames: string[] = [];
  const made = (driver: unknown): void => {
    roles.push((driver as { connection: { role: string } }).connection.role);
  };
  const observed = (message: unknown): void => {
    const { driver, observation } = message as {
      driver: { connection: { role: string } };
      observation: { type: string; direction?: string; frame?: { opcode: number } };
    };
    if (observation.type === 'frame') {
      frames.push(`${driver.connection.role} ${observation.direction} ${observation.frame?.opcode}`);
    }
  };
  const server = await serve();
  subscribe('sansocket:connection', made);
  subscribe('sansocket:observation', observed);
  try {
    const client = await connect(server.url);
    await client.close();
  } finally {
    unsubscribe('sansocket:connection', made);
    unsubscribe('sansocket:observation', observed);
  }
  expect(roles.sort()).toEqual(['client', 'server']);
  expect(frames.sort()).toEqual(['client in 8', 'client out 8', 'server in 8', 'server out 8']);
  const unseen = await connect(server.url);
  await unseen.close();
  await server.close();
  expect(roles).toHaveLength(2);
});
