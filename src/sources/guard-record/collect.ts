import path from 'node:path';
import type { AccountPlace, SessionAccount } from '../../core/guard-record.ts';
import { sha256 } from '../../core/hash.ts';
import type { OwnPrice } from '../../core/price.ts';
import { keptName } from '../../core/redact.ts';
import type { SessionReading } from '../../core/session.ts';
import { after, type Instant, MINUTE } from '../../core/time.ts';
import { openPriceList } from '../prices/genai-prices.ts';
import { collectSessions } from '../sessions/collect.ts';
import type { FoundSession } from '../sessions/found-session.ts';
import { eachOnce } from '../sessions/identity.ts';
import { keptId } from '../sessions/kept-id.ts';
import { firstWorkFolder, ofOtherRunner } from '../sessions/other-runner.ts';
import { readBeginning, readPlain } from '../sessions/plain-file.ts';
import { sinceBegin, withoutWholeThreads } from '../sessions/since.ts';
import { type FreshFile, freshFiles, MOST_BYTES_OF_ONE } from './places.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The sessions of a job, from the files of its machine. */
export interface JobSessions {
  /** Without duplicates. */
  readonly sessions: readonly SessionReading[];
  readonly accounts: readonly SessionAccount[];
  /** What could not be read, in our own words and without paths. */
  readonly unread: readonly string[];
}

/** A record holds at most this many of each. One job does not produce more. */
const MOST_SESSIONS = 20;
const MOST_ACCOUNTS = 60;
const MOST_COMPLAINTS = 20;

/**
 * Anything an engine wrote before the guard decided belongs to another session. Clocks of one machine need no more slack than this.
 */
const SLACK = MINUTE;

/**
 * Reads what the agent's engine left on this machine since the guard decided, in all places that one of these environments names.
 * Never throws because of a file's contents.
 */
export async function collectJob(
  envs: readonly Env[],
  since: Instant,
  now: Instant,
  own: readonly OwnPrice[],
): Promise<JobSessions> {
  const { files: fresh, left } = freshFiles(envs, since);
  const files = fresh.filter(ownFiles(envs));
  const prices = openPriceList(now, own);
  const unread: string[] = [...left];
  const found: FoundSession[] = [];
  const accounts: SessionAccount[] = [];
  for (const group of groupsOf(files)) {
    const paths = group.map((file) => file.path);
    const begin = after(since, -SLACK);
    const { sessions, complaints } = await collectSessions(paths, prices, () => undefined, begin);
    unread.push(
      ...complaints.map(({ path: at, reason }) => `${keptName(path.basename(at))}: ${keptName(reason, 160)}`),
    );
    const hash = sessions.length === 0 ? '' : hashOf(group);
    accounts.push(...sessions.map((session) => accountOf(session, group, hash)));
    found.push(...sessions.map((session) => sinceBegin(session, begin)));
  }
  const sessions = eachOnce(withoutWholeThreads(found)).map(({ reading }) => reading);
  return {
    sessions: sessions.filter((session) => !isOlder(session, since)).slice(0, MOST_SESSIONS),
    accounts: accounts.slice(0, MOST_ACCOUNTS),
    unread: unread.slice(0, MOST_COMPLAINTS),
  };
}

/** Where a file says in which folder its session works, it does so at its beginning. */
const BEGINNING = 262_144;

/** Which files may be of this job: on a machine of several runners, what works in the folder of another one is not. */
function ownFiles([env]: readonly Env[]): (file: FreshFile) => boolean {
  const workspace = env?.['GITHUB_WORKSPACE'] ?? '';
  if (workspace === '' || env?.['RUNNER_ENVIRONMENT'] === 'github-hosted') return () => true;
  const isOthers = ofOtherRunner(workspace);
  return ({ place, path: file }) => {
    const folder = place === 'home' ? firstWorkFolder(beginningOf(file)) : null;
    return folder === null || !isOthers(folder);
  };
}

function beginningOf(file: string): string {
  try {
    return readBeginning(file, BEGINNING)?.toString('utf8') ?? '';
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return '';
    throw error;
  }
}

/** Whatever ended before the guard decided was left by something else. */
function isOlder({ startedAt, endedAt }: SessionReading, since: Instant): boolean {
  const last = endedAt ?? startedAt;
  return last !== null && last < after(since, -SLACK);
}

/** Each output file is a session of its own. The files that an engine keeps in its home may hold one session together. */
function groupsOf(files: readonly FreshFile[]): readonly (readonly FreshFile[])[] {
  const home = files.filter(({ place }) => place === 'home');
  const written = files.filter(({ place }) => place === 'output').map((file) => [file]);
  return home.length === 0 ? written : [...written, home];
}

function hashOf(files: readonly FreshFile[]): string {
  const hashes = files.map(({ path }) => sha256(bytesOf(path)));
  return hashes.length === 1 ? (hashes[0] ?? '') : sha256(hashes.join('\n'));
}

/** A file that was removed or replaced since it was listed counts as empty. */
function bytesOf(file: string): Uint8Array | string {
  try {
    return readPlain(file, MOST_BYTES_OF_ONE) ?? '';
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return '';
    throw error;
  }
}

function accountOf({ path: at, reading }: FoundSession, group: readonly FreshFile[], hash: string): SessionAccount {
  const place: AccountPlace = group[0]?.place ?? 'home';
  return {
    place,
    file: keptName(path.basename(at)),
    sha256: hash,
    bytes: group.reduce((sum, file) => sum + file.bytes, 0),
    engine: reading.engine,
    format: reading.format,
    engineSession: keptId(reading.engineSession),
    startedAt: reading.startedAt,
    endedAt: reading.endedAt,
    tokens: reading.tokens.total,
    usd: reading.cost.usd,
    turns: reading.turns,
    certainty: reading.state.tokens,
  };
}
