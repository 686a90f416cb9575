import type { EventOf } from '../core/event.ts';
import type { SessionMark } from '../core/facts.ts';
import { detailOf, type Session } from '../core/session.ts';
import { after, DAY, type Instant, monthOf, startOf } from '../core/time.ts';
import { sessionMoment } from './attempt.ts';
import { spentUsd } from './row.ts';

/** The most expensive sessions by UTC month and agent (`2026-11 fixer`), most expensive first. */
export type Dearest = Readonly<Record<string, readonly SessionMark[]>>;

const MOST = 20;

/** The short form of a session. */
export function markOf(event: EventOf<'session.recorded'>): SessionMark {
  const { session } = event.data;
  const { cutOff, unpricedModels, filesChanged, repeats } = detailOf(session);
  const compared = comparedOf(session);
  return {
    id: session.id,
    agent: session.agent ?? '',
    run: session.run,
    attempt: session.attempt,
    at: sessionMoment(event),
    outcome: session.outcome,
    cost: session.cost,
    tokens: session.tokens.total,
    duration: session.duration,
    ...(cutOff === true ? { cutOff } : {}),
    ...(unpricedModels.length === 0
      ? {}
      : { unpriced: { models: unpricedModels, reported: session.reportedCost.usd !== null } }),
    ...(filesChanged === null ? {} : { changed: filesChanged.count }),
    ...(repeats === null ? {} : { repeats }),
    ...(compared === null ? {} : { compared }),
  };
}

/** Both amounts, if each is for the whole session. A lower bound on one side only is not comparable. */
function comparedOf(session: Session): NonNullable<SessionMark['compared']> | null {
  const { computedCost, computedState } = detailOf(session);
  const reported = session.reportedCost.usd;
  const isWhole = computedState === 'estimate' || computedState === 'exact';
  return reported === null || computedCost.usd === null || !isWhole ? null : { reported, computed: computedCost.usd };
}

/** Files a session under its month while it is one of the most expensive there. Those of unknown cost are not. */
export function rememberDearest(dearest: Record<string, readonly SessionMark[]>, mark: SessionMark): void {
  const usd = spentUsd(mark.cost);
  if (usd === null || usd === 0) return;
  const key = `${monthOf(mark.at)} ${mark.agent}`;
  const kept = dearest[key] ?? [];
  const last = kept.at(-1);
  if (kept.length >= MOST && last !== undefined && dearestFirst(mark, last) >= 0) return;
  dearest[key] = [...kept, mark].sort(dearestFirst).slice(0, MOST);
}

/** Removes what is older than the month before that of `newest`. */
export function forgetMonths(dearest: Record<string, readonly SessionMark[]>, newest: Instant): void {
  const oldest = monthOf(after(startOf(monthOf(newest)), -DAY));
  for (const key of Object.keys(dearest)) if (key < oldest) delete dearest[key];
}

/** A total order, so that the order in which sessions are learned does not matter. */
function dearestFirst(a: SessionMark, b: SessionMark): number {
  return (spentUsd(b.cost) ?? 0) - (spentUsd(a.cost) ?? 0) || (a.id < b.id ? -1 : Number(a.id > b.id));
}
