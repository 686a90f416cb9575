import { dayOf, type Instant } from '../../core/time.ts';
import type { Unit } from '../../core/unit.ts';
import { CATALOGUE } from '../catalogue.ts';
import { isRolledUp } from '../row.ts';
import type { Sample } from '../samples.ts';
import type { DayOf, Sides } from './days.ts';
import type { Share } from './proportions.ts';

/** What is known about the time around a change. */
export interface Sight {
  /** Sessions, oldest first. */
  readonly samples: readonly Sample[];
  /** The values of a metric by day, for recorded metrics and those counted by day. Days without a value are left out. */
  days(metric: string, agent: string | null, from: Instant, to: Instant): readonly DayOf<number>[];
}

/** A stretch of time, including its first moment but not its last. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/** What was observed of one metric before and after. */
export type Observed =
  | { readonly kind: 'values'; readonly sides: Sides<readonly number[]> }
  | { readonly kind: 'shares'; readonly sides: Sides<Share> };

type Reader = (sample: Sample) => number | undefined;

/** Metrics that are compared session by session. */
const BY_SESSION: Readonly<Record<string, Reader>> = {
  'sessions.tokenUsage.cost': ({ usd }) => usd,
  'sessions.tokenUsage.total': ({ tokens }) => tokens,
  'sessions.averageDuration': ({ duration }) => duration,
  'sessions.toolCalls': ({ toolCalls }) => toolCalls,
  'sessions.toolErrors': ({ toolErrors }) => toolErrors,
};

/** The metric that is a share of sessions. */
const FAILURES = 'sessions.failureRate';

/** Metrics of sessions and runs for which more is better. */
const MORE_IS_BETTER: ReadonlySet<string> = new Set([
  'sessions.completed',
  'runs.completed',
  'sessions.total',
  'runs.started',
]);

/** Which direction is good if nothing else is specified: less of everything that is counted, spent or waited for. */
export function goodWay(metric: string): 'down' | 'up' {
  return MORE_IS_BETTER.has(metric) ? 'up' : 'down';
}

/** The unit of what is compared. */
export function unitOf(metric: string): Unit {
  const unit = CATALOGUE.find(({ name }) => name === metric)?.unit ?? 'count';
  return unit === 'sessions' || unit === 'runs' ? 'count' : unit;
}

/** Whether a metric is kept by day, so that it must be read separately from the sessions. */
export function isOfDays(metric: string): boolean {
  return metric !== FAILURES && !Object.hasOwn(BY_SESSION, metric);
}

/** Whether a metric is known only if somebody recorded it. */
export function isRecorded(metric: string): boolean {
  return isOfDays(metric) && !isRolledUp(metric);
}

/** The daily values of a metric in two stretches of time. */
export function observe(
  sight: Sight,
  { metric, agent }: { readonly metric: string; readonly agent: string | null },
  stretches: { readonly before: Stretch; readonly after: Stretch },
): Observed {
  if (metric === FAILURES) {
    const sides = bothSides(stretches, (stretch) => endsIn(sight.samples, agent, stretch));
    return { kind: 'shares', sides };
  }
  const read = Object.hasOwn(BY_SESSION, metric) ? BY_SESSION[metric] : undefined;
  const sides = bothSides(stretches, (stretch) =>
    read === undefined
      ? sight
          .days(metric, agent, stretch.from, stretch.to)
          .map(({ day, observed }) => ({ day, observed: [observed] as const }))
      : valuesIn(sight.samples, agent, stretch, read),
  );
  return { kind: 'values', sides };
}

function bothSides<Observation>(
  { before, after }: { readonly before: Stretch; readonly after: Stretch },
  read: (stretch: Stretch) => readonly DayOf<Observation>[],
): Sides<Observation> {
  return { before: read(before), after: read(after) };
}

/** The sessions of an agent, or of all, in a stretch of time. */
export function within(samples: readonly Sample[], agent: string | null, { from, to }: Stretch): readonly Sample[] {
  return samples.filter((sample) => sample.at >= from && sample.at < to && (agent === null || sample.agent === agent));
}

function valuesIn(
  samples: readonly Sample[],
  agent: string | null,
  stretch: Stretch,
  read: Reader,
): readonly DayOf<readonly number[]>[] {
  const days = new Map<string, number[]>();
  for (const sample of within(samples, agent, stretch)) {
    const value = read(sample);
    if (value === undefined || !Number.isFinite(value)) continue;
    const day = dayOf(sample.at);
    days.set(day, [...(days.get(day) ?? []), value]);
  }
  return [...days].map(([day, observed]) => ({ day, observed }));
}

function endsIn(samples: readonly Sample[], agent: string | null, stretch: Stretch): readonly DayOf<Share>[] {
  const days = new Map<string, Share>();
  for (const { at, failed } of within(samples, agent, stretch)) {
    if (failed === undefined) continue;
    const { all, hits } = days.get(dayOf(at)) ?? { all: 0, hits: 0 };
    days.set(dayOf(at), { all: all + 1, hits: hits + Number(failed) });
  }
  return [...days].map(([day, observed]) => ({ day, observed }));
}

/** The values of a metric in chronological order, each with its moment: a failure is 1, any other end 0. */
export function valuesSince(
  sight: Sight,
  { metric, agent }: { readonly metric: string; readonly agent: string | null },
  stretch: Stretch,
): readonly { readonly at: Instant; readonly value: number }[] {
  if (isOfDays(metric)) {
    return sight
      .days(metric, agent, stretch.from, stretch.to)
      .map(({ day, observed }) => ({ at: `${day}T23:59:59.999Z`, value: observed }));
  }
  const read: Reader = BY_SESSION[metric] ?? (({ failed }) => (failed === undefined ? undefined : Number(failed)));
  return within(sight.samples, agent, stretch).flatMap((sample) => {
    const value = read(sample);
    return value === undefined ? [] : [{ at: sample.at, value }];
  });
}
