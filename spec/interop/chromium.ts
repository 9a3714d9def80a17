/** Chromium with a page of its own, and what the page complained about. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { hasPeer } from './peer.ts';

const PROGRAM = '/usr/bin/chromium';
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

export const hasChromium = (): boolean => hasPeer('Chromium', PROGRAM, '--version');

export interface Browser {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors, and warnings on the console: a page has none. */
  readonly complaints: string[];
  /** Keeps a picture of the page for people to look at. */
  shoot(name: string): Promise<Buffer>;
  close(): Promise<void>;
}

/** @param args - more of them for the command line. */
export async function openBrowser(options: BrowserContextOptions = {}, args: readonly string[] = []): Promise<Browser> {
  mkdirSync(ARTEFACTS, { recursive: true });
  const profile = mkdtempSync(join(tmpdir(), 'sansocket-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: PROGRAM,
    args: [...ARGS, ...args],
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    acceptDownloads: true,
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  return {
    page,
    context,
    complaints,
    shoot: (name) => page.screenshot({ path: join(ARTEFACTS, `${name}.png`) }),
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
