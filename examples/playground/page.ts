/** The three files of the page, to a browser that may load nothing else. */
import { readFile } from 'node:fs/promises';
import type { HttpAnswer, ServerRequest } from 'sansocket/node';

const FOLDER = new URL('../../../examples/playground/page/', import.meta.url); // from dist/examples/playground

const FILES: ReadonlyMap<string, readonly [name: string, type: string]> = new Map([
  ['/', ['index.html', 'text/html; charset=utf-8']],
  ['/page.css', ['page.css', 'text/css; charset=utf-8']],
  ['/page.js', ['page.js', 'text/javascript; charset=utf-8']],
]);

/** The page may connect to any WebSocket server, which is what a person tries out with it. */
const POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ws: wss:",
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
].join('; ');

export async function page({ method, path }: ServerRequest): Promise<HttpAnswer> {
  const file = FILES.get(path);
  if (file === undefined) return { status: 404, body: 'nothing here; the playground is at /\n' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { Allow: 'GET, HEAD' } };
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
