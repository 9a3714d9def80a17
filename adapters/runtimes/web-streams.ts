/** A pair of web streams as a byte stream. */
import type { AsyncBytes } from './async-bytes.ts';

/** A reader that fills memory it is given, where the stream has one (`type: 'bytes'`). */
interface Byob {
  read(
    view: Uint8Array<ArrayBuffer>,
  ): Promise<{ readonly done: boolean; readonly value: Uint8Array<ArrayBuffer> | undefined }>;
  cancel(reason?: unknown): Promise<unknown>;
}

interface Plain {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<unknown>;
}

/** As much of a `ReadableStream` of bytes as is needed, whatever platform declares it. */
export interface ReadableBytes {
  getReader(options: { mode: 'byob' }): unknown;
  getReader(): unknown;
}

/** As much of a `WritableStream` of bytes as is needed. */
export interface WritableBytes {
  getWriter(): {
    write(bytes: Uint8Array): Promise<unknown>;
    close(): Promise<unknown>;
    abort(reason?: unknown): Promise<unknown>;
    releaseLock(): void;
  };
}

/** What is read and what is written; their ends are the ends of the transport. */
export interface StreamPair {
  readonly readable: ReadableBytes;
  readonly writable: WritableBytes;
}

const READ_BYTES = 65_536;

/**
 * Locks both streams.
 *
 * @param close - closes what is below the streams, instead of giving them up.
 */
export function streamBytes({ readable, writable }: StreamPair, close?: () => void): AsyncBytes {
  const reader = readerOf(readable);
  const writer = writable.getWriter();
  let ended = false;
  return {
    read: reader.read,
    write: (bytes) => writer.write(bytes),
    end() {
      ended = true;
      return writer.close();
    },
    close() {
      if (close !== undefined) {
        close(); // and not the streams as well: a socket of workerd whose writer was aborted stays open
        return;
      }
      reader.cancel().catch(ignore);
      if (!ended) writer.abort(new Error('the connection was given up')).catch(ignore);
    },
  };
}

function readerOf(readable: ReadableBytes): Pick<AsyncBytes, 'read'> & { cancel(): Promise<unknown> } {
  const byob = byobReader(readable);
  if (byob === undefined) {
    const plain = readable.getReader() as Plain; // without a mode, this is what a stream has
    return {
      read(take, fail) {
        plain.read().then(({ done, value }) => take(done ? undefined : value), fail);
      },
      cancel: () => plain.cancel(),
    };
  }
  let memory = new ArrayBuffer(READ_BYTES);
  const chunkOf = (value: Uint8Array<ArrayBuffer>): Uint8Array => {
    // Little is copied, so that the memory serves again; much is given away.
    const little = value.length * 4 < READ_BYTES;
    memory = little ? value.buffer : new ArrayBuffer(READ_BYTES);
    return little ? value.slice() : value;
  };
  return {
    read(take, fail) {
      byob
        .read(new Uint8Array(memory))
        .then(({ done, value }) => take(done || value === undefined ? undefined : chunkOf(value)), fail);
    },
    cancel: () => byob.cancel(),
  };
}

function byobReader(readable: ReadableBytes): Byob | undefined {
  try {
    return readable.getReader({ mode: 'byob' }) as Byob; // what this mode is for
  } catch {
    return undefined; // not a stream of type `bytes`
  }
}

function ignore(): void {}
