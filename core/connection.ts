/**
 * One WebSocket connection: inputs in, outputs out. They are pushed to one function, in order, as they arise, and may
 * be answered with a command at once. What one outermost call makes the connection write leaves as one `write`.
 */
import { CloseCode, Opcode } from './codes.ts';
import type { DataTransfer } from './data-transfer.ts';
import { Endpoint } from './endpoint.ts';
import { ProtocolError, UsageError } from './errors.ts';
import type { MessageKind } from './events.ts';
import type { MessageOptions } from './extensions/extension.ts';
import { encodeClose, NO_STATUS } from './framing/close-payload.ts';
import type { Phase } from './lifecycle-steps.ts';
import type { Role } from './lifecycle-terms.ts';
import { type Payload, toBytes, toControlBytes } from './messages/payload.ts';
import type { PreparedMessage } from './messages/prepared-message.ts';
import { ClientOpening } from './opening/client-opening.ts';
import type { Acceptance, Answer, ParsedRequest } from './opening/server-opening.ts';
import type { ConnectionOptions, SendOptions } from './options.ts';

/** A connection without I/O: whoever has the transport tells it what happens, and carries out what it puts out. */
export class Connection {
  readonly #endpoint: Endpoint;

  /** @throws {UsageError} for options that no connection can have. */
  constructor(options: ConnectionOptions) {
    this.#endpoint = new Endpoint(options);
  }

  get role(): Role {
    return this.#endpoint.role;
  }

  /** The state of the chart it is in, such as `open` or `closing.closeSent`. */
  get state(): string {
    return this.#endpoint.state.name;
  }

  /** The state as the RFC names it (RFC 6455 §4.1, §7.1). */
  get phase(): Phase {
    return this.#endpoint.state.phase;
  }

  /** Bytes written and not yet taken by the network, as far as the host reports them. */
  get bufferedAmount(): number {
    return this.#endpoint.outlet.waiting;
  }

  /** Milliseconds the last answered keepalive Ping took; `undefined` before one, or without a clock. */
  get latency(): number | undefined {
    return this.#endpoint.transfer?.latency;
  }

  /** Is told what inputs and outputs alone do not show; one at a time. */
  set watcher(watcher: Endpoint['watcher']) {
    this.#endpoint.watcher = watcher;
  }

  /** Begins, once: the opening deadline runs, and a client's request is written. @throws {UsageError} the second time. */
  start(): void {
    const { opening, outlet } = this.#endpoint;
    this.#run(() => {
      this.#endpoint.begin();
      if (opening instanceof ClientOpening) outlet.appendHead(opening.head);
    });
  }

  /** Takes bytes from the transport; they are its own from now on. @throws what handlers threw, once everything is done. */
  receive(bytes: Uint8Array): void {
    const endpoint = this.#endpoint;
    endpoint.transfer?.heard();
    endpoint.outlet.enter();
    try {
      endpoint.inlet.receive(bytes);
    } catch (error) {
      throw this.#endpoint.broken(error);
    } finally {
      this.#leave();
    }
  }

  /** Takes a request that an HTTP server has parsed, instead of its bytes; what follows goes to `receive`. */
  receiveRequest(request: ParsedRequest): void {
    this.#run(() => this.#endpoint.judge(request));
  }

  /** The peer will send nothing more: the transport's input has ended. */
  receiveEnd(): void {
    this.#run(() => this.#endpoint.inlet.receiveEnd('input'));
  }

  /** The transport is gone, in both directions; `error` where that was not in order. */
  transportClosed(error?: unknown): void {
    this.#endpoint.error ??= error;
    this.#run(() => this.#endpoint.inlet.receiveEnd('transport'));
  }

  /** The deadline given last has passed. */
  expire(): void {
    this.#run(() => this.#endpoint.expire());
  }

  /** Tells how many of the bytes written the transport still holds; to be called when that changed. */
  reportQueued(bytes: number): void {
    const { outlet, transfer } = this.#endpoint;
    outlet.queued = bytes;
    if (transfer?.owesPong) this.#run(() => transfer.drained());
  }

  /**
   * Accepts the request of the `request` event (RFC 6455 §4.2.2).
   *
   * @returns whether the connection is open now; not so where the peer or a deadline was faster.
   * @throws {UsageError} where there is nothing to decide, or for an answer that may not be given.
   */
  accept(answer: Acceptance = {}): boolean {
    return this.#run(() => this.#endpoint.decide('accepted', (opening) => opening.acceptance(answer)));
  }

  /**
   * Refuses it with an HTTP response, and the transport ends. A request for something other than a
   * WebSocket is answered so, too, with any final status.
   *
   * @returns whether the answer was written; not so where the peer or a deadline was faster.
   * @throws {UsageError} where there is nothing to decide, or for an answer that may not be given.
   */
  refuse(answer: Answer): boolean {
    return this.#run(() => this.#endpoint.decide('refused', (opening) => ({ head: opening.refusal(answer) })));
  }

  /**
   * Sends one message, as one frame: a string as text, bytes as binary (RFC 6455 §6.1).
   *
   * Once a closing handshake has begun, on either side, the message is dropped: the peer's Close may have
   * crossed it, and that race is nobody's mistake. With more than the limit `queueBytes` waiting, the
   * peer has stopped reading, and the connection fails.
   *
   * @param data - bytes are copied before this returns and stay the caller's.
   * @returns the bytes now waiting to be written, or -1 where the message was dropped.
   * @throws {UsageError} before the connection is open, or for data of another type.
   */
  send(data: string | Payload, options?: SendOptions): number {
    const payload = typeof data === 'string' ? data : toBytes(data);
    const transfer = this.#sending();
    if (transfer === undefined) return -1;
    this.#endpoint.outlet.enter();
    try {
      transfer.send(payload, options?.transfer === true, options);
    } catch (error) {
      throw this.#endpoint.broken(error);
    } finally {
      this.#leave();
    }
    return this.bufferedAmount;
  }

  /** Sends a message that was prepared for many connections. Otherwise like `send`. */
  sendPrepared(message: PreparedMessage): number {
    return this.#continue((transfer) => transfer.sendPrepared(message));
  }

  /**
   * Begins a message whose length is not known yet, to be followed by `sendChunk` and `sendEnd` (RFC 6455 §5.4).
   * Pings, Pongs and Close may go out in between, other messages not. A Close in the middle abandons it.
   *
   * @param options - where compression was agreed on, the message is compressed, piece by piece and whatever its
   *   length, unless this says no. Each piece leaves at once and costs five bytes more so: below some 50, send it plain.
   * @returns whether it began; not so once a closing handshake has begun.
   * @throws {UsageError} before the connection is open, or while another message is under way.
   */
  sendStart(kind: MessageKind, options: MessageOptions = {}): boolean {
    if (kind !== 'text' && kind !== 'binary') throw new UsageError(`no kind of message: ${String(kind)}`);
    const transfer = this.#sending();
    transfer?.begin(kind, options);
    return transfer !== undefined;
  }

  /**
   * Sends the next piece of the message that was begun: strings for text, cut anywhere, bytes for binary. Otherwise
   * like `send`, `options` included; with more than `queueBytes` waiting the connection fails here, too.
   *
   * @returns the bytes now waiting to be written, or -1 where the message is abandoned.
   * @throws {UsageError} where no message was begun, or for data of another type.
   */
  sendChunk(data: string | Payload, options?: { readonly transfer?: boolean }): number {
    return this.#continue((transfer) => transfer.outgoing.push(data, options?.transfer === true));
  }

  /** Ends the message that was begun. Returns and throws like `sendChunk`. */
  sendEnd(): number {
    return this.#continue((transfer) => transfer.finish());
  }

  /**
   * Sends a Ping with at most 125 bytes of payload (RFC 6455 §5.5.2).
   *
   * @returns whether it was sent; not so once a closing handshake has begun.
   * @throws {UsageError} before the connection is open, or for a longer payload.
   */
  ping(payload: string | Payload = ''): boolean {
    return this.#sendControl(Opcode.ping, payload);
  }

  /** Sends a Pong nobody asked for (RFC 6455 §5.5.3); Pings are answered without it. Otherwise like `ping`. */
  pong(payload: string | Payload = ''): boolean {
    return this.#sendControl(Opcode.pong, payload);
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2), or gives up an opening one.
   *
   * @param code - 1000–1003, 1007–1014 or 3000–4999; without code and reason the Close is empty.
   * @param reason - at most 123 bytes of UTF-8; without a code it goes with 1000.
   * @returns whether this began it; not so where it had begun.
   * @throws {UsageError} for a code or a reason that may not be sent.
   */
  close(code?: number, reason: string = ''): boolean {
    if (code === CloseCode.noStatus) throw new UsageError(`Close code ${code} may not be sent`);
    const close = code === undefined && reason === '' ? NO_STATUS : { code: code ?? CloseCode.normal, reason };
    encodeClose(close); // refuses what may not be sent while nothing has changed
    const began = this.phase === 'connecting' || this.phase === 'open';
    this.#run(() => this.#endpoint.step('closeRequested', close));
    this.holdClose(false);
    return began;
  }

  /** Ends the transport at once, without a closing handshake. */
  abort(): void {
    this.#run(() => this.#endpoint.step('abortRequested'));
  }

  /** Stops the delivery of messages, Pings, Pongs and the peer's Close. Nothing is lost. */
  pause(): void {
    this.#run(() => this.#endpoint.inlet.pause());
  }

  resume(): void {
    this.#run(() => this.#endpoint.inlet.resume());
  }

  /**
   * Lets the peer's Close wait unanswered, or no longer, while the program may still answer what came before it (RFC 6455
   * §5.5.1); for the deadline `closing` at most.
   */
  holdClose(hold: boolean): void {
    const { inlet } = this.#endpoint;
    inlet.holdsClose = hold;
    if (!hold && inlet.heldClose) this.resume();
  }

  #continue(send: (transfer: DataTransfer) => void): number {
    const transfer = this.#sending();
    if (transfer === undefined) return -1;
    this.#run(() => send(transfer));
    return this.bufferedAmount;
  }

  #sendControl(opcode: number, data: string | Payload): boolean {
    const payload = toControlBytes(data);
    const transfer = this.#sending();
    if (transfer === undefined) return false;
    this.#run(() => transfer.sendControl(opcode, payload));
    return true;
  }

  /** Where to send, if the state and the queue allow it. */
  #sending(): DataTransfer | undefined {
    const { state, outlet, limits } = this.#endpoint;
    if (state.phase === 'connecting') throw new UsageError('the connection is not open yet');
    if (!state.sends) return undefined;
    if (outlet.waiting <= limits.queueBytes) return this.#endpoint.transferring();
    const reason = `more than ${limits.queueBytes} bytes wait to be written`;
    this.#run(() => this.#endpoint.fail(new ProtocolError('queue-too-big', reason), 'peerUnresponsive'));
    return undefined;
  }

  /** Runs one call, and reads what may be read after it. */
  #run<T>(call: () => T): T {
    this.#endpoint.outlet.enter();
    try {
      const result = call();
      this.#endpoint.inlet.readOn();
      return result;
    } catch (error) {
      throw this.#endpoint.broken(error);
    } finally {
      this.#leave();
    }
  }

  /** Ends a call: the host learns whether to read on, and the outermost call writes what was gathered. */
  #leave(): void {
    this.#endpoint.regulate();
    this.#endpoint.outlet.leave();
  }
}
