/**
 * What an extension is (RFC 6455 §9): something that negotiates, and then transforms the payload of messages.
 *
 * It is synchronous. On their way out it sees messages whole, or piece by piece where the program sends them so; on their way in the pieces of a
 * message, in order. Control frames pass it by.
 */

/** The parameters of one offer or response, in order; `true` where a parameter has no value (RFC 6455 §9.1). */
export type ExtensionParams = readonly (readonly [name: string, value: string | true])[];

/** An extension that an endpoint is ready to speak; one object may serve any number of connections. */
export interface Extension {
  /** Its registered token, such as `permessage-deflate`. */
  readonly name: string;
  /**
   * The RSV bits it owns, of 0x40, 0x20 and 0x10 (RFC 6455 §5.2). They mark the first frame of each message it has transformed. With 0 it marks
   * none, and transforms every message. Of extensions that own the same bit at most one is agreed on.
   */
  readonly reserved: number;
  /** Client: what to offer, in the order of preference; none where the array is empty. */
  offer(): readonly ExtensionParams[];
  /** Client: the codec for what the server answered; `undefined` fails the connection. */
  agree(params: ExtensionParams): ExtensionCodec | undefined;
  /** Server: what to answer to one offer; `undefined` declines it, and the next one is looked at. */
  accept(params: ExtensionParams): { readonly params: ExtensionParams; readonly codec: ExtensionCodec } | undefined;
}

/** One connection's share of an extension. */
export interface ExtensionCodec {
  /**
   * Transforms a message before it is framed.
   *
   * @param payload - not to be changed.
   * @param options - what the program said of this message.
   * @returns bytes that become the connection's; `undefined` leaves the message as it is, and unmarked.
   */
  encode(payload: Uint8Array, options: MessageOptions): Uint8Array | undefined;
  /**
   * Begins a message whose length is not known, and whose pieces go out one by one. No other message goes out before its end; if the connection
   * closes in the middle, that never comes. Without this method, such messages are left as they are, and where `reserved` is 0 they are refused.
   *
   * @returns what transforms the pieces; `undefined` leaves the message as it is, and unmarked.
   */
  encodePieces?(options: MessageOptions): PieceEncoder | undefined;
  /**
   * As `encode`, for a message that goes to many connections: what comes of it must depend on nothing but the message and
   * what was agreed on. Without this, such a message is encoded for each connection by itself.
   *
   * @param made - what came of this message at other connections, by a key that stands for what they agreed on; add to it.
   * @returns bytes that nobody changes.
   */
  encodeShared?(
    payload: Uint8Array,
    options: MessageOptions,
    made: Map<string, Uint8Array | undefined>,
  ): Uint8Array | undefined;
  /**
   * Takes a piece of a message that is marked, and hands on what came of it.
   *
   * @param piece - valid during the call only; may be empty.
   * @param last - whether the message ends with it.
   * @param sink - takes bytes, and keeps none: their memory may be used again. What it throws ends the connection and is to be thrown on.
   * @throws {ProtocolError} for data that breaks the extension's rules: `extension-data-invalid`.
   */
  decode(piece: Uint8Array, last: boolean, sink: (bytes: Uint8Array) => void): void;
  /** The connection is idle, or over: memory that can be made anew may be given back, in the middle of a message too where it is over. */
  release?(isOver: boolean): void;
}

/**
 * Transforms the pieces of one message, each in turn.
 *
 * @param piece - not to be changed; never empty, but for the last one.
 * @param last - whether the message ends with it.
 * @returns bytes that become the connection's, or `piece` itself; none where nothing can go out yet.
 */
export type PieceEncoder = (piece: Uint8Array, last: boolean) => Uint8Array;

/** What a program may say of one message. */
export interface MessageOptions {
  /** Whether it may be compressed. Default: true. Say no for secrets beside text that others choose (RFC 7692 §8). */
  readonly compress?: boolean | undefined;
}

/** An extension that was agreed on. */
export interface AgreedExtension {
  readonly reserved: number;
  readonly codec: ExtensionCodec;
}
