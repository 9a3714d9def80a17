/**
 * One endpoint at work: inputs become steps of the lifecycle, whose effects are carried out. Nothing else changes the
 * lifecycle, or knows in which order its parts are called. What a host and a program may do with it is `Connection`.
 */
import { CloseCode, Opcode } from './codes.ts';
import { DataTransfer } from './data-transfer.ts';
import type { TransferHost, Watcher } from './data-transfer-host.ts';
import { ProtocolError, UsageError } from './errors.ts';
import type { AgreedExtension } from './extensions/extension.ts';
import { type Close, encodeClose, NO_STATUS } from './framing/close-payload.ts';
import { MaskingKeys } from './framing/masking-keys.ts';
import { type End, Inlet, type Reader, type Reads } from './inlet.ts';
import { initialState, type State } from './lifecycle-steps.ts';
import type { Effect, LifecycleEvent, Role } from './lifecycle-terms.ts';
import { type Deadlines, type Limits, resolveDeadlines, resolveLimits } from './limits.ts';
import { ClientOpening } from './opening/client-opening.ts';
import { type Decision, type ParsedRequest, ServerOpening } from './opening/server-opening.ts';
import type { ConnectionOptions } from './options.ts';
import { Outlet } from './outlet.ts';

export class Endpoint implements Reader, TransferHost {
  readonly role: Role;
  readonly limits: Limits;
  readonly inlet: Inlet;
  readonly outlet: Outlet;
  state: State;
  /** The opening handshake, until the connection is open. */
  opening: ServerOpening | ClientOpening | undefined;
  /** From then on, once there is something to transfer: most connections of a server are idle. */
  transfer: DataTransfer | undefined;
  /** What the transport reported, or the rule the peer broke. */
  error: unknown;
  watcher: Watcher | undefined;
  readonly deadlines: Deadlines;
  readonly now: (() => number) | undefined;
  readonly messages: 'whole' | 'chunks';
  readonly decodeAscii: ConnectionOptions['decodeAscii'];
  /** Where the masking keys of a client come from. */
  readonly #keys: MaskingKeys | undefined;
  /** What the program decided on the request. */
  #decision: Decision | undefined;
  #agreed: readonly AgreedExtension[] | undefined;
  #received: Close | undefined;
  #sent: Close | undefined;
  #wanted = true; // whether the host was last told to read from the transport
  #begun = false;

  constructor(options: ConnectionOptions) {
    // Not the options as a whole: they would be an object for each connection of a server.
    this.role = options.role;
    this.now = options.now;
    this.decodeAscii = options.decodeAscii;
    this.messages = options.messages ?? 'whole';
    if (this.messages !== 'whole' && this.messages !== 'chunks')
      throw new UsageError(`no kind of messages: ${String(this.messages)}`);
    this.limits = resolveLimits(options.limits);
    this.deadlines = resolveDeadlines(options.deadlines);
    this.state = initialState[options.role];
    this.outlet = new Outlet(options.output);
    this.inlet = new Inlet(this);
    if (options.role === 'client') {
      const nonce = new Uint8Array(16);
      options.getRandomValues(nonce);
      this.#keys = MaskingKeys.of(options.getRandomValues);
      this.opening = new ClientOpening(options.request, nonce, this.limits, options.extensions, options.sha1);
    } else {
      this.opening = new ServerOpening(this.limits, options.plainRequests ?? false, options.extensions, options.sha1);
    }
  }

  /** The first deadline runs. @throws {UsageError} the second time. */
  begin(): void {
    if (this.#begun) throw new UsageError('the connection has begun');
    this.#begun = true;
    this.watch();
  }

  /** The one place where the lifecycle changes; `close` is what a Close says that goes out now. */
  step(event: LifecycleEvent, close: Close = NO_STATUS): void {
    const from = this.state;
    const { to, effects } = from.step(event);
    this.state = to;
    this.watcher?.stepped({ from: from.name, event, to: to.name, effects });
    if (to.deadline !== from.deadline) this.watch();
    if (to.reads !== 'frames') this.transfer?.shut();
    for (const effect of effects) this.#carryOut(effect, from, close);
  }

  /** The peer broke a rule; what the step then demands may need the error, so it is set before. */
  fail(error: ProtocolError, event: LifecycleEvent = 'violationFound'): void {
    if (this.state.reads === 'discard') return;
    this.error = error;
    this.step(event, { code: error.closeCode ?? CloseCode.protocolError, reason: error.message });
  }

  /** What we stand on failed, in the middle of anything: nothing can be read or written any more. Returns `error`. */
  broken(error: unknown): unknown {
    if (error instanceof UsageError) return error;
    this.error ??= error;
    this.step('abortRequested');
    return error;
  }

  watch(deadline: State['deadline'] = this.state.deadline): void {
    const milliseconds = deadline === 'none' ? Infinity : this.deadlines[deadline === 'keepalive' ? 'ping' : deadline];
    this.outlet.emit({ type: 'deadline', milliseconds: milliseconds === Infinity ? undefined : milliseconds });
  }

  /** The deadline that runs has passed. */
  expire(): void {
    const { deadline } = this.state;
    if (this.inlet.heldClose && this.state.sends) {
      this.inlet.resume(); // the time to answer is over
    } else if (deadline === 'opening') {
      this.fail(new ProtocolError('opening-too-slow', 'the opening handshake took too long'));
    } else if (deadline === 'closing') {
      this.step('deadlinePassed');
    } else if (deadline === 'keepalive' && this.transferring()?.keepAlive(this.inlet.paused) === false) {
      this.fail(new ProtocolError('pong-missing', 'nothing came, or was taken, in time'), 'peerUnresponsive');
    }
  }

  /** Tells the host to read on, or to stop, where that has changed. */
  regulate(): void {
    if (this.#wanted && this.inlet.wanted) return; // as nearly always
    const { backlog } = this.inlet;
    // While a request is decided nothing is to be read but that its client has gone: so the host reads on until bytes come.
    const wanted = this.inlet.wanted || (this.state.reads === 'nothing' && backlog === 0);
    if (wanted !== this.#wanted && this.state.phase !== 'closed') {
      this.#wanted = wanted;
      this.outlet.emit({ type: wanted ? 'resume' : 'pause' });
    } else if (!wanted && backlog > this.limits.backlogBytes) {
      const violation = this.opening === undefined ? 'backlog-too-big' : 'early-data-too-big';
      this.fail(new ProtocolError(violation, 'bytes came while none were read'));
    }
  }

  /** Judges a request that an HTTP server has parsed. */
  judge(request: ParsedRequest): void {
    if (!(this.opening instanceof ServerOpening) || this.state.reads !== 'head') {
      throw new UsageError('no request is awaited');
    }
    try {
      this.opening.judge(request);
      this.headRead();
    } catch (error) {
      this.#caught(error);
    }
  }

  /**
   * Takes the program's decision on the request, if that still stands.
   *
   * @throws {UsageError} where there is nothing to decide; nothing has changed.
   */
  decide(event: 'accepted' | 'refused', decide: (opening: ServerOpening) => Decision): boolean {
    const { opening } = this;
    if (!(opening instanceof ServerOpening) || opening.request === undefined || this.#decision !== undefined) {
      throw new UsageError('there is no request to decide on');
    }
    const decision = decide(opening);
    if (this.state.reads !== 'nothing') return false; // the peer, or a deadline, was faster
    this.#decision = decision;
    this.step(event);
    return true;
  }

  reads(): Reads {
    return this.state.reads;
  }

  /** The peer's Close came; ours goes out, now or when it is released, and says the same (RFC 6455 §5.5.1). */
  closeReceived(close: Close): void {
    this.#received = close;
    const answer = (): void => this.step('closeReceived', close);
    if (this.inlet.holdsClose && this.state.sends) {
      this.inlet.pause(answer);
      this.watch('closing');
    } else answer();
  }

  /** Reads up to the end of a head, or frames while they may be read. */
  read(bytes: Uint8Array, start: number): number {
    try {
      const transfer = this.transferring();
      if (transfer !== undefined) return transfer.read(bytes, start);
      const at = this.opening?.receive(bytes, start, bytes.length);
      this.headRead();
      return at ?? bytes.length;
    } catch (error) {
      this.#caught(error);
      return bytes.length; // after a violation nothing is read any more (RFC 6455 §7.1.7)
    }
  }

  /** Takes the step a complete head demands. */
  headRead(): void {
    const { opening } = this;
    if (opening instanceof ServerOpening) {
      if (opening.request !== undefined) this.step('requestReceived');
    } else if (opening?.outcome !== undefined) {
      this.step(opening.outcome.kind === 'accepted' ? 'responseAccepted' : 'responseRefused');
    }
  }

  end(end: End): void {
    const { opening } = this;
    // The end of the transport may be the end of a response's body, and its lack is a fault.
    if (opening instanceof ClientOpening && this.state.reads === 'head' && this.error === undefined) {
      try {
        opening.end();
        this.headRead();
      } catch (error) {
        this.#caught(error);
      }
    } else if (end === 'input') {
      this.step('inputEnded');
    }
    if (end === 'transport') this.step('transportClosed');
  }

  #caught(error: unknown): void {
    if (!(error instanceof ProtocolError)) throw error;
    this.fail(error);
  }

  #carryOut(effect: Effect, from: State, close: Close): void {
    const { outlet, opening } = this;
    switch (effect) {
      case 'reportRequest':
        if (opening instanceof ServerOpening && opening.request !== undefined) {
          outlet.emit({ type: 'request', request: opening.request });
        }
        break;
      case 'sendAcceptance':
        if (this.#decision !== undefined) outlet.appendHead(this.#decision.head);
        break;
      case 'sendRefusal':
        if (opening instanceof ServerOpening) outlet.appendHead(this.#refusal(opening));
        break;
      case 'reportRefused':
        if (opening instanceof ClientOpening && opening.outcome?.kind === 'refused') {
          outlet.emit({ type: 'refused', response: opening.outcome.response });
        }
        break;
      case 'reportOpen':
        this.#open();
        break;
      case 'reportError':
        outlet.emit({ type: 'error', error: this.error as ProtocolError }); // `fail` has set it
        break;
      case 'sendClose':
        this.#sent = close;
        this.transferring()?.sendControl(Opcode.close, encodeClose(close));
        break;
      case 'endTransport':
        outlet.end();
        break;
      case 'abortTransport':
        outlet.flush();
        outlet.shut();
        outlet.emit({ type: 'abort' });
        break;
      case 'reportClosed':
        outlet.shut();
        this.transfer?.release(true);
        outlet.emit({
          type: 'closed',
          code: this.#received?.code ?? CloseCode.abnormal,
          reason: this.#received?.reason ?? '',
          clean: from.name === 'closing.bothSent' && !outlet.lost(this.error),
          sent: this.#sent,
          error: this.error,
        });
    }
  }

  #refusal(opening: ServerOpening): string | Uint8Array {
    if (this.error instanceof ProtocolError) return opening.refusalFor(this.error);
    return this.#decision?.head ?? opening.refusal({ status: 503 });
  }

  #open(): void {
    const { opening } = this;
    const outcome =
      opening instanceof ClientOpening && opening.outcome?.kind === 'accepted' ? opening.outcome : undefined;
    const fields = opening instanceof ServerOpening ? opening.request?.fields : outcome?.fields;
    const { agreed = [], subprotocol = '', extensions = '' } = outcome ?? this.#decision ?? {};
    this.opening = undefined; // the heads are the program's now, to keep or to drop
    this.#decision = undefined;
    this.#agreed = agreed;
    if (fields !== undefined) this.outlet.emit({ type: 'open', subprotocol, extensions, fields });
  }

  /** What transfers; `undefined` before the connection is open. */
  transferring(): DataTransfer | undefined {
    if (this.#agreed !== undefined) this.transfer ??= new DataTransfer(this, this.#keys, this.#agreed);
    return this.transfer;
  }
}
