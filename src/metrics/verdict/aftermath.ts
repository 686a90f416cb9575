import { median } from 'simple-statistics';
import type { Comparison, ImprovementCase, Judgement, UsualRange } from '../../core/improvement.ts';
import { after, between, type Duration, type Instant } from '../../core/time.ts';
import { isOfDays, type Sight, valuesSince } from './observe.ts';

/** How many values show that a metric is back: single sessions, days, or sessions for a share. */
const ENOUGH: Readonly<Record<'values' | 'days' | 'shares', number>> = { values: 5, days: 3, shares: 10 };
/** A win holds while at least this part of it is left. */
const LEFT = 0.5;

/** Whether a win still exists. */
export interface Holding {
  readonly holds: boolean;
  readonly value: number;
  readonly values: number;
}

/**
 * Looks at a win again once it is twice as old as when it was found. It holds while at least half of it is left. Null if too little
 * is known, and before that time.
 */
export function holding(
  { deployed, judgements, hypothesis }: ImprovementCase,
  sight: Sight,
  minValues: number,
  now: Instant,
): Holding | null {
  const last = judgements.at(-1);
  const target = last?.comparisons.find(({ role }) => role === 'target');
  if (deployed === null || last === undefined || target === undefined || last.verdict !== 'better') return null;
  const length = hypothesis?.within ?? between(last.after.from, last.after.to);
  const stretch = { from: after(deployed.at, length), to: after(deployed.at, 2 * length) };
  if (stretch.to > now) return null;
  const values = valuesSince(sight, { metric: target.metric, agent: hypothesis?.agent ?? null }, stretch);
  const least = isOfDays(target.metric) ? ENOUGH.days : minValues;
  const gained = gainOf(target, target.after.middle);
  if (values.length < least || gained === null) return null;
  const value = middleOf(target.method, values);
  return { holds: (gainOf(target, value) ?? 0) >= LEFT * gained, value, values: values.length };
}

function gainOf({ before, good }: Comparison, later: number | null): number | null {
  if (before.middle === null || later === null) return null;
  return good === 'down' ? before.middle - later : later - before.middle;
}

/** How a rollback ended. */
export interface Recovery {
  readonly outcome: 'recovered' | 'not_recovered';
  readonly took: Duration | null;
  readonly value: number;
}

/**
 * Whether the metric is back where it was before the change, counted from the merge of the rollback. It is back at the first value
 * with which the median of all of them is within the usual range (or beyond it on the good side). The time taken is counted from
 * the request for the rollback. Null while too little is known.
 */
export function recovery(
  usual: UsualRange,
  { askedAt, mergedAt }: { readonly askedAt: Instant; readonly mergedAt: Instant },
  sight: Sight,
  { now, patience }: { readonly now: Instant; readonly patience: Duration },
): Recovery | null {
  const method = usual.metric === 'sessions.failureRate' ? 'shares' : 'ranks';
  const enough = method === 'shares' ? ENOUGH.shares : isOfDays(usual.metric) ? ENOUGH.days : ENOUGH.values;
  const seen = valuesSince(sight, usual, { from: mergedAt, to: now });
  for (let count = enough; count <= seen.length; count += 1) {
    const value = middleOf(method, seen.slice(0, count));
    if (!isBack(usual, value)) continue;
    const at = seen[count - 1]?.at ?? now;
    return { outcome: 'recovered', took: between(askedAt, at), value };
  }
  if (seen.length < enough || after(mergedAt, patience) > now) return null;
  return { outcome: 'not_recovered', took: null, value: middleOf(method, seen) };
}

function isBack({ good, low, high }: UsualRange, value: number): boolean {
  return good === 'down' ? value <= high : value >= low;
}

function middleOf(method: Comparison['method'], values: readonly { readonly value: number }[]): number {
  const all = values.map(({ value }) => value);
  return method === 'shares' ? all.reduce((sum, value) => sum + value, 0) / all.length : median(all);
}

/** Which other changes came into force in the stretch that a look compares. */
export function overlapsOf(
  one: Pick<ImprovementCase, 'pull'>,
  cases: readonly ImprovementCase[],
  { before, after: later }: Pick<Judgement, 'before' | 'after'>,
): readonly number[] {
  return cases
    .filter(
      ({ pull, deployed }) =>
        pull !== one.pull && deployed !== null && deployed.at >= before.from && deployed.at < later.to,
    )
    .map(({ pull }) => pull);
}
