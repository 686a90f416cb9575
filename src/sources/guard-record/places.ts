import { type Dirent, lstatSync, type Stats } from 'node:fs';
import path from 'node:path';
import type { AccountPlace } from '../../core/guard-record.ts';
import { type Instant, SECOND, toMs } from '../../core/time.ts';
import { type Listing, listFolder } from '../sessions/folder.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A file that was written while the agent worked and may hold its session. */
export interface FreshFile {
  readonly place: AccountPlace;
  readonly path: string;
  readonly bytes: number;
  readonly changedMs: number;
}

/** The files, last written first, and what was left out, in our own words. */
export interface FreshFiles {
  readonly files: readonly FreshFile[];
  readonly left: readonly string[];
}

/** At most this many files of a job are examined. More are only written to keep us busy. */
const MOST_FILES = 300;
const MOST_FOLDERS = 5_000;
const MOST_ENTRIES = 50_000;
export const MOST_BYTES_OF_ONE: number = 64 * 1_048_576;
const MOST_BYTES = 256 * 1_048_576;

/** The time resolution of some file systems. */
const COARSE = 2 * SECOND;

interface Place {
  readonly place: AccountPlace;
  readonly folder: string;
  /** Matches the whole path below the folder. */
  readonly takes: RegExp;
  /** How many folders deep. */
  readonly depth: number;
}

/** The output of claude-code-action, next to it or in a folder of its own. */
const OUTPUT = /^(?:claude-execution-[^/]{1,80}\/)?claude-execution-output\.json$/;
const RECORDS = /\.jsonl?$/;

/**
 * Lists the files that may hold sessions and were written since the guard decided. The system's change time counts, which the owner
 * of a file cannot set, as well as the modification time, which they can. Links are not followed.
 */
export function freshFiles(envs: readonly Env[], since: Instant): FreshFiles {
  const left: string[] = [];
  const from = toMs(since) - COARSE;
  const all = eachOnce(envs.flatMap(placesOf)).flatMap((place) => filesIn(place, from, left));
  const files: FreshFile[] = [];
  let bytes = 0;
  let large = 0;
  for (const file of all.sort((a, b) => b.changedMs - a.changedMs)) {
    const fits = files.length < MOST_FILES && file.bytes <= MOST_BYTES_OF_ONE && bytes + file.bytes <= MOST_BYTES;
    if (!fits) {
      large += 1;
      continue;
    }
    bytes += file.bytes;
    files.push(file);
  }
  if (large > 0) left.push(`${large} more session files were written than are read: they are too many or too large`);
  return { files, left };
}

/** Two environments may name the same folder. */
function eachOnce(places: readonly Place[]): readonly Place[] {
  return [...new Map(places.map((one) => [`${one.place} ${one.folder}`, one])).values()];
}

function placesOf(env: Env): readonly Place[] {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? '';
  const below = (named: string | undefined, ...usual: readonly string[]): string =>
    named !== undefined && named !== '' ? named : home === '' ? '' : path.join(home, ...usual);
  const homes: readonly (readonly [folder: string, inside: string])[] = [
    [below(env['CLAUDE_CONFIG_DIR'], '.claude'), 'projects'],
    [below(env['XDG_CONFIG_HOME'], '.config'), 'claude/projects'],
    [below(env['CODEX_HOME'], '.codex'), 'sessions'],
    [below(undefined, '.gemini'), 'tmp'],
    [below(env['COPILOT_HOME'], '.copilot'), 'session-state'],
  ];
  const temporary = env['RUNNER_TEMP'] ?? '';
  return [
    ...(temporary === '' ? [] : [{ place: 'output' as const, folder: temporary, takes: OUTPUT, depth: 1 }]),
    ...homes.flatMap(([folder, inside]): readonly Place[] =>
      folder === '' ? [] : [{ place: 'home', folder: path.join(folder, inside), takes: RECORDS, depth: 8 }],
    ),
  ];
}

interface Folder {
  readonly at: string;
  /** Its path below the place. */
  readonly below: string;
  readonly depth: number;
}

function filesIn({ place, folder, takes, depth }: Place, from: number, left: string[]): readonly FreshFile[] {
  const files: FreshFile[] = [];
  const pending: Folder[] = [{ at: folder, below: '', depth }];
  let entriesLeft = MOST_ENTRIES;
  for (let looked = 0, next = pending.pop(); next !== undefined; looked++, next = pending.pop()) {
    if (looked === MOST_FOLDERS || entriesLeft <= 0) {
      left.push('there are more files and folders than are looked into');
      break;
    }
    const { entries, more } = entriesOf(next.at, entriesLeft);
    entriesLeft -= entries.length;
    if (more) left.push('there are more files in a folder than are looked at');
    for (const entry of entries) {
      const inside = { at: path.join(next.at, entry.name), below: next.below + entry.name };
      if (entry.isFile() && takes.test(inside.below)) files.push(...fresh(place, inside.at, from));
      pending.push(...deeper(entry, next, inside));
    }
  }
  return files;
}

function deeper(entry: Dirent, { depth }: Folder, { at, below }: Omit<Folder, 'depth'>): readonly Folder[] {
  return entry.isDirectory() && depth > 0 ? [{ at, below: `${below}/`, depth: depth - 1 }] : [];
}

function fresh(place: AccountPlace, file: string, from: number): readonly FreshFile[] {
  const found = statOf(file);
  if (found === null) return [];
  const changedMs = Math.max(found.mtimeMs, found.ctimeMs);
  return changedMs >= from ? [{ place, path: file, bytes: found.size, changedMs }] : [];
}

/** A folder that cannot be listed counts as empty. Most engines were never used on this machine. */
function entriesOf(folder: string, most: number): Listing {
  return orNull(() => listFolder(folder, most)) ?? { entries: [], more: false };
}

function statOf(file: string): Stats | null {
  const found = orNull(() => lstatSync(file));
  return found?.isFile() === true ? found : null;
}

/** The result of a file system call, or null if it fails. Other errors are bugs. */
function orNull<T>(call: () => T): T | null {
  try {
    return call();
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return null;
    throw error;
  }
}
