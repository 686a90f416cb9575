import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OutsideFailure } from '../core/failure.ts';
import { sha256 } from '../core/hash.ts';
import { errorCode } from './directory-failure.ts';
import { isRecord } from './event-line.ts';

/**
 * One file of an entry: `create` makes it unless it exists, `append` writes at `keep`, `replace` swaps the whole file,
 * `remove` deletes it.
 */
export interface JournalChange {
  readonly how: 'create' | 'append' | 'replace' | 'remove';
  readonly path: string;
  readonly keep: number;
  readonly bytes: Uint8Array;
}

export interface JournalEntry {
  readonly number: number;
  readonly changes: readonly JournalChange[];
}

/** The content of the journal at one moment. */
export interface JournalList {
  /** The highest number marked as applied; 0 when there is none. */
  readonly done: number;
  /** Numbers of the entries, ascending. */
  readonly entries: readonly number[];
}

export const JOURNAL_FOLDER = 'journal';
/** How many applied entries are kept for writers that fell behind. */
export const KEPT_ENTRIES = 64;

const NAME = /^(\d{12})\.(entry|done)$/;
const TEMPORARY = 'tmp-';

function nameOf(number: number, ending: 'entry' | 'done'): string {
  return `${String(number).padStart(12, '0')}.${ending}`;
}

/** A path in the journal for an unfinished file. */
export function temporaryPath(root: string): string {
  return join(root, JOURNAL_FOLDER, `${TEMPORARY}${randomUUID()}`);
}

/** Lists the journal; empty when there is none. */
export async function listJournal(root: string): Promise<JournalList> {
  const entries: number[] = [];
  let done = 0;
  for (const name of await namesIn(join(root, JOURNAL_FOLDER))) {
    const [, digits, ending] = NAME.exec(name) ?? [];
    if (ending === 'entry') entries.push(Number(digits));
    else if (ending === 'done') done = Math.max(done, Number(digits));
  }
  return { done, entries: entries.sort((a, b) => a - b) };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Commits an entry under its number; false when another entry has that number. Durable once it returns true. */
export async function placeEntry(root: string, entry: JournalEntry): Promise<boolean> {
  const folder = join(root, JOURNAL_FOLDER);
  if ((await mkdir(folder, { recursive: true })) !== undefined) await syncFolder(root);
  const temporary = temporaryPath(root);
  try {
    await writeDurably(temporary, encodeEntry(entry));
    await link(temporary, join(folder, nameOf(entry.number, 'entry')));
  } catch (error) {
    // ENOENT: a writer that slept for long may find its temporary file deleted.
    if (['EEXIST', 'ENOENT'].includes(errorCode(error) ?? '')) return false;
    throw error;
  } finally {
    await removeIfThere(temporary);
  }
  await syncFolder(folder);
  return true;
}

/** Reads an entry; null when it was applied and removed in the meantime. */
export async function readEntry(root: string, number: number): Promise<JournalEntry | null> {
  const path = join(root, JOURNAL_FOLDER, nameOf(number, 'entry'));
  try {
    return decodeEntry(number, await readFile(path));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Marks an entry as applied for good: a mark is a separate file, so no slow process can take it back. */
export async function markDone(root: string, number: number): Promise<void> {
  await writeFile(join(root, JOURNAL_FOLDER, nameOf(number, 'done')), '');
}

/** Takes back an entry that arrived after its number had been used and removed. */
export async function withdrawEntry(root: string, number: number): Promise<void> {
  await removeIfThere(join(root, JOURNAL_FOLDER, nameOf(number, 'entry')));
}

/** Removes what is older than the kept entries, oldest first, each entry before its mark. */
export async function pruneJournal(root: string): Promise<void> {
  const folder = join(root, JOURNAL_FOLDER);
  const { done } = await listJournal(root);
  const old = (await namesIn(folder)).filter((name) => Number(NAME.exec(name)?.[1] ?? done) <= done - KEPT_ENTRIES);
  for (const name of old.sort().filter((name) => name.endsWith('.entry'))) await removeIfThere(join(folder, name));
  for (const name of old.sort().filter((name) => name.endsWith('.done'))) await removeIfThere(join(folder, name));
}

/** Writes a whole file and waits until it is on the disk. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes a whole file without waiting for the disk. */
export async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(path, bytes, { flag: 'wx' });
}

/** Waits until the names in a folder are on the disk. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Removes a file if it exists. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** A line of JSON that describes the rest, then the bytes of all changes. */
function encodeEntry({ changes }: JournalEntry): Uint8Array {
  const body = Buffer.concat(changes.map(({ bytes }) => bytes));
  const files = changes.map(({ how, path, keep, bytes }) => ({ how, path, keep, bytes: bytes.length }));
  return Buffer.concat([Buffer.from(`${JSON.stringify({ files, sha256: sha256(body) })}\n`), body]);
}

function decodeEntry(number: number, content: Buffer): JournalEntry {
  const end = content.indexOf(10);
  const body = content.subarray(end + 1);
  const head = parseHead(content.subarray(0, Math.max(end, 0)).toString('utf8'));
  if (head === null || sha256(body) !== head.sha256) throw unreadable(number);
  let at = 0;
  const changes = head.files.map(({ bytes, ...file }) => {
    at += bytes;
    return { ...file, bytes: body.subarray(at - bytes, at) };
  });
  return { number, changes };
}

interface EntryHead {
  readonly files: readonly (Omit<JournalChange, 'bytes'> & { readonly bytes: number })[];
  readonly sha256: string;
}

function parseHead(text: string): EntryHead | null {
  try {
    const head: unknown = JSON.parse(text);
    if (!isRecord(head) || !Array.isArray(head['files']) || !head['files'].every(isFile)) return null;
    return head as unknown as EntryHead;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isFile(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { how, path, keep, bytes } = value;
  return (
    ['create', 'append', 'replace', 'remove'].includes(String(how)) &&
    typeof path === 'string' &&
    Number.isSafeInteger(keep) &&
    Number.isSafeInteger(bytes)
  );
}

function unreadable(number: number): OutsideFailure {
  return new OutsideFailure({
    kind: 'unreadable',
    message: `Entry ${number} of the ledger's journal was committed and is damaged, so it cannot be applied`,
    remedy: `Restore the folder from a copy, or move ${JOURNAL_FOLDER}/${nameOf(number, 'entry')} away to go on without it`,
    retry: false,
  });
}
