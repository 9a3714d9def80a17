/**
 * A connection mirrored as a live actor of the chart it follows, and those it deals with as actors beside it: so that
 * an inspector of xstate shows its states, its events, and who told whom what.
 *
 * The mirror takes the steps that the connection has taken. It decides nothing, and the connection does not wait for it.
 */
import { type ActorOptions, type AnyActorRef, type AnyStateMachine, createActor, fromCallback, sendTo } from 'xstate';
import type { LifecycleEvent, LifecycleStep, Role } from '../../core/index.ts';
import { charts } from '../../core/lifecycle.ts';
import type { Driver } from '../driver.ts';
import type { Observer } from '../trace.ts';

/** What can be mirrored: the connection of a program, or a driver, as Node's channel `sansocket:connection` shows it. */
export type InspectedConnection =
  | { readonly role: Role; readonly state: string; observe(observer: Observer): () => void }
  | Pick<Driver, 'connection' | 'observe'>;

/** Who is shown the mirror, and by what name. */
export interface MirrorOptions {
  /** What is shown everything: `inspect` of an inspector of `@statelyai/inspect`, or a function of your own. */
  readonly inspect?: ActorOptions<AnyStateMachine>['inspect'];
  /** The name of the actor. Default: the role. */
  readonly id?: string | undefined;
}

/** A connection as an actor. */
export interface Mirror {
  /** The actor of `charts[role]`; it is done when the connection is over. */
  readonly actor: AnyActorRef;
  /** Ends the mirror before the connection. */
  stop(): void;
}

/** Those a connection deals with. */
const PARTIES = ['peer', 'program', 'transport', 'clock'] as const;
type Party = (typeof PARTIES)[number];

/** Who causes an event. */
const CAUSES: Readonly<Record<LifecycleEvent, Party>> = {
  requestReceived: 'peer',
  accepted: 'program',
  refused: 'program',
  responseAccepted: 'peer',
  responseRefused: 'peer',
  closeRequested: 'program',
  closeReceived: 'peer',
  violationFound: 'peer',
  peerUnresponsive: 'clock',
  abortRequested: 'program',
  inputEnded: 'peer',
  transportClosed: 'transport',
  deadlinePassed: 'clock',
};

/** Whom an effect is told: the message of the diagram is the effect. */
const TOLD: Readonly<Record<LifecycleStep['effects'][number], Party>> = {
  reportRequest: 'program',
  sendAcceptance: 'peer',
  sendRefusal: 'peer',
  reportRefused: 'program',
  reportOpen: 'program',
  reportError: 'program',
  sendClose: 'peer',
  endTransport: 'transport',
  abortTransport: 'transport',
  reportClosed: 'program',
};

/** The effects as messages: what the connection does itself is not done again. */
const messages = Object.fromEntries(
  Object.entries(TOLD).map(([effect, party]) => [effect, sendTo(({ system }) => system.get(party), { type: effect })]),
);

/**
 * Mirrors `connection` from the state it is in, until it is over. With `open` handlers that is from `open` on; with the
 * drivers of `diagnostics_channel` from the first byte on.
 */
export function inspectConnection(connection: InspectedConnection, { inspect, id }: MirrorOptions = {}): Mirror {
  const { role, state } = 'connection' in connection ? connection.connection : connection;
  const chart = charts[role].provide({ actions: messages });
  const actor = createActor(chart, {
    id: id ?? role,
    systemId: 'connection',
    snapshot: chart.resolveState({ value: stateValue(state), context: {} }),
    ...(inspect !== undefined && { inspect }),
  });
  const says = {} as Record<Party, (event: { readonly type: string }) => void>; // filled by the actors as they start
  actor.start();
  for (const party of PARTIES) {
    const logic = fromCallback(({ sendBack }) => {
      says[party] = sendBack;
    });
    createActor(logic, { parent: actor, id: party, systemId: party }).start();
  }
  const end = connection.observe((observation) => {
    if (observation.type === 'step') says[CAUSES[observation.event]]({ type: observation.event });
  });
  const stop = (): void => {
    end();
    actor.stop();
  };
  actor.subscribe({ complete: stop });
  return { actor, stop };
}

/** A path of states as the value of a chart: `closing.failed` is `{ closing: 'failed' }`. */
function stateValue(path: string): string | Record<string, string> {
  const [phase = '', rest] = path.split('.');
  return rest === undefined ? phase : { [phase]: rest };
}
