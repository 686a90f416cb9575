import { median } from 'simple-statistics';
import { z } from 'zod';
import type { Facts, Tick } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { formatMoment } from '../core/quantity.ts';
import type { Rule } from '../core/rule.ts';
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
  tolerance: durationOption('1h', '7d', 'So much later than meant is worth a note.'),
  window: durationOption('24h', '7d', 'Runs of this time are looked at together.'),
  silence: durationOption(
    '12h',
    '30d',
    'Without a run for longer than this, and for three times as long as usual, it is a warning.',
  ),
});

/** GitHub promises nothing about schedules; so many times the usual is more than it drops. */
const TIMES_USUAL = 3;

/**
 * Schedules of GitHub come late or not at all, most of all at full hours: a gap or a delay is worth a note, and no issue. A
 * warning takes a gap that is long by any measure: longer than `silence`, and than three times what is usual here or meant.
 */
export const late: Rule<LateOptions, z.ZodObject> = {
  name: 'late',
  title: 'Checkrein runs too late',
  question: 'Does Checkrein itself run as often as it is meant to?',
  remedy: [
    'Let `workflow_run` of the agents start Checkrein too: it comes at once, schedules of GitHub come hours late.',
    'Move the schedule to an odd minute, away from the full hour.',
    'See under Actions whether the workflow was disabled: GitHub does so after 60 days without activity in a public repository.',
    'Set `rules.late.expected_every` to what the schedule of the workflow says.',
  ],
  options,
  judge(facts: Facts, settings: LateOptions, now: Instant): readonly Finding[] {
    return settings.enabled ? [judgeTicks(facts.ticks, settings, now)] : [];
  },
};

function judgeTicks(all: readonly Tick[], settings: LateOptions, now: Instant): Finding {
  const allowed = readDuration(settings.expected_every) + readDuration(settings.tolerance);
  const base = {
    rule: 'late',
    subject: { kind: 'checkrein' as const, name: 'watch' },
    labels: {},
    limit: allowed,
    unit: 'ms' as const,
  };
  const ticks = all.filter(({ at }) => at <= now);
  if (!ticks.some(({ trigger }) => trigger === 'schedule')) {
    return { ...base, value: null, outcome: 'unknown', reason: 'No scheduled run of Checkrein is on record yet.' };
  }
  const since = after(now, -readDuration(settings.window));
  const gaps = gapsOf(ticks, now).filter(({ to }) => to > since);
  const missed = gaps.filter(({ length }) => length > allowed);
  const delays = ticks.filter(
    ({ at, late: delay }) => at > since && delay !== null && delay > readDuration(settings.tolerance),
  );
  const worst = longest(missed);
  const delay = Math.max(0, ...delays.map((tick) => tick.late ?? 0));
  if (worst === null && delays.length === 0) {
    return { ...base, value: null, outcome: 'ok', reason: 'Checkrein runs as often as it is meant to.' };
  }
  const silence = longSilence(ticks, settings);
  const isSilent = worst !== null && worst.length > silence;
  return {
    ...base,
    value: isSilent ? worst.length : Math.max(worst?.length ?? 0, delay),
    limit: isSilent ? silence : allowed,
    outcome: 'violated',
    severity: isSilent ? 'warning' : 'info',
    reason: sentence(worst, missed.length, delays.length, delay),
    evidence: {
      facts: [
        { label: 'Gaps that were too long', value: missed.length, unit: 'count' },
        { label: 'Longest gap', value: worst?.length ?? null, unit: 'ms' },
        { label: 'Scheduled runs that came too late', value: delays.length, unit: 'count' },
        { label: 'Longest delay', value: delays.length === 0 ? null : delay, unit: 'ms' },
      ],
      runs: [],
      moreRuns: 0,
      chart: null,
    },
    explainedBy: null,
  };
}

/** The gap from which on nobody can be said to watch. Whole hours, so that it does not move with every run. */
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
