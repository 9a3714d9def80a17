/** A light for those on foot: a machine that invokes a WebSocket, and comes back when the connection is lost. */
import { WebSocket } from 'sansocket/node';
import { fromWebSocket, type SocketEvent } from 'sansocket/xstate';
import { sendTo, setup } from 'xstate';

export const crossing = setup({
  types: {
    context: {} as { url: string },
    input: {} as { url: string },
    events: {} as SocketEvent | { type: 'press' },
  },
  actors: {
    light: fromWebSocket(({ input }: { readonly input: string }) => input, { WebSocket }),
  },
  guards: {
    carsStop: ({ event }) => event.type === 'websocket.message' && event.data === 'red',
  },
}).createMachine({
  id: 'crossing',
  context: ({ input }) => ({ url: input.url }),
  initial: 'connected',
  states: {
    connected: {
      invoke: { id: 'light', src: 'light', input: ({ context }) => context.url, onDone: 'lost' },
      initial: 'dark',
      states: { dark: {}, wait: {}, walk: {} },
      on: {
        'websocket.message': [{ guard: 'carsStop', target: '.walk' }, { target: '.wait' }],
        press: { actions: sendTo('light', { type: 'send', data: 'press' }) },
      },
    },
    lost: { after: { 1000: 'connected' } },
  },
});
