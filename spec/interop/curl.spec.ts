/** curl, where it was built to speak WebSocket. */
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { attach, serve } from '../../adapters/node.ts';
import { hasPeer } from './peer.ts';

const { stdout } = spawnSync('curl', ['--version'], { encoding: 'utf8' });
const [version = ''] = (stdout ?? '').split('\n');
const speaks = /^Protocols:.* ws( |$)/m.test(stdout ?? '');
if (hasPeer('curl', 'curl', '--version') && !speaks) {
  // No error in CI either: Debian's build decides on this.
  console.warn(`NOT TESTED: this curl does not speak ws: ${version}`);
}

it.skipIf(!speaks)('curl is sent a text and a Close', async () => {
  const server = await serve({
    open(connection) {
      connection.send('hello, curl');
      connection.close(1000);
    },
  });
  try {
    const { stdout: printed } = await promisify(execFile)('curl', ['--silent', '--max-time', '10', server.url]);
    expect(printed).toContain('hello, curl');
  } finally {
    await server.close({ grace: 100 });
  }
});

const hasHttp2 = /^Features:.* HTTP2( |$)/m.test(stdout ?? '');
if (!hasHttp2) console.warn(`NOT TESTED: this curl does not speak HTTP/2: ${version}`);
it.skipIf(!hasHttp2)(
  'curl that would rather have HTTP/2 gets the pages of a server with WebSockets on it',
  async () => {
    const http = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      response.end(`${request.method} of ${body.length} `);
    });
    attach(http);
    await once(http.listen(0, '127.0.0.1'), 'listening');
    const { port } = http.address() as AddressInfo; // it listens on an IP address
    const url = `http://127.0.0.1:${port}/`;
    const curl = async (...args: string[]): Promise<string> =>
      (await promisify(execFile)('curl', ['--silent', '--max-time', '10', '--http2', ...args])).stdout;
    try {
      expect(await curl(url, url)).toBe('GET of 0 GET of 0 ');
      expect(await curl('--data', 'x'.repeat(100_000), url)).toBe('POST of 100000 ');
    } finally {
      http.closeAllConnections();
      http.close();
    }
  },
);
