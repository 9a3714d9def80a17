/** The inspector of another process in Chromium: for the person who has its address, and for pages that must not have it. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, hasChromium, openBrowser } from './chromium.ts';

const APP = join(import.meta.dirname, '../../dist/examples/traffic-light/app.js');

describe.skipIf(!hasChromium())('the inspector of another process', () => {
  let app: ChildProcessByStdio<Writable, null, Readable>;
  let url = '';
  let browser: Browser;
  let stranger: Server;
  let elsewhere = '';

  const rows = (list: 'Connections' | 'Timeline', having: string | RegExp): Locator =>
    browser.page.getByRole('listbox', { name: list }).getByRole('option').filter({ hasText: having });

  beforeAll(async () => {
    app = spawn(process.execPath, [APP], { stdio: ['pipe', 'ignore', 'pipe'] });
    const [line] = (await once(createInterface({ input: app.stderr }), 'line')) as [string];
    url = line.slice(line.indexOf('http'));
    stranger = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>a page of somebody else</title>');
    }).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    elsewhere = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`; // it listens on an IP address
    browser = await openBrowser({}, ['--host-resolver-rules=MAP rebound.example 127.0.0.1']);
  });

  afterAll(async () => {
    await browser?.close();
    stranger?.close();
    if (app?.exitCode === null) {
      app.kill('SIGKILL');
      await once(app, 'exit');
    }
  });

  it('shows its connections, and what a person makes them say', async () => {
    await browser.page.goto(url);
    await rows('Connections', 'server').filter({ hasText: 'open' }).click();
    app.stdin.write('\n');
    await rows('Timeline', 'press').first().waitFor();
    await rows('Timeline', 'yellow').first().waitFor();
    expect(browser.complaints).toEqual([]);
  });

  it('gives nothing to a page of somebody else, even with the token (J1, J2)', async () => {
    const page = await browser.context.newPage();
    await page.goto(elsewhere);
    const seen = await page.evaluate(`Promise.all([
      new Promise((resolve) => {
        const socket = new WebSocket(${JSON.stringify(`${url.replace('http', 'ws')}socket`)});
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('no socket');
      }),
      fetch(${JSON.stringify(url)}).then(() => 'read', () => 'not read'),
      new Promise((resolve) => {
        const script = document.createElement('script');
        script.onload = () => resolve('loaded');
        script.onerror = () => resolve('no script');
        script.src = ${JSON.stringify(`${url}page.js`)};
        document.head.append(script);
      }),
    ])`);
    expect(seen).toEqual(['no socket', 'not read', 'no script']);
    await page.close();
  });

  it('is not to be put into a frame', async () => {
    const page = await browser.context.newPage();
    await page.goto(elsewhere);
    await page.setContent(`<iframe src="${url}"></iframe>`);
    await expect.poll(() => page.frames()[1]?.url()).toMatch(/^chrome-error:/);
    await page.close();
  });

  it('is not there under a name that an attacker has bound to this machine (F17)', async () => {
    const page = await browser.context.newPage();
    const response = await page.goto(url.replace('127.0.0.1', 'rebound.example'));
    expect(response?.status()).toBe(403);
    const socket = await page.evaluate(`new Promise((resolve) => {
      const socket = new WebSocket(${JSON.stringify(`${url.replace('http', 'ws').replace('127.0.0.1', 'rebound.example')}socket`)});
      socket.onopen = () => resolve('open');
      socket.onerror = () => resolve('no socket');
    })`);
    expect(socket).toBe('no socket');
    await page.close();
  });

  it('says so when the process is gone', async () => {
    app.stdin.end();
    await once(app, 'exit');
    await expect.poll(() => browser.page.getByRole('status').innerText()).toBe('the process is gone');
  });
});
