/** Connections that are open already, and a record of all that comes out of them. */
import {
  type ClientOptions,
  Connection,
  type Event,
  type Extension,
  type Output,
  type Role,
  type ServerOptions,
} from '../../core/index.ts';
import { join } from './wire.ts';

/** A connection and what it has put out since it was opened. */
export interface Opened {
  readonly connection: Connection;
  readonly outputs: Output[];
}

export type OpenedOptions = Partial<Omit<ClientOptions, 'role' | 'request'> & Omit<ServerOptions, 'role'>>;

/** Octets that look random and are the same each time. */
export function pseudoRandom(seed = 1): (target: Uint8Array) => void {
  let state = seed;
  return (target) => {
    for (let i = 0; i < target.length; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      target[i] = state >>> 24;
    }
  };
}

export const REQUEST: Uint8Array = latin1(
  `GET / HTTP/1.1
Host: x
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Version: 13

`.replaceAll('\n', '\r\n'),
);

const requests = new WeakMap<readonly Extension[], Uint8Array>();

/** A request that offers `extensions`, as a client of ours does. */
function requestFor(extensions: readonly Extension[]): Uint8Array {
  let request = requests.get(extensions);
  if (request === undefined) {
    const outputs: Output[] = [];
    const output = (each: Output): void => void outputs.push(each);
    const getRandomValues = pseudoRandom();
    new Connection({
      role: 'client',
      request: { host: 'x', target: '/' },
      getRandomValues,
      extensions,
      output,
    }).start();
    request = written(outputs);
    requests.set(extensions, request);
  }
  return request;
}

const responses = new Map<string, Uint8Array>();

/** A response that accepts the request `head`: what a server of ours answers that speaks the `extensions` it offers. */
function responseTo(head: Uint8Array, extensions: readonly Extension[] | undefined): Uint8Array {
  const key = String.fromCharCode(...head);
  let response = responses.get(key);
  if (response === undefined) {
    const written: Uint8Array[] = [];
    const server: Connection = new Connection({
      role: 'server',
      extensions,
      output(output) {
        if (output.type === 'request') server.accept();
        if (output.type === 'write') written.push(...output.chunks);
      },
    });
    server.receive(head.slice());
    response = join(written);
    responses.set(key, response);
  }
  return response;
}

/** An open connection of `role`, whose peer speaks the same extensions; its output goes to `options.output`, too. */
export function opened(role: Role, options: OpenedOptions = {}): Opened {
  const outputs: Output[] = [];
  const output = (each: Output): void => {
    outputs.push(each);
    options.output?.(each);
  };
  if (role === 'server') {
    const connection: Connection = new Connection({
      ...options,
      role,
      output: (each) => (each.type === 'request' ? connection.accept() : output(each)),
    });
    connection.start();
    connection.receive((options.extensions === undefined ? REQUEST : requestFor(options.extensions)).slice());
    outputs.length = 0;
    return { connection, outputs };
  }
  const connection = new Connection({
    getRandomValues: pseudoRandom(),
    ...options,
    role,
    request: { host: 'x', target: '/' },
    output,
  });
  connection.start();
  connection.receive(responseTo(written(outputs), options.extensions).slice());
  outputs.length = 0;
  return { connection, outputs };
}

/** All bytes that were written. */
export const written = (outputs: readonly Output[]): Uint8Array =>
  join(outputs.flatMap((output) => (output.type === 'write' ? output.chunks : [])));

/** What the application got to see. */
export const events = (outputs: readonly Output[]): Event[] =>
  outputs.filter((output): output is Event => isEvent(output));

const INSTRUCTIONS: readonly Output['type'][] = ['write', 'end', 'abort', 'pause', 'resume', 'deadline'];

export const isEvent = (output: Output): boolean => !INSTRUCTIONS.includes(output.type);

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
