/**
 * Where running inspectors are found: a file for each, in a folder of the user's own.
 *
 * The addresses have the tokens in them, so the folder is 0700, its files are 0600, and a folder that somebody else
 * may write to, or has put there, is neither used nor believed.
 */
import { rmSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** What is known of a process that is inspected. */
export interface Registered {
  readonly pid: number;
  readonly url: string;
  /** The program's file, or `''`. */
  readonly program: string;
  /** Milliseconds since 1970. */
  readonly started: number;
}

/** The user's folder; `SANSOCKET_INSPECTORS` names another. */
const registryFolder = (): string =>
  process.env.SANSOCKET_INSPECTORS ??
  join(tmpdir(), `sansocket-inspectors-${process.getuid?.() ?? userInfo().username}`);

/**
 * Makes a process findable until it ends.
 *
 * @returns forgets it; rejects where the folder is not the user's own.
 */
export async function register(entry: Registered, folder: string = registryFolder()): Promise<() => void> {
  await mkdir(folder, { mode: 0o700, recursive: true });
  await assertPrivate(folder);
  const file = join(folder, `${entry.pid}-${new URL(entry.url).port}.json`); // a worker thread has an inspector of its own
  await rm(file, { force: true }); // of an earlier process of that number
  await writeFile(file, JSON.stringify(entry), { mode: 0o600, flag: 'wx' });
  const forget = (): void => {
    process.off('exit', forget);
    rmSync(file, { force: true });
  };
  process.on('exit', forget);
  return forget;
}

/** The processes that can be found, oldest first; files of those that are gone are removed. */
export async function registered(folder: string = registryFolder()): Promise<readonly Registered[]> {
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return []; // nobody has made it
  await assertPrivate(folder);
  const entries: Registered[] = [];
  for (const name of names.filter((each) => /^\d+-\d+\.json$/.test(each))) {
    const file = join(folder, name);
    const entry = await read(file);
    if (entry === undefined) continue; // being written, or gone meanwhile
    if (isAlive(entry.pid)) entries.push(entry);
    else await rm(file, { force: true });
  }
  return entries.sort((a, b) => a.started - b.started);
}

/** The address of an inspector, and of nothing else. */
const ADDRESS = /^http:\/\/127\.0\.0\.1:\d{1,5}\/[\w-]+\/$/;

async function assertPrivate(folder: string): Promise<void> {
  const stats = await lstat(folder);
  const isOwn = process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o077) === 0);
  if (!stats.isDirectory() || !isOwn) throw new Error(`${folder} is not a folder of this user alone: remove it`);
}

async function read(file: string): Promise<Registered | undefined> {
  try {
    const { pid, url, program, started } = JSON.parse(await readFile(file, 'utf8')) as Partial<Registered>; // checked below
    if (!Number.isInteger(pid) || pid === undefined || typeof program !== 'string') return undefined;
    if (typeof url !== 'string' || !ADDRESS.test(url)) return undefined; // it may be given to a browser
    return { pid, url, program, started: Number(started) };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // it is, and somebody else's
  }
}
