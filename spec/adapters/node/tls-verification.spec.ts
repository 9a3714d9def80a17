/** A client believes a server only where its certificate is good, and says nothing before that (I12). */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, reconnecting, serve, WebSocket } from '../../../adapters/node.ts';
import { authority, type Certificate, issued } from '../../support/certificates.ts';

interface Watched {
  readonly port: number;
  /** Whatever a client said within TLS. */
  readonly heard: () => string;
  /** The names that were indicated. */
  readonly names: (string | false | null)[];
  readonly close: () => Promise<unknown>;
}

/** A server that only listens. */
async function watch(certificate: Certificate): Promise<Watched> {
  const heard: Buffer[] = [];
  const names: Watched['names'] = [];
  const sockets: TLSSocket[] = [];
  const server: Server = createServer({ ...certificate, ALPNProtocols: ['http/1.1'] }, (socket) => {
    sockets.push(socket);
    names.push(socket.servername);
    socket.on('error', () => {});
    socket.on('data', (chunk) => heard.push(chunk));
  });
  server.on('tlsClientError', () => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port, // it listens on an IP address
    heard: () => Buffer.concat(heard).toString('latin1'),
    names,
    async close() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'sansocket-'));
let trusted: string;
const certificates = {} as Record<
  'good' | 'address' | 'expired' | 'early' | 'other' | 'above' | 'unknown',
  Certificate
>;

beforeAll(() => {
  trusted = authority(folder, 'trusted').cert;
  authority(folder, 'stranger');
  const both = 'DNS:localhost,IP:127.0.0.1';
  certificates.good = issued(folder, 'good', 'DNS:localhost', 'trusted');
  certificates.address = issued(folder, 'address', 'IP:127.0.0.1', 'trusted');
  certificates.expired = issued(folder, 'expired', both, 'trusted', [-2, -1]);
  certificates.early = issued(folder, 'early', both, 'trusted', [1, 2]);
  certificates.other = issued(folder, 'other', 'DNS:example.com,IP:192.0.2.1', 'trusted');
  certificates.above = issued(folder, 'above', 'DNS:*.localhost', 'trusted');
  certificates.unknown = issued(folder, 'unknown', both, 'stranger');
});

afterAll(() => rmSync(folder, { recursive: true }));

const CASES = [
  ['has expired', 'expired', 'CERT_HAS_EXPIRED'],
  ['is not valid yet', 'early', 'CERT_NOT_YET_VALID'],
  ['is for another host', 'other', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['is for names below', 'above', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['is by an authority that is not trusted', 'unknown', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
] as const;

describe('a certificate that', () => {
  it.each(CASES)('%s is refused, by name, and no request is sent (I12)', async (_, which, code) => {
    const server = await watch(certificates[which]);
    const options = { tls: { ca: trusted }, headers: { Authorization: 'secret' } };
    await expect(connect(`wss://localhost:${server.port}/`, options)).rejects.toMatchObject({ cause: { code } });
    expect(server.heard()).toBe('');
    await server.close();
  });

  it.each(CASES.filter(([, which]) => which !== 'above'))('%s is refused, by address (I12)', async (_, which, code) => {
    const server = await watch(certificates[which]);
    await expect(connect(`wss://127.0.0.1:${server.port}/`, { tls: { ca: trusted } })).rejects.toMatchObject({
      cause: { code },
    });
    expect(server.heard()).toBe('');
    await server.close();
  });

  it('names the host is no proof of its address, nor the other way round (I12)', async () => {
    for (const [which, host] of [
      ['good', '127.0.0.1'],
      ['address', 'localhost'],
    ] as const) {
      const server = await watch(certificates[which]);
      await expect(connect(`wss://${host}:${server.port}/`, { tls: { ca: trusted } })).rejects.toMatchObject({
        code: 'wrong-host',
      });
      expect(server.heard()).toBe('');
      await server.close();
    }
  });

  it('nobody vouches for is refused by every interface, unless the option says to accept it (I12)', async () => {
    const server = await serve({ tls: certificates.unknown });
    const url = `wss://localhost:${server.port}/`;
    await expect(connect(url)).rejects.toMatchObject({ code: 'untrusted-certificate' });
    const socket = new WebSocket(url);
    const [event] = await once(socket, 'error');
    expect(event).toMatchObject({ error: { code: 'untrusted-certificate' } });
    const lost = await new Promise((resolve) => {
      const client = reconnecting(url, {
        lost(reason) {
          resolve(reason);
          client.close();
        },
      });
    });
    expect(lost).toMatchObject({ error: { code: 'untrusted-certificate' } });
    const client = await connect(url, { tls: { rejectUnauthorized: false } });
    expect(await client.close()).toMatchObject({ code: 1000 });
    await server.close();
  });
});

describe('the name that is indicated', () => {
  it("is the URL's, wherever the client connects, and what is verified (I12)", async () => {
    const server = await watch(certificates.good);
    const connecting = connect('wss://localhost:1/', {
      tls: { ca: trusted },
      host: '127.0.0.1',
      port: server.port,
      deadlines: { opening: 100 },
    });
    await expect(connecting).rejects.toThrow();
    expect(server.names).toEqual(['localhost']);
    expect(server.heard()).toMatch(/\r\nHost: localhost:1\r\n/);
    await server.close();
  });

  it('is none for an address (I12)', async () => {
    const server = await watch(certificates.address);
    const connecting = connect(`wss://127.0.0.1:${server.port}/`, {
      tls: { ca: trusted },
      deadlines: { opening: 100 },
    });
    await expect(connecting).rejects.toThrow();
    expect(server.names.map((name) => name || 'none')).toEqual(['none']);
    await server.close();
  });
});

it('a certificate of the client is shown to its server, and not where that redirects to (I10)', async () => {
  const own = issued(folder, 'me', 'DNS:me', 'stranger');
  const shown: unknown[] = [];
  const watching = async (): Promise<{
    port: number;
    close: () => Promise<unknown>;
    redirect: (to: string) => void;
  }> => {
    let location = '';
    const server = createServer({ ...certificates.good, requestCert: true, rejectUnauthorized: false }, (socket) => {
      shown.push(socket.getPeerCertificate().subject?.CN);
      socket.on('error', () => {});
      socket.on('data', () => socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return {
      port: (server.address() as AddressInfo).port, // it listens on an IP address
      close: () => once(server.close(), 'close'),
      redirect: (to) => {
        location = to;
      },
    };
  };
  const [first, second] = [await watching(), await watching()];
  first.redirect(`wss://localhost:${second.port}/`);
  const tls = { ca: trusted, key: own.key, cert: own.cert };
  await expect(connect(`wss://localhost:${first.port}/`, { tls, redirects: 1 })).rejects.toMatchObject({ status: 302 });
  expect(shown).toEqual(['me', undefined]);
  await first.close();
  await second.close();
});
