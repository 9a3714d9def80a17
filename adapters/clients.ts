/** What the entry of each runtime that dials exports besides its own `connect`. */
export type {
  Lost,
  ReconnectingClient,
  ReconnectingOptions,
  ReconnectingState,
  UrlSource,
} from './reconnecting-over.ts';
export { type DialDeadlines, DialTimeout } from './tunnels/deadlines.ts';
export { TunnelError } from './tunnels/tunnel.ts';
