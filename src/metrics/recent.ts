import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { RunMark, SessionMark, Telemetry, Tick } from '../core/facts.ts';
import type { Fold } from '../core/fold.ts';
import { UNKNOWN_MONEY } from '../core/money.ts';
import type { WorkflowRun } from '../core/run.ts';
import { DAY, type Duration, HOUR, type Instant, toMs } from '../core/time.ts';
import { attemptKey, witnessed } from './attempt.ts';
import { markOf } from './dearest.ts';

/** What happened lately, attempt by attempt and session by session. */
export interface RecentState {
  /** The moment reached by the newest event. Retention is counted from here. */
  readonly newest: Instant | null;
  /** By run and attempt. */
  readonly runs: Readonly<Record<string, RunMark>>;
  /** By id of the event. A run without a record is listed as a session of which only the outcome is known. */
  readonly sessions: Readonly<Record<string, SessionMark>>;
  /** Oldest first. */
  readonly ticks: readonly Tick[];
}

const RECENT: Duration = 72 * HOUR;
/** GitHub gives up on a run after 35 days. */
const UNFINISHED_KEPT: Duration = 35 * DAY;
/** Artifacts live for at most 90 days. Five more, so that their end is seen. */
const AWAITED_KEPT: Duration = 95 * DAY;
const TICKS_KEPT = 100;

/** Keeps the short form of the latest runs, sessions and runs of Checkrein itself. */
export const recentFold: Fold<RecentState> = {
  initial: { newest: null, runs: {}, sessions: {}, ticks: [] },
  apply(state: RecentState, events: readonly LedgerEvent[]): RecentState {
    const relevant = events.filter(isRecent);
    if (relevant.length === 0) return state;
    const draft: RecentDraft = {
      newest: state.newest,
      newestMs: state.newest === null ? Number.NEGATIVE_INFINITY : toMs(state.newest),
      runs: { ...state.runs },
      sessions: { ...state.sessions },
      ticks: [...state.ticks],
    };
    for (const event of relevant) mark(draft, event);
    return settle(draft);
  },
};

type RecentEvent = EventOf<'run.started' | 'run.completed' | 'session.recorded' | 'session.absent' | 'watch.ran'>;

interface RecentDraft {
  newest: Instant | null;
  newestMs: number;
  readonly runs: Record<string, RunMark>;
  readonly sessions: Record<string, SessionMark>;
  readonly ticks: Tick[];
}

function isRecent(event: LedgerEvent): event is RecentEvent {
  switch (event.kind) {
    case 'run.started':
    case 'run.completed':
    case 'session.recorded':
    case 'session.absent':
    case 'watch.ran':
      return true;
    default:
      return false;
  }
}

function mark(draft: RecentDraft, event: RecentEvent): void {
  switch (event.kind) {
    case 'run.started':
    case 'run.completed':
      advance(draft, event);
      markRun(draft, event.data.run);
      return;
    case 'session.recorded':
      advance(draft, event);
      markSession(draft, event);
      return;
    case 'session.absent':
      advance(draft, event);
      markAbsence(draft, event);
      return;
    case 'watch.ran':
      draft.ticks.push({ at: event.at, trigger: event.data.trigger, late: event.data.late });
      return;
    default:
      event satisfies never;
  }
}

function advance(draft: RecentDraft, event: RecentEvent): void {
  const moment = witnessed(event);
  if (draft.newest !== null && moment <= draft.newest) return;
  draft.newest = moment;
  draft.newestMs = toMs(moment);
}

function markRun(draft: RecentDraft, run: WorkflowRun): void {
  const key = attemptKey(run.id, run.attempt);
  const before = keptRun(draft, key);
  // The end is final. A late report of the start changes nothing.
  if (before?.status === 'completed' && run.status !== 'completed') return;
  draft.runs[key] = {
    run: run.id,
    attempt: run.attempt,
    agent: run.agent,
    workflow: run.workflow,
    trigger: run.trigger,
    ...(run.actor?.type === 'Bot' ? { bot: run.actor.id } : {}),
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    updatedAt: run.updatedAt,
    status: run.status,
    conclusion: run.conclusion,
    url: run.url,
    telemetry: before?.telemetry ?? 'awaited',
  };
}

function markSession(draft: RecentDraft, event: EventOf<'session.recorded'>): void {
  const { session } = event.data;
  const { run, attempt } = session;
  draft.sessions[event.id] = markOf(event);
  if (run === null || attempt === null) return;
  delete draft.sessions[absenceId(run, attempt)];
  setTelemetry(draft, attemptKey(run, attempt), 'recorded');
}

function markAbsence(draft: RecentDraft, event: EventOf<'session.absent'>): void {
  const { run, attempt, agent, outcome, reason } = event.data;
  const key = attemptKey(run, attempt);
  // A record that was found outweighs a look that found none.
  if (keptRun(draft, key)?.telemetry === 'recorded') return;
  setTelemetry(draft, key, reason);
  if (reason === 'skipped') return;
  const id = absenceId(run, attempt);
  draft.sessions[id] = {
    id,
    agent,
    run,
    attempt,
    at: event.at,
    outcome,
    cost: UNKNOWN_MONEY,
    tokens: null,
    duration: null,
  };
}

/** One absence per attempt, whatever the event that reported it is called. */
function absenceId(run: number, attempt: number): string {
  return `absent:${run}:${attempt}`;
}

function setTelemetry(draft: RecentDraft, key: string, telemetry: Telemetry): void {
  const before = keptRun(draft, key);
  if (before !== undefined) draft.runs[key] = { ...before, telemetry };
}

/** A mark that is too old is gone, whether or not it was cleared away yet, because batches must not matter. */
function keptRun(draft: RecentDraft, key: string): RunMark | undefined {
  const known = draft.runs[key];
  return known !== undefined && keepsRun(known, draft.newestMs) ? known : undefined;
}

function keepsRun(run: RunMark, newestMs: number): boolean {
  const age = newestMs - toMs(run.startedAt);
  if (age <= RECENT) return true;
  if (run.status !== 'completed') return age <= UNFINISHED_KEPT;
  return run.telemetry === 'awaited' && age <= AWAITED_KEPT;
}

function settle({ newest, newestMs, runs, sessions, ticks }: RecentDraft): RecentState {
  for (const [key, run] of Object.entries(runs)) if (!keepsRun(run, newestMs)) delete runs[key];
  for (const [id, session] of Object.entries(sessions)) {
    if (newestMs - toMs(session.at) > RECENT) delete sessions[id];
  }
  return { newest, runs, sessions, ticks: ticks.sort((a, b) => order(a.at, b.at)).slice(-TICKS_KEPT) };
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
