import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import { detailOf, type SessionOutcome } from '../core/session.ts';
import { DAY, type Duration, dayOf, fromMs, type Instant, toMs } from '../core/time.ts';
import { attemptKey, sessionMoment, witnessed } from './attempt.ts';
import { type ByDay, type Days, flat, openDays } from './day-table.ts';
import { amountsOf } from './row.ts';

/** What single sessions came to, so that two stretches of time can be compared session by session. Left out = not known. */
export interface Sample {
  readonly at: Instant;
  readonly agent: string;
  /** Names the attempt of its run; left out where there is none. */
  readonly run?: string;
  /** Of a run that left no record. */
  readonly absent?: true;
  readonly failed?: boolean;
  readonly usd?: number;
  readonly tokens?: number;
  readonly duration?: Duration;
  readonly toolCalls?: number;
  readonly toolErrors?: number;
}

/** The sessions of the last 60 days: four weeks before a change and four after it. */
export interface SamplesState {
  readonly newest: Instant | null;
  readonly days: ByDay<Sample>;
}

const KEPT: Duration = 60 * DAY;

type SampleEvent = EventOf<'session.recorded' | 'session.absent'>;

/** Keeps the figures of single sessions. */
export const samplesFold: Fold<SamplesState> = {
  initial: { newest: null, days: {} },
  apply(state, events) {
    const relevant = events.filter(isSample);
    if (relevant.length === 0) return state;
    const days = openDays(state.days);
    let { newest } = state;
    for (const event of relevant) {
      const moment = witnessed(event);
      if (newest === null || moment > newest) newest = moment;
      take(days, event);
    }
    return { newest, days: days.close(newest === null ? '' : dayOf(fromMs(toMs(newest) - KEPT))) };
  },
};

function isSample(event: LedgerEvent): event is SampleEvent {
  return event.kind === 'session.recorded' || event.kind === 'session.absent';
}

function take(days: Days<Sample>, event: SampleEvent): void {
  switch (event.kind) {
    case 'session.recorded':
      days.put(event.id, sampleOf(event));
      return;
    case 'session.absent': {
      const { run, attempt, agent, outcome, reason } = event.data;
      // What was skipped was no session.
      if (reason === 'skipped') return;
      const key = attemptKey(run, attempt);
      days.put(`absent:${key}`, { at: event.at, agent, run: key, absent: true, ...endOf(outcome) });
      return;
    }
    default:
      event satisfies never;
  }
}

function sampleOf(event: EventOf<'session.recorded'>): Sample & { readonly at: Instant } {
  const { session } = event.data;
  const { cost, tokens, duration, toolCalls, toolErrors } = amountsOf(session);
  // What was cut off used more than it tells.
  const isWhole = detailOf(session).cutOff !== true;
  return {
    at: sessionMoment(event),
    agent: session.agent ?? '',
    ...(session.run === null ? {} : { run: attemptKey(session.run, session.attempt ?? 1) }),
    ...endOf(session.outcome),
    ...(isWhole ? known({ usd: cost, tokens, duration, toolCalls, toolErrors }) : {}),
  };
}

type Figures = Pick<Sample, 'usd' | 'tokens' | 'duration' | 'toolCalls' | 'toolErrors'>;

function known(figures: { readonly [Name in keyof Figures]-?: number | null }): Figures {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== null));
}

/** A session that a limit stopped or a person cancelled has not failed; of an unknown end nobody can tell. */
function endOf(outcome: SessionOutcome): Pick<Sample, 'failed'> {
  switch (outcome) {
    case 'failed':
    case 'timed_out':
      return { failed: true };
    case 'completed':
    case 'cancelled':
    case 'stopped_by_limit':
      return { failed: false };
    case 'unknown':
      return {};
    default:
      return outcome satisfies never;
  }
}

/** Oldest first, up to `now`; a run that left a record after all has not been silent. */
export function samplesOf({ days }: SamplesState, now: Instant): readonly Sample[] {
  const all = Object.values(flat(days)).filter(({ at }) => at <= now);
  const recorded = new Set(all.flatMap(({ run, absent }) => (run === undefined || absent ? [] : [run])));
  return all
    .filter(({ run, absent }) => !absent || run === undefined || !recorded.has(run))
    .sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}
