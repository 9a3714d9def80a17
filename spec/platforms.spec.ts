/** What `npm ci` would install on other platforms, as package-lock.json has it. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Locked {
  readonly name?: string;
  readonly os?: string | readonly string[];
  readonly cpu?: string | readonly string[];
  readonly optional?: boolean;
  readonly resolved?: string;
  readonly link?: boolean;
}

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const names = Object.keys(packages);

/** Whether npm installs a package there. */
function fits({ os = [], cpu = [] }: Locked, platform: string, arch: string): boolean {
  const allows = (list: string | readonly string[], what: string): boolean =>
    [list].flat().length === 0 || [list].flat().includes(what);
  return allows(os, platform) && allows(cpu, arch);
}

const PLATFORMS = [
  ['linux', 'x64'],
  ['linux', 'arm64'],
  ['darwin', 'x64'],
  ['darwin', 'arm64'],
  ['win32', 'x64'],
] as const;

it.each(PLATFORMS)('npm ci has no reason to fail on %s %s, and has every runtime there is', (platform, arch) => {
  const refused = names.filter(
    (name) => packages[name]?.optional !== true && !fits(packages[name] ?? {}, platform, arch),
  );
  expect(refused).toEqual([]);
  const installed = names.filter((name) => fits(packages[name] ?? {}, platform, arch));
  const has = (pattern: RegExp): boolean => installed.some((name) => pattern.test(name));
  // npm has no package of Node 20 for macOS on ARM: what runs on it fails there, and says so.
  expect(has(new RegExp(`/node20-${platform}-${arch}$`))).toBe(platform !== 'darwin' || arch !== 'arm64');
  expect(has(new RegExp(`/node26-${platform}-${arch}$`))).toBe(true);
  for (const scope of ['@deno', '@oven', '@cloudflare']) expect(has(new RegExp(`/${scope}/`)), scope).toBe(true);
});

it('package-lock.json names no registry', () => {
  expect(names.filter((name) => packages[name]?.resolved !== undefined && packages[name]?.link !== true)).toEqual([]);
});
