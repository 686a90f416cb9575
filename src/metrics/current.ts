import type { Facts } from '../core/facts.ts';
import type { Aggregate } from '../core/series.ts';
import { agentSubject, repositorySubject, type Subject } from '../core/subject.ts';
import { after, DAY, type Instant } from '../core/time.ts';
import { CATALOGUE } from './catalogue.ts';
import { opinionMetric } from './catalogue-opinions.ts';
import { wasteMetric } from './catalogue-waste.ts';
import { lastLiveDrill } from './drills.ts';
import { accuracyOf } from './episodes.ts';
import { forecastMiss } from './forecast-miss.ts';
import { improvementFigure } from './improvement-figures.ts';
import type { MetricDoc } from './metric-doc.ts';
import { type Period, type Window, windowOf } from './period.ts';
import { measureQuality } from './quality.ts';
import { queueMetric, reviewMetric } from './reviews/metrics.ts';
import { agentNames, blindness, overDays, overHours } from './sight.ts';

/** Metrics by the parts of their names; `null` if a value is not known. */
export interface MetricTree {
  readonly [part: string]: number | string | null | MetricTree;
}

/** What `watch --json` shows as `metrics`: see the catalogue. */
export type Measured = MetricTree & {
  /** The UTC day and month that the numbers are for. */
  readonly period: { readonly day: string; readonly month: string };
  readonly month: MetricTree;
  readonly last24h: MetricTree;
  readonly agents: MetricTree;
};

/**
 * Every metric of the catalogue at `now`: the current UTC day at the top; below it, the month so far, the last 24 hours and each
 * agent. `servers` is the result of `measureServers` for tool calls; null if they were not read.
 */
export function measure(facts: Facts, now: Instant, servers: MetricTree | null = null): Measured {
  const agents = agentNames(facts).map((name) => [name, dayAndMonth(facts, agentSubject(name), now)] as const);
  return {
    ...dayAndMonth(facts, repositorySubject(facts.repo), now),
    last24h: measureLastDay(facts, now),
    mcpServers: servers,
    period: { day: windowOf('day', now).label, month: windowOf('month', now).label },
    agents: Object.fromEntries(agents),
  };
}

function dayAndMonth(facts: Facts, subject: Subject, now: Instant): MetricTree & { readonly month: MetricTree } {
  return { ...measurePeriod(facts, subject, 'day', now), month: measurePeriod(facts, subject, 'month', now) };
}

function hasValues({ reduction }: MetricDoc, subject: Subject, period: Period): boolean {
  switch (reduction) {
    case 'last drill':
    case 'judged alerts':
    case 'forecasts':
    case 'improvements':
    case 'opinions':
      return subject.kind === 'repository';
    case 'measures':
    case 'waste':
    case 'none':
      return subject.kind === 'repository' && period === 'day';
    // They are handled separately: see `measureServers`.
    case 'calls':
      return false;
    default:
      return true;
  }
}

function measurePeriod(facts: Facts, subject: Subject, period: Period, now: Instant): MetricTree {
  const window = windowOf(period, now);
  const over = (metric: string): Aggregate | null => overDays(facts, metric, subject, window.from, window.to);
  const docs = CATALOGUE.filter((doc) => hasValues(doc, subject, period));
  return treeOf(docs, (doc) => readMetric(facts, doc, { subject, over, window, now }));
}

/** Metrics with an hourly and daily history. */
const OVER_TIME: readonly MetricDoc['reduction'][] = ['sum', 'mean', 'unknown cost', 'tool errors', 'tool calls'];

/** The repository's metrics with an hourly history, over the last 24 hours. */
function measureLastDay(facts: Facts, now: Instant): MetricTree {
  const subject = repositorySubject(facts.repo);
  const window = { from: after(now, -DAY), to: after(now, 1) };
  const over = (metric: string): Aggregate | null => overHours(facts, metric, subject, window.from, window.to);
  const docs = CATALOGUE.filter(({ reduction }) => OVER_TIME.includes(reduction));
  return treeOf(docs, (doc) => readMetric(facts, doc, { subject, over, window, now }));
}

/** A tree of metrics by the parts of their names. In place of names from outside there is null. */
export function treeOf(docs: readonly MetricDoc[], read: (doc: MetricDoc) => number | null): MetricTree {
  const tree: Branch = {};
  for (const doc of docs) plant(tree, doc.name.replace(/\.\*.*$/, '').split('.'), read(doc));
  return tree;
}

interface Branch {
  [part: string]: number | null | Branch;
}

/** Names of metrics are ours, so no part of one can be a name that is special on objects. */
function plant(tree: Branch, path: readonly string[], value: number | null): void {
  const [part = '', ...rest] = path;
  if (rest.length === 0) {
    tree[part] = value;
    return;
  }
  const below = tree[part];
  const branch = typeof below === 'object' && below !== null ? below : {};
  tree[part] = branch;
  plant(branch, rest, value);
}

type Over = (metric: string) => Aggregate | null;

interface Scope {
  readonly subject: Subject;
  readonly over: Over;
  readonly window: Pick<Window, 'from' | 'to'>;
  readonly now: Instant;
}

function readMetric(facts: Facts, metric: MetricDoc, { subject, over, window, now }: Scope): number | null {
  const seesAll = blindness(facts) === null;
  switch (metric.reduction) {
    case 'now':
      return seesAll ? activeRuns(facts, subject) : null;
    case 'sum':
      return sumOf(over(metric.name), seesAll);
    case 'mean':
      return meanOf(over(metric.name));
    case 'unknown cost':
      return over('sessions.tokenUsage.cost')?.unknown ?? (seesAll ? 0 : null);
    case 'tool errors':
      return shareOf(over('sessions.toolErrors'), over('sessions.toolCalls'));
    case 'tool calls':
      return meanOf(over('sessions.toolCalls'));
    case 'last drill':
      return drillTime(facts, metric.name);
    case 'judged alerts':
      return accuracyOf(facts.episodes, now).share;
    case 'forecasts':
      return forecastMiss(facts.budgets().forecasts, metric.name.endsWith('dayError') ? 'day' : 'week');
    case 'measures':
      return metric.of === undefined ? null : measureQuality(facts, metric.of);
    case 'opinions':
      return opinionMetric(facts.opinions, metric.name);
    case 'review queue':
      return queueMetric(facts, metric.name, subject, now);
    case 'reviews':
      return reviewMetric(facts, metric.name, subject, window);
    case 'waste':
      return wasteMetric(facts.waste(), metric.name);
    case 'improvements':
      return improvementFigure(facts.changes, metric.name, now);
    case 'calls':
    case 'none':
      return null;
    default:
      return metric.reduction satisfies never;
  }
}

function sumOf(aggregate: Aggregate | null, seesAll: boolean): number | null {
  if (aggregate === null) return seesAll ? 0 : null;
  return aggregate.count === 0 ? null : aggregate.sum;
}

function meanOf(aggregate: Aggregate | null): number | null {
  return aggregate === null || aggregate.count === 0 ? null : aggregate.sum / aggregate.count;
}

function shareOf(part: Aggregate | null, whole: Aggregate | null): number | null {
  return part === null || whole === null || part.count === 0 || whole.sum === 0 ? null : part.sum / whole.sum;
}

function activeRuns(facts: Facts, subject: Subject): number {
  const ofSubject = facts.runs.filter((run) => subject.kind === 'repository' || run.agent === subject.name);
  return ofSubject.filter((run) => run.status !== 'completed').length;
}

/** A metric without a time of its own would be a bug in the catalogue. */
function drillTime(facts: Facts, metric: string): number | null {
  const last = lastLiveDrill(facts.drills);
  switch (metric) {
    case 'drill.timeToDetect':
      return last?.timeToDetect ?? null;
    case 'drill.timeToStop':
      return last?.timeToStop ?? null;
    case 'drill.timeToRecover':
      return last?.timeToRecover ?? null;
    default:
      throw new RangeError(`'${metric}' is no metric of a drill.`);
  }
}
