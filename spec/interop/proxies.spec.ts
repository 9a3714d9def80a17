/** The reverse proxies of docs/proxies.md, started with the configurations that stand there, in shorter times. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect as connectNet, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  connect,
  type HandshakeError,
  type NodeServer,
  serve,
  type WebSocketServerOptions,
} from '../../adapters/node.ts';
import { hasPeer } from './peer.ts';

const DOC = readFileSync(join(import.meta.dirname, '../../docs/proxies.md'), 'utf8');

/** Seconds of idle time that the proxies here allow, instead of 60. */
const IDLE = 2;

/** The block of that language in the document, for other ports and a shorter time. */
const block = (language: string, from: number, to: number): string => {
  const [, text] = new RegExp(`\`\`\`${language}\n([^]*?)\n\`\`\``).exec(DOC) ?? [];
  if (text === undefined) throw new Error(`docs/proxies.md has no block ${language}`);
  return `${text
    .replaceAll('8000', String(from))
    .replaceAll('8080', String(to))
    .replace(/\b60(?=s?$|s?;)/gm, `${IDLE}`)}\n`.replaceAll(/\b60s/g, `${IDLE}s`);
};

const APACHE_MODULES = ['mpm_event', 'authz_core', 'proxy', 'proxy_http', 'headers'];

/** How each proxy is started: what stands around the block, and the command. */
const PROXIES = [
  {
    name: 'nginx',
    command: '/usr/sbin/nginx',
    version: '-v',
    config: (folder: string, text: string) => `
      daemon off; pid ${folder}/pid; error_log stderr; worker_processes 1; events {}
      http { access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
      ${text} }`,
    args: (file: string) => ['-c', file, '-e', 'stderr'],
  },
  {
    name: 'apache',
    command: '/usr/sbin/apache2',
    version: '-v',
    config: (folder: string, text: string) => `
${APACHE_MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
ServerRoot ${folder}
ServerName localhost
User www-data
Group www-data
PidFile ${folder}/pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/error.log
${text}`,
    args: (file: string) => ['-f', file, '-D', 'FOREGROUND'],
  },
  {
    name: 'haproxy',
    command: '/usr/sbin/haproxy',
    version: '-v',
    config: (_folder: string, text: string) => `global\n  maxconn 100\n\n${text}`,
    args: (file: string) => ['-db', '-f', file],
  },
] as const;

const freePort = async (): Promise<number> => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo; // it listens on an IP address
  await new Promise((resolve) => probe.close(resolve));
  return port;
};

/** Resolves once somebody listens. */
async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const reached = await new Promise<boolean>((resolve) => {
      const socket = connectNet({ port, host: '127.0.0.1' }, () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (reached) return;
    await sleep(50);
  }
  throw new Error(`nobody listens on ${port}`);
}

describe.each(PROXIES)('behind $name', ({ name, command, version, config, args }) => {
  const here = hasPeer(name, command, version);
  let child: ChildProcess | undefined;
  let server: NodeServer | undefined;
  let folder: string | undefined;
  afterEach(async () => {
    await server?.close({ grace: 100 });
    if (child !== undefined && child.exitCode === null) {
      child.kill();
      await new Promise((resolve) => child?.once('exit', resolve));
    }
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** Starts server and proxy, and gives the proxy's URL. */
  async function behind(options: WebSocketServerOptions = {}): Promise<string> {
    server = await serve(options);
    const port = await freePort();
    folder = mkdtempSync(join(tmpdir(), 'sansocket-proxy-'));
    const file = join(folder, 'config');
    writeFileSync(file, config(folder, block(name, port, server.port)));
    child = spawn(command, args(file), { stdio: ['ignore', 'ignore', 'inherit'] });
    await listening(port);
    return `ws://127.0.0.1:${port}/`;
  }

  it.runIf(here)('text, 1 MiB of bytes and the Close code pass both ways', async () => {
    const url = await behind({ message: (connection, message) => void connection.send(message) });
    const client = await connect(url);
    client.send('Grüße');
    client.send(new Uint8Array(1_048_576).fill(7));
    const sizes: number[] = [];
    for await (const message of client) if (sizes.push(message.length) === 2) break;
    expect(sizes).toEqual([5, 1_048_576]);
    expect(await client.close(4001, 'enough')).toMatchObject({ code: 4001, clean: true });
  });

  it.runIf(here)('a refusal is an HTTP answer', async () => {
    const url = await behind({ upgrade: () => ({ status: 403, body: 'no' }) });
    const error: HandshakeError = await connect(url).then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    expect(error.status).toBe(403);
  });

  it.runIf(here)('the client is who the proxy says, whatever the client says itself', async () => {
    const seen: string[] = [];
    const url = await behind({
      trustProxy: 1,
      origins: 'same',
      upgrade({ remoteAddress, secure, host }) {
        seen.push(`${remoteAddress} ${secure} ${host}`);
        return undefined;
      },
    });
    const { host, origin } = new URL(url.replace('ws', 'http'));
    const headers = { 'X-Forwarded-For': '6.6.6.6', 'X-Forwarded-Proto': 'https', Origin: origin };
    const client = new WebSocket(url, { localAddress: '127.0.0.2', headers });
    await new Promise((resolve, reject) => client.on('open', resolve).on('error', reject));
    client.terminate();
    expect(seen).toEqual([`127.0.0.2 false ${host}`]);
  });

  it.runIf(here)('keepalive outlives the idle time of the proxy, which ends what is silent', async () => {
    const kept = await connect(await behind({ deadlines: { ping: 500, pong: 500 } }), {
      deadlines: { ping: Infinity },
    });
    await sleep(IDLE * 2_000);
    expect(kept.phase).toBe('open');
    expect(await kept.close()).toMatchObject({ code: 1000, clean: true });
    await server?.close({ grace: 100 });
    child?.kill();
    await new Promise((resolve) => child?.once('exit', resolve));
    const silent = await connect(await behind({ deadlines: { ping: Infinity } }), { deadlines: { ping: Infinity } });
    expect(await silent.closed).toMatchObject({ code: 1006, clean: false });
  });
});
