/**
 * The load on an echo, on Bun, which costs the least: each connection sends what it has got back, for a time.
 *
 * `load <raw|binary|text> <port> <connections> <under way on each> <milliseconds>` prints what was echoed as JSON.
 */

/** How it went. */
export interface Echoed {
  /** Messages while it was measured, and the seconds that took. */
  readonly messages: number;
  readonly seconds: number;
  /** Messages in all, with those before. */
  readonly all: number;
}

interface Socket {
  data: { left: number; open: boolean };
  write(bytes: Uint8Array): number;
  setNoDelay(on: boolean): void;
}

declare const Bun: { connect(options: object): Promise<Socket> };

const [kind = 'raw', port, ...numbers] = process.argv.slice(2);
const [connections = 1, underWay = 1, milliseconds = 100] = numbers.map(Number);
/** Milliseconds before it is measured. */
const WARM_UP = 250;

const payload = new Uint8Array(64).fill(97);
const first = kind === 'raw' ? 97 : kind === 'text' ? 0x81 : 0x82;
/** A frame as a client sends it, masked with 01 02 03 04. */
const message =
  kind === 'raw' ? payload : Uint8Array.of(first, 0xc0, 1, 2, 3, 4, ...payload.map((each, i) => each ^ ((i % 4) + 1)));
const answer = kind === 'raw' ? payload.length : payload.length + 2;
const messages = new Uint8Array(message.length * underWay);
for (let i = 0; i < underWay; i++) messages.set(message, i * message.length);

let count = 0;

function data(socket: Socket, bytes: Uint8Array): void {
  const { data } = socket;
  if (!data.open) {
    if (bytes[9] !== 0x31 || !bytes.subarray(-4).every((each, i) => each === [13, 10, 13, 10][i])) {
      throw new Error(`not open: ${new TextDecoder().decode(bytes.subarray(0, 80))}`);
    }
    data.open = true;
    socket.write(messages);
    return;
  }
  if (data.left === 0 && bytes[0] !== first) throw new Error(`not an echo: ${bytes[0]}`);
  const got = data.left + bytes.length;
  const whole = Math.floor(got / answer);
  data.left = got - whole * answer;
  count += whole;
  if (whole > 0) socket.write(messages.subarray(0, whole * message.length));
}

const request =
  'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';

const socket = {
  data,
  error(_: unknown, error: unknown): void {
    console.error(error);
    process.exit(1);
  },
};
for (let i = 0; i < connections; i++) {
  const where = { hostname: '127.0.0.1', port: Number(port) };
  const each = await Bun.connect({ ...where, data: { left: 0, open: kind === 'raw' }, socket });
  each.setNoDelay(true);
  each.write(kind === 'raw' ? messages : new TextEncoder().encode(request));
}
await new Promise((resolve) => setTimeout(resolve, WARM_UP));
const before = count;
const start = performance.now();
await new Promise((resolve) => setTimeout(resolve, milliseconds));
const echoed: Echoed = { messages: count - before, seconds: (performance.now() - start) / 1_000, all: count };
console.log(JSON.stringify(echoed));
process.exit();
