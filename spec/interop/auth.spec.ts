/** Chromium on the example of logging in, over TLS, with the client of `sansocket/browser` in its page. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../adapters/node.ts';
import { selfSigned } from '../support/certificates.ts';
import { hasPeer } from './peer.ts';

const CHROMIUM = '/usr/bin/chromium';
const ROOT = join(import.meta.dirname, '../..');

describe.skipIf(!hasPeer('Chromium', CHROMIUM, '--version'))('the example of logging in, in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sansocket-'));
  const { key, cert } = selfSigned();
  let example: ChildProcess;
  let port: string;
  let context: BrowserContext;
  let page: Page;

  async function start(on: string): Promise<string> {
    const env = { ...process.env, PORT: on, TLS_KEY: join(folder, 'key.pem'), TLS_CERT: join(folder, 'cert.pem') };
    example = spawn(process.execPath, ['dist/examples/auth/server.js'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (example.stdout === null) throw new Error('the example has no output');
    const [line] = await once(createInterface(example.stdout), 'line');
    return /:(\d+)\//.exec(String(line))?.[1] ?? '';
  }

  async function stop(): Promise<void> {
    const exit = once(example, 'exit');
    example.kill('SIGTERM');
    await exit;
  }

  const state = (): Promise<string> => page.locator('#state').innerText();
  const log = (): Promise<string[]> => page.locator('#log li').allInnerTexts();
  const say = async (text: string): Promise<void> => {
    await page.getByLabel('Text').fill(text);
    await page.keyboard.press('Enter');
  };
  async function logIn(password: string): Promise<void> {
    await page.goto(`https://127.0.0.1:${port}/`);
    await page.getByLabel('User').fill('ada');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
  }
  const session = async (): Promise<string> => {
    const [cookie] = await context.cookies();
    return cookie?.value ?? '';
  };
  /** What the socket answers to a handshake that no page could make. */
  const refusal = (options: Parameters<typeof connect>[1]): Promise<unknown> =>
    connect(`wss://127.0.0.1:${port}/socket`, { ...options, tls: { ca: cert } }).then(
      () => 'open',
      (error: { status?: number; body?: Uint8Array }) => [error.status, Buffer.from(error.body ?? []).toString()],
    );

  beforeAll(async () => {
    writeFileSync(join(folder, 'key.pem'), key);
    writeFileSync(join(folder, 'cert.pem'), cert);
    port = await start('0');
    context = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
      ignoreHTTPSErrors: true,
    });
    page = await context.newPage();
  });

  afterAll(async () => {
    await context?.close();
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lets nobody in with a wrong password', async () => {
    await logIn('wrong');
    await expect.poll(() => page.locator('body').innerText()).toContain('wrong user or password');
    expect(await context.cookies()).toEqual([]);
  });

  it('sets a cookie that scripts, other sites and plain HTTP do not get, and opens the socket', async () => {
    await logIn('lovelace');
    await expect.poll(state).toBe('open');
    expect(await context.cookies()).toMatchObject([
      { name: '__Host-session', httpOnly: true, secure: true, sameSite: 'Strict', path: '/' },
    ]);
    expect(await page.evaluate('document.cookie + JSON.stringify(localStorage)')).toBe('{}');
  });

  it('passes messages with the token that goes with each', async () => {
    await say('hello <b>');
    await expect.poll(log).toEqual(['{"from":"ada","text":"hello <b>"}']);
  });

  it('refuses a handshake with 403, without the cookie, the token, or the origin', async () => {
    const own = { Origin: `https://127.0.0.1:${port}` };
    const cookies = { '__Host-session': await session() };
    expect(cookies['__Host-session']).toMatch(/^[\w-]{43}$/);
    const forged = `csrf.${'0'.repeat(64)}.1700000000`;
    const cases = [
      [{ headers: own }, 'log in first'],
      [{ headers: own, cookies: { '__Host-session': 'x' } }, 'log in first'],
      [{ headers: own, cookies, subprotocols: ['chat'] }, 'the token is malformed'],
      [{ headers: own, cookies, subprotocols: ['chat', forged] }, 'the token is wrong'],
    ] as const;
    for (const [options, message] of cases) {
      expect(await refusal(options)).toEqual([403, expect.stringContaining(message)]);
    }
    for (const headers of [{ Origin: 'https://evil.example' }, {}]) {
      expect(await refusal({ headers, cookies })).toEqual([403, expect.any(String)]);
    }
  });

  it('answers a wrong token in a message with 403, and Close 1008, which is not tried again', async () => {
    await say('forge');
    await expect.poll(log).toContain('{"code":403,"message":"the token is wrong"}');
    await expect.poll(log).toContain('ended with 1008');
    expect(await state()).toBe('ended');
  });

  it('closes when the page is left, and opens with a fresh token when it is loaded again', async () => {
    await page.reload();
    await expect.poll(state).toBe('open');
    await say('again');
    await expect.poll(log).toEqual(['{"from":"ada","text":"again"}']);
  });

  it('ends a session that another page logged out of, at the next message', async () => {
    const other = await context.newPage();
    await other.goto(`https://127.0.0.1:${port}/`);
    await other.getByRole('button', { name: 'Log out' }).click();
    await expect.poll(() => other.getByLabel('Password').isVisible()).toBe(true);
    expect(await context.cookies()).toEqual([]);
    await say('still there?');
    await expect.poll(log).toContain('ended with 1008');
    await expect.poll(() => page.getByLabel('Password').isVisible()).toBe(true);
    await other.close();
  });

  it('comes back to a server that was away, which refuses it a token, and then asks to log in', async () => {
    await logIn('lovelace');
    await expect.poll(state).toBe('open');
    await stop();
    await expect.poll(state).toBe('waiting');
    await context.setOffline(true);
    await expect.poll(state).toBe('offline');
    await start(port); // it has forgotten all sessions
    const tokens: string[] = [];
    page.on('request', (request) => request.url().endsWith('/token') && tokens.push(request.url()));
    await context.setOffline(false);
    await expect.poll(state, { timeout: 20_000 }).toBe('ended');
    expect(await log()).toContain('logged out');
    await expect.poll(() => page.getByLabel('Password').isVisible()).toBe(true);
    expect(tokens.length).toBe(2); // for the last attempt, and to know what to show
  });
});
