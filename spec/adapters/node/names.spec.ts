import { afterEach, expect, it } from 'vitest';
import { connect, type NodeServer, type ServerRequest, serve } from '../../../adapters/node.ts';

const open: NodeServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close({ grace: 1 });
});

it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'])(
  'a path, query, cookie, field or subprotocol named %s is one like others (D2)',
  async (name) => {
    const seen: ServerRequest[] = [];
    const server = await serve({
      subprotocols: ['x'],
      upgrade(asked) {
        seen.push(asked);
        return undefined;
      },
    });
    open.push(server);
    const client = await connect(`${server.url}${name}?${name}=${name}`, {
      subprotocols: [name, 'x'],
      headers: [[name, name]],
      cookies: Object.fromEntries([[name, name]]),
      compression: true,
    });
    expect(client.subprotocol).toBe('x');
    const [{ path, url, cookies, fields, subprotocols } = {} as ServerRequest] = seen;
    expect([path, url.searchParams.get(name), cookies.get(name), fields.get(name)]).toEqual([
      `/${name}`,
      name,
      name,
      name,
    ]);
    expect(subprotocols).toEqual([name, 'x']);
    // What nobody sent is not there, though every object has it.
    expect([cookies.get('isPrototypeOf'), fields.get('isPrototypeOf')]).toEqual([undefined, undefined]);
    expect(Object.getOwnPropertyNames({})).toEqual([]);
    await client.close();
  },
);
