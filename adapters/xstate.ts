/**
 * sansocket and xstate: a live connection as an actor of its own chart, to be shown by the xstate inspector, and a
 * WebSocket as an actor inside anybody's machine.
 */
export type { Role } from '../core/index.ts';
export { charts } from '../core/lifecycle.ts';
export type { Driver } from './driver.ts';
export { type InspectedConnection, inspectConnection, type Mirror, type MirrorOptions } from './xstate/mirror.ts';
export {
  fromWebSocket,
  type SocketCommand,
  type SocketEnded,
  type SocketEvent,
  type SocketLogic,
  type SocketOptions,
  type SocketSnapshot,
  type SocketUrl,
} from './xstate/socket-actor.ts';
