import { constants } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { OutsideFailure } from '../core/failure.ts';
import { errorCode } from './directory-failure.ts';
import {
  type JournalChange,
  type JournalEntry,
  removeIfThere,
  syncFolder,
  temporaryPath,
  writeDurably,
  writeNew,
} from './directory-journal.ts';
import { FOLDERS, isRemade } from './layout.ts';

/** Where bytes are kept that somebody else wrote at a position that the journal had already assigned. */
const SET_ASIDE_FOLDER = 'set-aside';

/** The sizes of the ledger's files, by path with forward slashes. Links are left out. */
export async function listFiles(root: string): Promise<ReadonlyMap<string, number>> {
  const paths = await filesIn(root, '', (name) => FOLDERS.includes(name));
  const sizes = await Promise.all(paths.map(async (path) => [path, await sizeOf(root, path)] as const));
  return new Map(sizes);
}

async function filesIn(root: string, folder: string, enters: (name: string) => boolean): Promise<readonly string[]> {
  const found = await Promise.all(
    (await entriesIn(join(root, folder))).map(async (entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return enters(entry.name) ? await filesIn(root, path, () => true) : [];
      return entry.isFile() ? [path] : [];
    }),
  );
  return found.flat();
}

async function entriesIn(folder: string): Promise<Awaited<ReturnType<typeof readEntries>>> {
  try {
    return await readEntries(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function readEntries(folder: string): Promise<{ readonly name: string; isDirectory(): boolean; isFile(): boolean }[]> {
  return readdir(folder, { withFileTypes: true });
}

/** The size of a file; 0 when it does not exist. */
export async function sizeOf(root: string, path: string): Promise<number> {
  try {
    return (await stat(join(root, path))).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

/**
 * Applies an entry and waits until everything that cannot be derived is on the disk. The state and the rollups are not waited
 * for: the chain proves them, and after a power cut they are remade from the events. Applying an entry again, or twice at
 * once, changes nothing.
 */
export async function applyEntry(root: string, entry: JournalEntry): Promise<void> {
  const folderOf = ({ path }: JournalChange): string => dirname(safeJoin(root, path));
  for (const folder of new Set(entry.changes.map(folderOf))) await makeFolder(root, folder);
  await Promise.all(entry.changes.map((change) => applyChange(root, entry.number, change)));
  const lasting = entry.changes.filter(({ path }) => !isRemade(path));
  await Promise.all([...new Set(lasting.map(folderOf))].map(syncFolder));
}

async function applyChange(root: string, number: number, change: JournalChange): Promise<void> {
  const target = safeJoin(root, change.path);
  switch (change.how) {
    case 'create':
      return await create(root, target, change.bytes, writerFor(change));
    case 'append':
      return await writeAt(root, number, target, change);
    case 'remove':
      return await removeIfThere(target);
    case 'replace': {
      const temporary = temporaryPath(root);
      await writerFor(change)(temporary, change.bytes);
      return await rename(temporary, target);
    }
    default:
      change.how satisfies never;
  }
}

function writerFor({ path }: JournalChange): typeof writeDurably {
  return isRemade(path) ? writeNew : writeDurably;
}

/** The file appears whole or not at all. If it exists, this was done before and it may have grown since. */
async function create(root: string, target: string, bytes: Uint8Array, write: typeof writeDurably): Promise<void> {
  const temporary = temporaryPath(root);
  try {
    await write(temporary, bytes);
    await link(temporary, target);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    await removeIfThere(temporary);
  }
}

async function writeAt(root: string, number: number, target: string, change: JournalChange): Promise<void> {
  const file = await openAt(target, change.keep);
  // A late process may find that a newer entry has removed the file.
  if (file === null) return;
  try {
    const there = await bytesAt(file, change.keep, change.bytes.length);
    const same = Buffer.compare(there, change.bytes.subarray(0, there.length)) === 0;
    if (!same) await setAside(root, number, change.path, there);
    if (!same || there.length < change.bytes.length) await writeAll(file, change.bytes, change.keep);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A file to append to; null when it should have content and is gone. */
async function openAt(target: string, keep: number): Promise<FileHandle | null> {
  const creates = keep === 0 ? constants.O_CREAT : 0;
  try {
    return await open(target, constants.O_RDWR | creates | constants.O_NOFOLLOW, 0o644);
  } catch (error) {
    if (keep > 0 && errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function bytesAt(file: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

async function writeAll(file: FileHandle, bytes: Uint8Array, from: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, from + written);
    written += bytesWritten;
  }
}

async function setAside(root: string, number: number, path: string, bytes: Uint8Array): Promise<void> {
  const folder = join(root, SET_ASIDE_FOLDER);
  await mkdir(folder, { recursive: true });
  const target = join(folder, `${number}-${path.replaceAll('/', '_')}`);
  await create(root, target, bytes, writeDurably);
}

/**
 * Makes the folder of a ledger and its parents, one by one: Node's `mkdir -p` never returns where an existing folder such as
 * /proc allows no new ones and reports that it does not exist.
 * @throws OutsideFailure when the folder cannot be made.
 */
export async function makeRoot(root: string): Promise<void> {
  const missing: string[] = [];
  for (let path = resolve(root); !(await isFolder(path)); path = dirname(path)) missing.unshift(path);
  for (const path of missing) {
    try {
      await mkdir(path);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT') throw noPlace(path);
      // Either somebody else has made it meanwhile, or it is a file.
      if (code !== 'EEXIST' || !(await isFolder(path))) throw error;
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function noPlace(path: string): OutsideFailure {
  return new OutsideFailure({
    kind: 'invalid',
    message: `The folder ${path} cannot be made: no folders can be made there`,
    remedy: 'Name a folder on a disk that can be written to',
    retry: false,
  });
}

/** A folder from elsewhere may contain links: nothing is created or written through one. */
async function makeFolder(root: string, folder: string): Promise<void> {
  let path = root;
  for (const name of relative(root, folder).split(sep)) {
    if (name === '') continue;
    path = join(path, name);
    try {
      await mkdir(path);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      if ((await lstat(path)).isSymbolicLink()) throw leadsOut();
    }
  }
}

function safeJoin(root: string, path: string): string {
  const [first = '', ...rest] = path.split('/');
  const names = [first, ...rest];
  const bad = names.some((name) => name === '' || name === '.' || name === '..' || /[\\:\0]/.test(name));
  if (bad || (rest.length > 0 && !FOLDERS.includes(first))) throw leadsOut();
  return join(root, path);
}

function leadsOut(): OutsideFailure {
  return new OutsideFailure({
    kind: 'invalid',
    message: 'The journal or a link in the folder of the ledger leads out of that folder. Nothing was written there',
    remedy: 'Do not use this folder: somebody prepared it. Take the ledger from a copy that you trust',
    retry: false,
  });
}

/** Some bytes of a file; fewer if it ends earlier. */
export async function readPart(root: string, path: string, from: number, to: number): Promise<Uint8Array> {
  const file = await open(join(root, path), constants.O_RDONLY);
  try {
    return await bytesAt(file, from, Math.max(0, to - from));
  } finally {
    await file.close();
  }
}
