import type { Facts } from '../../core/facts.ts';
import type { Aggregate, Series } from '../../core/series.ts';
import type { LabelSets, SeriesRequest } from '../../core/series-request.ts';
import { agentSubject, repositorySubject, type Subject } from '../../core/subject.ts';
import { plainLine } from '../../core/text.ts';
import { after, DAY, type Duration, type Instant, parseInstant } from '../../core/time.ts';
import type { Unit } from '../../core/unit.ts';
import { agentNames } from '../../metrics/sight.ts';
import type { WatchedMetric } from './options.ts';

/** What was observed of a series in one bucket of time. */
export interface Reading {
  readonly at: Instant;
  /** Null if nothing is known. */
  readonly value: number | null;
  /** Observations with a known value. */
  readonly all: number;
  /** Their sum; for a rate, the number of hits. */
  readonly hits: number;
  /** Observations with an unknown value. If there are any, a sum is a lower bound. */
  readonly unknown: number;
}

/**
 * `amount` = a sum, zero if nothing happened; `number` = how many observations, known or not; `rate` = hits per trial; `mean` = the
 * mean of what was measured.
 */
type Kind = 'amount' | 'number' | 'rate' | 'mean';

/** One series watched for anomalies. */
export interface Watched {
  readonly subject: Subject;
  /** Tells findings of one subject apart. */
  readonly labels: Readonly<Record<string, string>>;
  readonly metric: WatchedMetric;
  /** Whom or what it is about, for people. */
  readonly who: string;
  readonly unit: Unit;
  readonly kind: Kind;
  /** Whether too little of it is an anomaly too. */
  readonly twoSided: boolean;
  /** Oldest first, from the first one in which anything happened; the last is the current bucket. */
  readonly readings: readonly Reading[];
}

interface Source {
  readonly metric: WatchedMetric;
  readonly rollup: string;
  readonly unit: Unit;
  readonly kind: Kind;
  readonly twoSided: boolean;
}

const SOURCES: readonly Source[] = [
  { metric: 'spend', rollup: 'sessions.tokenUsage.cost', unit: 'usd', kind: 'amount', twoSided: true },
  { metric: 'tokens', rollup: 'sessions.tokenUsage.total', unit: 'tokens', kind: 'amount', twoSided: true },
  { metric: 'sessions', rollup: 'sessions.total', unit: 'sessions', kind: 'amount', twoSided: true },
  { metric: 'failures', rollup: 'sessions.failed', unit: 'sessions', kind: 'amount', twoSided: false },
  { metric: 'failure-rate', rollup: 'sessions.failureRate', unit: 'ratio', kind: 'rate', twoSided: false },
];

/** The measures of MCP servers, by watched metric. */
const OF_SERVERS = [
  { metric: 'tool-errors', measure: 'session.tool.errors', unit: 'ratio', kind: 'rate' },
  { metric: 'tool-latency', measure: 'session.tool.latency', unit: 'ms', kind: 'mean' },
] as const;

/** Measures are kept by day for a year and by hour for 30 days. Reading more of them would be a waste. */
const SERVER_HISTORY: Duration = 60 * DAY;
/** At most this many MCP servers are watched individually. */
const MOST_SERVERS = 100;

/** If more of a day is unknown than this share of what is known, the day is no example of a usual one. */
const MOST_UNKNOWN = 1 / 3;

/**
 * The value of a bucket, as well as it can be told. If a few observations of a sum are unknown, they are assumed to be like the
 * others. Null if too many are.
 */
export function usualValue({ value, all, unknown }: Reading, kind: Kind): number | null {
  if (value === null || unknown === 0 || kind !== 'amount') return value;
  if (unknown > MOST_UNKNOWN * all) return null;
  const like = (value * (all + unknown)) / all;
  return Number.isInteger(value) ? Math.round(like) : like;
}

/** The agents and the repository, as subjects. */
export function subjectsOf(facts: Facts): readonly Subject[] {
  return [...agentNames(facts).map(agentSubject), repositorySubject(facts.repo)];
}

/** The name of a subject in a sentence. */
export function nameOf({ kind, name }: Subject): string {
  return kind === 'repository' ? 'The repository' : plainLine(name);
}

/** The series of all subjects in steps of `step`, starting at `from`. */
export function watchSubjects(
  facts: Facts,
  metrics: readonly WatchedMetric[],
  { step, from, now }: { readonly step: 'hour' | 'day'; readonly from: Instant; readonly now: Instant },
): readonly Watched[] {
  const wanted = SOURCES.filter(({ metric }) => metrics.includes(metric));
  return subjectsOf(facts).flatMap((subject) =>
    wanted.map(({ rollup, ...rest }) => ({
      ...rest,
      subject,
      labels: { metric: rest.metric },
      who: nameOf(subject),
      readings: readingsOf(facts.series(rollup, subject, step, from, after(now, 1)), rest.kind),
    })),
  );
}

/** The MCP servers whose tools were called lately. */
export function serversIn(labelSets: LabelSets): readonly string[] {
  const names = labelSets('session.tool.errors').flatMap(({ server }) => server ?? []);
  return [...new Set(names)].sort().slice(0, MOST_SERVERS);
}

function serverRequest(measure: string, server: string): SeriesRequest {
  return { metric: measure, labels: { server }, step: 'day', lookBack: SERVER_HISTORY };
}

/** The series of MCP servers that `watchServers` is going to request. */
export function serverRequests(metrics: readonly WatchedMetric[], labelSets: LabelSets): readonly SeriesRequest[] {
  const wanted = OF_SERVERS.filter(({ metric }) => metrics.includes(metric));
  const measures = new Set(wanted.map(({ measure }) => measure as string));
  if (metrics.includes('silence')) measures.add('session.tool.errors');
  return serversIn(labelSets).flatMap((server) => [...measures].map((measure) => serverRequest(measure, server)));
}

/** The daily series of MCP servers. */
export function watchServers(facts: Facts, metrics: readonly WatchedMetric[]): readonly Watched[] {
  return serversIn(facts.labelSets).flatMap((server) =>
    OF_SERVERS.filter(({ metric }) => metrics.includes(metric)).map(({ measure, ...rest }) => ({
      ...rest,
      twoSided: false,
      subject: repositorySubject(facts.repo),
      labels: { metric: rest.metric, server },
      who: `The MCP server ${plainLine(server)}`,
      readings: readingsOf(facts.measured(serverRequest(measure, server)), rest.kind),
    })),
  );
}

/** What is kept by the minute as well: the cost and usage of sessions. */
const BY_MINUTE = [
  { metric: 'spend', measure: 'session.cost', unit: 'usd', kind: 'amount' },
  { metric: 'tokens', measure: 'session.tokens', unit: 'tokens', kind: 'amount' },
  { metric: 'sessions', measure: 'session.cost', unit: 'sessions', kind: 'number' },
] as const;

/** Minutes are kept for a day. */
const MINUTES: Duration = DAY;

function minuteRequest(measure: string, agent: string | null): SeriesRequest {
  return { metric: measure, labels: agent === null ? {} : { agent }, step: 'minute', lookBack: MINUTES };
}

function agentsIn(labelSets: LabelSets): readonly string[] {
  return [...new Set(labelSets('session.cost').flatMap(({ agent }) => agent ?? []))].sort();
}

/** The series that `watchMinutes` is going to request. */
export function minuteRequests(metrics: readonly WatchedMetric[], labelSets: LabelSets): readonly SeriesRequest[] {
  const measures = new Set(BY_MINUTE.filter(({ metric }) => metrics.includes(metric)).map(({ measure }) => measure));
  return [...agentsIn(labelSets), null].flatMap((agent) => [...measures].map((each) => minuteRequest(each, agent)));
}

/** The cost and usage of sessions by the minute, for each agent and for the repository. */
export function watchMinutes(facts: Facts, metrics: readonly WatchedMetric[]): readonly Watched[] {
  const wanted = BY_MINUTE.filter(({ metric }) => metrics.includes(metric));
  return [...agentsIn(facts.labelSets), null].flatMap((agent) => {
    const subject = agent === null ? repositorySubject(facts.repo) : agentSubject(agent);
    return wanted.map(({ measure, ...rest }) => ({
      ...rest,
      subject,
      twoSided: false,
      labels: { metric: rest.metric },
      who: nameOf(subject),
      readings: readingsOf(facts.measured(minuteRequest(measure, agent)), rest.kind),
    }));
  });
}

/** The daily tool calls of an MCP server. */
export function callsOf(facts: Facts, server: string): Series {
  return facts.measured(serverRequest('session.tool.errors', server));
}

/**
 * The readings of a series, whatever state it is in: sorted, each moment once (the last entry counts), from the first bucket in
 * which anything happened. Values that are not numbers are unknown.
 */
export function readingsOf({ points }: Pick<Series, 'points'>, kind: Kind): readonly Reading[] {
  const byMoment = new Map(points.filter(({ at }) => parseInstant(at) !== null).map((point) => [point.at, point]));
  const inOrder = [...byMoment.values()].sort((a, b) => (a.at < b.at ? -1 : 1));
  const first = inOrder.findIndex(({ aggregate }) => aggregate !== null);
  if (first === -1) return [];
  return inOrder.slice(first).map(({ at, aggregate }) => readingOf(at, aggregate, kind));
}

function readingOf(at: Instant, aggregate: Aggregate | null, kind: Kind): Reading {
  const isSum = kind === 'amount' || kind === 'number';
  if (aggregate === null) return { at, value: isSum ? 0 : null, all: 0, hits: 0, unknown: 0 };
  const { count, sum, unknown } = aggregate;
  if (![count, sum, unknown].every(Number.isFinite) || count < 0)
    return { at, value: null, all: 0, hits: 0, unknown: 1 };
  if (kind === 'number') return { at, value: count + unknown, all: count + unknown, hits: 0, unknown: 0 };
  const value = count === 0 ? null : kind === 'amount' ? sum : sum / count;
  return { at, value, all: count, hits: sum, unknown };
}
