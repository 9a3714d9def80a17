/**
 * Taking turns at a server: of the connections of a page, only one at a time is in its opening handshake with the same
 * host and port, so that nobody is flooded with half-open ones (RFC 6455 §4.1, "at most one connection in a CONNECTING
 * state").
 */

/** Who waits for each place at which somebody is now. */
const waiting: Map<string, (() => void)[]> = new Map();

/**
 * Calls `begin` at our turn, at once where nobody is before us.
 *
 * @param place - host and port.
 * @returns what ends our turn, or gives it up; to be called once.
 */
export function takeTurn(place: string, begin: () => void): () => void {
  const others = waiting.get(place);
  if (others === undefined) {
    waiting.set(place, []);
    begin();
  } else {
    others.push(begin);
  }
  return () => {
    const queue = waiting.get(place) ?? [];
    const at = queue.indexOf(begin);
    if (at >= 0) {
      queue.splice(at, 1);
      return;
    }
    const next = queue.shift();
    if (next === undefined) waiting.delete(place);
    else next();
  };
}
