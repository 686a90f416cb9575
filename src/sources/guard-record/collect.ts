import { readFile } from 'node:fs/promises';
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
import { sinceBegin } from '../sessions/since.ts';
import { type FreshFile, freshFiles } from './places.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The sessions of a job as the files of its machine tell of them. */
export interface JobSessions {
  /** Each once. */
  readonly sessions: readonly SessionReading[];
  readonly accounts: readonly SessionAccount[];
  /** What could not be read, in our own words and without paths. */
  readonly unread: readonly string[];
}

/** A record holds no more than that of each: more is no work of one job. */
const MOST_SESSIONS = 20;
const MOST_ACCOUNTS = 60;
const MOST_COMPLAINTS = 20;

/** What an engine wrote down just before the guard decided is not of this session; clocks of one machine need no more than that. */
const SLACK = MINUTE;

/** Reads what the agent's engine left on this machine since the guard decided. Never throws for what a file holds. */
export async function collectJob(
  env: Env,
  since: Instant,
  now: Instant,
  own: readonly OwnPrice[],
): Promise<JobSessions> {
  const { files, left } = freshFiles(env, since);
  const prices = openPriceList(now, own);
  const unread: string[] = [...left];
  const found: FoundSession[] = [];
  const accounts: SessionAccount[] = [];
  for (const group of groupsOf(files)) {
    const paths = group.map((file) => file.path);
    const { sessions, complaints } = await collectSessions(paths, prices, () => undefined);
    unread.push(
      ...complaints.map(({ path: at, reason }) => `${keptName(path.basename(at))}: ${keptName(reason, 160)}`),
    );
    const hash = sessions.length === 0 ? '' : await hashOf(group);
    accounts.push(...sessions.map((session) => accountOf(session, group, hash)));
    found.push(...sessions.map((session) => sinceBegin(session, after(since, -SLACK))));
  }
  const sessions = eachOnce(found).map(({ reading }) => reading);
  return {
    sessions: sessions.filter((session) => !isOlder(session, since)).slice(0, MOST_SESSIONS),
    accounts: accounts.slice(0, MOST_ACCOUNTS),
    unread: unread.slice(0, MOST_COMPLAINTS),
  };
}

/** What ended before the guard decided was left behind by something else. */
function isOlder({ startedAt, endedAt }: SessionReading, since: Instant): boolean {
  const last = endedAt ?? startedAt;
  return last !== null && last < after(since, -SLACK);
}

/** Each file that was written out tells by itself; what an engine keeps at home tells of a session in several files together. */
function groupsOf(files: readonly FreshFile[]): readonly (readonly FreshFile[])[] {
  const home = files.filter(({ place }) => place === 'home');
  const written = files.filter(({ place }) => place === 'output').map((file) => [file]);
  return home.length === 0 ? written : [...written, home];
}

async function hashOf(files: readonly FreshFile[]): Promise<string> {
  const hashes: string[] = [];
  for (const file of files) hashes.push(sha256(await readFile(file.path).catch(whyGone)));
  return hashes.length === 1 ? (hashes[0] ?? '') : sha256(hashes.join('\n'));
}

/** A file that was taken away since it was read counts as an empty one. */
function whyGone(error: unknown): string {
  if (error instanceof Error && 'syscall' in error) return '';
  throw error;
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
