/** The programs of README and of docs/examples that need nobody else run, and say what is expected. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, describe, expect, it } from 'vitest';
import { entries, programsIn, ROOT } from './snippets.ts';

const pathOf = (file: string): string => fileURLToPath(new URL(file, ROOT));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts a program against the sources, and gives its lines one by one; the end, with what went wrong, is the last. */
async function start(name: string, contents: string, ...given: string[]): Promise<() => Promise<string>> {
  const outfile = pathOf(`dist/running/${name}.mjs`);
  const alias = Object.entries(entries(ROOT)).map(([entry, source]) => [entry, pathOf(source)]);
  await build({
    stdin: { contents, resolveDir: pathOf('docs/examples'), loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    alias: Object.fromEntries(alias),
    logLevel: 'silent',
  });
  const child = spawn(process.execPath, [outfile, ...given], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let errors = '';
  child.stderr.on('data', (bytes: Buffer) => {
    errors += String(bytes);
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return async () => {
    const { done, value } = await lines.next();
    return done === true ? `the end ${errors}` : value;
  };
}

/** A block of README by what stands in it, with free ports instead of those it names. */
function block(part: string): string {
  const found = programsIn('README.md').find(({ text }) => text.includes(part));
  return (found?.text ?? '')
    .replace('port: 8081', 'port: 0')
    .replace(
      ".listen(8082, '127.0.0.1')",
      ".listen(0, '127.0.0.1', function () { console.log(this.address().port); })",
    );
}

describe('README', () => {
  it('has a server and a client that talk to each other', async () => {
    const server = await start('server', block('await serve({'));
    const url = (await server()).replace('echoing on ', '');
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/$/);
    const client = await start('client', block('process.argv[2]'), url);
    expect([await client(), await client(), await client()]).toEqual(['received hello', 'closed 1000', 'the end ']);
    expect([await server(), await server()]).toEqual(['open 127.0.0.1', 'closed 1000 true']);
  });

  it('has a WebSocket that its server echoes to', async () => {
    const server = await start('server', block('await serve({'));
    const url = (await server()).replace('echoing on ', '');
    const socket = await start('websocket', block('new WebSocket(').replace('ws://127.0.0.1:8081/', url));
    expect([await socket(), await socket()]).toEqual(['hello', 'the end ']);
  });

  it('has a bare core that its client talks to', async () => {
    const server = await start('bare-core', block("from 'node:net'"));
    const client = await start('client', block('process.argv[2]'), `ws://127.0.0.1:${await server()}/`);
    expect([await client(), await client(), await client()]).toEqual(['received hello', 'closed 1000', 'the end ']);
  });
});

const example = (name: string): string => readFileSync(new URL(`docs/examples/${name}.ts`, ROOT), 'utf8');

describe('docs/examples', () => {
  it.each([
    ['broadcasting', ['0 have it, or will']],
    ['compressing', ['permessage-deflate; server_no_context_takeover']],
    ['lifecycle', ['reportOpen', 'sendClose', "{ closing: 'bothSent' } false"]],
    ['reconnecting-chart', ['closing']],
    ['streams', ['hello']],
    ['testing-programs', ['80 hello', '1006 true', '[]']],
  ])('has %s, which prints what it says', async (name, expected) => {
    const next = await start(name, example(name));
    for (const line of expected) expect(await next()).toBe(line);
  });

  it('has an observer that sees each step', async () => {
    const next = await start('looking', example('looking').replace('port: 9229, print: true', 'port: 0'));
    expect(await next()).toMatch(/^open http:\/\/127\.0\.0\.1:\d+\//);
    expect(await next()).toMatch(/ open closeRequested closing\.closeSent$/);
  });

  it.each([
    ['compression', 'core-deflate', /^permessage-deflate; server_no/],
    ['rotating', 'core-extension', /^x-rotating; by=1$/],
  ])('has the extension %s, by which messages arrive as they were sent', async (name, file, agreed) => {
    const next = await start(
      file,
      `import { connect, serve } from 'sansocket/node';
      import { ${name} as extension } from './${file}.ts';
      const extensions = [extension];
      const server = await serve({ extensions, message: (each, message) => each.send(message) });
      const connection = await connect(server.url, { extensions });
      console.log(connection.extensions);
      const text = 'hello '.repeat(1_000);
      for (const message of [text, 'short', text]) connection.send(message);
      await connection.sendStream(['in ', 'pieces']);
      for (const message of [text, 'short', text, 'in pieces']) console.log(message === (await connection.receive()));
      await server.close();`,
    );
    expect(await next()).toMatch(agreed);
    expect([await next(), await next(), await next(), await next()]).toEqual(['true', 'true', 'true', 'true']);
    expect(await next()).toBe('the end ');
  });

  it('has a server and a client on transports of their own', async () => {
    const next = await start(
      'core',
      `import { connect as dial, createServer } from 'node:net';
      import { connect } from 'sansocket/node';
      import { client } from './core-client.ts';
      import { serveOn } from './core-server.ts';
      const drive = (socket, connection) => {
        socket.on('data', (bytes) => connection.receive(bytes));
        socket.on('end', () => connection.receiveEnd());
        socket.on('close', () => connection.transportClosed());
      };
      const wire = (socket) => ({
        write: (bytes) => socket.write(bytes),
        end: () => socket.end(),
        destroy: () => socket.destroy(),
        pause: () => socket.pause(),
        resume: () => socket.resume(),
      });
      const server = createServer({ allowHalfOpen: true }, (socket) => drive(socket, serveOn(wire(socket))));
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address();
      await connect('ws://127.0.0.1:' + port).catch(({ status }) => console.log(status));
      const socket = dial({ port, host: '127.0.0.1', allowHalfOpen: true });
      const connection = client((bytes) => socket.write(bytes));
      drive(socket, connection);
      socket.once('data', () => connection.close(1000));
      socket.on('end', () => socket.end());
      socket.on('close', () => server.close());`,
    );
    const lines = [await next(), await next(), await next(), await next(), await next()];
    expect(lines.sort()).toEqual(['401', 'closed 1000 true', 'closed with 1000', 'closed with 1006', 'open chat']);
    expect(await next()).toBe('the end ');
  });

  it('has a proof of adapters, which finds nothing in one that is right', async () => {
    const next = await start(
      'testing-adapters',
      `import { webHost as host } from '../../adapters/runtimes/web-host.ts';
      import { join } from '../../examples/port-adapter.ts';
      import { prove } from './testing-adapters.ts';
      console.log(JSON.stringify(await prove({ host, join })));`,
    );
    expect(await next()).toBe('[]');
  });
});
