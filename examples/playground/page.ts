/** The files of the page, to a browser that may load nothing else. */
import { readFile } from 'node:fs/promises';
import type { HttpAnswer, ServerRequest } from 'sansocket/node';

const FOLDER = new URL('./page/', import.meta.url); // built beside this file

const FILES: ReadonlyMap<string, readonly [name: string, type: string]> = new Map([
  ['/', ['index.html', 'text/html; charset=utf-8']],
  ['/page.css', ['page.css', 'text/css; charset=utf-8']],
  ['/page.js', ['page.js', 'text/javascript; charset=utf-8']],
]);

/** The browser's own clients connect to the cables, on ports of this machine. */
const POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ws://127.0.0.1:*",
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
].join('; ');

/** Whether the page is asked for by its address: another name may be made to point here by anybody. */
export const isHere = ({ host }: ServerRequest): boolean => /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);

export async function page(request: ServerRequest): Promise<HttpAnswer> {
  const file = FILES.get(request.path);
  if (!isHere(request) || file === undefined) return { status: 404, body: 'nothing here; the playground is at /\n' };
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, headers: { Allow: 'GET, HEAD' } };
  const [name, type] = file;
  return {
    status: 200,
    headers: {
      'Content-Type': type,
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-cache',
    },
    body: await readFile(new URL(name, FOLDER)),
  };
}
