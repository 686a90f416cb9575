import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import { detailOf, type SessionOutcome } from '../core/session.ts';
import type { Instant } from '../core/time.ts';
import { attemptKey, sessionMoment, witnessed } from './attempt.ts';
import { type Days, openDays } from './day-table.ts';
import { amountsOf } from './row.ts';
import { oldestKept } from './work-kept.ts';
import { packedRun, packedSession } from './work-packed.ts';
import type {
  AbsenceEntry,
  Ending,
  PackedRun,
  PackedSession,
  RunEntry,
  SessionEntry,
  WorkState,
} from './work-state.ts';

type WorkEvent = EventOf<'run.started' | 'run.completed' | 'session.recorded' | 'session.absent'>;

interface Draft {
  newest: Instant | null;
  readonly runs: Days<PackedRun>;
  readonly sessions: Days<PackedSession>;
  readonly absent: Days<AbsenceEntry>;
}

/** Remembers who did what for whom. */
export const workFold: Fold<WorkState> = {
  initial: { newest: null, runs: {}, sessions: {}, absent: {} },
  apply(state: WorkState, events: readonly LedgerEvent[]): WorkState {
    const relevant = events.filter(isWork);
    if (relevant.length === 0) return state;
    const draft: Draft = {
      newest: state.newest,
      runs: openDays(state.runs),
      sessions: openDays(state.sessions),
      absent: openDays(state.absent),
    };
    for (const event of relevant) take(draft, event);
    return pruned(draft);
  },
};

function isWork(event: LedgerEvent): event is WorkEvent {
  switch (event.kind) {
    case 'run.started':
    case 'run.completed':
    case 'session.recorded':
    case 'session.absent':
      return true;
    default:
      return false;
  }
}

function take(draft: Draft, event: WorkEvent): void {
  const moment = witnessed(event);
  if (draft.newest === null || moment > draft.newest) draft.newest = moment;
  switch (event.kind) {
    case 'run.started':
    case 'run.completed':
      takeRun(draft, event);
      return;
    case 'session.recorded':
      takeSession(draft, event);
      return;
    case 'session.absent': {
      const { run, attempt, agent, outcome, reason } = event.data;
      const skipped = reason === 'skipped';
      draft.absent.put(attemptKey(run, attempt), { at: event.at, agent, skipped, ...endingOf(outcome) });
      return;
    }
    default:
      event satisfies never;
  }
}

function takeRun(draft: Draft, { kind, data: { run } }: EventOf<'run.started' | 'run.completed'>): void {
  const key = attemptKey(run.id, run.attempt);
  const before = draft.runs.get(key, run.startedAt);
  // The end is final. A late report of the start changes nothing.
  if (before?.end !== undefined && kind === 'run.started') return;
  const entry: RunEntry = {
    run: run.id,
    attempt: run.attempt,
    agent: run.agent,
    workflow: run.workflow,
    trigger: run.trigger,
    actor: run.actor?.login ?? null,
    ...(run.actor?.type === 'Bot' ? { bot: true as const, by: run.actor.id } : {}),
    ...(run.createdAt === run.startedAt ? {} : { made: run.createdAt }),
    ...(run.parent === undefined ? {} : { parent: run.parent }),
    ...(run.pull === undefined ? {} : { pull: run.pull }),
    at: run.startedAt,
    ...(kind === 'run.completed' ? { end: run.updatedAt } : {}),
    ...(run.conclusion === null ? {} : { conclusion: run.conclusion }),
    ...(run.conclusion === 'skipped' ? { skipped: true as const } : {}),
  };
  draft.runs.put(key, packedRun(entry));
}

function takeSession(draft: Draft, event: EventOf<'session.recorded'>): void {
  const { session } = event.data;
  const { cost, tokens, duration, toolCalls, toolErrors } = amountsOf(session);
  const { cutOff, filesChanged } = detailOf(session);
  const entry: SessionEntry = {
    agent: session.agent ?? '',
    workflow: session.workflow,
    run: session.run,
    attempt: session.attempt,
    at: sessionMoment(event),
    usd: cost,
    tokens,
    ...(cutOff === true ? { cutOff: true as const } : {}),
    ...(filesChanged === null ? {} : { changed: filesChanged.count }),
    ...(session.outcome === 'completed' ? { done: true as const } : endingOf(session.outcome)),
    ...(duration === null ? {} : { duration }),
    ...(toolCalls === null ? {} : { toolCalls }),
    ...(toolErrors === null ? {} : { toolErrors }),
  };
  draft.sessions.put(event.id, packedSession(event.id, entry));
}

/** A session that a limit stopped or a person cancelled has not failed. With an unknown end, it cannot be told. */
function endingOf(outcome: SessionOutcome): Ending {
  switch (outcome) {
    case 'failed':
    case 'timed_out':
      return { failed: true };
    case 'completed':
    case 'cancelled':
    case 'stopped_by_limit':
      return {};
    case 'unknown':
      return { unsure: true };
    default:
      return outcome satisfies never;
  }
}

function pruned({ newest, runs, sessions, absent }: Draft): WorkState {
  const oldest = oldestKept(newest);
  return {
    newest,
    runs: runs.close(oldest.run),
    sessions: sessions.close(oldest.session),
    absent: absent.close(oldest.session),
  };
}
