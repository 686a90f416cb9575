import { median } from 'simple-statistics';
import { z } from 'zod';
import type { Facts, Tick } from '../core/facts.ts';
import { type Finding, NO_EVIDENCE } from '../core/finding.ts';
import { formatMoment } from '../core/quantity.ts';
import type { Rule } from '../core/rule.ts';
import type { Subject } from '../core/subject.ts';
import { after, between, type Duration, formatDuration, HOUR, type Instant } from '../core/time.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';

export interface LateOptions {
  readonly enabled: boolean;
  readonly expected_every: string;
  readonly tolerance: string;
  readonly window: string;
  readonly silence: string;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  expected_every: durationOption(
    '1h',
    '7d',
    'How often Checkrein is meant to run: as the schedule of its workflow says.',
  ),
  tolerance: durationOption('1h', '7d', 'Being this much later than planned is worth a note.'),
  window: durationOption('24h', '7d', 'Runs of this time are looked at together.'),
  silence: durationOption(
    '12h',
    '30d',
    'No run for longer than this, and for three times as long as usual, is a warning.',
  ),
});

/** GitHub promises nothing about schedules, but it does not drop enough runs to make gaps this many times as long as usual. */
const TIMES_USUAL = 3;

/**
 * GitHub's schedules start late or not at all, most of all at full hours. So a gap or a delay is worth a note, but no issue. A
 * warning takes a gap that is long by any measure: longer than `silence`, and longer than three times what is usual here or
 * configured.
 */
export const late: Rule<LateOptions, z.ZodObject> = {
  name: 'late',
  title: 'Checkrein runs too late',
  question: 'Does Checkrein itself run as often as it is meant to?',
  remedy: [
    'Let `workflow_run` of the agents start Checkrein too: it comes at once, while GitHub runs schedules hours late.',
    'Move the schedule to an odd minute, away from the full hour.',
    'See under Actions whether the workflow was disabled: GitHub does so after 60 days without activity in a public repository.',
    'Set `rules.late.expected_every` to what the schedule of the workflow says.',
  ],
  options,
  judge(facts: Facts, settings: LateOptions, now: Instant): readonly Finding[] {
    return settings.enabled ? judgeTicks(facts.ticks, settings, now) : [];
  },
};

/** Two answers: whether nobody watched, and whether all came in time. One must be able to end while the other goes on. */
function judgeTicks(all: readonly Tick[], settings: LateOptions, now: Instant): readonly Finding[] {
  const ticks = all.filter(({ at }) => at <= now);
  const silence = baseOf('silence', longSilence(ticks, settings));
  const delay = baseOf('delay', readDuration(settings.expected_every) + readDuration(settings.tolerance));
  if (!ticks.some(({ trigger }) => trigger === 'schedule')) {
    const reason = 'No scheduled run of Checkrein is on record yet.';
    return [silence, delay].map((base) => ({ ...base, outcome: 'unknown', reason }));
  }
  const since = after(now, -readDuration(settings.window));
  const gaps = gapsOf(ticks, now).filter(({ to }) => to > since);
  return [judgeSilence(silence, gaps), judgeDelays(delay, gaps, ticks, since, settings)];
}

interface Base {
  readonly rule: 'late';
  readonly subject: Subject;
  readonly labels: { readonly kind: 'silence' | 'delay' };
  readonly value: null;
  readonly limit: Duration;
  readonly unit: 'ms';
}

function baseOf(kind: 'silence' | 'delay', limit: Duration): Base {
  return {
    rule: 'late',
    subject: { kind: 'checkrein', name: 'watch' },
    labels: { kind },
    value: null,
    limit,
    unit: 'ms',
  };
}

/** Reports only its gap, because the rest of what is late keeps changing. */
function judgeSilence(base: Base, gaps: readonly Gap[]): Finding {
  const worst = longest(gaps.filter(({ length }) => length > base.limit));
  if (worst === null) return { ...base, outcome: 'ok', reason: 'Checkrein has not been silent for long.' };
  return {
    ...base,
    value: worst.length,
    outcome: 'violated',
    severity: 'warning',
    reason: sentence(worst, 1, 0, 0),
    evidence: { ...NO_EVIDENCE, facts: [{ label: 'Longest gap', value: worst.length, unit: 'ms' }] },
    explainedBy: null,
  };
}

function judgeDelays(
  base: Base,
  gaps: readonly Gap[],
  ticks: readonly Tick[],
  since: Instant,
  settings: LateOptions,
): Finding {
  const tolerance = readDuration(settings.tolerance);
  const missed = gaps.filter(({ length }) => length > base.limit);
  const delays = ticks.flatMap(({ at, late: delay }) =>
    at > since && delay !== null && delay > tolerance ? [delay] : [],
  );
  const worst = longest(missed);
  if (worst === null && delays.length === 0) {
    return { ...base, outcome: 'ok', reason: 'Checkrein runs as often as it is meant to.' };
  }
  const delay = Math.max(0, ...delays);
  return {
    ...base,
    value: Math.max(worst?.length ?? 0, delay),
    outcome: 'violated',
    severity: 'info',
    reason: sentence(worst, missed.length, delays.length, delay),
    evidence: {
      ...NO_EVIDENCE,
      facts: [
        { label: 'Gaps that were too long', value: missed.length, unit: 'count' },
        { label: 'Longest gap', value: worst?.length ?? null, unit: 'ms' },
        { label: 'Scheduled runs that came too late', value: delays.length, unit: 'count' },
        { label: 'Longest delay', value: delays.length === 0 ? null : delay, unit: 'ms' },
      ],
    },
    explainedBy: null,
  };
}

/** How long a gap must be before we say that nobody is watching. In whole hours, so that it does not change with every run. */
function longSilence(ticks: readonly Tick[], settings: LateOptions): Duration {
  const lengths = ticks.slice(1).map(({ at }, place) => between(ticks[place]?.at ?? at, at));
  const usual = lengths.length === 0 ? 0 : median(lengths);
  const habit = Math.ceil(Math.max(usual, readDuration(settings.expected_every)) / HOUR) * HOUR;
  return Math.max(readDuration(settings.silence), TIMES_USUAL * habit);
}

interface Gap {
  readonly from: Instant;
  readonly to: Instant;
  readonly length: Duration;
}

/** The times between one run and the next, the last one up to `now`. */
function gapsOf(ticks: readonly Tick[], now: Instant): readonly Gap[] {
  const moments = [...ticks.map(({ at }) => at), now];
  return moments.slice(1).map((to, place) => {
    const from = moments[place] ?? to;
    return { from, to, length: between(from, to) };
  });
}

function longest(gaps: readonly Gap[]): Gap | null {
  return gaps.reduce<Gap | null>((most, gap) => (most === null || gap.length > most.length ? gap : most), null);
}

function sentence(worst: Gap | null, missed: number, delayed: number, delay: Duration): string {
  const gap =
    worst === null
      ? []
      : [
          `did not run between ${formatMoment(worst.from)} and ${formatMoment(worst.to)} (${formatDuration(worst.length)})`,
        ];
  const more = missed > 1 ? [`missed its time ${times(missed)} lately`] : [];
  const slow =
    delayed === 0 ? [] : [`was started up to ${formatDuration(delay)} after its scheduled minute, ${times(delayed)}`];
  return `Checkrein ${[...gap, ...more, ...slow].join(', and ')}.`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
