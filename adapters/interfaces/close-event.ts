/** The event that a WebSocket ends with (HTML, CloseEvent): the runtime's own, or ours where it has none. */
import { defineInterface, demandArguments, toDictionary, toDOMString, toUSVString } from './webidl.ts';

/** The event that a WebSocket ends with. */
export interface CloseEvent extends Event {
  /** Whether both Close frames passed before the transport ended. */
  readonly wasClean: boolean;
  /** The peer's Close code; 1005 where it sent none, 1006 where it sent no Close. */
  readonly code: number;
  /** The peer's Close reason. Text of the peer. */
  readonly reason: string;
}

interface CloseEventInit {
  readonly bubbles?: boolean;
  readonly cancelable?: boolean;
  readonly composed?: boolean;
  readonly wasClean?: boolean;
  readonly code?: number;
  readonly reason?: string;
}

interface CloseEventConstructor {
  readonly name: string;
  readonly length: number;
  readonly prototype: CloseEvent;
  new (type: string, init?: CloseEventInit): CloseEvent;
}

/** Our own class; Node has one since version 23. */
export const OwnCloseEvent: CloseEventConstructor = /* @__PURE__ */ define(
  class CloseEvent extends Event {
    readonly #wasClean: boolean;
    readonly #code: number;
    readonly #reason: string;

    constructor(...given: readonly [type: string, init?: CloseEventInit]) {
      demandArguments(given.length, 1, 'CloseEvent');
      const [type, init] = given;
      const { code, reason, wasClean } = toDictionary<'code' | 'reason' | 'wasClean'>(init, 'eventInitDict');
      super(toDOMString(type), { ...init });
      this.#code = Number(code ?? 0) & 0xffff;
      this.#reason = reason === undefined ? '' : toUSVString(reason);
      this.#wasClean = Boolean(wasClean);
    }

    get wasClean(): boolean {
      return this.#wasClean;
    }

    get code(): number {
      return this.#code;
    }

    get reason(): string {
      return this.#reason;
    }
  },
);

function define(made: CloseEventConstructor): CloseEventConstructor {
  defineInterface(made, { new: 1 });
  return made;
}

/** The class of the event that a WebSocket ends with: the runtime's own where it has one, so that what we dispatch is an instance of what programs name. */
export const CloseEvent: CloseEventConstructor =
  (globalThis as { readonly CloseEvent?: CloseEventConstructor }).CloseEvent ?? OwnCloseEvent;
