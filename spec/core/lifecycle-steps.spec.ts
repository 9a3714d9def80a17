import { describe, expect, test } from 'vitest';
import { initialState } from '../../core/lifecycle-steps.ts';

describe.each(['client', 'server'] as const)('the remembered steps of a %s', (role) => {
  test('are taken once and then followed', () => {
    const state = initialState[role];
    expect(state.step('abortRequested')).toBe(state.step('abortRequested'));
    const { to, effects } = state.step('abortRequested');
    expect(to.name).toBe('closing.draining');
    expect(effects).toEqual(['abortTransport']);
  });

  test('lead to one object for each state, by whatever way', () => {
    const draining = initialState[role].step('abortRequested').to;
    expect(initialState[role].step('violationFound').to).toBe(draining);
    expect(draining.step('abortRequested').to).toBe(draining);
    expect(draining.step('transportClosed').to).toBe(initialState[role].step('transportClosed').to);
  });

  test('lead back where a state does not know an event', () => {
    const { to, effects } = initialState[role].step('closeReceived');
    expect(to).toBe(initialState[role]);
    expect(effects).toEqual([]);
  });

  test('go through the phases of the RFC', () => {
    const connecting = initialState[role];
    const open =
      role === 'client'
        ? connecting.step('responseAccepted').to
        : connecting.step('requestReceived').to.step('accepted').to;
    const closing = open.step('closeRequested').to;
    const closed = closing.step('transportClosed').to;
    expect([connecting, open, closing, closed].map(({ phase }) => phase)).toEqual([
      'connecting',
      'open',
      'closing',
      'closed',
    ]);
    expect(open).toMatchObject({ name: 'open', reads: 'frames', deadline: 'keepalive', sends: true });
    expect(closing).toMatchObject({ name: 'closing.closeSent', reads: 'frames', deadline: 'closing', sends: false });
    expect(closed).toMatchObject({ name: 'closed', reads: 'discard', deadline: 'none', sends: false });
  });
});

test('the steps of the two roles are apart', () => {
  expect(initialState.client.step('transportClosed').to).not.toBe(initialState.server.step('transportClosed').to);
});
