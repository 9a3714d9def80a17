/**
 * A WebSocket as the logic of an actor, for machines that invoke or spawn it: commands go in, events come out, to the
 * parent and to whoever listens with `on`, and its end is the actor's output.
 */
import {
  type ActorLogic,
  type AnyActorRef,
  assign,
  enqueueActions,
  fromCallback,
  type Snapshot,
  sendTo,
  setup,
} from 'xstate';

/** What the actor is told. */
export type SocketCommand =
  /** Sends a message, or keeps it until the connection is open; once it closes, the message is dropped. */
  | { readonly type: 'send'; readonly data: string | Uint8Array<ArrayBuffer> }
  /** Closes, as `WebSocket.close` does. */
  | { readonly type: 'close'; readonly code?: number; readonly reason?: string };

/** What the actor tells its parent, and emits. */
export type SocketEvent =
  | { readonly type: 'websocket.open'; readonly protocol: string }
  /** Binary messages are `ArrayBuffer`s. */
  | { readonly type: 'websocket.message'; readonly data: string | ArrayBuffer }
  /** The connection is over, or never came to be; the actor is done. */
  | ({ readonly type: 'websocket.closed' } & SocketEnded);

/** The output of the actor: how it ended. */
export interface SocketEnded {
  /** The Close code; 1005 where there was none, 1006 where no Close came. */
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** Whether the connection was ever open. */
  readonly opened: boolean;
}

/** The state of the actor is the one the RFC names. */
export type SocketSnapshot = Snapshot<SocketEnded> & {
  readonly value: 'connecting' | 'open' | 'closing' | 'closed';
};

/** The logic of an actor that is a connection; `Input` is what its URL is made of. */
export type SocketLogic<Input> = ActorLogic<SocketSnapshot, SocketCommand, Input, AnyActorRef['system'], SocketEvent>;

/** Where to connect to, or a function of the actor's input that says so. */
export type SocketUrl<Input> = string | URL | ((args: { readonly input: Input }) => string | URL);

/** As much of the class of browsers as is used here. */
interface Socket {
  binaryType: string;
  readonly protocol: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

/** How the actor connects. */
export interface SocketOptions {
  /** In the order of preference. Default: none. */
  readonly subprotocols?: readonly string[] | undefined;
  /** The class to connect with: `WebSocket` of `sansocket/node`, for one. Default: the runtime's own. */
  readonly WebSocket?: (new (url: string | URL, subprotocols: string[]) => Socket) | undefined;
}

interface Context {
  readonly address: string | URL;
  /** Messages that wait for the connection to be open. */
  readonly waiting: readonly SocketCommand[];
  readonly ended: SocketEnded;
}

const NEVER: SocketEnded = { code: 1006, reason: '', wasClean: false, opened: false };

/**
 * Makes the logic: connects when an actor of it starts, and closes when that is stopped.
 *
 * @returns a machine with the states `connecting`, `open`, `closing` and `closed`. A connection that fails ends it like
 *   any other (`onDone`, with `opened: false`); a URL that is none makes it fail (`onError`).
 */
export function fromWebSocket<Input = undefined>(
  url: SocketUrl<Input>,
  { subprotocols = [], WebSocket = globalThis.WebSocket as SocketOptions['WebSocket'] }: SocketOptions = {},
): SocketLogic<Input> {
  const socket = fromCallback<SocketCommand, string | URL>(({ input, receive, sendBack }) => {
    if (WebSocket === undefined) throw new Error('this runtime has no WebSocket: give one with the options');
    const connection = new WebSocket(input, [...subprotocols]);
    let opened = false;
    connection.binaryType = 'arraybuffer';
    connection.onopen = () => {
      opened = true;
      sendBack({ type: 'websocket.open', protocol: connection.protocol });
    };
    connection.onmessage = ({ data }: { readonly data: string | ArrayBuffer }) =>
      sendBack({ type: 'websocket.message', data });
    connection.onclose = ({ code, reason, wasClean }: Omit<SocketEnded, 'opened'>) =>
      sendBack({ type: 'websocket.closed', code, reason, wasClean, opened });
    receive((command) => {
      if (command.type === 'send') connection.send(command.data);
      else connection.close(command.code, command.reason);
    });
    return () => {
      connection.onmessage = null;
      connection.close();
    };
  });

  const machine = setup({
    types: {
      context: {} as Context,
      events: {} as SocketCommand | SocketEvent,
      emitted: {} as SocketEvent,
      input: {} as Input,
      output: {} as SocketEnded,
    },
    actors: { socket },
    actions: {
      pass: sendTo('socket', ({ event }) => event),
      tell: enqueueActions(({ enqueue, event, self }) => {
        enqueue.emit(event as SocketEvent); // used for these alone
        if (self._parent !== undefined) enqueue.sendTo(self._parent, event);
      }),
    },
  }).createMachine({
    id: 'websocket',
    context: ({ input }) => ({ address: typeof url === 'function' ? url({ input }) : url, waiting: [], ended: NEVER }),
    invoke: { id: 'socket', src: 'socket', input: ({ context }) => context.address },
    initial: 'connecting',
    states: {
      connecting: {
        on: {
          send: { actions: assign({ waiting: ({ context, event }) => [...context.waiting, event] }) },
          close: { target: 'closing', actions: 'pass' },
          'websocket.open': {
            target: 'open',
            actions: [
              'tell',
              enqueueActions(({ context, enqueue }) => {
                for (const command of context.waiting) enqueue.sendTo('socket', command);
                enqueue.assign({ waiting: [] });
              }),
            ],
          },
        },
      },
      open: {
        on: {
          send: { actions: 'pass' },
          close: { target: 'closing', actions: 'pass' },
          'websocket.message': { actions: 'tell' },
        },
      },
      closing: {
        on: { 'websocket.message': { actions: 'tell' } },
      },
      closed: { type: 'final' },
    },
    on: {
      'websocket.closed': {
        target: '.closed',
        actions: [
          assign({
            ended: ({ event: { code, reason, wasClean, opened } }) => ({ code, reason, wasClean, opened }),
          }),
          'tell',
        ],
      },
    },
    output: ({ context }) => context.ended,
  });
  return machine as unknown as SocketLogic<Input>; // whose events and snapshot are only those meant for others
}
