import type { Facts } from '../../core/facts.ts';
import type { Aggregate, Series } from '../../core/series.ts';
import type { LabelSets, SeriesRequest } from '../../core/series-request.ts';
import { agentSubject, repositorySubject, type Subject } from '../../core/subject.ts';
import { plainLine } from '../../core/text.ts';
import { after, DAY, type Duration, type Instant, parseInstant } from '../../core/time.ts';
import type { Unit } from '../../core/unit.ts';
import { agentNames } from '../../metrics/sight.ts';
import type { WatchedMetric } from './options.ts';

/** What was seen of a series in one bucket of time. */
export interface Reading {
  readonly at: Instant;
  /** Null where nothing is known. */
  readonly value: number | null;
  /** Observations of a known value. */
  readonly all: number;
  /** Their sum: of a rate, how many of them were hits. */
  readonly hits: number;
  /** Observations of an unknown value: with any, a sum is a lower bound. */
  readonly unknown: number;
}

/**
 * `amount` = a sum, zero where nothing happened; `number` = how many observations, known or not; `rate` = hits of trials; `mean` = the mean
 * of what was measured.
 */
type Kind = 'amount' | 'number' | 'rate' | 'mean';

/** One series that is watched for anomalies. */
export interface Watched {
  readonly subject: Subject;
  /** Tells findings of one subject apart. */
  readonly labels: Readonly<Record<string, string>>;
  readonly metric: WatchedMetric;
  /** Whom or what it is of, for people. */
  readonly who: string;
  readonly unit: Unit;
  readonly kind: Kind;
  /** Whether too little of it is an anomaly too. */
  readonly twoSided: boolean;
  /** Oldest first, from the first in which anything happened; the last is of the present bucket. */
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

/** The measures of MCP servers by the metric that is watched. */
const OF_SERVERS = [
  { metric: 'tool-errors', measure: 'session.tool.errors', unit: 'ratio', kind: 'rate' },
  { metric: 'tool-latency', measure: 'session.tool.latency', unit: 'ms', kind: 'mean' },
] as const;

/** Measures are kept by day for a year, by hour for 30 days; more of them would only be read for nothing. */
const SERVER_HISTORY: Duration = 60 * DAY;
/** The most MCP servers that are watched one by one. */
const MOST_SERVERS = 100;

/** With more of a day unknown than this part of what is known, the day is no example of a usual one. */
const MOST_UNKNOWN = 1 / 3;

/**
 * What a bucket came to, as well as it can be told: where a few observations of a sum are unknown, as if they were like the others. Null where
 * too many are.
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

/** What a subject is called in a sentence. */
export function nameOf({ kind, name }: Subject): string {
  return kind === 'repository' ? 'The repository' : plainLine(name);
}

/** The series of all subjects in steps of `step`, from `from` on. */
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

/** The series of MCP servers that `watchServers` is going to ask for. */
export function serverRequests(metrics: readonly WatchedMetric[], labelSets: LabelSets): readonly SeriesRequest[] {
  const wanted = OF_SERVERS.filter(({ metric }) => metrics.includes(metric));
  const measures = new Set(wanted.map(({ measure }) => measure as string));
  if (metrics.includes('silence')) measures.add('session.tool.errors');
  return serversIn(labelSets).flatMap((server) => [...measures].map((measure) => serverRequest(measure, server)));
}

/** The series of MCP servers by day. */
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

/** What is kept by the minute too: what sessions cost and use. */
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

/** The series that `watchMinutes` is going to ask for. */
export function minuteRequests(metrics: readonly WatchedMetric[], labelSets: LabelSets): readonly SeriesRequest[] {
  const measures = new Set(BY_MINUTE.filter(({ metric }) => metrics.includes(metric)).map(({ measure }) => measure));
  return [...agentsIn(labelSets), null].flatMap((agent) => [...measures].map((each) => minuteRequest(each, agent)));
}

/** What sessions cost and use by the minute, of each agent and of the repository. */
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

/** The calls of the tools of an MCP server by day. */
export function callsOf(facts: Facts, server: string): Series {
  return facts.measured(serverRequest('session.tool.errors', server));
}

/**
 * What a series tells, whatever state it is in: in order, each moment once (the last word counts), from the first bucket in which
 * anything happened; numbers that are none are not known.
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
