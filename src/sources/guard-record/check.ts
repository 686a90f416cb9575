import { canonicalJson } from '../../core/canonical.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { RunMark } from '../../core/facts.ts';
import type { GuardCheck } from '../../core/guard-check.ts';
import { errandKey, type GuardRecord } from '../../core/guard-record.ts';
import type { SessionReading } from '../../core/session.ts';
import { agentSubject } from '../../core/subject.ts';
import { after, type Instant, SECOND } from '../../core/time.ts';
import type { RemoteJob } from '../../github/port.ts';
import type { SourceMoment } from '../progress.ts';
import { violationEvent } from '../violations/judge.ts';
import { decodeRecord, encodeRecord } from './decode.ts';
import { guardEventId } from './event-id.ts';
import type { GuardBook, KnownGuard } from './guard-book.ts';
import { type JobFacts, judgeGuard } from './judge.ts';

/** The guards of an attempt, with their records from its artifacts. */
export interface GuardsOfRun {
  readonly guards: readonly KnownGuard[];
  /** Records that were missing in the ledger. */
  readonly events: readonly LedgerEvent[];
  /** By errand: why a record in an artifact is not the guard's. Those without an errand belong to no guard. */
  readonly forged: ReadonlyMap<string, string>;
}

/** Records that waited while the ledger was unavailable. */
export interface WaitingRecords {
  /** From artifacts of the run. Anyone who ran next to the agent could have written them. */
  readonly files: readonly Uint8Array[];
  /** From the spool of this machine. Any job of the machine could have written them, so they prove nothing against anyone. */
  readonly spooled: readonly GuardRecord[];
}

/** Adds the records found outside the ledger to the guards of an attempt. */
export function withRecords(
  mark: RunMark,
  known: readonly KnownGuard[],
  { files, spooled }: WaitingRecords,
  moment: SourceMoment,
): GuardsOfRun {
  const guards = new Map(known.map((guard) => [errandKey(guard.errand), guard]));
  const events: LedgerEvent[] = [];
  const forged = new Map<string, string>();
  for (const file of files.slice(0, MOST_FILES)) {
    const decoded = decodeRecord(file);
    if ('problem' in decoded) forged.set('', `a file in an artifact: ${decoded.problem}`);
    else takeRecord(decoded.record);
  }
  for (const record of spooled) if ((guards.get(errandKey(record.errand))?.record ?? null) === null) takeRecord(record);
  return { guards: [...guards.values()], events, forged };

  function takeRecord(record: GuardRecord): void {
    const { errand } = record;
    const key = errandKey(errand);
    const before = guards.get(key);
    if (errand.run !== mark.run || errand.attempt !== mark.attempt) {
      forged.set('', 'an artifact holds the record of another run');
    } else if (before === undefined || before.record === null) {
      guards.set(key, { errand, decided: before?.decided ?? null, record });
      events.push(endedEvent(record, mark, moment));
    } else if (!isSame(before.record, record)) forged.set(key, 'an artifact holds another one');
  }
}

/** A run has only a few jobs, so more files are a flood. */
const MOST_FILES = 50;

/** Compares the serialised form of both. */
function isSame(a: GuardRecord, b: GuardRecord): boolean {
  const travelled = (record: GuardRecord): string =>
    canonicalJson(decodeRecord(new TextEncoder().encode(encodeRecord(record))));
  return travelled(a) === travelled(b);
}

/** The event of a record. Its time is clamped to its run, because a record may claim anything. */
function endedEvent(record: GuardRecord, mark: RunMark, moment: SourceMoment): LedgerEvent {
  const at = record.endedAt >= mark.startedAt && record.endedAt <= mark.updatedAt ? record.endedAt : mark.updatedAt;
  return {
    ...guardBase(record.errand, at, moment),
    id: guardEventId(record.errand, 'ended'),
    kind: 'guard.ended',
    data: { record },
  };
}

/** What all events of a job's guard have in common. */
function guardBase(
  { agent }: GuardRecord['errand'],
  at: Instant,
  { repo, now }: SourceMoment,
): Pick<LedgerEvent, 'v' | 'at' | 'seen' | 'repo' | 'subject'> {
  return { v: 1, at, seen: now, repo, subject: agentSubject(agent) };
}

/**
 * The sessions that records report and artifacts lack, or know less well. Which of two records of one session counts is decided
 * where all sessions of a run are joined. A record without an id may be any of the artifacts' sessions of the same engine.
 */
export function claimedSessions(
  guards: readonly KnownGuard[],
  artifacts: readonly SessionReading[],
): readonly SessionReading[] {
  const claimed = guards.flatMap(({ record }) => record?.sessions ?? []);
  return claimed.filter((session) => {
    const others = artifacts.filter(({ engine }) => engine === session.engine);
    return others.length === 0 || (session.engineSession !== null && others.every((one) => one.engineSession !== null));
  });
}

/** How long after the end of its run a record may still be missing from what we have read. */
const ON_ITS_WAY = 15 * SECOND;

/** Whether to look again later, because the ledger was read before a job could have written its record. */
export function isOnItsWay(guards: readonly KnownGuard[], mark: RunMark, now: Instant): boolean {
  const waits = guards.some(
    ({ decided, record }) => record === null && decided !== null && decided.decision !== 'deny',
  );
  return waits && mayBeOnItsWay(mark, now);
}

/** Whether the run ended so recently that its record may not have arrived yet. */
export function mayBeOnItsWay(mark: RunMark, now: Instant): boolean {
  return after(mark.updatedAt, ON_ITS_WAY) > now;
}

/** Everything needed to check the guards of one attempt. */
export interface CheckMatter {
  readonly mark: RunMark;
  readonly found: GuardsOfRun;
  readonly jobs: readonly RemoteJob[];
  readonly artifacts: readonly SessionReading[];
  readonly book: Pick<GuardBook, 'settled' | 'damageSince'>;
}

/** The events from checking the guards of one attempt: the check itself, and a violation if somebody tampered. */
export function checkGuards(matter: CheckMatter, moment: SourceMoment): readonly LedgerEvent[] {
  const { found } = matter;
  // A file that belongs to no known guard incriminates the run as a whole, so it is held against the first guard.
  return found.guards.flatMap((guard, index) => {
    const own = found.forged.get(errandKey(guard.errand)) ?? null;
    return checkGuard(guard, own ?? (index === 0 ? (found.forged.get('') ?? null) : null), matter, moment);
  });
}

function checkGuard(
  { errand, decided, record }: KnownGuard,
  forged: string | null,
  { mark, jobs, artifacts, book }: CheckMatter,
  moment: SourceMoment,
): readonly LedgerEvent[] {
  const lease = decided?.lease ?? null;
  const { verdict, because, signs } = judgeGuard({
    ...{ decided, record, forged, artifacts },
    job: jobOf(jobs, errand.job, decided?.at ?? record?.startedAt ?? null),
    settled: lease === null ? null : book.settled(lease),
    damage: decided === null ? null : book.damageSince(decided.at),
  });
  const base = guardBase(errand, mark.updatedAt, moment);
  const source = { ...base, id: `guard:${errandKey(errand)}` };
  const { run, attempt, agent } = errand;
  const check: GuardCheck = { errand: errandKey(errand), agent, run, attempt, verdict, because, at: moment.now };
  return [
    ...(signs.length === 0 ? [] : [violationEvent(source, { kind: 'tampering', agent, run, attempt }, signs)]),
    { ...base, id: guardEventId(errand, 'checked'), kind: 'guard.checked', data: { check } },
  ];
}

/** The suffix that an errand adds to the id of its job to distinguish the jobs of a matrix. */
const MACHINE = /\.[0-9a-f]{8}$/;

/**
 * The job of a guard: by its name if that is unique, otherwise the only job that ran while the guard decided. Null if it cannot be
 * determined.
 */
function jobOf(jobs: readonly RemoteJob[], errandJob: string | null, at: Instant | null): JobFacts | null {
  const began = jobs.filter((job) => job.began);
  const name = errandJob?.replace(MACHINE, '') ?? null;
  const named = began.filter((job) => name !== null && (job.name === name || job.name.startsWith(`${name} (`)));
  const own = named.length === 1 ? named : began.filter((job) => at !== null && ranAt(job, at));
  const [only] = own.length === 1 ? own : began.length === 1 ? began : [];
  return only ?? null;
}

function ranAt({ startedAt, completedAt }: RemoteJob, at: Instant): boolean {
  return startedAt !== null && startedAt <= at && (completedAt === null || at <= completedAt);
}
