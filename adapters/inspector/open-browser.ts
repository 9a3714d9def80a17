/** Opens a page in the browser that the user has chosen for the system. */
import { spawn } from 'node:child_process';

const COMMANDS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Returns once the browser was asked; where that fails, it says so, and the address is there to be copied. */
export async function openInBrowser(url: string): Promise<void> {
  const [command = 'xdg-open', ...args] = COMMANDS[process.platform] ?? [];
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
      child.once('error', reject);
      child.once('spawn', () => {
        child.unref();
        resolve();
      });
    });
  } catch (error) {
    console.error(`  no browser could be opened: ${error instanceof Error ? error.message : error}`);
  }
}
