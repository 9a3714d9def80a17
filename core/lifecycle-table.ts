/** Computed from the charts in lifecycle.ts by `npm run lifecycle`; a spec compares it with xstate. Not to be edited. */
import type { Effect, LifecycleEvent, Permits, Role } from './lifecycle-terms.ts';

/** What a state permits, and for each event it knows the next state and the effects. */
export interface StateRow extends Permits {
  readonly on: Readonly<Partial<Record<LifecycleEvent, readonly [to: string, ...effects: Effect[]]>>>;
}

// biome-ignore format: one line an event
const ALIKE: Readonly<Record<string, StateRow>> = {
  'closed': {
    reads: 'discard', deadline: 'none', sends: false,
    on: {},
  },
  'closing.failed': {
    reads: 'discard', deadline: 'closing', sends: false,
    on: {
      abortRequested: ['closing.failed', 'abortTransport'],
      transportClosed: ['closed', 'reportClosed'],
      deadlinePassed: ['closing.failed', 'abortTransport'],
    },
  },
  'closing.draining': {
    reads: 'discard', deadline: 'closing', sends: false,
    on: {
      abortRequested: ['closing.draining', 'abortTransport'],
      transportClosed: ['closed', 'reportClosed'],
      deadlinePassed: ['closing.draining', 'abortTransport'],
    },
  },
};

// biome-ignore format: one line an event
export const LIFECYCLE: Readonly<Record<Role, Readonly<Record<string, StateRow>>>> = {
  client: {
    'connecting.awaitingResponse': {
      reads: 'head', deadline: 'opening', sends: false,
      on: {
        responseAccepted: ['open', 'reportOpen'],
        responseRefused: ['closing.draining', 'reportRefused', 'abortTransport'],
        closeRequested: ['closing.draining', 'abortTransport'],
        violationFound: ['closing.draining', 'reportError', 'abortTransport'],
        abortRequested: ['closing.draining', 'abortTransport'],
        transportClosed: ['closed', 'reportClosed'],
      },
    },
    'open': {
      reads: 'frames', deadline: 'keepalive', sends: true,
      on: {
        closeRequested: ['closing.closeSent', 'sendClose'],
        closeReceived: ['closing.bothSent', 'sendClose'],
        violationFound: ['closing.failed', 'reportError', 'sendClose', 'endTransport'],
        peerUnresponsive: ['closing.failed', 'reportError', 'sendClose', 'abortTransport'],
        abortRequested: ['closing.draining', 'abortTransport'],
        inputEnded: ['closing.draining', 'sendClose', 'endTransport'],
        transportClosed: ['closed', 'reportClosed'],
      },
    },
    'closing.closeSent': {
      reads: 'frames', deadline: 'closing', sends: false,
      on: {
        closeReceived: ['closing.bothSent'],
        violationFound: ['closing.failed', 'reportError', 'endTransport'],
        peerUnresponsive: ['closing.failed', 'reportError', 'abortTransport'],
        abortRequested: ['closing.draining', 'abortTransport'],
        inputEnded: ['closing.draining', 'endTransport'],
        transportClosed: ['closed', 'reportClosed'],
        deadlinePassed: ['closing.draining', 'abortTransport'],
      },
    },
    'closing.bothSent': {
      reads: 'discard', deadline: 'closing', sends: false,
      on: {
        abortRequested: ['closing.bothSent', 'abortTransport'],
        inputEnded: ['closing.bothSent', 'endTransport'],
        transportClosed: ['closed', 'reportClosed'],
        deadlinePassed: ['closing.bothSent', 'abortTransport'],
      },
    },
    ...ALIKE,
  },
  server: {
    'connecting.awaitingRequest': {
      reads: 'head', deadline: 'opening', sends: false,
      on: {
        requestReceived: ['connecting.deciding', 'reportRequest'],
        closeRequested: ['closing.draining', 'endTransport'],
        violationFound: ['closing.draining', 'reportError', 'sendRefusal', 'endTransport'],
        abortRequested: ['closing.draining', 'abortTransport'],
        inputEnded: ['closing.draining', 'endTransport'],
        transportClosed: ['closed', 'reportClosed'],
      },
    },
    'connecting.deciding': {
      reads: 'nothing', deadline: 'opening', sends: false,
      on: {
        accepted: ['open', 'sendAcceptance', 'reportOpen'],
        refused: ['closing.draining', 'sendRefusal', 'endTransport'],
        closeRequested: ['closing.draining', 'sendRefusal', 'endTransport'],
        violationFound: ['closing.draining', 'reportError', 'sendRefusal', 'endTransport'],
        abortRequested: ['closing.draining', 'abortTransport'],
        transportClosed: ['closed', 'reportClosed'],
      },
    },
    'open': {
      reads: 'frames', deadline: 'keepalive', sends: true,
      on: {
        closeRequested: ['closing.closeSent', 'sendClose'],
        closeReceived: ['closing.bothSent', 'sendClose', 'endTransport'],
        violationFound: ['closing.failed', 'reportError', 'sendClose', 'endTransport'],
        peerUnresponsive: ['closing.failed', 'reportError', 'sendClose', 'abortTransport'],
        abortRequested: ['closing.draining', 'abortTransport'],
        inputEnded: ['closing.draining', 'sendClose', 'endTransport'],
        transportClosed: ['closed', 'reportClosed'],
      },
    },
    'closing.closeSent': {
      reads: 'frames', deadline: 'closing', sends: false,
      on: {
        closeReceived: ['closing.bothSent', 'endTransport'],
        violationFound: ['closing.failed', 'reportError', 'endTransport'],
        peerUnresponsive: ['closing.failed', 'reportError', 'abortTransport'],
        abortRequested: ['closing.draining', 'abortTransport'],
        inputEnded: ['closing.draining', 'endTransport'],
        transportClosed: ['closed', 'reportClosed'],
        deadlinePassed: ['closing.draining', 'abortTransport'],
      },
    },
    'closing.bothSent': {
      reads: 'discard', deadline: 'closing', sends: false,
      on: {
        abortRequested: ['closing.bothSent', 'abortTransport'],
        transportClosed: ['closed', 'reportClosed'],
        deadlinePassed: ['closing.bothSent', 'abortTransport'],
      },
    },
    ...ALIKE,
  },
};
