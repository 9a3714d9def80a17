/** Chromium on the page of the playground, as `npm start` serves it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, HandshakeError } from '../../adapters/node.ts';
import { hasPeer } from './peer.ts';

const CHROMIUM = '/usr/bin/chromium';
const ROOT = join(import.meta.dirname, '../..');
const ARTEFACTS = join(import.meta.dirname, 'artefacts');
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

describe.skipIf(!hasPeer('Chromium', CHROMIUM, '--version'))('the playground in Chromium', () => {
  let playground: ChildProcess;
  let address: string;
  let profile: string;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  /** The details of the newest event of that name on that side. */
  const newest = (side: 'page' | 'server', event: string): Promise<string> => {
    const rows = page.locator(`#log li.${side}`, { has: page.getByText(event, { exact: true }) });
    return rows.last().locator('.details').innerText();
  };
  const clear = (): Promise<void> => page.getByRole('button', { name: 'Clear' }).click();
  const click = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const shoot = (name: string): Promise<Buffer> =>
    page.screenshot({ path: join(ARTEFACTS, `${name}.png`), fullPage: true });

  beforeAll(async () => {
    // A process group of its own: Ctrl-C in a terminal goes to npm and to the server alike.
    const env = { ...process.env, PORT: '0' };
    playground = spawn('npm', ['start'], { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    if (playground.stdout === null) throw new Error('npm start has no output');
    const printed: string[] = [];
    for await (const line of createInterface(playground.stdout)) {
      printed.push(line);
      address = /http:\/\/127\.0\.0\.1:\d+\//.exec(line)?.[0] ?? '';
      if (address !== '') break;
    }
    expect(address, `the address among what npm start printed:\n${printed.join('\n')}`).toMatch(/^http/);
    mkdirSync(ARTEFACTS, { recursive: true });
    profile = mkdtempSync(join(tmpdir(), 'sansocket-'));
    context = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      args: ARGS,
      viewport: { width: 1280, height: 800 },
      colorScheme: 'light',
    });
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    await page.goto(address);
  });

  afterAll(async () => {
    await context?.close();
    if (profile !== undefined) rmSync(profile, { recursive: true, force: true });
    if (playground?.exitCode === null && playground.signalCode === null) signal(playground, 'SIGKILL');
  });

  it('connects to its own server with a subprotocol, which both sides show', async () => {
    await page.getByLabel('Subprotocols').fill('chat, other');
    await click('Connect');
    expect(await newest('server', 'open')).toContain('subprotocol chat');
    expect(await newest('page', 'open')).toContain('subprotocol chat');
    await expect.poll(() => page.locator('#page-state [data-of=state]').innerText()).toBe('OPEN');
    await expect.poll(() => page.locator('#server-state [data-of=state]').innerText()).toBe('open');
  });

  it('is echoed a text, by the keyboard alone', async () => {
    await clear();
    await page.getByLabel('Text').fill('Grüße, 世界 <b>🌍</b>');
    await page.keyboard.press('Enter');
    const same = 'text 27 B Grüße, 世界 <b>🌍</b>';
    expect([await newest('page', 'message'), await newest('server', 'message')]).toEqual([same, same]);
    expect(await page.locator('#log b').count()).toBe(0);
  });

  it('is echoed 1 MiB of binary', async () => {
    await clear();
    await click('Send binary');
    const echoed = await newest('page', 'message');
    expect(echoed).toMatch(/^binary 1,048,576 B [\da-f]{32}$/);
    expect([await newest('page', 'sent'), await newest('server', 'message')]).toEqual([echoed, echoed]);
    await expect.poll(() => page.locator('#page-state [data-of=buffered]').innerText()).toBe('0 B');
  });

  it('answers a Ping of the server, and shows the latency', async () => {
    await click('Ping from the server');
    expect(await newest('server', 'pong')).toMatch(/^after \d+\.\d ms$/);
    expect(await page.locator('#server-state [data-of=latency]').innerText()).toMatch(/^\d+\.\d ms$/);
  });

  it('sees the code and reason of its Close on both sides', async () => {
    await clear();
    await page.getByLabel('Code').fill('4001');
    await page.getByLabel('Reason').fill('the page has enough');
    await click('Page closes');
    expect(await newest('page', 'close')).toBe('4001, clean'); // the server echoes the code (RFC 6455 §5.5.1)
    expect(await newest('server', 'close')).toBe('4001 "the page has enough", clean');
    await expect.poll(() => page.locator('#page-state [data-of=state]').innerText()).toBe('CLOSED');
    await expect.poll(() => page.locator('#server-state [data-of=state]').innerText()).toBe('closed');
  });

  it('sees the code and reason of the server on both sides', async () => {
    await clear();
    await click('Connect');
    await page.getByLabel('Code').fill('1012');
    await page.getByLabel('Reason').fill('the server has enough');
    await click('Server closes');
    expect(await newest('page', 'close')).toBe('1012 "the server has enough", clean');
    expect(await newest('server', 'close')).toBe('1012 "the server has enough", clean');
  });

  it('shows what may not be sent as an error', async () => {
    await clear();
    await click('Connect');
    await page.getByLabel('Code').fill('1005');
    await click('Server closes');
    expect(await newest('server', 'error')).toContain('UsageError');
    await click('Page closes');
    expect(await newest('page', 'error')).toContain('InvalidAccessError');
  });

  it('is readable in light and in dark, at 1280 and at 390 pixels', async () => {
    await click('Send text');
    await click('Send binary');
    await click('Ping from the server');
    await newest('server', 'pong');
    await shoot('1280-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot('1280-dark');
    await page.setViewportSize({ width: 390, height: 844 });
    await shoot('390-dark');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.emulateMedia({ colorScheme: 'light' });
    await shoot('390-light');
  });

  it('lets no page of another origin in, and nobody observe without an id', async () => {
    const echo = address.replace('http', 'ws');
    for (const [path, headers, status] of [
      ['echo', { Origin: 'http://example.com' }, 403],
      ['observe', {}, 404],
    ] as const) {
      const error = await connect(`${echo}${path}`, { headers }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(HandshakeError);
      expect(error).toMatchObject({ status });
    }
  });

  it('sees 1001 after Ctrl-C, and the process ends within 2 s', async () => {
    await clear();
    const exit = once(playground, 'exit');
    const start = performance.now();
    signal(playground, 'SIGINT');
    await exit;
    const took = performance.now() - start;
    expect(await newest('page', 'close')).toBe('1001 "the playground ends", clean');
    expect(took).toBeLessThan(2_000);
    console.log(`npm start ended ${Math.round(took)} ms after Ctrl-C`);
  });

  it('complained about nothing on the way', () => {
    expect(complaints).toEqual([]);
  });
});

/** Sends a signal to the whole process group, as a terminal does. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, name);
}
