/** An adapter for a transport that nobody has: bytes through a `MessagePort`. docs/adapter.md explains it. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Attend, TransportUser } from 'sansocket/testing';

/** Bytes; how many of them were taken; the end of one half; or that the sender is gone. */
type Parcel = Uint8Array | number | 'end' | 'gone';

function drive(port: MessagePort, user: TransportUser): void {
  let held: Parcel[] | undefined;
  let halves = 2;
  const close = (error?: Error): void => {
    port.removeAllListeners('message');
    queueMicrotask(() => user.closed(error));
    setTimeout(() => port.close()); // behind what was posted last
  };
  const transport = {
    queued: 0,
    write(chunks: readonly Uint8Array[]): void {
      for (const chunk of chunks) {
        transport.queued += chunk.length;
        port.postMessage(chunk);
      }
    },
    end(): void {
      port.postMessage('end');
      if (--halves === 0) close();
    },
    abort(): void {
      port.postMessage('gone');
      close();
    },
    pause(): void {
      held ??= [];
    },
    resume(): void {
      const parcels = held ?? [];
      held = undefined;
      for (const parcel of parcels) arrived(parcel); // it may have paused again
    },
  };
  const arrived = (parcel: Parcel): void => {
    if (held !== undefined && (typeof parcel === 'object' || parcel === 'end')) {
      held.push(parcel);
    } else if (parcel === 'gone') {
      close(new Error('the other side is gone'));
    } else if (parcel === 'end') {
      user.ended();
      if (--halves === 0) close();
    } else if (typeof parcel === 'number') {
      transport.queued -= parcel;
      if (transport.queued === 0) user.drained();
    } else {
      port.postMessage(parcel.length);
      user.received(parcel);
    }
  };
  user.start(transport);
  port.on('message', arrived);
}

/** Both sides of a channel: one for the client's `user`, one for whoever attends. */
export function join(user: TransportUser, attend: Attend): void {
  const { port1, port2 } = new MessageChannel();
  drive(port1, user);
  drive(port2, attend({ address: '', secure: false }));
}
