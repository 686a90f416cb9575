import { z } from 'zod';
import type { Facts, Tick } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { formatMoment } from '../core/quantity.ts';
import type { Rule } from '../core/rule.ts';
import { after, between, type Duration, formatDuration, type Instant } from '../core/time.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';

export interface LateOptions {
  readonly enabled: boolean;
  readonly expected_every: string;
  readonly tolerance: string;
  readonly window: string;
  readonly repeated: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  expected_every: durationOption(
    '1h',
    '7d',
    'How often Checkrein is meant to run: as the schedule of its workflow says.',
  ),
  tolerance: durationOption('1h', '7d', 'So much later than meant is too late.'),
  window: durationOption('24h', '7d', 'Runs of this time are looked at together.'),
  repeated: z.int().min(1).max(100).default(3).describe('So many late or missed runs in the window are a warning.'),
});

/** Schedules of GitHub come late or not at all. Once is worth a note; again and again means that nobody watches. */
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
  return {
    ...base,
    value: Math.max(worst?.length ?? 0, delay),
    outcome: 'violated',
    severity: Math.max(missed.length, delays.length) >= settings.repeated ? 'warning' : 'info',
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
  const more = missed > 1 ? [`missed its time ${missed} times lately`] : [];
  const slow =
    delayed === 0 ? [] : [`was started up to ${formatDuration(delay)} after its scheduled minute, ${delayed} times`];
  return `Checkrein ${[...gap, ...more, ...slow].join(', and ')}.`;
}
