import type { Config } from '../../config/schema.ts';
import type { Amounts } from '../../core/budget.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { attempt, type Failure, OutsideFailure, type Result } from '../../core/failure.ts';
import type { GuardHandover, MeterReport } from '../../core/guard.ts';
import { errandKey, type GuardRecord, type LedgerFate, type MeterFate, reportOf } from '../../core/guard-record.ts';
import type { SessionReading } from '../../core/session.ts';
import { agentSubject } from '../../core/subject.ts';
import { type Duration, type Instant, SECOND } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import { collectJob, type JobSessions } from '../../sources/guard-record/collect.ts';
import { guardEventId } from '../../sources/guard-record/event-id.ts';
import { uploadFile } from '../../sources/guard-record/upload.ts';
import { settlement } from '../ledger/lease.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { loadRemoteConfig } from '../shell/load-config.ts';
import { UsageError, type World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import { openPatience, type Patience } from './patience.ts';
import { spentIn } from './record-spent.ts';
import { removeSpooled, type SpooledRecord, spoolRecord } from './spool.ts';

/** What the end of a job needs. */
export interface AfterOrder {
  readonly handover: GuardHandover;
  /** Where engines kept their sessions when the guard decided. The environment says where they do now. */
  readonly homes: Readonly<Record<string, string | undefined>>;
  /** Ends the meter, and returns what became of it. */
  readonly endMeter: () => Promise<MeterFate>;
  /** Connects to GitHub. @throws UsageError without a token. */
  readonly connect: () => Promise<GitHub>;
  /** Where the ledger is; null when the job was given none. */
  readonly ledger: string | null;
  /** Aborted when the job is being ended: then little time is left. */
  readonly hurry: AbortSignal;
}

/** Where the record went. */
export type RecordPlace =
  | { readonly kind: 'ledger'; readonly settled: boolean; readonly state: LedgerState }
  /** The agent was denied and did not run, so there is nothing to record. */
  | { readonly kind: 'nowhere' }
  /**
   * The ledger was away, for the reason in `why`. `artifact` is where the record waits, or why there is none. `file` is null when
   * there is none.
   */
  | {
      readonly kind: 'waiting';
      readonly why: Failure;
      readonly artifact: Result<string>;
      readonly file: string | null;
    };

/** The outcome at the end of a job. */
export interface AfterAgent {
  readonly record: GuardRecord;
  readonly spent: Amounts;
  readonly place: RecordPlace;
  /** Null when it could not be read in time. */
  readonly config: Config | null;
}

/** Normal limits. A runner leaves a cancelled job ten seconds in all. */
const USUAL = { config: 5 * SECOND, ledger: 60 * SECOND, upload: 20 * SECOND };
const HURRIED = { config: 500, ledger: 4 * SECOND, upload: 6.5 * SECOND };

/**
 * Reports what an agent's session came to once it is over: reads what it left on this machine, then settles its lease and records
 * it in one write. The record is saved to a file before the ledger is asked, and to an artifact of the run when the ledger is
 * away.
 */
export async function afterAgent(order: AfterOrder, world: World): Promise<AfterAgent> {
  const waits = openWaits(order.hurry);
  try {
    const github = await attempt(order.connect);
    const [config, meter] = await Promise.all([
      github.ok ? configOf(github.value, order.handover, waits.config) : null,
      order.endMeter(),
    ]);
    const now = world.now();
    const found = await collectJob([world.env, order.homes], order.handover.startedAt, now, config?.prices ?? []);
    const record = recordOf(order.handover, { meter, found, now });
    const spent = spentIn(record, config?.plans ?? []);
    if (didNotRun(record)) return { record, spent, place: { kind: 'nowhere' }, config };
    const spooled = spoolRecord(record, world.env);
    const place = await deliver({ order, world, record, spent, spooled, github }, waits);
    const ledger = place.kind === 'ledger' ? fateIn(place.state, order.handover) : record.ledger;
    return { record: { ...record, ledger }, spent, place, config };
  } finally {
    for (const patience of Object.values(waits)) patience.end();
  }
}

type Waits = Readonly<Record<keyof typeof USUAL, Patience>>;

function openWaits(hurry: AbortSignal): Waits {
  const waits = {
    config: openPatience(USUAL.config),
    ledger: openPatience(USUAL.ledger),
    upload: openPatience(USUAL.ledger + USUAL.upload),
  };
  const shorten = (): void => {
    waits.config.hurry(HURRIED.config);
    waits.ledger.hurry(HURRIED.ledger);
    waits.upload.hurry(HURRIED.upload);
  };
  if (hurry.aborted) shorten();
  hurry.addEventListener('abort', shorten, { once: true });
  return waits;
}

/** The configuration has prices and plans. Without it the session is priced by the built-in lists. */
async function configOf(github: GitHub, { config }: GuardHandover, patience: Patience): Promise<Config | null> {
  const loaded = await patience.within(attempt(async () => await readable(github, config)));
  return loaded?.ok === true ? loaded.value : null;
}

/** Mistakes in the configuration were reported before the agent began. The work is recorded anyway. */
async function readable(github: GitHub, path: string): Promise<Config | null> {
  try {
    return (await loadRemoteConfig(github, path)).config;
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

interface Seen {
  readonly meter: MeterFate;
  readonly found: JobSessions;
  readonly now: Instant;
}

function recordOf(handover: GuardHandover, { meter, found, now }: Seen): GuardRecord {
  const { errand, mode, decision, lease, startedAt } = handover;
  return {
    ...{ v: 1, errand, mode, decision, lease, startedAt, endedAt: now, meter },
    sessions: found.sessions.map((session) => endedBy(session, reportOf(meter))),
    accounts: found.accounts,
    unread: found.unread,
    ledger: 'unknown',
  };
}

/** A session that was ended because it passed a limit did not fail by itself. */
function endedBy(session: SessionReading, report: MeterReport | null): SessionReading {
  const stop = report?.stop ?? null;
  const ended = stop !== null && stop.mode === 'enforce' && stop.cause.kind === 'limit' && stop.hands.length > 0;
  return ended && session.outcome !== 'completed' ? { ...session, outcome: 'stopped_by_limit' } : session;
}

/** An agent that was denied and left nothing behind. */
function didNotRun({ decision, sessions, accounts, lease, meter }: GuardRecord): boolean {
  const seen = reportOf(meter)?.use.tokens ?? 0;
  return decision === 'deny' && lease === null && sessions.length + accounts.length + seen === 0;
}

interface Delivery {
  readonly order: AfterOrder;
  readonly world: World;
  readonly record: GuardRecord;
  readonly spent: Amounts;
  readonly spooled: SpooledRecord;
  readonly github: Result<GitHub>;
}

async function deliver(delivery: Delivery, waits: Waits): Promise<RecordPlace> {
  const { world, spooled } = delivery;
  const written = await inTime(
    waits.ledger,
    USUAL.ledger,
    attempt(() => write(delivery)),
  );
  if (written.ok) {
    removeSpooled(spooled);
    return { kind: 'ledger', ...written.value };
  }
  const name = spooled.name.replace(/\.json$/, '');
  const order = { name, file: spooled.name, text: spooled.text };
  const uploaded = await inTime(
    waits.upload,
    USUAL.upload,
    attempt(() => uploadFile(world.env, order)),
  );
  if (uploaded.ok) removeSpooled(spooled);
  return { kind: 'waiting', why: written.failure, artifact: uploaded, file: uploaded.ok ? null : spooled.path };
}

async function inTime<T>(patience: Patience, usual: Duration, work: Promise<Result<T>>): Promise<Result<T>> {
  return (await patience.within(work)) ?? { ok: false, failure: tooLate(usual) };
}

function tooLate(usual: Duration): Failure {
  return {
    kind: 'unavailable',
    message: `It did not answer in the time that the end of a job has (${usual / SECOND} s, less when it is cancelled)`,
    remedy: 'The next `watch` takes up what waits',
    retry: true,
  };
}

const NO_LEDGER: Failure = {
  kind: 'unsupported',
  message: 'No ledger was given to this step',
  remedy: 'Give it `database-url` where the ledger is a database',
  retry: false,
};

/** Settlement and record are one batch, so a reader of the ledger sees both or none. */
async function write({ order, world, record, spent, github }: Delivery): Promise<{
  readonly settled: boolean;
  readonly state: LedgerState;
}> {
  const { handover, ledger: address } = order;
  const { repo, errand, lease } = handover;
  if (address === null) throw new OutsideFailure(NO_LEDGER);
  const at = github.ok ? github.value : null;
  const ledger = await openLedger(address, { world, now: () => record.endedAt, repo, github: at });
  const desk = { repo, now: record.endedAt };
  const { state } = await ledger.append((before) => [
    ...(lease === null ? [] : settlement(desk, before, errand, spent)),
    endedEvent(repo, { ...record, ledger: fateIn(before, handover) }),
  ]);
  const closed = lease === null ? undefined : state.budgets.leases[lease]?.closed;
  return { settled: closed?.how === 'settled', state };
}

/** A guard that took a lease wrote its decision along with it. */
function fateIn({ guardJobs }: LedgerState, { errand, lease }: GuardHandover): LedgerFate {
  if (guardJobs.jobs[errandKey(errand)]?.decided != null) return 'held';
  return lease === null ? 'unknown' : 'rewritten';
}

function endedEvent(repo: string, record: GuardRecord): LedgerEvent {
  const { errand, endedAt: at } = record;
  return {
    ...{ v: 1, id: guardEventId(errand, 'ended'), at, seen: at, repo, subject: agentSubject(errand.agent) },
    kind: 'guard.ended',
    data: { record },
  };
}
