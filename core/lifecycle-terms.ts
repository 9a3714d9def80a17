/**
 * What the charts are made of. Apart from them, so that who only connects is shown no type of xstate: the compiler would have to read all
 * of them, and some of them are wrong with `exactOptionalPropertyTypes`.
 */

/** Which endpoint we are: who began the opening handshake (RFC 6455 §4). */
export type Role = 'client' | 'server';

/** What moves a connection from state to state. */
export type LifecycleEvent =
  | 'requestReceived'
  | 'accepted'
  | 'refused'
  | 'responseAccepted'
  | 'responseRefused'
  | 'closeRequested'
  | 'closeReceived'
  | 'violationFound'
  | 'peerUnresponsive'
  | 'abortRequested'
  | 'inputEnded'
  | 'transportClosed'
  | 'deadlinePassed';

/** What a step demands, in this order. */
export type Effect =
  | 'reportRequest'
  | 'sendAcceptance'
  | 'sendRefusal'
  | 'reportRefused'
  | 'reportOpen'
  | 'reportError'
  | 'sendClose'
  | 'endTransport'
  | 'abortTransport'
  | 'reportClosed';

/** What the state permits; the `meta` of its node in the chart. */
export interface Permits {
  /** What input is read as; `nothing` leaves it waiting, `discard` drops it. */
  readonly reads: 'head' | 'nothing' | 'frames' | 'discard';
  /** Which deadline runs. */
  readonly deadline: 'opening' | 'keepalive' | 'closing' | 'none';
  /** Whether messages, Pings and Pongs may be sent. */
  readonly sends: boolean;
}
