import type { Anomaly } from '../../core/anomaly.ts';
import { type ChartEvidence, type Finding, findingKey } from '../../core/finding.ts';
import { compareSeverity, type Severity } from '../../core/outcome.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { dayOf } from '../../core/time.ts';
import { medianOf } from '../../detectors/expectation/expectation.ts';
import type { AnomalyOptions } from './options.ts';
import { type Direction, directionOf, ratioOf, type Verdict } from './verdict.ts';
import type { Reading, Watched } from './watched.ts';

/** The name of the rule in all its findings. */
export const ANOMALY = 'anomaly';

const CHART_POINTS = 30;
/** From twice the usual on, it is worth an issue; less is for information. */
const WARNING_RATIO = 2;
/** A drop to a fifth is worth one too. */
const WARNING_DROP = 5;

const WORDS: Readonly<Record<string, string>> = {
  spend: 'spent',
  tokens: 'used',
  sessions: 'ended',
  failures: 'failed in',
  'failure-rate': 'failed in',
  'tool-errors': 'failed in',
  'tool-latency': 'took',
};

type Head = Pick<Finding, 'rule' | 'subject' | 'labels' | 'value' | 'limit' | 'unit' | 'reason'>;

/** The finding for a series in which nothing is unusual, or about which nothing is known. */
export function calmHead({ subject, labels, unit, who, metric }: Watched, verdict: Verdict | null, why: string): Head {
  const base = { rule: ANOMALY, subject, labels, unit };
  if (verdict === null) {
    return { ...base, value: null, limit: null, reason: `${who}: nothing can be said of its ${metric}: ${why}.` };
  }
  const { value, expected } = verdict;
  const reason = `${who} ${WORDS[metric] ?? 'had'} ${formatQuantity(value, unit)} ${when(verdict)}: ${why}.`;
  return { ...base, value, limit: expected.high, reason };
}

function when({ at, goesOn }: Verdict): string {
  const day = at.slice(11, 16) === '00:00' ? dayOf(at) : `${dayOf(at)} ${at.slice(11, 16)}`;
  return goesOn ? `on ${day} so far` : `on ${day}`;
}

/** The finding of an anomaly, with all its evidence. `usd` is the money at stake; null if not known. */
export function anomalyFinding(
  watched: Watched,
  verdict: Verdict,
  settings: AnomalyOptions,
  usd: number | null,
): Finding {
  const { subject, labels, unit, who, metric, readings } = watched;
  const { value, expected, basis, method, deviation, digits } = verdict;
  const limit = lineOf(verdict, settings);
  const confidence = 1 - 10 ** -digits;
  const range = rangeText(expected, unit);
  const past = `the ${basis.points} points from ${dayOf(basis.from)} to ${dayOf(basis.to)}`;
  const anomaly: Anomaly = { metric, method, value, unit, expected, deviation, confidence, basis };
  return {
    rule: ANOMALY,
    subject,
    labels,
    value,
    limit,
    unit,
    reason: `${who} ${WORDS[metric] ?? 'had'} ${formatQuantity(value, unit)} ${when(verdict)}; by ${past}, ${range} is expected (${method}).`,
    outcome: 'violated',
    severity: severityOf(watched, verdict, settings, usd),
    explainedBy: null,
    anomaly,
    evidence: {
      facts: [
        { label: 'Value', value, unit },
        { label: 'Usual', value: verdict.middle, unit },
        { label: 'Expected at least', value: expected.low, unit },
        { label: 'Expected at most', value: expected.high, unit },
        { label: `Deviation, in the measure of ${method}`, value: deviation, unit: 'count' },
        { label: 'Confidence that it is no chance', value: confidence, unit: 'ratio' },
        { label: 'Points that this rests on', value: basis.points, unit: 'count' },
        { label: 'Money more than usual', value: usd, unit: 'usd' },
      ],
      runs: [],
      moreRuns: 0,
      chart: chartOf(watched, readings, limit),
    },
  };
}

/** The line that was crossed: the end of the expected range, or the least ratio if that is farther off. */
function lineOf(verdict: Verdict, { min_ratio }: AnomalyOptions): number {
  const { middle, expected, value } = verdict;
  if (directionOf(verdict) === 'up') return Math.min(value, Math.max(expected.high ?? 0, middle * min_ratio));
  return Math.max(value, Math.min(expected.low ?? middle, middle / min_ratio));
}

function rangeText({ low, high }: Anomaly['expected'], unit: Watched['unit']): string {
  const [from, to] = [formatQuantity(low, unit), formatQuantity(high, unit)];
  if (low === null) return `at most ${to}`;
  return high === null ? `at least ${from}` : `${from} to ${to}`;
}

function chartOf({ unit, metric }: Watched, readings: readonly Reading[], limit: number): ChartEvidence {
  const shown = readings.slice(-CHART_POINTS);
  const byDay = shown.every(({ at }) => at.slice(11, 16) === '00:00');
  return {
    title: `${metric} by ${byDay ? 'day' : 'time'}`,
    unit,
    labels: shown.map(({ at }) => (byDay ? dayOf(at).slice(5) : at.slice(11, 16))),
    values: shown.map(({ value }) => value),
    limit,
  };
}

/** Depends on how many times more or less it is and on the money at stake, never on how improbable it is. */
function severityOf(
  { metric }: Watched,
  verdict: Verdict,
  { critical_ratio, critical_usd }: AnomalyOptions,
  usd: number | null,
): Severity {
  const ratio = ratioOf(verdict);
  if (verdict.method === 'change-point') return 'info';
  if (directionOf(verdict) === 'down') return ratio >= WARNING_DROP ? 'warning' : 'info';
  const money = usd ?? 0;
  if (metric !== 'tool-latency' && ratio >= critical_ratio && money >= critical_usd) return 'critical';
  return ratio >= WARNING_RATIO || money >= critical_usd ? 'warning' : 'info';
}

/** How many US dollars more than usual a subject spent on the day of a verdict; null if not known. */
export function moneyAtStake(all: readonly Watched[], { subject, labels }: Watched, { at }: Verdict): number | null {
  const isOfSubject = labels['server'] === undefined;
  const spend = all.find(
    (one) => one.metric === 'spend' && one.subject.kind === subject.kind && one.subject.name === subject.name,
  );
  const reading = spend?.readings.find((one) => one.at === at);
  if (!isOfSubject || spend === undefined || reading?.value == null) return null;
  const before = spend.readings.flatMap((one) => (one.at < at && one.value !== null ? [one.value] : []));
  return reading.value - medianOf(before);
}

type Violated = Extract<Finding, { outcome: 'violated' }>;

/**
 * If one story shows in several series, the one nearest to the cause reports it: sessions before tokens and spend, agents before
 * the repository.
 */
export function asOneStory(findings: readonly Finding[]): readonly Finding[] {
  const violated = findings.filter((finding): finding is Violated => finding.outcome === 'violated');
  return findings.map((finding) => {
    if (finding.outcome !== 'violated') return finding;
    const teller = tellerOf(finding, violated);
    return teller === null ? finding : { ...finding, explainedBy: teller };
  });
}

/** What explains a rise of a metric, the nearest cause first. */
const CAUSES: Readonly<Record<string, readonly string[]>> = {
  spend: ['sessions', 'tokens'],
  tokens: ['sessions'],
  failures: ['failure-rate'],
  level: [],
};

function tellerOf(finding: Violated, all: readonly Violated[]): string | null {
  const { subject, labels } = finding;
  const metric = labels['metric'] ?? '';
  const direction = wayOf(finding);
  const tells = (other: Violated): boolean =>
    other !== finding && wayOf(other) === direction && compareSeverity(other.severity, finding.severity) >= 0;
  const ofSame = all.filter((other) => other.subject.name === subject.name && other.subject.kind === subject.kind);
  const cause = (CAUSES[metric] ?? []).flatMap((name) =>
    ofSame.filter((other) => other.labels['metric'] === name && tells(other)),
  )[0];
  if (cause !== undefined) return findingKey(cause);
  if (subject.kind === 'repository' && labels['server'] === undefined) {
    const part = all.find(
      (other) => other.subject.kind === 'agent' && other.labels['metric'] === metric && tells(other),
    );
    return part === undefined ? null : findingKey(part);
  }
  return subject.kind === 'agent' ? byOtherRule(metric, direction, subject, ofSame) : null;
}

function byOtherRule(
  metric: string,
  way: Direction,
  subject: Violated['subject'],
  ofSame: readonly Violated[],
): string | null {
  const silence = ofSame.find((other) => other.labels['metric'] === 'silence');
  if (way === 'down') return silence === undefined || metric === 'silence' ? null : findingKey(silence);
  if (metric === 'sessions') return findingKey({ rule: 'runaway', subject, labels: {} });
  if (metric === 'failure-rate' || metric === 'failures')
    return findingKey({ rule: 'failure-spike', subject, labels: {} });
  return null;
}

function wayOf({ value, limit }: Violated): Direction {
  return (value ?? 0) >= (limit ?? 0) ? 'up' : 'down';
}
