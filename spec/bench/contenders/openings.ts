/**
 * Opening handshakes on Bun, which cost the least there, so that the server is what is measured.
 *
 * `openings <port> <connections> <under way at the same time>` prints how long they took as JSON, and keeps them open until it is killed.
 */

/** How it went. */
export interface Opened {
  readonly milliseconds: number;
}

declare const Bun: { connect(options: object): Promise<{ write(bytes: Uint8Array): number }> };

const [port, connections = 1, atOnce = 1] = process.argv.slice(2).map(Number);

const request = new TextEncoder().encode(
  'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
);

let begun = 0;
let open = 0;
const start = performance.now();

function next(): void {
  if (begun === connections) return;
  begun++;
  void Bun.connect({ hostname: '127.0.0.1', port, socket });
}

const socket = {
  open: (each: { write(bytes: Uint8Array): number }): void => void each.write(request),
  data(_: unknown, bytes: Uint8Array): void {
    if (bytes[9] !== 0x31) throw new Error(`not open: ${new TextDecoder().decode(bytes.subarray(0, 80))}`);
    open++;
    if (open === connections) {
      const opened: Opened = { milliseconds: performance.now() - start };
      console.log(JSON.stringify(opened));
    } else next();
  },
  error(_: unknown, error: unknown): void {
    console.error(error);
    process.exit(1);
  },
};
for (let i = 0; i < atOnce; i++) next();
