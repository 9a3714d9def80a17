/**
 * Frees memory at once. The collector of V8 lets 32 MiB of such garbage lie before it looks at it.
 *
 * What is transferred by a message is detached here, and what nobody receives is freed (HTML Standard §9.4.4, "message port post
 * message steps"). `ArrayBuffer.prototype.transfer` would do, too, but Node 20 does not have it.
 */

/** Less is left to the collector. */
const WORTHWHILE_BYTES = 1_024;

type Port = InstanceType<typeof MessagePort>;

let port: Port | undefined;

/** Detaches `memory`, to which nothing may refer any more. */
export function discard(memory: ArrayBuffer): void {
  if (memory.byteLength < WORTHWHILE_BYTES) return;
  port ??= deaf();
  try {
    port.postMessage(undefined, [memory]);
  } catch {
    // It cannot be transferred, such as a pool of Buffers.
  }
}

/** A port whose other end is closed. */
function deaf(): Port {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return port1;
}
