/** The site around the WebSocket: a page, logging in and out, and fresh tokens for who is logged in. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { CsrfTokens } from 'sansocket/csrf';
import { COOKIE, cookieFor, cookieOver, logIn, logOut, userOf } from './sessions.ts';

const PAGE = new URL('../../../examples/auth/page/', import.meta.url); // from dist/examples/auth

/** The library, bundled for the page. */
const {
  outputFiles: [library],
} = await build({
  entryPoints: [fileURLToPath(import.meta.resolve('sansocket/browser'))],
  bundle: true,
  format: 'esm',
  write: false,
});

const FIELDS = {
  'Content-Security-Policy': "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

export const site =
  (tokens: CsrfTokens) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const session = sessionOf(request);
    const answer = (status: number, type: string, body: string | Buffer, more: Record<string, string> = {}): void => {
      response.writeHead(status, { ...FIELDS, 'Content-Type': `${type}; charset=utf-8`, ...more }).end(body);
    };
    const isOwn = request.headers['sec-fetch-site'] === 'same-origin'; // set by browsers, and by no page
    switch (`${request.method} ${pathname}`) {
      case 'GET /':
        return answer(200, 'text/html', await readFile(new URL('index.html', PAGE)));
      case 'GET /page.js':
        return answer(200, 'text/javascript', await readFile(new URL('page.js', PAGE)));
      case 'GET /sansocket/browser.js':
        return answer(200, 'text/javascript', library?.text ?? '');
      case 'POST /login': {
        if (!isOwn) return answer(403, 'text/plain', 'not from another site\n');
        const form = new URLSearchParams(await body(request));
        const id = logIn(form.get('user') ?? '', form.get('password') ?? '');
        if (id === undefined) return answer(403, 'text/plain', 'wrong user or password\n');
        return answer(303, 'text/plain', '', { Location: '/', 'Set-Cookie': cookieFor(id) });
      }
      case 'POST /logout':
        if (!isOwn) return answer(403, 'text/plain', 'not from another site\n');
        if (session !== undefined) logOut(session);
        return answer(303, 'text/plain', '', { Location: '/', 'Set-Cookie': cookieOver });
      case 'GET /token':
        if (!isOwn || session === undefined || userOf(session) === undefined) {
          return answer(403, 'application/json', '{"code":403,"message":"log in first"}');
        }
        return answer(200, 'application/json', JSON.stringify({ token: await tokens.issue(session) }));
    }
    answer(404, 'text/plain', 'nothing here\n');
  };

function sessionOf({ headers }: IncomingMessage): string | undefined {
  const cookies = headers.cookie?.split('; ') ?? [];
  return cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

async function body(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > 4_096) throw new Error('a login is shorter');
  }
  return text;
}
