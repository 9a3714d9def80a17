/** What a connection does, step by step, and the frames in bytes that somebody else carries. */
import { type Connection, type LifecycleEvent, type LifecycleStep, Opcode, type Watcher } from 'sansocket';
import { FrameReader, type FrameReaderSink, type ObservedFrame } from 'sansocket/frame-reader';

const LOUD: readonly LifecycleEvent[] = ['violationFound', 'peerUnresponsive'];

const watcher: Watcher = {
  stepped({ from, event, to }: LifecycleStep) {
    if (LOUD.includes(event)) console.warn(from, event, to);
  },
  transformed: (payload, last) => console.log(payload.length, last ? 'bytes, the last' : 'bytes, and more'),
};

export function watch(connection: Connection): void {
  connection.watcher = watcher;
}

const sink: FrameReaderSink = {
  head: (text) => console.log(text.split('\r\n')[0]),
  frame({ opcode, length, masked }: ObservedFrame) {
    if (opcode !== Opcode.ping) console.log(opcode, length, masked);
  },
};

/** `read` takes the bytes of one direction: 64 bytes of each payload are kept, and an HTTP head comes first. */
export const reader: FrameReader = new FrameReader(sink, 64, true);
