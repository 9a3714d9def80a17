/**
 * The life of a reconnecting client, as a table: what follows each state at each event. An event that is not listed
 * changes nothing.
 *
 * A table, since xstate weighs twice what the whole client may; `reconnecting-chart.ts` makes a machine of it, to draw
 * and to explore.
 */

/** Where a client that comes back is in its life: `waiting` for its next attempt, `ended` for good. */
export type ReconnectingState = 'connecting' | 'open' | 'waiting' | 'offline' | 'closing' | 'ended';

export type ReconnectingEvent =
  /** The connection is open. */
  | 'opened'
  /** It is gone, or did not come to be, and another is to be made. */
  | 'lost'
  /** It is gone, or did not come to be, and that was the last. */
  | 'finished'
  /** The delay has passed, or somebody asks to try at once. */
  | 'due'
  | 'wentOffline'
  | 'cameOnline'
  /** The program has enough. */
  | 'closeRequested';

export const RECONNECTING: Readonly<
  Record<ReconnectingState, Readonly<Partial<Record<ReconnectingEvent, ReconnectingState>>>>
> = {
  connecting: { opened: 'open', lost: 'waiting', finished: 'ended', closeRequested: 'closing' },
  open: { lost: 'waiting', finished: 'ended', closeRequested: 'closing' },
  waiting: { due: 'connecting', wentOffline: 'offline', finished: 'ended', closeRequested: 'ended' },
  offline: { due: 'connecting', cameOnline: 'connecting', closeRequested: 'ended' },
  closing: { finished: 'ended' },
  ended: {},
};
