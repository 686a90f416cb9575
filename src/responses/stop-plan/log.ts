import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { Fold } from '../../core/fold.ts';
import { after, DAY, type Instant, latest } from '../../core/time.ts';

/** A stop caused by a rule. */
export interface RuleStop {
  readonly generation: number;
  readonly fingerprint: string;
  /** Missing in states written by versions that did not keep it. */
  readonly rule?: string;
  readonly at: Instant;
}

/** What rules have stopped, and what they would have stopped. */
export interface StopPlanLog {
  /** Oldest first, within 90 days of the last one. */
  readonly stops: readonly RuleStop[];
  /** By fingerprint of the alert: when shadow mode last held a stop back, within the last 90 days. */
  readonly wouldHave: Readonly<Record<string, Instant>>;
}

/** Longer than an alert lasts without anybody acting on it. */
const KEPT = 90 * DAY;

/** Keeps which episodes have had their stop, so that a rule asks only once for each and stays within its daily limit. */
export const stopPlanFold: Fold<StopPlanLog> = {
  initial: { stops: [], wouldHave: {} },
  apply: (state, events) => {
    const relevant = events.filter(isRelevant);
    if (relevant.length === 0) return state;
    const draft: Draft = { stops: [...state.stops], wouldHave: { ...state.wouldHave } };
    for (const event of relevant) fold(draft, event);
    return draft;
  },
};

interface Draft {
  stops: RuleStop[];
  readonly wouldHave: Record<string, Instant>;
}

type RelevantEvent = EventOf<'halt.declared' | 'halt.would_have'>;

function isRelevant(event: LedgerEvent): event is RelevantEvent {
  return event.kind === 'halt.declared' || event.kind === 'halt.would_have';
}

function fold(draft: Draft, event: RelevantEvent): void {
  switch (event.kind) {
    case 'halt.declared':
      foldStop(draft, event);
      return;
    case 'halt.would_have':
      foldWouldHave(draft, event);
      return;
    default:
      event satisfies never;
  }
}

function foldStop(draft: Draft, { data }: EventOf<'halt.declared'>): void {
  const { by, at, generation } = data.halt;
  // The same stop is declared again when more is known about what it holds.
  if (by.kind !== 'rule' || draft.stops.some((stop) => stop.generation === generation)) return;
  draft.stops.push({ generation, fingerprint: by.fingerprint, rule: by.rule, at });
  const newest = draft.stops.map((stop) => stop.at).reduce(latest);
  draft.stops = draft.stops
    .filter((stop) => stop.at >= after(newest, -KEPT))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.generation - b.generation));
}

function foldWouldHave(draft: Draft, { data, at }: EventOf<'halt.would_have'>): void {
  draft.wouldHave[data.fingerprint] = latest(draft.wouldHave[data.fingerprint] ?? at, at);
  const newest = Object.values(draft.wouldHave).reduce(latest);
  for (const [fingerprint, moment] of Object.entries(draft.wouldHave)) {
    if (moment < after(newest, -KEPT)) delete draft.wouldHave[fingerprint];
  }
}
