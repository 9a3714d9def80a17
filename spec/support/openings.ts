/**
 * Runs the vectors of the opening handshake, cut in every way, and judges what comes out.
 *
 * Plain functions, as in `split.ts`: what is wrong is thrown.
 */
import { decodeLatin1, encodeLatin1 } from '../../core/bytes/latin1.ts';
import { ProtocolError } from '../../core/errors.ts';
import { resolveLimits } from '../../core/limits.ts';
import { ClientOpening, type ClientRequest } from '../../core/opening/client-opening.ts';
import { ServerOpening } from '../../core/opening/server-opening.ts';
import { LIMITS as REQUEST_LIMITS, type RequestVector } from '../vectors/opening-requests.ts';
import { KEY, REQUEST, LIMITS as RESPONSE_LIMITS, type ResponseVector } from '../vectors/opening-responses.ts';
import { type Chunk, cuts, feed } from './cuts.ts';
import { hex } from './wire.ts';

const requestLimits = resolveLimits(REQUEST_LIMITS);
const responseLimits = resolveLimits(RESPONSE_LIMITS);
const PLAIN: ClientRequest = { host: 'a', target: '/ws' };

/** "Hello" of RFC 6455 §5.7, masked and not: what stands behind a head is a frame. */
const MASKED = Uint8Array.from([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
const UNMASKED = Uint8Array.from([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);

const followed = (text: string, frame: Uint8Array): Uint8Array => Uint8Array.from([...encodeLatin1(text), ...frame]);

/** What a call comes to: its value, or the violation it was refused for. */
export function attempt<T>(call: () => T): T | ProtocolError {
  try {
    return call();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

/** A request is accepted with the frame behind it left alone, or refused, wherever it is cut. */
export function checkRequest({ text, verdict, plain = false }: RequestVector): void {
  for (const chunks of cuts(followed(text, MASKED))) {
    const opening = new ServerOpening(requestLimits, plain);
    equal(opening.empty, true, 'whether nothing was read');
    const left = attempt(() => feed(opening, chunks, () => false));
    if (left instanceof ProtocolError) {
      equal(JSON.stringify([left.violation, left.status]), JSON.stringify(verdict), 'the refusal');
      equal(opening.request, undefined, 'a request that was refused');
      legible(left);
    } else {
      equal(Array.isArray(verdict), false, 'a request that should be refused is accepted');
      equal(hex(left), hex(MASKED), 'the bytes behind the head');
      equal(opening.empty, false, 'whether nothing was read');
      matches(opening.request, verdict);
    }
  }
}

/** What comes of chunks, in the terms of the vectors, and what is left of them. */
export function fateOfResponse(
  chunks: readonly Chunk[],
  request: ClientRequest,
  ends = false,
): { verdict: unknown; left: Uint8Array } {
  const client = new ClientOpening(request, KEY, responseLimits);
  const left = attempt(() => {
    const behind = feed(client, chunks, () => client.outcome !== undefined);
    if (ends) client.end();
    return behind;
  });
  if (left instanceof ProtocolError) {
    legible(left);
    return { verdict: left.violation, left: new Uint8Array() };
  }
  const { outcome } = client;
  if (outcome?.kind !== 'refused') return { verdict: outcome, left };
  const { status, reason, body } = outcome.response;
  return { verdict: { status, reason, body: decodeLatin1(body) }, left };
}

/** A response is judged as it should be, with what follows a 101 left alone, wherever it is cut. */
export function checkResponse({ text, verdict, ends = false, plain }: ResponseVector): void {
  const request = plain ? PLAIN : REQUEST;
  const isAccepted = typeof verdict === 'object' && 'subprotocol' in verdict;
  for (const chunks of cuts(ends ? encodeLatin1(text) : followed(text, UNMASKED))) {
    const actual = fateOfResponse(chunks, request, ends);
    if (typeof verdict === 'string') equal(actual.verdict, verdict, 'the verdict');
    else matches(actual.verdict, verdict);
    if (isAccepted) equal(hex(actual.left), hex(UNMASKED), 'the bytes behind the head');
  }
  // It is known before anything follows, too.
  if (!ends) equal(fateOfResponse([whole(text)], request).verdict === undefined, false, 'whether it is undecided');
}

const whole = (text: string): Chunk => ({ bytes: encodeLatin1(text), start: 0, end: text.length });

/** What people read of a peer's fault is printable and short, whatever the peer said (I13). */
function legible({ message }: ProtocolError): void {
  if (!/^[ -~]{1,200}…?"?$/.test(message)) throw new Error(`not for a log: ${JSON.stringify(message)}`);
}

function matches(actual: unknown, expected: object): void {
  for (const [name, value] of Object.entries(expected)) {
    const is = typeof actual === 'object' && actual !== null ? Reflect.get(actual, name) : actual;
    equal(JSON.stringify(is), JSON.stringify(value), name);
  }
}

function equal(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`);
}
