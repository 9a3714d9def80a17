/** Takes the pictures of the README, of the playground as `npm start` serves it. Run: `npm run screenshots`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { hasChromium, openBrowser } from './chromium.ts';

const USAGE = `Usage: npm run screenshots [-- --help]

Starts the playground and Chromium (/usr/bin/chromium), and writes docs/images/*.png.`;

const ROOT = new URL('../../../', import.meta.url); // from dist/spec/interop
const MOST_BYTES = 200_000;

/** Each picture: what a person does before it is taken. */
const PICTURES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  async playground(page) {
    await button(page, 'Open a client').click();
    await inState(page, 'server', 'open');
    await page.getByLabel('Text', { exact: true }).fill('{"say":"hello","to":["both","ends"]}');
    await button(page, 'Send text').click();
    await button(page, 'Send JSON').click();
    await button(page, 'Ping').click();
    await page.getByRole('option').filter({ hasText: 'hello' }).first().click();
    await page.getByRole('list', { name: 'Header' }).waitFor();
  },
  async violation(page) {
    await page.keyboard.press('Escape');
    await page.emulateMedia({ colorScheme: 'dark' });
    await button(page, 'Break it').click();
    await inState(page, 'server', 'closed');
    await inState(page, 'client', 'closed');
    await button(page, 'Open a client').click();
    await page.getByRole('option').filter({ hasText: '/echo/2' }).first().waitFor();
    await page.getByRole('option').filter({ hasText: '/echo/1' }).first().click();
    await inState(page, 'server', 'closed');
    await page.getByRole('option').filter({ hasText: '1002 protocol error' }).first().click();
    await page.getByRole('list', { name: 'Header' }).waitFor();
  },
};

const button = (page: Page, name: string): ReturnType<Page['getByRole']> =>
  page.getByRole('button', { name, exact: true });
const inState = (page: Page, role: string, state: string): Promise<void> =>
  page.locator(`svg[aria-label="The chart of the ${role}: ${state}"]`).waitFor();

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (!hasChromium()) throw new Error('there is no Chromium to take pictures with');
  const env = { ...process.env, PORT: '0' };
  const playground = spawn(process.execPath, ['dist/examples/playground/server.js'], {
    cwd: fileURLToPath(ROOT),
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const browser = await openBrowser({ reducedMotion: 'reduce' });
  try {
    const [line = ''] = (await once(createInterface(playground.stdout), 'line')) as string[];
    await browser.page.goto(/http:\S+/.exec(line)?.[0] ?? '');
    for (const [name, act] of Object.entries(PICTURES)) {
      await act(browser.page);
      await browser.page.mouse.move(0, 0);
      const path = fileURLToPath(new URL(`docs/images/${name}.png`, ROOT));
      await browser.page.screenshot({ path, animations: 'disabled' });
      const { size } = statSync(path);
      console.log(`docs/images/${name}.png: ${size} bytes`);
      if (size > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes are too much for a README`);
    }
  } finally {
    await browser.close();
    const exit = once(playground, 'exit');
    playground.kill('SIGINT');
    await exit;
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
