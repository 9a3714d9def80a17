/** Event handler attributes, such as `onopen` (HTML §8.1.8.1). */

/** An attribute's value: objects that cannot be called are kept, and do nothing. */
export type EventHandler<This, E extends Event> = ((this: This, event: E) => unknown) | null;

interface Handler {
  value: object;
  readonly listener: (event: Event) => void;
}

export class EventHandlers {
  readonly #target: EventTarget;
  readonly #handlers: Map<string, Handler> = new Map();

  constructor(target: EventTarget) {
    this.#target = target;
  }

  get(type: string): object | null {
    return this.#handlers.get(type)?.value ?? null;
  }

  /** Another handler takes the place of the last among the listeners; one that was null meanwhile goes to the end. */
  set(type: string, value: unknown): void {
    const handler = this.#handlers.get(type);
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
      if (handler !== undefined) this.#target.removeEventListener(type, handler.listener);
      this.#handlers.delete(type);
    } else if (handler !== undefined) {
      handler.value = value;
    } else {
      const made: Handler = { value, listener: (event) => call(made.value, this.#target, event) };
      this.#handlers.set(type, made);
      if (!CALLS_ATTRIBUTES) this.#target.addEventListener(type, made.listener);
    }
  }
}

function call(handler: object, target: EventTarget, event: Event): void {
  if (typeof handler !== 'function') return;
  if (Reflect.apply(handler, target, [event]) === false) event.preventDefault();
}

/** Whether every EventTarget of the runtime calls its attribute `on…` by itself, as in workerd. */
const CALLS_ATTRIBUTES: boolean = /* @__PURE__ */ (() => {
  let called = false;
  const target = Object.assign(new EventTarget(), {
    onprobe() {
      called = true;
    },
  });
  target.dispatchEvent(new Event('probe'));
  return called;
})();
