import { statSync } from 'node:fs';
import { join } from 'node:path';
import { listFolder } from '../sources/sessions/folder.ts';
import { workFolderIn } from '../sources/sessions/other-runner.ts';
import { type Effort, effortSoFar } from './effort.ts';
import { newFloors } from './floors.ts';
import { type LineTail, lineTail, wholeRecords } from './line-tail.ts';
import {
  type ClaudeCount,
  type Counting,
  claudeCount,
  codexCount,
  type FileCount,
  geminiCount,
} from './session-count.ts';
import { type Heard, isSomething, sumOf } from './use.ts';

/** Where engines write their sessions. */
export interface SessionRoots {
  readonly claude: readonly string[];
  readonly codex: readonly string[];
  readonly gemini: readonly string[];
}

/** The session files written in a job, as they grow. */
export interface SessionWatch {
  /** Looks for new or changed files. The more a look takes, the less often. `now` is of a monotonic clock, in milliseconds. */
  readonly look: (now: number) => void;
  /** Reads what was added to known files; true when there was anything. */
  readonly read: () => boolean;
  /** Also looks below these folders from now on. */
  readonly addRoots: (roots: SessionRoots) => void;
  readonly heard: () => Heard;
  readonly problems: () => readonly string[];
}

type EngineOfFile = keyof SessionRoots;

interface Followed {
  readonly path: string;
  /** Its size and time at the last look. */
  stamp: string;
  readonly advance: () => boolean;
  /** Whether it has turned out to be of somebody else's session. */
  readonly isForeign: () => boolean;
}

/** At most this many files are followed. An agent that creates more still shows up in its telemetry. */
const MOST_FILES = 5_000;
const DEEPEST = 6;
/** The most entries of any kind in one look. */
const MOST_ENTRIES = 20_000;
/**
 * The shortest pause between two looks, in milliseconds, and the pause as a multiple of what the last look took of a processor
 * and of time. On a busy machine a short look may take long: were that to count as much, nothing would be found for minutes.
 */
const LOOK_EVERY = 500;
const RARELY = 200;
const SELDOM = 3;

const FILES: Readonly<Record<EngineOfFile, RegExp>> = {
  claude: /\.jsonl$/,
  codex: /\.jsonl$/,
  gemini: /(?:^|\/)chats\/.*\.jsonl?$/,
};

/**
 * Watches the folders of engines. Existing files count only from now on, and those of sessions that work in somebody else's
 * folder not at all.
 */
export function watchSessions(
  first: SessionRoots,
  counting: Counting,
  isOthers: (folder: string) => boolean,
  effort: () => Effort = effortSoFar,
): SessionWatch {
  const roots: Record<EngineOfFile, Set<string>> = {
    claude: new Set(first.claude),
    codex: new Set(first.codex),
    gemini: new Set(first.gemini),
  };
  const before = stampsBelow(roots);
  const followed = new Map<string, Followed>();
  const claude = claudeCount(counting);
  const others: (() => Heard)[] = [];
  const problems = new Set<string>();
  let nextLook = 0;
  const tools: Following = { counting, claude, others, problems, isOthers };
  const isNew = ({ path }: FoundFile): boolean => !followed.has(path) && before.get(path) !== stampOf(path);
  const look = (now: number): void => {
    if (now < nextLook) return;
    const started = effort();
    const { files: found, more } = filesBelow(roots);
    if (more) problems.add(FLOOD);
    for (const file of found.filter(isNew)) followed.set(file.path, follow(file.engine, file.path, tools));
    const { time, processor } = effort();
    nextLook = now + Math.max(LOOK_EVERY, RARELY * (processor - started.processor), SELDOM * (time - started.time));
  };
  return {
    look,
    read: () => [...followed.values()].map(advanceIfChanged).includes(true),
    addRoots: (more) => {
      for (const engine of ENGINES) for (const root of more[engine]) roots[engine].add(root);
    },
    heard: () => sumOf([claude.heard(), ...others.map((told) => told())].filter(isSomething)),
    problems: () => [...problems],
  };
}

const ENGINES: readonly EngineOfFile[] = ['claude', 'codex', 'gemini'];

interface Following {
  readonly counting: Counting;
  readonly claude: ClaudeCount;
  readonly others: (() => Heard)[];
  readonly problems: Set<string>;
  readonly isOthers: (folder: string) => boolean;
}

function follow(
  engine: EngineOfFile,
  path: string,
  { counting, claude, others, problems, isOthers }: Following,
): Followed {
  if (engine === 'gemini' && path.endsWith('.json')) return followWhole(path, counting, others, problems);
  const count =
    engine === 'claude' ? claude.openFile() : engine === 'codex' ? codexCount(counting) : geminiCount(counting);
  if ('heard' in count) others.push((count as FileCount).heard);
  const tail: LineTail = lineTail(path);
  const { take, isForeign } = ownRecords(count.take, isOthers);
  return { path, stamp: '', advance: () => tail.advance(take), isForeign };
}

/** Passes on the records of a file until its first one with a folder says that it is somebody else's. */
function ownRecords(
  pass: FileCount['take'],
  isOthers: (folder: string) => boolean,
): Pick<FileCount, 'take'> & Pick<Followed, 'isForeign'> {
  let whose: 'ours' | 'theirs' | null = null;
  return {
    take: (record) => {
      const folder = whose === null ? workFolderIn(record) : null;
      if (folder !== null) whose = isOthers(folder) ? 'theirs' : 'ours';
      if (whose !== 'theirs') pass(record);
    },
    isForeign: () => whose === 'theirs',
  };
}

/** Older Gemini chats are one object that is rewritten with each message. */
function followWhole(path: string, counting: Counting, others: (() => Heard)[], problems: Set<string>): Followed {
  const floors = newFloors();
  let count = geminiCount(counting, floors);
  others.push(() => count.heard());
  return {
    path,
    stamp: '',
    advance: () => {
      const records = wholeRecords(path);
      if (records === null) problems.add('A session file is too large to be read again and again: it was not followed');
      if (records === null || records.length === 0) return false;
      count = geminiCount(counting, floors);
      for (const record of records) count.take(record);
      return false;
    },
    // Chats do not say where they work.
    isForeign: () => false,
  };
}

/** A file that cannot be read now is tried again when it changes. */
function advanceIfChanged(file: Followed): boolean {
  const stamp = stampOf(file.path);
  if (stamp === null || stamp === file.stamp) return false;
  const more = orNull(() => file.advance());
  file.stamp = more === true ? '' : stamp;
  return !file.isForeign();
}

function stampOf(path: string): string | null {
  const found = orNull(() => statSync(path));
  return found?.isFile() === true ? `${found.size} ${found.mtimeMs}` : null;
}

function stampsBelow(roots: Readonly<Record<EngineOfFile, ReadonlySet<string>>>): ReadonlyMap<string, string | null> {
  return new Map(filesBelow(roots).files.map(({ path }) => [path, stampOf(path)]));
}

const FLOOD = `More than ${MOST_FILES} session files, or ${MOST_ENTRIES} of any kind beside them: the others were not followed`;

function filesBelow(roots: Readonly<Record<EngineOfFile, ReadonlySet<string>>>): FoundFiles {
  const files: FoundFile[] = [];
  let left = MOST_ENTRIES;
  const pending = ENGINES.flatMap((engine) => [...roots[engine]].map((folder) => ({ engine, folder, depth: 0 })));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (files.length >= MOST_FILES || left === 0) return { files, more: true };
    const { engine, folder, depth } = next;
    const { entries, more } = orNull(() => listFolder(folder, left)) ?? { entries: [], more: false };
    left = more ? 0 : left - entries.length;
    const paths = entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
    files.push(...paths.filter((path) => FILES[engine].test(path)).map((path) => ({ engine, path })));
    const below = depth < DEEPEST ? entries.filter((entry) => entry.isDirectory()) : [];
    pending.push(...below.map(({ name }) => ({ engine, folder: join(folder, name), depth: depth + 1 })));
  }
  return { files, more: files.length >= MOST_FILES || left === 0 };
}

interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** Whether there are more than are looked at. */
  readonly more: boolean;
}

interface FoundFile {
  readonly engine: EngineOfFile;
  readonly path: string;
}

/**
 * The result of a file system call, or null when it fails, since files come and go while they are looked at. Other errors are
 * bugs.
 */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code))) return null;
    throw error;
  }
}
