import { median } from 'simple-statistics';
import { z } from 'zod';
import type { Facts, RunMark } from '../core/facts.ts';
import type { ChartEvidence, Finding } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import { agentSubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, between, DAY, type Duration, formatDuration, HOUR, type Instant } from '../core/time.ts';
import { agentNames, blindness } from '../metrics/sight.ts';
import { toldByLoop } from './loop.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';
import { runEvidence } from './run-evidence.ts';

export interface RunawayOptions {
  readonly enabled: boolean;
  readonly floor: string;
  readonly min_starts: number;
  readonly doubling_min: number;
  readonly critical_starts: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  floor: durationOption(
    '4m',
    '1h',
    'Starts that follow each other faster than this are too fast. The shortest schedule of GitHub is 5m; the default leaves room for its jitter. ' +
      'Where events of people set the agent off, 1.6 times as long.',
  ),
  min_starts: z
    .int()
    .min(3)
    .max(1_000)
    .default(5)
    .describe(
      'Starts in an hour from which the rule looks at all; twice as many where people set the agent off, three times as many on a schedule.',
    ),
  doubling_min: z
    .int()
    .min(3)
    .max(10_000)
    .default(10)
    .describe(
      'Starts that double from hour to hour count once the last hour has this many; six times as many where people set the agent off.',
    ),
  critical_starts: z.int().min(3).max(10_000).default(20).describe('This many starts in the last hour are critical.'),
});

/** What sets an agent off by itself. Everything else follows what people do, including indirectly: pushes, checks, merge queues. */
type Origin = 'machine' | 'people' | 'schedule';

const ORIGINS: readonly Origin[] = ['machine', 'people', 'schedule'];
const BY_MACHINES: ReadonlySet<string> = new Set(['repository_dispatch', 'registry_package', 'status', 'check_run']);

/** How much more it takes than if a machine sets the agent off. People come in bursts, and schedules are bunched up by delays. */
const STARTS_TIMES: Readonly<Record<Origin, number>> = { machine: 1, people: 2, schedule: 3 };
/** GitHub's shortest schedule bounds schedules. Runs started by people's events, evenly and more often than ever, may be slower. */
const FLOOR_TIMES: Readonly<Record<Origin, number>> = { machine: 1, people: 1.6, schedule: 1 };
const DOUBLING_TIMES: Readonly<Record<Origin, number>> = { machine: 1, people: 6, schedule: 6 };

/** The share of the intervals that must be between half and twice the median. */
const EVEN_SHARE = 0.8;
/** An active alert ends once fewer than this share of the required starts are as fast. */
const CLEARLY_FEWER = 0.5;

/** How much more than in its busiest hour so far an agent may do. */
const ABOVE_HABIT = 1.4;
const HABIT_OVER: Duration = 14 * DAY;
/** The last day is not part of the habit, because a runaway must not become normal while it lasts. */
const HABIT_UNTIL: Duration = DAY;

/**
 * Counts starts, ended or not, including re-runs. Runs in which every job was skipped do not count: that is how an `if:` says no.
 * Two things tell a loop from people. A loop lasts: starts within one minute count once, so that ten issues filed at once are one
 * burst. And a loop is even: each turn takes about as long as the last, while people working off a list come at random (of random
 * intervals, fewer than half are between half and twice the median).
 */
export const runaway: Rule<RunawayOptions, z.ZodObject> = {
  name: 'runaway',
  title: 'An agent starts again and again',
  question: 'Does an agent start at ever shorter intervals, or faster than any schedule would start it?',
  remedy: [
    'Look at what set the last runs off: if it is the agent itself (its comment, its push, its dispatch), break that loop in the `on:` or `if:` of the workflow.',
    'Stop it, with everything it has queued and running, until the cause is known: comment `/checkrein stop AGENT`, or run `checkrein stop AGENT --reason WHY --repo OWNER/NAME`.',
    'Give the workflow a `concurrency` group, so that at most one run is in progress and one waits.',
    'Raise `rules.runaway.min_starts` when the agent is meant to work this often.',
  ],
  options,
  judge(facts: Facts, settings: RunawayOptions, now: Instant): readonly Finding[] {
    return settings.enabled ? agentNames(facts).map((agent) => judgeAgent(facts, agent, settings, now)) : [];
  },
};

function judgeAgent(facts: Facts, agent: string, settings: RunawayOptions, now: Instant): Finding {
  const starts = facts.runs.filter(
    (run) => run.agent === agent && run.conclusion !== 'skipped' && run.telemetry !== 'skipped' && run.startedAt <= now,
  );
  const lastHour = startsWithin(starts, now, 0);
  const habit = busiestHour(facts, agent, now) * ABOVE_HABIT;
  const measures = ORIGINS.map((origin) => {
    const own = starts.filter((run) => originOf(run) === origin);
    return { settings, origin, own, lastHour: startsWithin(own, now, 0), isUsual: lastHour.length <= habit };
  });
  const answer = firstOf(measures, tooFast) ?? firstOf(measures, (measure) => doubling(measure, now));
  const base = { rule: 'runaway', subject: agentSubject(agent), labels: {} };
  const name = plainLine(agent);
  if (answer !== null) {
    const { value, limit, unit, what } = answer;
    return {
      ...base,
      outcome: 'violated',
      value,
      limit,
      unit,
      explainedBy: toldByLoop(facts, agent, now),
      severity: lastHour.length >= settings.critical_starts ? 'critical' : 'warning',
      reason: `${name} started ${lastHour.length} times within an hour, ${what}.`,
      evidence: {
        facts: [
          { label: 'Starts in the last hour', value: lastHour.length, unit: 'runs' },
          { label: 'Starts in the hour before', value: startsWithin(starts, now, 1).length, unit: 'runs' },
          { label: 'Busiest hour of the 13 days before the last one', value: habit / ABOVE_HABIT, unit: 'runs' },
        ],
        ...runEvidence(facts, [...lastHour].reverse(), (run) => `set off by ${plainLine(run.trigger)}`),
        chart: startsByHour(starts, now),
      },
    };
  }
  const calm = { ...base, value: lastHour.length, limit: null, unit: 'runs' as const };
  const reason = `${name} started ${lastHour.length} times within the last hour`;
  const blind = blindness(facts);
  if (blind !== null) return { ...calm, outcome: 'unknown', reason: `${reason} as far as is known, but ${blind}.` };
  const holds = measures.some(isStillFast);
  return { ...calm, outcome: 'ok', reason: `${reason}.`, ...(holds ? { holds } : {}) };
}

interface TooMuch {
  readonly value: number;
  readonly limit: number;
  readonly unit: 'ms' | 'runs';
  readonly what: string;
}

/** The starts of one origin. Their intervals are measured separately, so that a schedule cannot hide a loop. */
interface Measure {
  readonly settings: RunawayOptions;
  readonly origin: Origin;
  readonly own: readonly RunMark[];
  readonly lastHour: readonly RunMark[];
  /** Whether the agent had as many starts in an hour before, whatever set them off. */
  readonly isUsual: boolean;
}

function firstOf(measures: readonly Measure[], ask: (measure: Measure) => TooMuch | null): TooMuch | null {
  return measures.reduce<TooMuch | null>((answer, measure) => answer ?? ask(measure), null);
}

function tooFast({ settings, origin, lastHour, isUsual }: Measure): TooMuch | null {
  const moments = firstOfEachMinute(lastHour);
  if (moments.length < settings.min_starts * STARTS_TIMES[origin] || !isEven(lastHour)) return null;
  // What a schedule starts is nobody's workload, so it has no busy hours to get used to.
  if (isUsual && origin !== 'schedule') return null;
  const interval = median([...intervals(moments)]);
  const floor = readDuration(settings.floor) * FLOOR_TIMES[origin];
  if (interval >= floor) return null;
  const what = `typically every ${formatDuration(interval)}; anything faster than every ${formatDuration(floor)} is too fast`;
  return { value: interval, limit: floor, unit: 'ms', what };
}

/** Whether something that is not, or no longer, a runaway comes close to one. */
function isStillFast({ settings, origin, lastHour, isUsual }: Measure): boolean {
  const moments = firstOfEachMinute(lastHour);
  const fewest = Math.max(2, settings.min_starts * STARTS_TIMES[origin] * CLEARLY_FEWER);
  if (origin === 'schedule' || isUsual || moments.length < fewest) return false;
  return median([...intervals(moments)]) < readDuration(settings.floor) * FLOOR_TIMES[origin];
}

/** What set a run off. A re-run counts as the work of a machine here, because no event by people repeats a run again and again. */
function originOf({ trigger, attempt }: RunMark): Origin {
  if (attempt > 1 || BY_MACHINES.has(trigger)) return 'machine';
  return trigger === 'schedule' ? 'schedule' : 'people';
}

function isEven(starts: readonly RunMark[]): boolean {
  const lengths = intervals(starts.map(({ startedAt }) => startedAt));
  const middle = median([...lengths]);
  const alike = lengths.filter((length) => 2 * length >= middle && length <= 2 * middle);
  return alike.length >= EVEN_SHARE * lengths.length;
}

function intervals(moments: readonly Instant[]): readonly Duration[] {
  return moments.slice(1).map((at, place) => between(moments[place] ?? at, at));
}

function firstOfEachMinute(runs: readonly RunMark[]): readonly Instant[] {
  const minutes = new Map<string, Instant>();
  for (const { startedAt } of runs) {
    const minute = startedAt.slice(0, 16);
    if (!minutes.has(minute)) minutes.set(minute, startedAt);
  }
  return [...minutes.values()];
}

function doubling({ settings, origin, own, isUsual }: Measure, now: Instant): TooMuch | null {
  const [last, before, first] = [0, 1, 2].map((hours) => startsWithin(own, now, hours).length);
  if (last === undefined || before === undefined || first === undefined) return null;
  const twice = first >= 2 && before >= 2 * first && last >= 2 * before;
  if (!twice || last < settings.doubling_min * DOUBLING_TIMES[origin] || isUsual) return null;
  const what = `after ${before} in the hour before and ${first} in the hour before that: the number doubles`;
  return { value: last, limit: 2 * before, unit: 'runs', what };
}

/** The starts of the hour that ended `hoursAgo` hours before `now`. */
function startsWithin(starts: readonly RunMark[], now: Instant, hoursAgo: number): readonly RunMark[] {
  const to = after(now, -hoursAgo * HOUR);
  const from = after(to, -HOUR);
  return starts.filter(({ startedAt }) => startedAt > from && startedAt <= to);
}

/** The most starts in one hour in the days before the last one. */
function busiestHour(facts: Facts, agent: string, now: Instant): number {
  const from = after(now, -HABIT_OVER);
  const to = after(now, -HABIT_UNTIL);
  const skipped = facts.series('runs.skipped', agentSubject(agent), 'hour', from, to).points;
  const started = facts.series('runs.started', agentSubject(agent), 'hour', from, to).points;
  return started.reduce(
    (most, { aggregate }, place) => Math.max(most, (aggregate?.sum ?? 0) - (skipped[place]?.aggregate?.sum ?? 0)),
    0,
  );
}

function startsByHour(starts: readonly RunMark[], now: Instant): ChartEvidence {
  const hours = [...Array(12).keys()].reverse();
  return {
    title: 'Starts by hour',
    unit: 'runs',
    labels: hours.map((hoursAgo) => after(now, -hoursAgo * HOUR).slice(11, 16)),
    values: hours.map((hoursAgo) => startsWithin(starts, now, hoursAgo).length),
    limit: null,
  };
}
