import type { Agent } from '../core/agent.ts';
import type { BudgetFacts } from '../core/budget.ts';
import type { Facts, SourceStatus } from '../core/facts.ts';
import { type Aggregate, mergeAggregates, type Point, type Series, type Step } from '../core/series.ts';
import { type Subject, subjectKey } from '../core/subject.ts';
import { after, between, DAY, type Duration, dayOf, HOUR, hourOf, type Instant, startOf } from '../core/time.ts';
import { type BudgetBook, budgetFacts } from './budget-book.ts';
import type { DrillsState } from './drills.ts';
import type { RecentState } from './recent.ts';
import type { Rollups } from './rollup.ts';
import { isRolledUp, type Row, readRow } from './row.ts';
import type { RowTable } from './row-table.ts';
import type { ViolationsState } from './violations.ts';

/** What the facts are made of: slices of the ledger's state and the moment they are looked at. */
export interface FactsInput {
  readonly repo: string;
  readonly agents: readonly Agent[];
  readonly rollups: Rollups;
  readonly recent: RecentState;
  readonly drills: DrillsState;
  readonly violations: ViolationsState;
  readonly budgets: BudgetBook;
  readonly sources: readonly SourceStatus[];
  readonly now: Instant;
}

/**
 * All that a judge may know at `now`. Marks of a later time are left out, so that an earlier `now` is not told the future.
 * `series` answers one point a step from the bucket that holds `from` up to the last one that begins before `to`.
 * @throws RangeError (from `series`) for a metric without a series.
 */
export function buildFacts(input: FactsInput): Facts {
  const { repo, agents, rollups, recent, drills, violations, sources, now } = input;
  const bucketsOf = rememberedBuckets();
  let budgets: BudgetFacts | null = null;
  return {
    repo,
    agents,
    runs: inOrder(Object.values(recent.runs), (run) => run.startedAt, now),
    sessions: inOrder(Object.values(recent.sessions), (session) => session.at, now),
    dearest: Object.values(rollups.dearest).flatMap((marks) => marks.filter((mark) => mark.at <= now)),
    sources: sources.filter((source) => isInUse(source, now)),
    ticks: recent.ticks.filter((tick) => tick.at <= now),
    drills: drills.drills.filter((drill) => drill.at <= now),
    violations: violations.violations.filter((violation) => violation.at <= now),
    budgets: () => {
      budgets ??= budgetFacts(input.budgets, now);
      return budgets;
    },
    series: (metric, subject, step, from, to) =>
      seriesOf(rollups, { metric, subject, step }, bucketsOf(step, from, to)),
  };
}

/** A source that nobody asks any more must blind nobody: a file that was read once by hand, a source of an old version. */
const RETIRED_AFTER: Duration = 3 * DAY;

function isInUse({ lastAttemptAt, lastReadAt, failure }: SourceStatus, now: Instant): boolean {
  const asked = lastAttemptAt ?? (failure === null ? lastReadAt : null);
  return asked === null || between(asked, now) <= RETIRED_AFTER;
}

function inOrder<Mark>(marks: readonly Mark[], at: (mark: Mark) => Instant, now: Instant): readonly Mark[] {
  return marks.filter((mark) => at(mark) <= now).sort((a, b) => (at(a) < at(b) ? -1 : Number(at(a) > at(b))));
}

type RowStep = Exclude<Step, 'minute'>;

const STEPS: Readonly<Record<RowStep, { readonly length: Duration; readonly bucketOf: (instant: Instant) => string }>> =
  {
    hour: { length: HOUR, bucketOf: hourOf },
    day: { length: DAY, bucketOf: dayOf },
  };

/** A bucket of time: its first moment and the name that its rows stand under. */
interface Bucket {
  readonly at: Instant;
  readonly name: string;
}

type BucketsOf = (step: RowStep, from: Instant, to: Instant) => readonly Bucket[];

/** Judges ask for the same stretches of time again and again, and making the text of a moment costs more than looking it up. */
function rememberedBuckets(): BucketsOf {
  const known = new Map<string, readonly Bucket[]>();
  return (step, from, to) => {
    const key = `${step} ${from} ${to}`;
    const buckets = known.get(key) ?? bucketsBetween(step, from, to);
    known.set(key, buckets);
    return buckets;
  };
}

function bucketsBetween(step: RowStep, from: Instant, to: Instant): readonly Bucket[] {
  const { length, bucketOf } = STEPS[step];
  const buckets: Bucket[] = [];
  for (let at = startOf(bucketOf(from)); at < to; at = after(at, length)) buckets.push({ at, name: bucketOf(at) });
  return buckets;
}

function seriesOf(
  rollups: Rollups,
  head: Omit<Series, 'points' | 'step'> & { readonly step: RowStep },
  buckets: readonly Bucket[],
): Series {
  // Asked once here, so that a misspelt name is found even where nothing has happened.
  if (!isRolledUp(head.metric)) readRow(head.metric, { n: {}, v: {} });
  const tables = rowsBySubject(head.step === 'hour' ? rollups.hours : rollups.days, head.subject);
  const points = buckets.map(({ at, name }): Point => ({ at, aggregate: aggregateOf(head.metric, tables, name) }));
  return { ...head, points };
}

function rowsBySubject(table: RowTable, subject: Subject): readonly Readonly<Record<string, Row>>[] {
  switch (subject.kind) {
    case 'repository':
      return Object.values(table);
    case 'agent': {
      const rows = table[subjectKey(subject)];
      return rows === undefined ? [] : [rows];
    }
    case 'source':
    case 'checkrein':
      return [];
    default:
      return subject satisfies never;
  }
}

function aggregateOf(
  metric: string,
  tables: readonly Readonly<Record<string, Row>>[],
  bucket: string,
): Aggregate | null {
  let merged: Aggregate | null = null;
  for (const rows of tables) {
    const row = rows[bucket];
    if (row !== undefined) merged = mergeAggregates(merged, readRow(metric, row));
  }
  return merged;
}
