import type { Agent } from '../core/agent.ts';
import type { CausalGraph, CommentMark } from '../core/causal.ts';
import type { Denial } from '../core/denial.ts';
import type { Facts, SourceStatus } from '../core/facts.ts';
import type { ImprovementFacts } from '../core/improvement.ts';
import type { ItemMark } from '../core/item.ts';
import type { ModelUse } from '../core/model-use.ts';
import type { PullFacts } from '../core/pull.ts';
import { type Aggregate, mergeAggregates, type Point, type Series, type Step } from '../core/series.ts';
import { requestKey, type SeriesRequest } from '../core/series-request.ts';
import type { ServerUse } from '../core/server-use.ts';
import type { WouldHave } from '../core/shadow.ts';
import { type Subject, subjectKey } from '../core/subject.ts';
import { between, DAY, type Duration, dayOf, fromMs, HOUR, hourOf, type Instant, startOf, toMs } from '../core/time.ts';
import { type BudgetBook, budgetFacts } from './budget-book.ts';
import { causalGraph, closeLinks } from './causal/graph.ts';
import { causalRuns } from './causal/runs.ts';
import type { DrillsState } from './drills.ts';
import type { EpisodesState } from './episodes.ts';
import type { HealthState } from './health/fold.ts';
import { systemHealth } from './health/system.ts';
import { NOTHING_READ, type ReadAhead, stretchOf, subjectOf } from './measured-series.ts';
import { type OpinionsState, opinionsFold, opinionUse } from './opinions.ts';
import type { RecentState } from './recent.ts';
import type { RecordedEvents } from './recorded-events.ts';
import type { Rollups } from './rollup.ts';
import { isRolledUp, type Row, readRow } from './row.ts';
import type { RowTable } from './row-table.ts';
import type { ViolationsState } from './violations.ts';
import type { SavingsState } from './waste/fold.ts';
import { workPieces } from './waste/pieces.ts';
import { wasteReport } from './waste/report.ts';

/** What the facts are built from: slices of the ledger's state and the current moment. */
export interface FactsInput {
  readonly repo: string;
  readonly agents: readonly Agent[];
  /** When each of them was first seen as an agent; not known if left out. */
  readonly agentsSince?: readonly Instant[];
  readonly rollups: Rollups;
  readonly recent: RecentState;
  readonly drills: DrillsState;
  readonly violations: ViolationsState;
  readonly events: RecordedEvents;
  /** Episodes of alerts; none if left out. */
  readonly episodes?: EpisodesState;
  /** What bots opened; none if left out. */
  readonly items?: { readonly items: readonly ItemMark[] };
  /** Pull requests of agents with their reviews; not known if left out. */
  readonly pullRequests?: PullFacts;
  /** The advice given about waste; none if left out. */
  readonly savings?: SavingsState;
  /** The models of the agents; none if left out. */
  readonly models?: { readonly uses: readonly ModelUse[] };
  /** The MCP servers of the agents; none if left out. */
  readonly serverUses?: { readonly uses: readonly ServerUse[] };
  /** What agents changed; nothing known if left out. */
  readonly changes?: ImprovementFacts;
  /** What models were asked; nothing if left out. */
  readonly opinions?: OpinionsState;
  /** Paths of the workflows that a stop keeps disabled; none if left out. */
  readonly held?: readonly string[];
  readonly health: HealthState;
  /** The series that the rules have named; none if no rule names any. */
  readonly ahead?: ReadAhead;
  readonly budgets: BudgetBook;
  /** What bots said and where people joined in; none if left out. */
  readonly comments?: readonly CommentMark[];
  /** Which agents may not start for a while; none if left out. */
  readonly denials?: readonly Denial[];
  /** What shadow mode held back; nothing if left out. */
  readonly shadow?: readonly WouldHave[];
  readonly sources: readonly SourceStatus[];
  readonly now: Instant;
}

/**
 * Everything a judge may know at `now`. Marks of a later time are left out, so that an earlier `now` does not see the future.
 * `series` returns one point per step, from the bucket that contains `from` up to the last one that begins before `to`.
 * @throws RangeError (from `series`) for a metric without a series.
 */
export function buildFacts(input: FactsInput): Facts {
  const { repo, agents, rollups, health, now } = input;
  const { ahead = NOTHING_READ } = input;
  const bucketsOf = rememberedBuckets();
  const series: Facts['series'] = (metric, subject, step, from, to) =>
    seriesOf(rollups, { metric, subject, step }, bucketsOf(step, from, to));
  const marks = { agents, agentsSince: input.agentsSince ?? [], ...marksUntil(input) };
  const causal = once(() => graphOf(input, now));
  const work = once(() => workPieces(input.budgets.work, now));
  return {
    repo,
    ...marks,
    ...{ others: ahead.others, othersByQuarter: ahead.othersByQuarter, labelSets: ahead.labelSets },
    work,
    waste: once(() => wasteReport(marks, work(), now)),
    opinions: opinionUse(input.opinions ?? opinionsFold.initial, now),
    causal,
    budgets: once(() => budgetFacts(input.budgets, now, closeLinks(causal()))),
    health: once(() => systemHealth({ ...marks, state: health, rows: ahead.serverRows, now })),
    series,
    measured: (request) =>
      isRolledUp(request.metric) ? sumsOf(series, request, repo, now) : seriesAhead(ahead, request),
  };
}

/** What happened up to `now`, and nothing later. */
function marksUntil(input: FactsInput) {
  const { rollups, recent, drills, violations, events, sources, now } = input;
  return {
    runs: inOrder(Object.values(recent.runs), (run) => run.startedAt, now),
    sessions: inOrder(Object.values(recent.sessions), (session) => session.at, now),
    dearest: Object.values(rollups.dearest).flatMap((marks) => marks.filter((mark) => mark.at <= now)),
    sources: sources.filter((source) => isInUse(source, now)),
    ticks: recent.ticks.filter((tick) => tick.at <= now),
    drills: drills.drills.filter((drill) => drill.at <= now),
    items: madeBy(input, now),
    pulls: openPulls(input, now),
    pullRequests: isFresh(input, 'pulls', now) ? (input.pullRequests ?? null) : null,
    models: (input.models?.uses ?? []).filter(({ first }) => first <= now),
    serverUses: (input.serverUses?.uses ?? []).filter(({ last }) => last <= now),
    savings: (input.savings?.savings ?? []).filter(({ at }) => at <= now),
    held: input.held ?? [],
    changes: input.changes ?? { cases: [], seen: false },
    denials: (input.denials ?? []).filter(({ at }) => at <= now),
    wouldHave: (input.shadow ?? []).filter(({ at }) => at <= now),
    violations: violations.violations.filter((violation) => violation.at <= now),
    episodes: Object.values(input.episodes?.episodes ?? {}).filter((mark) => mark.since <= now),
    events: events.marks.filter((mark) => mark.at <= now),
  };
}

/** Computed on first use, because most judges do not ask. */
function once<T>(work: () => T): () => T {
  const made: { value?: T } = {};
  return () => {
    made.value ??= work();
    return made.value;
  };
}

/**
 * The sums of sessions and runs by hour and day are in the state itself, because they are corrected when a run turns out to have
 * ended differently. Everything else is in files next to it. A rule requests both in the same way.
 */
function sumsOf(series: Facts['series'], request: SeriesRequest, repo: string, now: Instant): Series {
  const { metric, step, labels } = request;
  if (step === 'minute') throw new RangeError(`The metric '${metric}' is kept by hour and day, not by minute.`);
  const others = Object.keys(labels).filter((label) => label !== 'agent');
  if (others.length > 0) throw new RangeError(`The metric '${metric}' is kept by agent, not by ${others.join(', ')}.`);
  const { from, to } = stretchOf(request, now);
  return { ...series(metric, subjectOf(request, repo), step, from, to), labels };
}

function seriesAhead({ series }: ReadAhead, request: SeriesRequest): Series {
  const found = series.get(requestKey(request));
  if (found === undefined) throw new RangeError(`No rule has named the series '${requestKey(request)}' in its needs.`);
  return found;
}

function madeBy({ items }: FactsInput, now: Instant): readonly ItemMark[] {
  return (items?.items ?? []).filter(({ createdAt }) => createdAt <= now);
}

function graphOf({ budgets, comments = [], items }: FactsInput, now: Instant): CausalGraph {
  const { runs, left } = causalRuns(budgets.work, Object.values(budgets.leases), {
    now,
    forPeople: comments.some(({ app }) => app !== null),
  });
  return causalGraph({ runs, left, comments: comments.filter(({ at }) => at <= now), items: items?.items ?? [] });
}

/** The source of what bots open. Its marks are worthless while it cannot be read. */
const ITEMS_SOURCE = 'items';
/** An older answer does not count. */
const FRESH: Duration = DAY;

function isFresh({ sources }: FactsInput, name: string, now: Instant): boolean {
  const readAt = sources.find(({ source }) => source === name)?.lastReadAt ?? null;
  return readAt !== null && between(readAt, now) <= FRESH;
}

function openPulls(input: FactsInput, now: Instant): readonly ItemMark[] | null {
  if (!isFresh(input, ITEMS_SOURCE, now)) return null;
  return madeBy(input, now).filter(({ kind, closedAt }) => kind === 'pull' && (closedAt === null || closedAt > now));
}

/** A source that is no longer asked must blind nobody: a file that was read once by hand, or a source of an old version. */
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

/** A bucket of time: its first moment and the name its rows are stored under. */
interface Bucket {
  readonly at: Instant;
  readonly name: string;
}

type BucketsOf = (step: RowStep, from: Instant, to: Instant) => readonly Bucket[];

/** Judges request the same stretches of time again and again, and formatting a moment costs more than looking it up. */
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
  const end = toMs(to);
  for (let ms = toMs(startOf(bucketOf(from))); ms < end; ms += length) {
    const at = fromMs(ms);
    buckets.push({ at, name: bucketOf(at) });
  }
  return buckets;
}

function seriesOf(
  rollups: Rollups,
  head: Omit<Series, 'points' | 'step'> & { readonly step: RowStep },
  buckets: readonly Bucket[],
): Series {
  // Read once here, so that a misspelt name is found even if nothing has happened.
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
