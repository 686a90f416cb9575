import type { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import { after, DAY, type Duration, type Instant } from '../core/time.ts';
import { blindness } from '../metrics/sight.ts';
import { digitsAsked } from './anomaly/alert-budget.ts';
import { judgeDay, newsOf } from './anomaly/expect.ts';
import { levelChange } from './anomaly/level.ts';
import { type AnomalyOptions, anomalyOptions } from './anomaly/options.ts';
import { judgePlainly, stepOf } from './anomaly/plain.ts';
import { judgeSilences } from './anomaly/silences.ts';
import { ANOMALY, anomalyFinding, asOneStory, calmHead, moneyAtStake } from './anomaly/tell.ts';
import { wasSeenWhole } from './anomaly/told-yesterday.ts';
import { belowFloor, directionOf, type Verdict } from './anomaly/verdict.ts';
import {
  minuteRequests,
  serverRequests,
  type Watched,
  watchMinutes,
  watchServers,
  watchSubjects,
} from './anomaly/watched.ts';
import { readDuration } from './options.ts';

/** An active alert stays while there is nearly an anomaly. */
const CLEARLY_BELOW = 0.6;
/** The mean of an unfinished day needs one more digit, because it is looked at about ten times. */
const OFTEN_ASKED = 1;
/** How long hourly sums are kept. */
const HOURS_KEPT: Duration = 14 * DAY;

/**
 * Judges what a detector finds unusual in the rollups: spend, tokens, sessions and failures of each agent and of the repository,
 * errors and latency of each MCP server, and who has gone silent. Floors on ratio, runs and money come before the detector and a
 * budget of false alarms after it: docs/detection.md.
 */
export const anomaly: Rule<AnomalyOptions, z.ZodObject> = {
  name: ANOMALY,
  title: 'Something is unlike the days before',
  question: 'Is an agent, an MCP server or the repository unlike what the days before led one to expect?',
  remedy: [
    'Look at the chart: a single spike, a new level and a silence have different causes.',
    'Open the runs of that day and compare one with a run of a day before: its trigger, its model, its turns.',
    'If it was intended (a launch, a migration), leave it: the new level is learned within a week or two.',
    'If it was no anomaly, comment `/checkrein false-positive`: the rule then asks for stronger evidence on this very series.',
    'Narrow `rules.anomaly.metrics`, or raise `min_ratio` or `min_usd`, if too little is at stake to be worth an issue.',
  ],
  options: anomalyOptions,
  needs(settings, labelSets) {
    if (!settings.enabled) return [];
    const { metrics } = settings;
    const minutes = settings.method !== 'auto' && stepOf(settings) === 'minute';
    return [...serverRequests(metrics, labelSets), ...(minutes ? minuteRequests(metrics, labelSets) : [])];
  },
  judge(facts: Facts, settings: AnomalyOptions, now: Instant): readonly Finding[] {
    if (!settings.enabled) return [];
    const blind = blindness(facts);
    const found = [
      ...(settings.method === 'auto' ? judgeByKind(facts, settings, now) : judgeByMethod(facts, settings, now)),
      ...(settings.metrics.includes('silence') ? judgeSilences(facts, settings, now) : []),
    ];
    return asOneStory(blind === null ? found : found.map((finding) => unseen(finding, blind)));
  },
};

/** If a source fails, more may have happened than is known, but not less. So only values that are too high still count. */
function unseen(finding: Finding, blind: string): Finding {
  const isTooMuch = finding.outcome === 'violated' && (finding.value ?? 0) >= (finding.limit ?? 0);
  if (isTooMuch && finding.labels['metric'] !== 'silence') return finding;
  const { rule, subject, labels, value, limit, unit, reason } = finding;
  return {
    rule,
    subject,
    labels,
    value,
    limit,
    unit,
    outcome: 'unknown',
    reason: `${reason} More is not known: ${blind}.`,
  };
}

function judgeByKind(facts: Facts, settings: AnomalyOptions, now: Instant): readonly Finding[] {
  const from = after(now, -readDuration(settings.history));
  const all = [
    ...watchSubjects(facts, settings.metrics, { step: 'day', from, now }),
    ...watchServers(facts, settings.metrics),
  ];
  const questions = all.reduce((sum, { twoSided }) => sum + (twoSided ? 2 : 1), 0);
  const asked = digitsAsked(questions, settings);
  const levels = settings.metrics.includes('level')
    ? all.filter(({ kind, twoSided }) => kind === 'amount' && twoSided)
    : [];
  return [
    ...all.map((watched) =>
      judgeSeries(watched, all, settings, { asked, seen: wasSeenWhole(facts, watched.subject, now) }),
    ),
    ...levels.map((watched) => judgeLevel(watched, all, settings)),
  ];
}

/** The sum of a day only grows, but a rate or a mean moves during the day, so looking at it again is a new question. */
function isMean({ kind }: Watched): boolean {
  return kind === 'rate' || kind === 'mean';
}

/** Judges the current day and the last complete one, because nobody may have been told about what was too much yesterday. */
function judgeSeries(
  watched: Watched,
  all: readonly Watched[],
  settings: AnomalyOptions,
  { asked, seen }: { readonly asked: number; readonly seen: boolean },
): Finding {
  const { length } = watched.readings;
  const answers = [length - 1, length - 2]
    .filter((index) => index >= 0)
    .map((index) => judgeDay(watched, index, settings));
  const verdicts = answers.filter((answer): answer is Verdict => typeof answer !== 'string');
  const told = verdicts.find((verdict) => {
    if (seen && !verdict.goesOn && directionOf(verdict) === 'up') return false;
    const line = asked + (verdict.goesOn && isMean(watched) ? OFTEN_ASKED : 0);
    return belowFloor(watched, verdict, settings) === null && newsOf(watched, verdict, settings, line) >= line;
  });
  if (told !== undefined) return anomalyFinding(watched, told, settings, moneyAtStake(all, watched, told));
  const [first] = verdicts;
  if (first === undefined) {
    const why = answers.find((answer) => typeof answer === 'string') ?? 'nothing has happened yet';
    return { ...calmHead(watched, null, why), outcome: length === 0 ? 'ok' : 'unknown' };
  }
  const near = verdicts.some(
    (verdict) => verdict.digits >= CLEARLY_BELOW * asked && belowFloor(watched, verdict, settings) === null,
  );
  return {
    ...calmHead(watched, first, 'that is not unusual'),
    outcome: 'ok',
    ...(near ? { holds: true as const } : {}),
  };
}

function judgeLevel(series: Watched, all: readonly Watched[], settings: AnomalyOptions): Finding {
  const watched: Watched = { ...series, metric: series.metric, labels: { metric: 'level', of: series.metric } };
  const change = levelChange(watched, settings);
  if (change === null) return { ...calmHead(watched, null, 'its level has not changed'), outcome: 'ok' };
  if (typeof change === 'string') {
    return { ...calmHead(watched, null, change), outcome: series.readings.length === 0 ? 'ok' : 'unknown' };
  }
  const small = belowFloor(watched, change, settings);
  if (small !== null) return { ...calmHead(watched, change, small), outcome: 'ok' };
  return anomalyFinding(watched, change, settings, moneyAtStake(all, watched, change));
}

function judgeByMethod(facts: Facts, settings: AnomalyOptions, now: Instant): readonly Finding[] {
  const step = stepOf(settings);
  const all =
    step === 'minute'
      ? watchMinutes(facts, settings.metrics)
      : watchSubjects(facts, settings.metrics, {
          step,
          from: after(now, step === 'hour' ? -HOURS_KEPT : -60 * DAY),
          now,
        });
  return judgePlainly(all, settings).map(({ watched, verdicts, reported, why }) => {
    const told = reported.find((verdict) => belowFloor(watched, verdict, settings) === null);
    if (told !== undefined) return anomalyFinding(watched, told, settings, moneyAtStake(all, watched, told));
    const [last] = verdicts;
    if (last === undefined)
      return { ...calmHead(watched, null, why), outcome: watched.readings.length === 0 ? 'ok' : 'unknown' };
    return { ...calmHead(watched, last, 'that is not unusual'), outcome: 'ok' };
  });
}
