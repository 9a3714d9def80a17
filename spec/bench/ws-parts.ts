/** The two halves of the npm package `ws` that turn bytes into messages and back; its types leave them out. */
import * as ws from 'ws';

/** A Writable of bytes that emits `message`. */
export interface Receiver {
  write(chunk: Uint8Array): boolean;
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): void;
}

/** Writes frames to a socket, or to what looks like one. */
export interface Sender {
  send(data: string | Uint8Array, options: SendOptions, done?: () => void): void;
}

interface SendOptions {
  readonly fin: boolean;
  readonly binary: boolean;
  readonly mask: boolean;
  readonly compress: boolean;
}

/** The part of a socket that a Sender uses. */
interface Sink {
  cork(): void;
  uncork(): void;
  write(chunk: Uint8Array | string): boolean;
}

interface Parts {
  readonly Receiver: new (options: { readonly isServer: boolean }) => Receiver;
  readonly Sender: new (socket: Sink) => Sender;
}

export const { Receiver, Sender } = ws as unknown as Parts; // exported by its wrapper.mjs
