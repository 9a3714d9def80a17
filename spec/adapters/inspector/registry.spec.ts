import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { register, registered } from '../../../adapters/inspector/registry.ts';

let parent = '';
let folder = '';

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'registry-'));
  folder = join(parent, 'inspectors');
});
afterEach(() => rm(parent, { recursive: true }));

const entry = { pid: process.pid, url: 'http://127.0.0.1:1/token/', program: 'app.js', started: 5 };

it('finds a process until it is forgotten, in files that nobody else can read', async () => {
  expect(await registered(folder)).toEqual([]);
  const forget = await register(entry, folder);
  expect(await registered(folder)).toEqual([entry]);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, `${process.pid}-1.json`))).mode & 0o777).toBe(0o600);
  forget();
  expect(await registered(folder)).toEqual([]);
});

it('removes the files of processes that are gone, and passes over what it cannot read', async () => {
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, '4194304-1.json'), JSON.stringify({ ...entry, pid: 4_194_304 })); // above every pid_max
  await writeFile(join(folder, '5-1.json'), '{"pid":');
  const elsewhere = { ...entry, url: 'http://evil.example/' };
  await writeFile(join(folder, '6-1.json'), JSON.stringify(elsewhere));
  await writeFile(join(folder, 'notes.txt'), '');
  expect(await registered(folder)).toEqual([]);
  expect((await readdir(folder)).sort()).toEqual(['5-1.json', '6-1.json', 'notes.txt']);
});

it('replaces what an earlier process of the same number left', async () => {
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, `${process.pid}-1.json`), 'old');
  const forget = await register(entry, folder);
  expect(await registered(folder)).toEqual([entry]);
  forget();
});

it('does not use a folder that others may write to, nor one that is a link', async () => {
  await mkdir(folder);
  await chmod(folder, 0o770);
  await expect(register(entry, folder)).rejects.toThrow('not a folder of this user alone');
  await expect(registered(folder)).rejects.toThrow('not a folder of this user alone');
  await chmod(folder, 0o700);
  const link = join(parent, 'link');
  await symlink(folder, link);
  await expect(register(entry, link)).rejects.toThrow('not a folder of this user alone');
  expect(await readdir(folder)).toEqual([]);
});
