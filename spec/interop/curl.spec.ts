/** curl, where it was built to speak WebSocket. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { serve } from '../../adapters/node.ts';
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
