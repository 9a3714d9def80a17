/**
 * The life of a connection as a statechart (RFC 6455 §4, §7).
 *
 * The chart has no context and no guards: the state alone says what is read, what may be sent, which deadline
 * runs and which effects an event has. A step is therefore a pure function of (state, event), and xstate
 * computes all of them ahead (`lifecycle-table.ts`).
 */
import { type AnyStateMachine, createMachine } from 'xstate';
import type { Effect, Permits, Role } from './lifecycle-terms.ts';

export type { Effect, LifecycleEvent, Permits, Role } from './lifecycle-terms.ts';

const permits = (reads: Permits['reads'], deadline: Permits['deadline'], sends = false): { meta: Permits } => ({
  meta: { reads, deadline, sends },
});

const to = (target: string, ...actions: Effect[]): { target: string; actions: Effect[] } => ({ target, actions });

const ABORT = to('#closing.draining', 'abortTransport');
const CLOSED = to('#closed', 'reportClosed');

const CONNECTING = {
  server: {
    initial: 'awaitingRequest',
    states: {
      awaitingRequest: {
        ...permits('head', 'opening'),
        on: {
          requestReceived: to('deciding', 'reportRequest'),
          violationFound: to('#closing.draining', 'reportError', 'sendRefusal', 'endTransport'),
          closeRequested: to('#closing.draining', 'endTransport'),
          // Health checks connect and leave; there is nobody to answer.
          inputEnded: to('#closing.draining', 'endTransport'),
        },
      },
      // Bytes, and the end of input, wait until the program has decided (RFC 6455 §4.2.2).
      deciding: {
        ...permits('nothing', 'opening'),
        on: {
          accepted: to('#open', 'sendAcceptance', 'reportOpen'),
          refused: to('#closing.draining', 'sendRefusal', 'endTransport'),
          violationFound: to('#closing.draining', 'reportError', 'sendRefusal', 'endTransport'),
          closeRequested: to('#closing.draining', 'sendRefusal', 'endTransport'),
        },
      },
    },
  },
  client: {
    initial: 'awaitingResponse',
    states: {
      awaitingResponse: {
        ...permits('head', 'opening'),
        on: {
          responseAccepted: to('#open', 'reportOpen'),
          responseRefused: to('#closing.draining', 'reportRefused', 'abortTransport'),
          violationFound: to('#closing.draining', 'reportError', 'abortTransport'),
          closeRequested: ABORT,
        },
      },
    },
  },
};

const createChart = (role: Role): AnyStateMachine => {
  // The server ends the transport first, the client waits for it (RFC 6455 §7.1.1).
  const endFirst: Effect[] = role === 'server' ? ['endTransport'] : [];
  return createMachine({
    id: role,
    initial: 'connecting',
    states: {
      connecting: {
        ...CONNECTING[role],
        on: { abortRequested: ABORT, transportClosed: CLOSED },
      },
      open: {
        id: 'open',
        ...permits('frames', 'keepalive', true),
        on: {
          closeRequested: to('#closing.closeSent', 'sendClose'),
          closeReceived: to('#closing.bothSent', 'sendClose', ...endFirst),
          violationFound: to('#closing.failed', 'reportError', 'sendClose', 'endTransport'),
          peerUnresponsive: to('#closing.failed', 'reportError', 'sendClose', 'abortTransport'),
          // The peer may still read: it learns that we end, too.
          inputEnded: to('#closing.draining', 'sendClose', 'endTransport'),
          abortRequested: ABORT,
          transportClosed: CLOSED,
        },
      },
      closing: {
        id: 'closing',
        initial: 'closeSent',
        states: {
          // Ours is sent; the peer's, and messages it sent before that, are still to come (RFC 6455 §5.5.1).
          closeSent: {
            ...permits('frames', 'closing'),
            on: {
              closeReceived: to('bothSent', ...endFirst),
              violationFound: to('failed', 'reportError', 'endTransport'),
              peerUnresponsive: to('failed', 'reportError', 'abortTransport'),
              inputEnded: to('draining', 'endTransport'),
              deadlinePassed: ABORT,
              abortRequested: ABORT,
            },
          },
          // The closing handshake is complete; only the transport has to end (RFC 6455 §7.1.4).
          bothSent: {
            ...permits('discard', 'closing'),
            ...(role === 'client' && { on: { inputEnded: { actions: ['endTransport'] } } }),
          },
          // We failed the connection (RFC 6455 §7.1.7). Input is read on, so that the transport is not
          // reset under our Close, and dropped.
          failed: permits('discard', 'closing'),
          // Nothing was agreed and nothing is left to say.
          draining: permits('discard', 'closing'),
        },
        on: {
          deadlinePassed: { actions: ['abortTransport'] },
          abortRequested: { actions: ['abortTransport'] },
          transportClosed: CLOSED,
        },
      },
      closed: { id: 'closed', type: 'final', ...permits('discard', 'none') },
    },
  } as Parameters<typeof createMachine>[0]);
};

/** The statechart of each role, as xstate machines: to draw, to explore, and to run as an actor. */
export const charts: Readonly<Record<Role, AnyStateMachine>> = {
  client: createChart('client'),
  server: createChart('server'),
};
