/** What passes once the connection is open (RFC 6455 §1.2), both ways: messages, Pings and Pongs, and the two Close frames. */
import { Blocks } from './bytes/blocks.ts';
import { plain } from './bytes/plain.ts';
import { Opcode } from './codes.ts';
import type { TransferHost } from './data-transfer-host.ts';
import { UsageError } from './errors.ts';
import type { MessageKind } from './events.ts';
import type { AgreedExtension, MessageOptions } from './extensions/extension.ts';
import { ExtensionSink } from './extensions/extension-sink.ts';
import { transformMessage, transformPieces } from './extensions/transform-message.ts';
import { decodeClose } from './framing/close-payload.ts';
import { FrameDecoder } from './framing/frame-decoder.ts';
import { FIN, FrameEncoder } from './framing/frame-encoder.ts';
import type { MaskingKeys } from './framing/masking-keys.ts';
import { Keepalive } from './keepalive.ts';
import { Fragmenter } from './messages/fragmenter.ts';
import { MessageAssembler } from './messages/message-assembler.ts';
import { MessageStreamer } from './messages/message-streamer.ts';
import { type Payload, toBytes } from './messages/payload.ts';
import type { PreparedMessage } from './messages/prepared-message.ts';

export class DataTransfer {
  readonly #host: TransferHost;
  readonly #keys: MaskingKeys | undefined;
  readonly #agreed: readonly AgreedExtension[];
  // Each made when it is needed: most connections of a server are idle.
  #encoder: FrameEncoder | undefined;
  #decoder: FrameDecoder | undefined;
  #blocks: Blocks | undefined; // what came of a message that is not whole
  #keepalive: Keepalive | undefined;
  /** The message that was begun and is not finished. */
  #outgoing: Fragmenter | undefined;
  /** The newest Ping that could not be answered yet (RFC 6455 §5.5.3). */
  #unansweredPing: Uint8Array | undefined;

  /**
   * @param keys - where the masking keys of a client come from; `undefined` for a server.
   * @param agreed - the extensions, in the order in which a sender applies them.
   */
  constructor(host: TransferHost, keys: MaskingKeys | undefined, agreed: readonly AgreedExtension[]) {
    this.#agreed = agreed;
    this.#host = host;
    this.#keys = keys;
  }

  get latency(): number | undefined {
    return this.#keepalive?.latency;
  }

  /** Reads frames while they may be read; see `FrameDecoder.decode`. Small ones come by the hundred: hence a loop here. */
  read(chunk: Uint8Array, start: number): number {
    this.#decoder ??= this.#decode();
    const end = chunk.length;
    if (start === 0 && this.#decoder.decodeMessage(chunk)) return end;
    const bytes = plain(chunk);
    // A kilobyte inflates to a megabyte at most (RFC 1951): then a program that takes chunks may have paused.
    const most = this.#agreed.length > 0 && this.#host.messages === 'chunks' ? 1_024 : end;
    let at = start;
    do at = this.#decoder.decode(bytes, at, Math.min(end, at + most));
    while (at < end && this.#host.reads() === 'frames' && !this.#host.inlet.paused);
    return at;
  }

  #decode(): FrameDecoder {
    const { limits, outlet, messages, decodeAscii } = this.#host;
    const onControlFrame = (opcode: number, payload: Uint8Array): void => this.#controlFrame(opcode, payload);
    const chunks = messages === 'chunks';
    const onMessage = (data: string | Uint8Array): void => outlet.emit({ type: 'message', data });
    this.#blocks = new Blocks();
    const under = chunks
      ? new MessageStreamer(limits, (part) => outlet.emit(part), onControlFrame)
      : new MessageAssembler(limits, onMessage, onControlFrame, this.#blocks, decodeAscii);
    const sink = this.#agreed.length > 0 ? new ExtensionSink(this.#agreed, under, limits.messageBytes, chunks) : under;
    return new FrameDecoder(sink, this.#keys === undefined, limits.frameBytes);
  }

  /** No frame is read any more. What came of a message goes by hand: the stack of an error may hold who read it, and does in Deno. */
  shut(): void {
    this.#decoder = undefined;
    this.#blocks?.end();
  }

  /** Bytes of the peer arrived: it lives. */
  heard(): void {
    if (this.#keepalive !== undefined) this.#keepalive.heard = true;
  }

  send(data: string | Payload, transfer: boolean, options: MessageOptions = {}): void {
    if (this.#outgoing !== undefined) throw new UsageError('the message that was begun is not finished');
    if (this.#agreed.length > 0) this.#transform(data, transfer, options);
    else if (typeof data === 'string') this.#encode().encodeText(FIN | Opcode.text, data);
    else this.#encode().encode(FIN | Opcode.binary, toBytes(data), transfer);
    this.#host.outlet.relieve();
  }

  /** Begins a message of unknown length; see `Fragmenter`. */
  begin(kind: MessageKind, options: MessageOptions): void {
    if (this.#outgoing !== undefined) throw new UsageError('the message that was begun is not finished');
    const pieces = transformPieces(this.#agreed, options, this.#host.watcher?.transformed);
    this.#outgoing = new Fragmenter(kind, pieces, (first, payload, owned) => {
      this.#encode().encode(first, payload, owned);
      this.#host.outlet.relieve();
    });
  }

  /** The message under way. */
  get outgoing(): Fragmenter {
    if (this.#outgoing === undefined) throw new UsageError('no message was begun');
    return this.#outgoing;
  }

  finish(): void {
    const { outgoing } = this;
    this.#outgoing = undefined;
    outgoing.finish();
  }

  #transform(data: string | Payload, transfer: boolean, options: MessageOptions): void {
    const payload = toBytes(data);
    const { transformed, reserved } = transformMessage(this.#agreed, payload, options, this.#host.watcher?.transformed);
    const first = FIN | reserved | (typeof data === 'string' ? Opcode.text : Opcode.binary);
    this.#encode().encode(first, transformed, transfer || typeof data === 'string' || transformed !== payload);
  }

  /** The connection is idle, or over. */
  release(isOver: boolean): void {
    for (const { codec } of this.#agreed) codec.release?.(isOver);
  }

  /** Sends the frame that many connections share, where there is one: masking keys differ, and extensions may. */
  sendPrepared(message: PreparedMessage): void {
    const shared = this.#keys === undefined && this.#outgoing === undefined;
    const frame = shared ? message.frame(this.#agreed) : undefined;
    if (frame === undefined) this.send(message.data, false, message.options);
    else this.#host.outlet.append(frame);
    // The reserved bits tell whether an extension has marked the message (RFC 6455 §5.2).
    if (((frame?.[0] ?? 0) & 0x70) !== 0) this.#host.watcher?.transformed(toBytes(message.data), true);
    this.#host.outlet.relieve();
  }

  #encode(): FrameEncoder {
    this.#encoder ??= new FrameEncoder(this.#host.outlet, this.#keys);
    return this.#encoder;
  }

  sendControl(opcode: number, payload: Uint8Array): void {
    this.#encode().encode(FIN | opcode, payload, false);
    this.#host.outlet.relieve();
  }

  /** Whether a Ping waits until the transport takes bytes. */
  get owesPong(): boolean {
    return this.#unansweredPing !== undefined;
  }

  /** The transport took bytes: a Ping that waits may be answered now. */
  drained(): void {
    const ping = this.#unansweredPing;
    this.#unansweredPing = undefined;
    if (ping !== undefined) this.#answerPing(ping);
  }

  /**
   * The keepalive deadline passed.
   *
   * @param deaf - whether we do not read, and so cannot hear the peer.
   * @returns whether the peer is still believed to live.
   */
  keepAlive(deaf: boolean): boolean {
    const { outlet, deadlines, now } = this.#host;
    this.#keepalive ??= new Keepalive();
    if (deaf) this.heard();
    if (this.#keepalive.heard === false) this.release(false);
    const verdict = this.#keepalive.expire(deadlines, now?.(), deaf ? undefined : outlet);
    if (verdict.peerIsGone) return false;
    if (verdict.ping !== undefined) this.sendControl(Opcode.ping, verdict.ping);
    outlet.emit({ type: 'deadline', milliseconds: verdict.wait });
    return true;
  }

  #controlFrame(opcode: number, payload: Uint8Array): void {
    const { outlet, now } = this.#host;
    if (opcode === Opcode.ping) {
      this.#answerPing(payload);
      outlet.emit({ type: 'ping', payload });
    } else if (opcode === Opcode.pong) {
      outlet.emit({ type: 'pong', payload, latency: this.#keepalive?.pong(payload, now?.()) });
    } else {
      this.#host.closeReceived(decodeClose(payload));
    }
  }

  /** Answers at once, or, while the transport is backed up, the newest Ping only (RFC 6455 §5.5.3). */
  #answerPing(payload: Uint8Array): void {
    const { outlet, limits } = this.#host;
    if (!this.#host.state.sends) return;
    if (outlet.waiting > limits.pongBytes) this.#unansweredPing = payload;
    else this.sendControl(Opcode.pong, payload);
  }
}
