/**
 * A message that is sent to many connections: framed once for all of them, and compressed once for each set of parameters.
 *
 * That goes for servers, whose frames are the same for every client. A client's are masked with a fresh key each (RFC 6455 §5.3).
 */
import { OutputGatherer } from '../bytes/output-gatherer.ts';
import { Opcode } from '../codes.ts';
import type { AgreedExtension, MessageOptions } from '../extensions/extension.ts';
import { FIN, FrameEncoder } from '../framing/frame-encoder.ts';
import { type Payload, toBytes } from './payload.ts';

/** A message for many connections, to be given to the `sendPrepared` of each. */
export class PreparedMessage {
  /** @internal */
  readonly data: string | Uint8Array;
  /** @internal */
  readonly options: MessageOptions;
  readonly #first: number;
  readonly #payload: Uint8Array;
  #plain: Uint8Array | undefined;
  /** What an extension made of the message, for each set of parameters, and the frame that holds it. */
  readonly #made: Map<string, Uint8Array | undefined> = new Map();
  readonly #frames: Map<Uint8Array, Uint8Array> = new Map();

  /**
   * @param data - a string as text, bytes as binary; bytes are copied and stay the caller's.
   * @throws {UsageError} for data of another type.
   */
  constructor(data: string | Payload, options: MessageOptions = {}) {
    const bytes = toBytes(data);
    this.#first = FIN | (typeof data === 'string' ? Opcode.text : Opcode.binary);
    this.#payload = typeof data === 'string' ? bytes : Uint8Array.from(bytes);
    this.data = typeof data === 'string' ? data : this.#payload;
    this.options = options;
  }

  /**
   * @internal The frame for a connection that agreed on these extensions, without a mask, and not to be changed;
   * `undefined` where it would not be the same for the next one.
   */
  frame(agreed: readonly AgreedExtension[]): Uint8Array | undefined {
    const [extension] = agreed;
    if (extension === undefined) return this.#plainFrame();
    const { reserved, codec } = extension;
    if (agreed.length > 1 || codec.encodeShared === undefined) return undefined;
    const transformed = codec.encodeShared(this.#payload, this.options, this.#made);
    if (transformed === undefined) return this.#plainFrame();
    let frame = this.#frames.get(transformed);
    if (frame === undefined) {
      frame = encode(this.#first | reserved, transformed);
      this.#frames.set(transformed, frame);
    }
    return frame;
  }

  #plainFrame(): Uint8Array {
    this.#plain ??= encode(this.#first, this.#payload);
    return this.#plain;
  }
}

function encode(first: number, payload: Uint8Array): Uint8Array {
  const output = new OutputGatherer();
  new FrameEncoder(output, undefined).encode(first, payload, false);
  const [frame = payload] = output.take();
  return frame.slice(); // so that it does not keep a slab
}
