import type { LedgerEvent } from '../../core/event.ts';
import type { RunMark } from '../../core/facts.ts';
import { attempt, type Failure, type Result } from '../../core/failure.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import { type GuardBook, NO_GUARDS, NO_SPOOLED, type SpooledRecords } from '../guard-record/guard-book.ts';
import { type Gathered, gather, type SourceReading } from '../progress.ts';
import { artifactsOf } from './assign.ts';
import { type ListArtifacts, listArtifacts } from './list.ts';
import { type RunOutcome, readRun } from './read-run.ts';
import type { JoinPieces, ReadSessions, RunReader } from './run-reader.ts';

export interface SessionsRequest {
  readonly github: GitHub;
  readonly now: Instant;
  /** All known attempts. Those with awaited telemetry are looked for; the others only help to assign artifacts. */
  readonly runs: readonly RunMark[];
  readonly readSessions: ReadSessions;
  readonly joinPieces?: JoinPieces;
  /** Name prefixes of the jobs that run a workflow's agent. Empty when unknown. */
  readonly agentJobs: (workflow: string) => readonly string[];
  /** What the ledger knows about guards. Defaults to none. */
  readonly guards?: GuardBook;
  /** Guard records waiting on this machine. Defaults to none. */
  readonly spooled?: Pick<SpooledRecords, 'of'>;
  /** Larger artifacts are not downloaded. Defaults to 64 MiB. */
  readonly maxBytes?: number;
  /** How many requests this source may make in total. Defaults to no limit of its own. */
  readonly maxRequests?: number;
  /** How many requests are left for others. Defaults to 200. */
  readonly reserve?: number;
}

const MIB = 1_048_576;

/** For readers that yield no pieces. */
const keepApart: JoinPieces = async (_pieces, sessions) => ({
  sessions: sessions.map(({ reading }) => reading),
  complaints: [],
});

/** How many runs are read at once. */
const LANES = 6;

/** After this many failures in a row the cause is not a single run, and the rest would fail the same way. */
const MOST_IN_A_ROW = 6;

/**
 * Looks for the sessions of finished runs in their artifacts, newest run first. Runs that could not be read for a temporary reason
 * stay awaited, and so do those that the request budget does not reach.
 */
export async function gatherSessions(request: SessionsRequest): Promise<Gathered> {
  const { github, now } = request;
  return await gather('artifacts', { repo: github.repo, now }, () => readAwaited(request));
}

async function readAwaited(request: SessionsRequest): Promise<SourceReading> {
  const { github, now, readSessions, joinPieces = keepApart, agentJobs, maxBytes = 64 * MIB } = request;
  const { guards = NO_GUARDS, spooled = NO_SPOOLED } = request;
  const moment = { repo: github.repo, now };
  const reader: RunReader = {
    ...{ github, moment, maxBytes, readSessions, joinPieces, agentJobs, guards, spooled },
    alone: oneAtATime(),
  };
  const awaited = request.runs
    .filter(({ telemetry, status }) => telemetry === 'awaited' && status === 'completed')
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  const harvest = startHarvest(request);
  if (awaited.length > 0 && harvest.mayGoOn()) {
    const list = await listArtifacts(github, awaited);
    await inLanes(awaited, harvest, (mark) => readMark(reader, request.runs, mark, list));
  }
  return {
    // Downloads end in any order, but the ledger gets a fixed one.
    events: [...harvest.events].sort((a, b) => (`${a.at} ${a.id}` < `${b.at} ${b.id}` ? -1 : 1)),
    complaints: harvest.complaints(),
    watermark: null,
    items: awaited.length,
    failure: harvest.failure(),
  };
}

interface SessionHarvest {
  readonly events: LedgerEvent[];
  readonly mayGoOn: () => boolean;
  readonly add: (mark: RunMark, result: Result<RunOutcome>) => void;
  readonly leave: () => void;
  readonly complaints: () => readonly string[];
  readonly failure: () => Failure | null;
}

/** After one of these every further request would fail the same way. */
const FINAL: ReadonlySet<Failure['kind']> = new Set<Failure['kind']>([
  'unauthorized',
  'forbidden',
  'rate_limited',
  'budget_spent',
]);

function startHarvest({ github, maxRequests, reserve = 200 }: SessionsRequest): SessionHarvest {
  const atStart = github.usage().requests;
  const events: LedgerEvent[] = [];
  const complaints: string[] = [];
  let stoppedBy: Failure | null = null;
  let inTheWay: Failure | null = null;
  let inARow = 0;
  let left = 0;
  const mayGoOn = (): boolean => {
    const { requests, remaining } = github.usage();
    const within = maxRequests === undefined || requests - atStart < maxRequests;
    return stoppedBy === null && inARow < MOST_IN_A_ROW && within && (remaining === null || remaining > reserve);
  };
  const postpone = (mark: RunMark, failure: Failure): void => {
    left += 1;
    inARow += 1;
    inTheWay ??= failure;
    if (FINAL.has(failure.kind)) stoppedBy = failure;
    else complaints.push(`run ${mark.run}, attempt ${mark.attempt}: ${failure.message}`);
  };
  // One run may have trouble of its own. If no run yielded its record, the source cannot be read.
  const blocking = (): Failure | null => (events.some(({ kind }) => kind === 'session.recorded') ? null : inTheWay);
  return {
    events,
    mayGoOn,
    add: (mark, result) => {
      if (!result.ok) return postpone(mark, result.failure);
      if (result.value.kind === 'awaited') return postpone(mark, result.value.failure);
      inARow = 0;
      if (result.value.kind === 'later') return;
      events.push(...result.value.events);
      complaints.push(...result.value.complaints);
    },
    leave: () => {
      left += 1;
    },
    complaints: () =>
      left === 0
        ? complaints
        : [...complaints, `the sessions of ${left} runs are still to be read: the next run goes on`],
    failure: () => (stoppedBy?.kind === 'budget_spent' ? null : (stoppedBy ?? blocking())),
  };
}

/** Runs one piece of work at a time, in the order of the calls. */
function oneAtATime(): RunReader['alone'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  };
}

async function readMark(
  reader: RunReader,
  runs: readonly RunMark[],
  mark: RunMark,
  list: ListArtifacts,
): Promise<Result<RunOutcome>> {
  const attempts = runs.filter(({ run }) => run === mark.run);
  return await attempt(async () => await readRun(reader, mark, artifactsOf(mark, attempts, await list(mark.run))));
}

/** Reads runs in parallel lanes as long as the harvest may go on. Each lane takes the next run when it is free. */
async function inLanes(
  marks: readonly RunMark[],
  harvest: SessionHarvest,
  read: (mark: RunMark) => Promise<Result<RunOutcome>>,
): Promise<void> {
  const queue = marks.values();
  const lane = async (): Promise<void> => {
    for (const mark of queue) {
      if (harvest.mayGoOn()) harvest.add(mark, await read(mark));
      else harvest.leave();
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
