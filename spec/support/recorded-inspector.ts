/** An inspector of `@statelyai/inspect` whose adapter keeps what it would send to the page at stately.ai. */
import { createInspector } from '@statelyai/inspect';

type Sent = Parameters<Parameters<typeof createInspector>[0]['send']>[0];

export interface RecordedInspector {
  readonly inspect: ReturnType<typeof createInspector>['inspect'];
  readonly sent: readonly Sent[];
  /** Resolves once all that was shown is sent: the inspector sends each in a turn of its own, in order. */
  settled(): Promise<void>;
  /** Who told whom what, as the sequence diagram draws it; the names of actors stand for their sessions. */
  sequence(): string[];
  /** The states that an actor was in, one after another. */
  states(name: string): unknown[];
}

export function recordedInspector(): RecordedInspector {
  const sent: Sent[] = [];
  const { inspect } = createInspector({ send: (event) => sent.push(event) });
  const nameOf = (session: string | undefined): string => {
    const actor = sent.find((each) => each.type === '@xstate.actor' && each.sessionId === session);
    return actor?.type === '@xstate.actor' ? actor.name : '?';
  };
  return {
    inspect,
    sent,
    settled: () =>
      new Promise((resolve) => {
        setTimeout(resolve, 0);
      }),
    sequence: () =>
      sent.flatMap((each) =>
        each.type === '@xstate.event' && !each.event.type.startsWith('xstate.')
          ? [`${nameOf(each.sourceId)} > ${nameOf(each.sessionId)}: ${each.event.type}`]
          : [],
      ),
    states: (name) =>
      sent.flatMap((each) => {
        if (each.type !== '@xstate.snapshot' || nameOf(each.sessionId) !== name) return [];
        return 'value' in each.snapshot ? [each.snapshot.value] : [];
      }),
  };
}
