/** Targets that are parts of a connection: heads, frames, the parameters of extensions, inflating. */
import { nodeDeflate } from '../../adapters/runtimes/node-deflate.ts';
import { portableDeflate } from '../../adapters/runtimes/portable-deflate.ts';
import { acceptExtensions, agreeExtensions } from '../../core/extensions/negotiation.ts';
import { FrameDecoder } from '../../core/framing/frame-decoder.ts';
import { parseExtensions } from '../../core/http/lists.ts';
import {
  Connection,
  type Deflate,
  InflateError,
  type Output,
  ProtocolError,
  permessageDeflate,
} from '../../core/index.ts';
import { pseudoRandom, REQUEST } from '../support/opened.ts';
import { bytes, frame, hex, join, masked } from '../support/wire.ts';
import { judgeOutputs, story } from './outcomes.ts';
import { Choices, cutInto, equal, latin1, type Target } from './target.ts';

const KEY = bytes('37fa213d');
const RESPONSE =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ';

/** A connection that is opening, fed with a head in pieces. */
function opening(asServer: boolean, plainRequests: boolean, pieces: readonly Uint8Array[]): Output[] {
  const outputs: Output[] = [];
  const output = (each: Output): void => {
    outputs.push(each);
    if (each.type === 'request') {
      if (each.request.upgrade) connection.accept();
      else connection.refuse({ status: 404 });
    }
  };
  const extensions = [permessageDeflate({ deflate: nodeDeflate })];
  const connection: Connection = new Connection(
    asServer
      ? { role: 'server', output, plainRequests, extensions }
      : {
          role: 'client',
          output,
          request: { host: 'x', target: '/', subprotocols: ['a', 'b'] },
          getRandomValues: pseudoRandom(),
          extensions,
        },
  );
  connection.start();
  for (const piece of pieces) connection.receive(piece);
  connection.receiveEnd();
  connection.transportClosed();
  return outputs;
}

const head: Target = {
  what: 'the heads of requests and responses, whole and in pieces',
  scripts: /\/core\/(?:http|opening|bytes)\//,
  words: [
    'GET ',
    'HEAD ',
    'POST ',
    '/',
    '*',
    'http://x/',
    ' HTTP/1.1',
    ' HTTP/1.0',
    ' HTTP/2',
    '\r\n',
    '\n',
    '\r',
    ': ',
    ':',
    ' ',
    '\t',
    ', ',
    '\0',
    '\u00ff',
    '%00',
    'Host: x\r\n',
    'Host:',
    'Upgrade: websocket\r\n',
    'Upgrade:',
    'Connection: Upgrade\r\n',
    'Connection: keep-alive, Upgrade\r\n',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
    'Sec-WebSocket-Version: 13\r\n',
    'Sec-WebSocket-Version: 8\r\n',
    'Origin: http://x\r\n',
    'Sec-WebSocket-Protocol: a, b\r\n',
    'Sec-WebSocket-Protocol: a\r\n',
    'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n',
    'Content-Length: 3\r\n',
    'Content-Length: 0\r\n',
    'Transfer-Encoding: chunked\r\n',
    '3\r\nabc\r\n0\r\n\r\n',
    'Expect: 100-continue\r\n',
    'HTTP/1.1 101 x\r\n',
    'HTTP/1.1 100 x\r\n\r\n',
    'HTTP/1.1 403 x\r\n',
    'HTTP/1.1 200 x\r\n',
    'HTTP/1.1 426 x\r\n',
    'Sec-WebSocket-Accept: ngW2m0pLAN66YfS0P3G8OdDnpIM=\r\n',
    '\r\n\r\n',
  ],
  seeds: [
    join([Uint8Array.of(0, 0), REQUEST]),
    join([Uint8Array.of(0, 0), latin1('GET http://x/a?b HTTP/1.1\r\nHost: x\r\n\r\n')]),
    join([Uint8Array.of(2, 0), REQUEST.slice(0, -2), latin1('Content-Length: 3\r\n\r\nabc')]),
    join([Uint8Array.of(1, 0), latin1(`${RESPONSE}x\r\n\r\n`)]),
    join([Uint8Array.of(1, 0), latin1('HTTP/1.1 100 x\r\n\r\nHTTP/1.1 403 x\r\nContent-Length: 3\r\n\r\nabc')]),
    join([Uint8Array.of(1, 0), latin1('HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')]),
  ],
  run(input) {
    const choices = new Choices(input);
    const kind = choices.byte();
    const size = choices.byte();
    const rest = choices.rest();
    const asServer = kind % 2 === 0;
    const plainRequests = kind % 4 === 2;
    const outputs = opening(asServer, plainRequests, [rest.slice()]);
    equal(story(opening(asServer, plainRequests, cutInto(rest, size))), story(outputs), `in pieces of ${size}`);
    return judgeOutputs(outputs, 10_000).map((name) => `${asServer} ${name}`);
  },
};

/** What a decoder says about bytes, piece by piece. */
function decoded(
  wire: Uint8Array,
  size: number,
  fromClient: boolean,
): { told: string[]; violation: string | undefined } {
  const told: string[] = [];
  let payload: number[] = [];
  const sink = {
    dataFrame(fin: boolean, opcode: number, reserved: number): number {
      payload = [];
      told.push(`${fin} ${opcode} ${reserved}`);
      return 300;
    },
    payload(from: Uint8Array, start: number, end: number, left: number): void {
      payload.push(...from.subarray(start, end));
      if (left === 0) told.push(payload.join());
    },
    controlFrame: (opcode: number, data: Uint8Array): number => told.push(`${opcode} ${hex(data)}`),
  };
  const decoder = new FrameDecoder(sink, fromClient, 10_000);
  try {
    for (const piece of cutInto(wire, size)) {
      for (let at = 0; at < piece.length; ) {
        const next = decoder.decode(piece, at, piece.length);
        if (next <= at || next > piece.length) throw new Error(`it read from ${at} to ${next}`);
        at = next;
      }
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { told, violation: error.violation };
  }
  return { told, violation: undefined };
}

const frameDecoder: Target = {
  what: 'frames, of clients and of servers, whole and in pieces',
  scripts: /\/core\/framing\//,
  words: [
    '\x81\x85',
    '\x82\x7e\x00\x7e',
    '\x82\xfe\x00\x7e',
    '\x02\x7f\0\0\0\0\0\x01\0\0',
    '\x88\x02\x03\xe8',
    '\x89\x00',
    '\x8a\x80',
    '\x00\x00',
    '\x80\x80\x37\xfa\x21\x3d',
  ],
  seeds: [0x81, 0x02, 0x80, 0x88, 0x89, 0x8a].flatMap((first) => [
    join([Uint8Array.of(0, 0), frame(first, new Uint8Array(5))]),
    join([Uint8Array.of(1, 3), masked(frame(first, new Uint8Array(5)), KEY)]),
    join([Uint8Array.of(0, 0), frame(first, new Uint8Array(200))]),
  ]),
  run(input) {
    const choices = new Choices(input);
    const fromClient = choices.byte() % 2 === 1;
    const size = choices.byte();
    const rest = choices.rest();
    const whole = decoded(rest, 0, fromClient);
    equal(JSON.stringify(decoded(rest, size, fromClient)), JSON.stringify(whole), `in pieces of ${size}`);
    return [
      whole.violation ?? 'read',
      `${Math.min(8, whole.told.length)}`,
      ...whole.told.filter((each) => /^[tf]/.test(each)),
    ];
  },
};

const extensions: Target = {
  what: 'the value of Sec-WebSocket-Extensions, offered and answered',
  scripts: /\/core\/(?:extensions|http)\//,
  words: [
    'permessage-deflate',
    '; ',
    ';',
    ', ',
    ',',
    '=',
    '"',
    '\\',
    ' ',
    '\t',
    'server_no_context_takeover',
    'client_no_context_takeover',
    'server_max_window_bits=',
    'client_max_window_bits=',
    'client_max_window_bits',
    '8',
    '15',
    '"10"',
    'x',
  ],
  seeds: [
    'permessage-deflate',
    'permessage-deflate; client_max_window_bits',
    'permessage-deflate; server_max_window_bits=10, permessage-deflate',
    'x; a="b\\c"; d',
  ].map(latin1),
  run(input) {
    const value = String.fromCharCode(...input);
    const offered = [permessageDeflate({ deflate: nodeDeflate, clientMaxWindowBits: 12 })];
    const names: string[] = [];
    try {
      const elements = parseExtensions([value], 8);
      // What was read is written, and read again the same.
      const again = elements.map(({ name, params }) =>
        [name, ...params.map(([key, each]) => (each === true ? key : `${key}=${each}`))].join('; '),
      );
      equal(JSON.stringify(parseExtensions([again.join(', ')], 8)), JSON.stringify(elements), 'read again');
      const { extensions: answer, agreed } = acceptExtensions(elements, offered);
      if (agreed.length > 1) throw new Error('one extension was agreed on twice');
      // What we answer, a client of ours that has offered everything can agree to.
      if (
        answer !== '' &&
        agreeExtensions(parseExtensions([answer], 8), [permessageDeflate({ deflate: nodeDeflate })]) === undefined
      ) {
        throw new Error(`an answer that nobody can agree to: ${answer}`);
      }
      const agrees = agreeExtensions(elements, offered) !== undefined;
      names.push(`${elements.length} elements`, answer, `agrees: ${agrees}`);
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.violation !== 'extensions-malformed') throw error;
      names.push('malformed');
    }
    return names;
  },
};

const MOST = 100_000;
class TooMuch extends Error {}

/** What an engine makes of a message in pieces: its bytes, or that it is none. */
function inflated(engine: Deflate, messages: readonly Uint8Array[], size: number): string {
  const inflater = engine.inflater({ windowBits: 15 });
  const out: string[] = [];
  try {
    for (const message of messages) {
      const parts: Uint8Array[] = [];
      let total = 0;
      const pieces = cutInto(message, size);
      if (pieces.length === 0) pieces.push(new Uint8Array(0));
      for (const [i, piece] of pieces.entries()) {
        const last = i === pieces.length - 1;
        inflater.inflate(last ? join([piece, bytes('0000ffff')]) : piece, last, (part) => {
          total += part.length;
          if (part.length > 16_384) throw new Error(`a piece of ${part.length} bytes`);
          if (total > MOST) throw new TooMuch();
          parts.push(part.slice());
        });
      }
      out.push(hex(join(parts)));
    }
  } catch (error) {
    if (error instanceof TooMuch) return 'too much'; // how much was handed on until then may differ
    if (!(error instanceof InflateError)) throw error;
    out.push('invalid');
  } finally {
    inflater.reset();
  }
  return out.join(' ');
}

const inflate: Target = {
  what: 'compressed messages, by both engines, whole and in pieces',
  scripts: /\/(?:adapters\/runtimes\/(?:deflate|portable|node-deflate)|pako\/)/,
  words: [
    '\xf2H\xcd\xc9\xc9\x07\x00',
    '\xf3H\xcd\xc9\xc9\x07\x00',
    '\x00\x05\x00\xfa\xffHello\x00',
    '\xf2\x00\x11\x00\x00',
    '\x02\x00',
    '\x03\x00',
    '\x05\xc0\x81',
  ],
  seeds: [
    'f248cdc9c90700',
    '000500faff48656c6c6f00',
    'f348cdc9c9070000',
    'f24805000000ffffcac9c90700',
    '04c00109000000c0a0fdffae',
    'edc1010d000000c2a0f74f6d0e37a000000000000000000000',
  ].map((each) => join([bytes('0000'), bytes(each)])),
  run(input) {
    const choices = new Choices(input);
    const size = choices.byte();
    const first = choices.byte();
    // Two messages, the second of which may refer to the first.
    const messages = first === 0 ? [choices.rest()] : [choices.bytes(first), choices.rest()];
    const whole = inflated(nodeDeflate, messages, 0);
    equal(inflated(portableDeflate, messages, 0), whole, 'the portable engine');
    if (size > 0) equal(inflated(nodeDeflate, messages, size), whole, `in pieces of ${size}`);
    return [whole.replace(/[0-9a-f]{2,}/g, (digits) => `${Math.ceil(Math.log2(digits.length))}`)];
  },
};

export const PARTS: Readonly<Record<string, Target>> = { head, frames: frameDecoder, extensions, inflate };
