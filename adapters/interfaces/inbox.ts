/**
 * Messages on their way to a program: kept until it takes them, in order, one at a time.
 *
 * Few messages wait here while control frames are still answered; when many wait, reading is stopped, and
 * the network holds the peer back.
 */

/** A message: text as a string, binary as bytes that belong to the program. */
export type Message = string | Uint8Array;

/** Who waits for a message, or to hear that there is none left. */
export type Reader = (result: IteratorResult<Message, undefined>) => void;

/** Stops and resumes the delivery of messages. */
export interface Flow {
  pause(): void;
  resume(): void;
  /** Lets the peer's Close wait for what the program may still answer, or no longer. */
  holdClose?(hold: boolean): void;
}

/** What may wait before reading is stopped. */
const MESSAGES = 1_024;
const BYTES = 1_048_576;

export class Inbox {
  readonly #flow: Flow;
  readonly #handler: ((message: Message) => Promise<unknown> | undefined) | undefined;
  #messages: Message[] = [];
  /** How many of `#messages` were taken: shifting a long array copies it. */
  #taken = 0;
  readonly #readers: Reader[] = [];
  #bytes = 0;
  #paused = false;
  #busy = false;
  /** The program was given a message, or one waits for it to read, and it has not shown since that it is done. */
  #answering = false;
  /** Whether it will show that: who reads in a loop asks for the next. */
  #loops = false;
  #holdsClose = false;
  #isDoubted = false;
  #finish: (() => void) | undefined;
  #over = false;

  /** @param handler - takes a message, and returns a promise while it is at work; without one, readers take them. */
  constructor(flow: Flow, handler: ((message: Message) => Promise<unknown> | undefined) | undefined) {
    this.#flow = flow;
    this.#handler = handler;
  }

  push(message: Message): void {
    this.#messages.push(message);
    this.#bytes += message.length;
    if (this.#handler === undefined) this.#answering = true;
    this.#deliver();
    if (!this.#paused && (this.#waiting > MESSAGES || this.#bytes > BYTES)) {
      this.#paused = true;
      this.#flow.pause();
    }
  }

  /** Holds messages back from the handler, and the end, until `work`, which never rejects, is done. */
  hold(work: Promise<unknown> | undefined): void {
    if (work === undefined) return;
    this.#busy = true;
    void work.then(() => {
      this.#busy = false;
      this.#deliver();
    });
  }

  /** No message comes any more: `finish` is called behind the last. */
  end(finish: () => void): void {
    this.#finish = finish;
    this.#deliver();
  }

  /**
   * Gives `reader` the next message, perhaps at once.
   *
   * @param loops - whether it reads on, or calls `done`, once it is done with the message.
   */
  read(reader: Reader, loops = false): void {
    this.#answering = false;
    this.#loops = loops;
    this.#readers.push(reader);
    this.#deliver();
  }

  /** The program is done with the last message. */
  done(): void {
    this.#answering = false;
    this.#deliver();
  }

  /** Whether a Close would wait for somebody who may never read on: told once, until `endDoubt`. */
  doubt(): boolean {
    if (this.#isDoubted || !this.#holdsClose || this.#loops || this.#handler !== undefined) return false;
    this.#isDoubted = true;
    return true;
  }

  /** Who may never read on had a turn to answer, or to begin a loop. */
  endDoubt(): void {
    this.#isDoubted = false;
    if (!this.#loops) this.done();
  }

  /** Forgets a reader that has not read yet: its message goes to the next. */
  leave(reader: Reader): void {
    const index = this.#readers.indexOf(reader);
    if (index >= 0) this.#readers.splice(index, 1);
  }

  get #waiting(): number {
    return this.#messages.length - this.#taken;
  }

  #take(): Message {
    const message = this.#messages[this.#taken] ?? '';
    this.#messages[this.#taken++] = '';
    this.#bytes -= message.length;
    if (this.#taken === this.#messages.length) {
      this.#messages = [];
      this.#taken = 0;
    }
    return message;
  }

  #deliver(): void {
    while (!this.#isHeld && this.#waiting > 0) {
      if (this.#handler === undefined) {
        const reader = this.#readers.shift();
        if (reader === undefined) break;
        this.#answering = true;
        reader({ done: false, value: this.#take() });
      } else {
        this.#busy = true; // also while it has not returned: what it does may bring the next message, or the end
        this.#answering = true;
        const work = this.#handler(this.#take());
        this.#busy = false;
        this.#answering &&= work !== undefined;
        this.hold(work);
      }
    }
    const mayAnswer = this.#answering || (this.#waiting > 0 && this.#isHeld);
    const holdsClose = mayAnswer && (this.#handler === undefined || this.#busy);
    if (holdsClose !== this.#holdsClose) {
      this.#holdsClose = holdsClose;
      this.#flow.holdClose?.(holdsClose);
    }
    if (this.#paused && this.#waiting === 0 && !this.#isHeld) {
      this.#paused = false;
      this.#flow.resume();
    }
    if (this.#finish === undefined || this.#isHeld) return;
    // A reader that comes too late is told so; one that never comes keeps nobody waiting for the end.
    if (this.#waiting > 0 && this.#handler !== undefined) return;
    if (!this.#over && !this.#busy) {
      this.#over = true;
      this.#finish();
    }
    if (this.#waiting === 0) for (const reader of this.#readers.splice(0)) reader({ done: true, value: undefined });
  }

  /** Whether messages wait for a handler. Readers never do: the handler `open` may be the one that reads. */
  get #isHeld(): boolean {
    return this.#busy && this.#handler !== undefined;
  }
}
