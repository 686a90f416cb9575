import { describe, expect, test } from 'vitest';
import {
  factsAfter,
  noFacts,
  runCompleted,
  runStarted,
  sessionAbsent,
  sessionRecorded,
  sourceStatus,
} from '../../test/kit/happenings.ts';
import { seeded } from '../../test/kit/long-run.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { Aggregate, Point } from '../core/series.ts';
import { DAY, HOUR, type Instant, MINUTE, after as shifted, startOf } from '../core/time.ts';
import type { AnomalyOptions } from './anomaly/options.ts';
import { anomaly } from './anomaly.ts';

/** A Saturday; the day has half gone by. */
const NOW: Instant = '2026-11-21T12:30:00.000Z';
const DEFAULTS = anomaly.options.parse({}) as unknown as AnomalyOptions;

interface Day {
  /** One session for each amount. */
  readonly usd: readonly (number | null)[];
  readonly failed?: number;
}

/** Sessions of the days up to today, within an hour after midnight, with the run of each. */
function lived(days: readonly Day[], agent = 'fixer'): readonly LedgerEvent[] {
  return days.flatMap(({ usd, failed = 0 }, i) => {
    const midnight = startOf(shifted(NOW, (i - days.length + 1) * DAY).slice(0, 10));
    return usd.flatMap((amount, n) => {
      const at = shifted(midnight, 10 * MINUTE + n * MINUTE);
      const id = 1_000 * i + n + (agent === 'fixer' ? 1 : 500_001);
      const outcome = n < failed ? 'failed' : 'completed';
      const tokens = { total: amount === null ? null : Math.round(amount * 100_000) };
      return [runCompleted({ id, agent, at }), sessionRecorded({ run: id, agent, at, outcome, usd: amount, tokens })];
    });
  });
}

function judge(
  events: readonly LedgerEvent[],
  options: Partial<AnomalyOptions> = {},
  now: Instant = NOW,
): readonly Finding[] {
  return anomaly.judge(factsAfter(events, { now, agents: ['fixer'] }), { ...DEFAULTS, ...options }, now);
}

const of = (findings: readonly Finding[], metric: string, kind = 'agent'): Finding | undefined =>
  findings.find(({ subject, labels }) => subject.kind === kind && labels['metric'] === metric);
const wrongs = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(({ outcome }) => outcome === 'violated');

const chance = seeded(11);
/** Four sessions a day of about two dollars each. */
const usual = (): Day => ({ usd: [0, 1, 2, 3].map(() => 2 * (0.8 + 0.4 * chance())) });
const weeks = (days = 40): readonly Day[] => Array.from({ length: days }, usual);

describe('spend of an agent', () => {
  test('at five times the usual is told, with all that it rests on', () => {
    const found = of(judge(lived([...weeks(), { usd: [10, 10, 10, 10] }])), 'spend');
    expect(found).toMatchObject({
      outcome: 'violated',
      severity: 'warning',
      value: 40,
      anomaly: { metric: 'spend', method: 'weekday-robust', value: 40, unit: 'usd', basis: { points: 40 } },
    });
    if (found?.outcome !== 'violated') throw new Error('it must be told');
    expect(found.anomaly?.expected.high).toBeGreaterThan(8);
    expect(found.anomaly?.expected.high).toBeLessThan(20);
    expect(found.anomaly?.confidence).toBeGreaterThan(0.99);
    expect(found.evidence.facts.map(({ label }) => label)).toContain('Points that this rests on');
    expect(found.evidence.chart?.values.at(-1)).toBe(40);
    expect(found.reason).toContain('on 2026-11-21 so far; by the 40 points from 2026-10-12 to 2026-11-20');
  });

  test('is critical by ratio and money together, never by how improbable it is', () => {
    expect(of(judge(lived([...weeks(), { usd: [20, 20, 20, 20] }])), 'spend')).toMatchObject({ severity: 'critical' });
    const cents = weeks().map(({ usd }) => ({ usd: usd.map((amount) => (amount ?? 0) * 0.1) }));
    expect(of(judge(lived([...cents, { usd: [3, 3, 3, 3] }])), 'spend')).toMatchObject({
      outcome: 'violated',
      severity: 'warning',
    });
  });

  test('that is only a third more, or a few dollars, is none', () => {
    expect(wrongs(judge(lived([...weeks(), { usd: [2.7, 2.7, 2.7, 2.7] }])))).toEqual([]);
    const small = weeks().map(({ usd }) => ({ usd: usd.map((amount) => (amount ?? 0) / 100) }));
    expect(wrongs(judge(lived([...small, { usd: [0.5, 0.5, 0.5, 0.5] }])))).toEqual([]);
  });

  test('that falls to nothing on a whole day is told the day after, and not while the day goes on', () => {
    const quiet: Day = { usd: [] };
    const today = judge(lived([...weeks(), { usd: [0.001] }]));
    expect(of(today, 'spend')?.outcome).toBe('ok');
    const dead = judge(lived([...weeks(), quiet, { usd: [2, 2] }]));
    expect(of(dead, 'sessions')).toMatchObject({ outcome: 'ok' });
    expect(of(dead, 'spend')).toMatchObject({ outcome: 'violated', severity: 'warning', value: 0 });
  });

  test('a weekly rhythm is none: nothing on weekends, and much on Mondays', () => {
    const rhythm = Array.from({ length: 56 }, (_, i): Day => {
      const weekday = (6 - ((55 - i) % 7) + 7) % 7;
      return weekday === 6 || weekday === 0
        ? { usd: [] }
        : { usd: weekday === 1 ? [...usual().usd, ...usual().usd] : usual().usd };
    });
    expect(wrongs(judge(lived(rhythm)))).toEqual([]);
  });

  test('shows in tokens, in the repository and in spend, and is one story', () => {
    const found = wrongs(judge(lived([...weeks(), { usd: Array<number>(24).fill(2) }])));
    expect(found.length).toBeGreaterThan(3);
    const keys = found.map((one) => (one.outcome === 'violated' ? one.explainedBy : ''));
    expect(keys.filter((key) => key === null)).toEqual([]);
    expect(of(found, 'sessions')).toMatchObject({ explainedBy: 'runaway/agent:fixer' });
    expect(of(found, 'spend')).toMatchObject({ explainedBy: 'anomaly/agent:fixer/metric=sessions' });
  });
});

describe('failures', () => {
  const failing = (failed: number): Day => ({ usd: Array<number>(40).fill(0.1), failed });
  /** 5 % of 40 sessions a day. */
  const calm = Array.from({ length: 30 }, (_, i) => failing(i % 3 === 0 ? 3 : i % 3));

  test('at 40 % where 5 % are usual are told by their rate, which explains their number', () => {
    const found = judge(lived([...calm, failing(16)]));
    expect(of(found, 'failure-rate')).toMatchObject({
      outcome: 'violated',
      value: 0.4,
      anomaly: { method: 'beta-binomial' },
      explainedBy: 'failure-spike/agent:fixer',
    });
    expect(of(found, 'failures')).toMatchObject({ explainedBy: 'anomaly/agent:fixer/metric=failure-rate' });
  });

  test('at 10 % are chance', () => {
    expect(of(judge(lived([...calm, failing(4)])), 'failure-rate')?.outcome).toBe('ok');
  });
});

describe('silence', () => {
  const hourly = (until: Instant): readonly LedgerEvent[] =>
    Array.from({ length: 200 }, (_, i) => runCompleted({ id: i + 1, at: shifted(until, -i * HOUR) }));

  test('of an agent that runs every hour is told after a few hours, with its length', () => {
    const found = of(judge(hourly(shifted(NOW, -6 * HOUR))), 'silence');
    expect(found).toMatchObject({
      outcome: 'violated',
      severity: 'warning',
      unit: 'ms',
      anomaly: { method: 'dormancy' },
    });
    expect(of(judge(hourly(shifted(NOW, -2 * HOUR))), 'silence')?.outcome).toBe('ok');
  });

  test('of an agent that a stop holds says nothing', () => {
    const facts = factsAfter(hourly(shifted(NOW, -6 * HOUR)), { now: NOW, agents: ['fixer'] });
    const held = { ...facts, held: ['.github/workflows/fixer.yml'] };
    expect(of(anomaly.judge(held, DEFAULTS, NOW), 'silence')?.outcome).toBe('unknown');
  });

  test('of an agent of which few runs are known, or of one that never ran, is unknown', () => {
    expect(of(judge([runCompleted({ id: 1, at: shifted(NOW, -9 * DAY) })]), 'silence')?.outcome).toBe('unknown');
    expect(of(judge([]), 'silence')?.outcome).toBe('unknown');
  });

  test('while a source fails is no silence', () => {
    const facts = factsAfter(hourly(shifted(NOW, -6 * HOUR)), { now: NOW, agents: ['fixer'], sources: [] });
    expect(of(anomaly.judge(facts, DEFAULTS, NOW), 'silence')?.outcome).toBe('unknown');
  });
});

describe('silence of an agent with a schedule', () => {
  const FIRST_SEEN: Instant = '2026-11-01T00:00:00.000Z';
  const nightly = { agent: 'fixer', cron: '17 3 * * *', zone: 'UTC' };
  /** Runs at 3:25 of these days of November, as GitHub starts them a little late. */
  const nights = (...days: readonly number[]): readonly LedgerEvent[] =>
    days.map((day) => runCompleted({ id: day, at: `2026-11-${String(day).padStart(2, '0')}T03:25:00.000Z` }));

  interface Look {
    readonly now: Instant;
    readonly options?: Partial<AnomalyOptions>;
    readonly since?: Instant;
    readonly sources?: Facts['sources'];
  }

  function look(
    events: readonly LedgerEvent[],
    { now, options = {}, since = FIRST_SEEN, sources }: Look,
  ): Finding | undefined {
    const read = sources === undefined ? {} : { sources };
    const facts = factsAfter(events, { now, agents: ['fixer'], since, ...read });
    return of(anomaly.judge(facts, { ...DEFAULTS, schedules: [nightly], ...options }, now), 'silence');
  }

  const MIDDAY: Instant = '2026-11-21T15:16:00.000Z';
  const EVENING: Instant = '2026-11-21T15:18:00.000Z';

  test('is told twelve hours after the run that did not come, with the time at which it was due', () => {
    expect(look(nights(18, 19, 20), { now: MIDDAY })).toMatchObject({ outcome: 'ok' });
    expect(look(nights(18, 19, 20), { now: EVENING })).toMatchObject({
      outcome: 'violated',
      severity: 'warning',
      limit: 12 * HOUR,
      reason: 'fixer was due at 2026-11-21 03:17 UTC and has not run since; its last run was on 2026-11-20.',
    });
  });

  test('reads the same a day later, and ends with the next run, however late', () => {
    const reason = look(nights(18, 19, 20), { now: EVENING })?.reason;
    expect(look(nights(18, 19, 20), { now: shifted(EVENING, DAY) })?.reason).toBe(reason);
    const late = [...nights(20), runCompleted({ id: 21, at: shifted(EVENING, 5 * HOUR) })];
    expect(look(late, { now: shifted(EVENING, 6 * HOUR) })?.outcome).toBe('ok');
  });

  test('comes as soon as the configuration says, by the clock that it says', () => {
    const soon = { now: '2026-11-21T04:18:00.000Z', options: { schedule_grace: '1h' } };
    expect(look(nights(20), soon)?.outcome).toBe('violated');
    const berlin = { ...nightly, cron: '47 4 * * *', zone: 'Europe/Berlin' };
    const later = { now: '2026-11-21T04:48:00.000Z', options: { ...soon.options, schedules: [berlin] } };
    expect(look(nights(20), soon)?.reason).toContain('was due at 2026-11-21 03:17 UTC');
    expect(look([runCompleted({ id: 20, at: '2026-11-20T03:50:00.000Z' })], later)?.reason).toContain(
      'was due at 2026-11-21 03:47 UTC',
    );
  });

  test('is none while a run goes on, and a run that was skipped does not count', () => {
    const running = runStarted({ id: 9, at: '2026-11-21T03:00:00.000Z' });
    expect(look([...nights(20), running], { now: EVENING })?.outcome).toBe('ok');
    const skipped = [
      runCompleted({ id: 9, at: '2026-11-21T04:00:00.000Z', conclusion: 'skipped' }),
      sessionAbsent({ run: 9, at: '2026-11-21T04:00:00.000Z', reason: 'skipped' }),
    ];
    expect(look([...nights(20), ...skipped], { now: EVENING })?.outcome).toBe('violated');
  });

  test('is not held against an agent that was not there, nor where runs were not read', () => {
    expect(look([], { now: EVENING, since: '2026-11-21T04:00:00.000Z' })?.outcome).toBe('ok');
    expect(look([], { now: EVENING })).toMatchObject({
      outcome: 'violated',
      reason:
        'fixer was due at 2026-11-01 03:17 UTC and has not run since; no run of it is known from the last 35 days.',
    });
    const stale = [sourceStatus('actions-runs', '2026-11-21T12:00:00.000Z')];
    expect(look(nights(20), { now: EVENING, sources: stale })?.outcome).toBe('ok');
    const others = [sourceStatus('session-files', EVENING)];
    expect(look(nights(20), { now: EVENING, sources: others })).toMatchObject({
      outcome: 'unknown',
      reason: 'fixer: nothing can be said of its silence: its runs have not been read.',
    });
    const failing = [sourceStatus('actions-runs', EVENING, { since: MIDDAY })];
    expect(look(nights(20), { now: EVENING, sources: failing })?.outcome).toBe('unknown');
  });

  test('takes the place of what is learned, and of that agent alone', () => {
    const weekly = { ...nightly, cron: '0 0 * * SUN' };
    const hourly = Array.from({ length: 200 }, (_, i) =>
      runCompleted({ id: i + 1, at: shifted(NOW, -(i + 9) * HOUR) }),
    );
    const schedules = [{ ...weekly, agent: 'other' }];
    expect(look(hourly, { now: NOW, options: { schedules } })?.outcome).toBe('violated');
    expect(look(hourly, { now: NOW, options: { schedules: [weekly] } })?.outcome).toBe('ok');
  });
});

describe('a new level', () => {
  test('that no single day shows is found within two weeks, for information', () => {
    const wavering = (level: number) => (): Day => ({ usd: [0, 1, 2, 3].map(() => level * (0.6 + 0.8 * chance())) });
    const before = Array.from({ length: 42 }, wavering(3));
    const found = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14].flatMap((days) => {
      const findings = judge(lived([...before, ...Array.from({ length: days }, wavering(5)), { usd: [] }]));
      return findings.filter(({ outcome, labels }) => outcome === 'violated' && labels['of'] === 'spend');
    });
    expect(found.length).toBeGreaterThan(0);
    for (const one of found) expect(one).toMatchObject({ severity: 'info', anomaly: { method: 'change-point' } });
  });

  test('is not found where nothing changed', () => {
    const found = judge(lived(weeks(60)));
    expect(found.filter(({ outcome, labels }) => outcome === 'violated' && labels['metric'] === 'level')).toEqual([]);
  });
});

/** Facts of which one series is what is given, whoever asks. */
function withPoints(points: readonly Point[], server = false): Facts {
  const facts = factsAfter([], { now: NOW, agents: ['fixer'] });
  const subject = { kind: 'repository', name: facts.repo } as const;
  return {
    ...facts,
    series: (metric, of, step) => ({ metric, subject: of, step, points }),
    measured: ({ metric, labels, step }) => ({ metric, labels, step, subject, points }),
    labelSets: () => (server ? [{ server: 'github', tool: 'get_issue' }] : []),
  };
}

const point = (daysAgo: number, aggregate: Aggregate | null): Point => ({
  at: startOf(shifted(NOW, -daysAgo * DAY).slice(0, 10)),
  aggregate,
});
const sum = (amount: number, count = 10): Aggregate => ({ count, sum: amount, min: 0, max: amount, unknown: 0 });

describe('an MCP server', () => {
  const days = (errors: number, today: number): readonly Point[] => [
    ...Array.from({ length: 30 }, (_, i) => point(30 - i, sum(errors, 100))),
    point(0, sum(today, 100)),
  ];

  test('whose calls fail at 30 % where 2 % did is told by name; its usual rate is not', () => {
    const found = anomaly.judge(withPoints(days(2, 30), true), { ...DEFAULTS, metrics: ['tool-errors'] }, NOW);
    expect(found).toMatchObject([
      { outcome: 'violated', labels: { metric: 'tool-errors', server: 'github' }, value: 0.3 },
    ]);
    expect(found[0]?.reason).toContain('The MCP server github failed in 30 %');
    expect(wrongs(anomaly.judge(withPoints(days(2, 4), true), { ...DEFAULTS, metrics: ['tool-errors'] }, NOW))).toEqual(
      [],
    );
  });

  test('the series that it names are those that it asks for', () => {
    const labelSets = () => [{ server: 'github', tool: 'a' }, { server: 'github', tool: 'b' }, { tool: 'Bash' }];
    expect(anomaly.needs?.(DEFAULTS, labelSets)).toMatchObject([
      { metric: 'session.tool.errors', labels: { server: 'github' }, step: 'day' },
      { metric: 'session.tool.latency', labels: { server: 'github' }, step: 'day' },
    ]);
    expect(anomaly.needs?.({ ...DEFAULTS, enabled: false }, labelSets)).toEqual([]);
  });
});

describe('series in any state', () => {
  const steady = Array.from({ length: 40 }, (_, i) => point(40 - i, sum(8)));
  const strange: readonly (readonly [string, readonly Point[]])[] = [
    ['empty', []],
    ['of one point', [point(0, sum(8))]],
    ['constant', [...steady, point(0, sum(8))]],
    ['all zero', Array.from({ length: 40 }, (_, i) => point(40 - i, sum(0)))],
    ['missing everywhere', Array.from({ length: 40 }, (_, i) => point(40 - i, null))],
    ['of unknown values', Array.from({ length: 40 }, (_, i) => point(40 - i, { ...sum(0, 0), unknown: 3 }))],
    ['duplicated', [...steady, ...steady, point(0, sum(8)), point(0, sum(8))]],
    ['out of order', [...steady].reverse()],
    ['negative', [...steady.slice(0, -1), point(1, sum(-8))]],
    ['all negative', steady.map(({ at }) => ({ at, aggregate: sum(-8) }))],
    ['NaN', [...steady, point(0, sum(Number.NaN))]],
    ['infinite', [...steady, point(0, sum(Number.POSITIVE_INFINITY))]],
    ['of moments that are none', [...steady, { at: 'yesterday', aggregate: sum(8) }]],
    ['with a count that is none', [...steady, point(0, { ...sum(8), count: Number.NaN })]],
  ];

  test.each(
    strange.flatMap(([name, points]) =>
      [DEFAULTS.method, 'z-score' as const, 'iqr' as const].map((method) => [name, method, points] as const),
    ),
  )('%s, by %s: an answer or unknown, never a false alarm', (_name, method, points) => {
    const findings = anomaly.judge(withPoints(points, true), { ...DEFAULTS, method }, NOW);
    const spikes = wrongs(findings).filter(({ value, labels }) => labels['metric'] !== 'silence' && (value ?? 0) > 8);
    expect(spikes).toEqual([]);
    for (const { reason } of findings) expect(reason).toMatch(/^\S.*\.$/);
  });

  test('a huge value is told, and overflows nothing', () => {
    const findings = anomaly.judge(
      withPoints([...steady, point(0, sum(1e140))]),
      { ...DEFAULTS, metrics: ['spend'] },
      NOW,
    );
    expect(wrongs(findings).length).toBeGreaterThan(0);
    for (const one of findings) expect(Number.isFinite(one.limit ?? 0)).toBe(true);
  });

  test('nothing at all is known of nothing', () => {
    expect(wrongs(anomaly.judge(noFacts(NOW), DEFAULTS, NOW))).toEqual([]);
  });
});

describe('a chosen method', () => {
  const spike = lived([...weeks(50), { usd: [40, 40, 40, 40] }]);

  test.each(['z-score', 'moving-average', 'iqr', 'robust'] as const)(
    '%s finds a day at twenty times the usual',
    (method) => {
      const found = of(judge(spike, { method, metrics: ['spend'] }), 'spend');
      expect(found).toMatchObject({ outcome: 'violated', anomaly: { method } });
    },
  );

  test('trend finds a slow rise that no day shows', () => {
    const rising = Array.from({ length: 50 }, (_, i): Day => {
      const usd = 2 * 3 ** (Math.max(0, i - 21) / 28) * (1 + 0.1 * Math.sin(i));
      return { usd: [usd, usd] };
    });
    const options = { method: 'trend', metrics: ['spend'], min_usd: 1 } as const;
    const found = of(judge(lived(rising), options), 'spend');
    expect(found).toMatchObject({ outcome: 'violated', anomaly: { method: 'trend' } });
    const level = Array.from({ length: 50 }, (_, i): Day => ({ usd: [2 + 0.2 * Math.sin(i), 2] }));
    expect(of(judge(lived(level), options), 'spend')?.outcome).toBe('ok');
  });

  test.each([
    ['z-score', '24h'],
    ['percentile', '30d'],
  ] as const)('%s with a look-back of %s judges hours', (method, look_back) => {
    const hours = Array.from({ length: 300 }, (_, i) =>
      sessionRecorded({ run: i + 1, at: shifted(NOW, (i - 300) * HOUR), usd: 5 + (i % 3) }),
    );
    const spiked = [...hours, sessionRecorded({ run: 1_000, at: shifted(NOW, -MINUTE), usd: 90 })];
    const found = of(judge(spiked, { method, look_back, metrics: ['spend'] }), 'spend');
    expect(found).toMatchObject({ outcome: 'violated', anomaly: { method } });
    expect(found?.reason).toContain('on 2026-11-21 12:00 so far');
    expect(of(judge(hours, { method, look_back, metrics: ['spend'] }), 'spend')?.outcome).toBe('ok');
  });

  test('asks for minutes where the look-back is an hour', () => {
    const labelSets = (metric: string) => (metric === 'session.cost' ? [{ agent: 'fixer' }] : []);
    const needs = anomaly.needs?.({ ...DEFAULTS, method: 'iqr', look_back: '1h' }, labelSets);
    expect(needs).toContainEqual({ metric: 'session.cost', labels: { agent: 'fixer' }, step: 'minute', lookBack: DAY });
    expect(needs).toContainEqual({ metric: 'session.tokens', labels: {}, step: 'minute', lookBack: DAY });
  });

  test('tells no more than the budget of false alarms allows for what it told before', () => {
    // A series with a spike each week: the method would report every one of them.
    const spiky = Array.from({ length: 56 }, (_, i): Day => (i % 7 === 3 ? { usd: [20, 20, 20, 20] } : usual()));
    const last: Day = { usd: [20, 20, 20, 20] };
    expect(of(judge(lived([...spiky, last]), { method: 'z-score', metrics: ['spend'] }), 'spend')?.outcome).toBe('ok');
  });
});
