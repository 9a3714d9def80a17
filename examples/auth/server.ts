/**
 * Logging in, and a WebSocket that only who is logged in may use: `node dist/examples/auth/server.js`, with PORT, and
 * TLS_KEY and TLS_CERT for the files of a certificate. Without one it is for 127.0.0.1 alone, which browsers trust as
 * they trust TLS. The user is `ada`, the password `lovelace`.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CsrfTokens } from 'sansocket/csrf';
import { attach } from 'sansocket/node';
import { site } from './site.ts';
import { socket } from './socket.ts';

const { PORT = '8443', TLS_KEY, TLS_CERT, TOKEN_LIFETIME = '30000' } = process.env;

const tokens = new CsrfTokens({ secrets: [randomBytes(32)], lifetime: Number(TOKEN_LIFETIME) });
const answer = site(tokens);
const secure = TLS_KEY !== undefined && TLS_CERT !== undefined;
const server = secure
  ? createHttpsServer({ key: readFileSync(TLS_KEY), cert: readFileSync(TLS_CERT) })
  : createHttpServer();
server.on('request', (request, response) => {
  answer(request, response).catch(() => {
    response.writeHead(500).end();
  });
});
const sockets = attach(server, socket(tokens));
server.once('error', ({ message }) => {
  console.error(`${message}; PORT says another`);
  process.exitCode = 1;
});
server.listen(Number(PORT), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo; // it listens on an IP address
  console.log(`Log in at ${secure ? 'https' : 'http'}://127.0.0.1:${port}/ (Ctrl-C ends it)`);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
    void sockets.close({ code: 1001, grace: 1_000 });
  });
}
