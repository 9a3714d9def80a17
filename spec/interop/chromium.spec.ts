/** The playground in Chromium, as `npm start` serves it: a person opens clients, has them speak, and breaks rules. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, HandshakeError } from '../../adapters/node.ts';
import { type Browser, hasChromium, openBrowser } from './chromium.ts';

const ROOT = join(import.meta.dirname, '../..');

describe.skipIf(!hasChromium())('the playground in Chromium', () => {
  let playground: ChildProcess;
  let address: string;
  let browser: Browser;

  const rows = (list: 'Connections' | 'Timeline', having: string | RegExp): Locator =>
    browser.page.getByRole('listbox', { name: list }).getByRole('option').filter({ hasText: having });
  const button = (name: string): Locator => browser.page.getByRole('button', { name, exact: true });
  const end = (role: 'client' | 'server'): Locator => browser.page.getByRole('article', { name: `The ${role}` });
  const as = (side: 'client' | 'server'): Promise<void> =>
    browser.page.getByRole('tab', { name: `as ${side}` }).click();
  const clients = (): Locator => browser.page.getByRole('list', { name: 'Clients' }).getByRole('button');
  const filter = (typed: string): Promise<void> =>
    browser.page.getByRole('searchbox', { name: 'Filter the timeline' }).fill(typed);
  const isIn = (role: 'client' | 'server', state: string): Promise<void> =>
    expect.poll(() => end(role).getByRole('img').getAttribute('data-state')).toBe(state);
  /** Opens a client of the process, and waits for both of its ends. */
  const open = async (): Promise<void> => {
    await button('Open a client').click();
    await isIn('client', 'open');
    await isIn('server', 'open');
  };

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
    browser = await openBrowser();
    await browser.page.goto(address);
  });

  afterAll(async () => {
    await browser?.close();
    if (playground?.exitCode === null && playground.signalCode === null) signal(playground, 'SIGKILL');
  });

  it('opens a client, and shows both of its ends as they open', async () => {
    await browser.page.getByLabel('Subprotocol').fill('superchat');
    await open();
    expect(await clients().allInnerTexts()).toEqual([expect.stringMatching(/client 1\s*open\s*open/)]);
    await expect.poll(() => rows('Connections', '/echo/1').count()).toBe(2);
    expect(await rows('Connections', '/echo/1').first().innerText()).toContain('superchat');
    for (const event of ['requestReceived', 'responseAccepted']) await rows('Timeline', event).waitFor();
  });

  it('is echoed a text, by the keyboard alone', async () => {
    await browser.page.getByLabel('Text', { exact: true }).fill('Grüße, 世界 <b>🌍</b>');
    await browser.page.keyboard.press('Enter');
    await filter('text frame');
    // Sent by the client, received by the server, sent back, and received again.
    await expect.poll(() => rows('Timeline', 'Grüße, 世界 <b>🌍</b>').count()).toBe(4);
    expect(await browser.page.locator('bdi b').count()).toBe(0);
    await filter('');
  });

  it('is echoed 1 MiB of binary, and JSON that is compressed', async () => {
    await browser.page.getByLabel('Size').selectOption('1 MiB');
    await button('Send binary').click();
    await button('Send JSON').click();
    await filter('frame >1000000');
    await expect.poll(() => rows('Timeline', '1.0 MB').count()).toBe(4);
    await filter('message');
    // As it was before it was compressed and after it was inflated, at either end.
    await expect.poll(() => rows('Timeline', /text message.*kB.*→.*row 0/).count()).toBe(4);
    await filter('');
  });

  it('sends Pings from either end, and shows their Pongs', async () => {
    await button('Ping').click();
    await as('server');
    await button('Ping').click();
    await filter('pong');
    await expect.poll(() => rows('Timeline', 'pong').count()).toBeGreaterThanOrEqual(4);
    await filter('');
    await browser.shoot('playground-open');
  });

  it('sees the code and reason of a Close on both sides, whoever sends it', async () => {
    await browser.page.getByLabel('Code', { exact: true }).fill('4001');
    await browser.page.getByLabel('Reason', { exact: true }).fill('the server has enough');
    await button('Close').click();
    await isIn('client', 'closed');
    await isIn('server', 'closed');
    for (const side of ['client', 'server'] as const) {
      expect(await end(side).innerText()).toContain('clean, 4001 the server has enough');
    }
    await expect.poll(() => clients().count()).toBe(0);
  });

  it('shows what may not be sent as an error', async () => {
    await open();
    await browser.page.getByLabel('Code', { exact: true }).fill('1006');
    await button('Close').click();
    await expect.poll(() => browser.page.getByRole('alert').innerText()).toContain('1006');
    await isIn('client', 'open');
  });

  it('breaks a rule as the client: the server fails the connection, and says why', async () => {
    const menu = browser.page.getByLabel('Break a rule');
    expect(await menu.locator('option').count()).toBeGreaterThan(25);
    await button('Break it').click();
    await expect.poll(() => end('server').getByRole('alert').innerText()).toContain('masking-wrong RFC 6455 §5.1');
    await rows('Timeline', /close.*1002 protocol error/)
      .first()
      .waitFor();
    await isIn('server', 'closed');
    await isIn('client', 'closed');
    expect(await end('server').locator('.state.visited').allTextContents()).toContain('failed');
    expect(await end('client').innerText()).toContain('clean, 1002');
    await browser.shoot('playground-client-breaks');
  });

  it('breaks a rule as the server: the client fails the connection', async () => {
    await open();
    await as('server');
    await browser.page.getByLabel('Break a rule').selectOption({ label: 'a reserved opcode: 83' });
    await button('Break it').click();
    await expect.poll(() => end('client').getByRole('alert').innerText()).toContain('opcode-reserved RFC 6455 §5.2');
    await isIn('client', 'closed');
    await isIn('server', 'closed');
    await browser.shoot('playground-server-breaks');
  });

  it('loses the transport where the cable is cut', async () => {
    await open();
    await button('Cut the cable').click();
    await isIn('client', 'closed');
    await isIn('server', 'closed');
    expect(await end('client').innerText()).toContain('not clean, 1006');
  });

  it("opens the browser's own WebSocket, which the server sees", async () => {
    await button('From this browser').click();
    await expect.poll(() => end('client').count()).toBe(0);
    await isIn('server', 'open');
    await browser.page.getByLabel('Text', { exact: true }).fill('from a page');
    await button('Send text').click();
    await filter('from a page'); // what Chromium sends is compressed, and the message is not
    await expect.poll(() => rows('Timeline', 'from a page').count()).toBe(2);
    await filter('');
    expect(await button('Ping').isDisabled()).toBe(true);
    await as('server');
    await browser.page.getByLabel('Code', { exact: true }).fill('1012');
    await button('Close').click();
    await isIn('server', 'closed');
    await expect.poll(() => end('server').innerText()).toContain('clean, 1012');
  });

  it('is readable in light and in dark, at 1280 and at 390 pixels', async () => {
    await open();
    await button('Send JSON').click();
    await browser.shoot('playground-1280-light');
    await browser.page.emulateMedia({ colorScheme: 'dark' });
    await browser.shoot('playground-1280-dark');
    await browser.page.setViewportSize({ width: 390, height: 844 });
    for (const part of ['Playground', 'Machine', 'Connections', 'Timeline']) {
      await browser.page.getByRole('navigation').getByRole('button', { name: part }).click();
      await browser.page.getByRole('region', { name: part }).waitFor();
      expect(await browser.page.evaluate('document.documentElement.scrollWidth'), part).toBe(390);
      await browser.shoot(`playground-390-dark-${part.toLowerCase()}`);
    }
    await browser.page.emulateMedia({ colorScheme: 'light' });
    await browser.shoot('playground-390-light');
    await browser.page.setViewportSize({ width: 1280, height: 800 });
  });

  it('lets no page of another origin in, no program that is no page, and no other name', async () => {
    const { host } = new URL(address);
    for (const [path, headers, status] of [
      ['play', { Origin: 'http://example.com' }, 403],
      ['socket', { Origin: 'http://example.com' }, 403],
      ['socket', {}, 403],
      ['elsewhere', { Origin: `http://${host}` }, 404],
    ] as const) {
      const error = await connect(`ws://${host}/${path}`, { headers }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(HandshakeError);
      expect(error).toMatchObject({ status });
    }
    const rebound = request(address, { headers: { Host: 'playground.example.com' } }).end();
    const [answer] = await once(rebound, 'response');
    expect(answer.statusCode).toBe(404);
    answer.resume();
  });

  it('sees 1001 after Ctrl-C, and the process ends within 2 s', async () => {
    const exit = once(playground, 'exit');
    const start = performance.now();
    signal(playground, 'SIGINT');
    await exit;
    const took = performance.now() - start;
    await expect.poll(() => browser.page.getByRole('status').innerText()).toBe('the process is gone');
    await filter('close frame in');
    await expect.poll(() => rows('Timeline', /1001 going away “the playground ends”/).count()).toBeGreaterThan(0);
    expect(took).toBeLessThan(2_000);
    console.log(`npm start ended ${Math.round(took)} ms after Ctrl-C`);
  });

  it('complained about nothing on the way, but that the process was gone', () => {
    expect(browser.complaints.filter((complaint) => !complaint.includes('ERR_CONNECTION_REFUSED'))).toEqual([]);
  });
});

/** Sends a signal to the whole process group, as a terminal does. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, name);
}
