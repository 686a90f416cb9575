import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MeasureRow } from '../../core/measure-row.ts';
import { packSpread } from '../../core/packed-spread.ts';
import { sketchOf } from '../../core/sketch.ts';
import { DAY, HOUR, type Instant } from '../../core/time.ts';
import { profile, profileQueries, stretchOf } from './profile.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';
const WEEK = stretchOf(NOW, 7 * DAY);

/** The calls of one tool on one day, as the ledger keeps them; `times` in milliseconds. */
function day(at: Instant, labels: MeasureRow['labels'], times: readonly number[], errors = 0): MeasureRow[] {
  const { zeros = 0, bins = [], ...sums } = sketchOf(times) ?? { count: 0, sum: 0, min: 0, max: 0 };
  const head = { labels, step: 'day' as const, at };
  const n = times.length;
  const failed = { count: n, sum: errors, min: 0, max: errors > 0 ? 1 : 0, unknown: 0 };
  return [
    {
      ...head,
      metric: 'session.tool.latency',
      aggregate: { ...sums, unknown: 0 },
      spread: packSpread({ zeros, bins }),
    },
    { ...head, metric: 'session.tool.errors', aggregate: failed, spread: null },
  ];
}

const TODAY = '2026-11-21T00:00:00.000Z';
const LAST_WEEK = '2026-11-12T00:00:00.000Z';
const SEARCH = { server: 'github', tool: 'search_issues' };

describe('the stretch of time', () => {
  test('is whole days with today, and as many before', () => {
    expect(WEEK).toEqual({
      from: '2026-11-15T00:00:00.000Z',
      to: NOW,
      previousFrom: '2026-11-08T00:00:00.000Z',
      step: 'day',
    });
  });

  test('is whole hours where it is short', () => {
    expect(stretchOf('2026-11-21T12:30:00.000Z', 24 * HOUR)).toEqual({
      from: '2026-11-20T13:00:00.000Z',
      to: '2026-11-21T12:30:00.000Z',
      previousFrom: '2026-11-19T13:00:00.000Z',
      step: 'hour',
    });
  });

  test('is what the store is asked for, of one server where one is named', () => {
    const queries = profileQueries(WEEK, 'github');
    expect(new Set(queries.map(({ metric }) => metric)).size).toBe(4);
    for (const query of queries) {
      expect(query).toMatchObject({ labels: { server: 'github' }, from: WEEK.previousFrom, to: NOW });
    }
  });
});

describe('a profile', () => {
  test('of nothing is empty', () => {
    expect(profile([], WEEK)).toMatchObject({ servers: [], tools: [], slowest: [], bottlenecks: [] });
  });

  test('counts, times and compares the calls of a tool, and sums them up by server', () => {
    const now = Array.from({ length: 100 }, (_, i) => 1_000 + 10 * i);
    const before = Array.from({ length: 100 }, (_, i) => 500 + 5 * i);
    const rows = [...day(TODAY, SEARCH, now, 5), ...day(LAST_WEEK, SEARCH, before, 2)];
    const { tools, servers, slowest } = profile(rows, WEEK);
    // 6.5 days lie between the 15th and noon of the 21st; the p95 of 1,000 to 1,990 ms in steps of 10 is 1,945 ms.
    expect(tools).toMatchObject([
      {
        witness: 'sessions',
        server: 'github',
        tool: 'search_issues',
        calls: 100,
        errors: 5,
        errorRate: 0.05,
        totalMs: 149_500,
        untimed: 0,
        share: 1,
        callsPerHour: 100 / (6.5 * 24),
        before: { calls: 100, errors: 2, errorRate: 0.02 },
      },
    ]);
    expect(Math.abs((tools[0]?.p95Ms ?? 0) / 1_945 - 1)).toBeLessThan(0.015);
    expect(tools[0]?.trend.p95).toBeCloseTo(2, 1);
    expect(tools[0]?.trend.errorRate).toBeCloseTo(0.03, 10);
    expect(servers).toMatchObject([{ server: 'github', tool: null, calls: 100 }]);
    expect(slowest).toHaveLength(1);
  });

  test('keeps what programs tell of apart from what sessions saw, and gives the tools of an engine no server', () => {
    const tracked = day(TODAY, SEARCH, [100, 200]).map((row) => ({
      ...row,
      metric: row.metric.replace('session.', ''),
    }));
    const { tools, servers } = profile([...tracked, ...day(TODAY, { tool: 'Bash' }, [5, 6])], WEEK);
    expect(tools.map(({ witness, server, tool }) => [witness, server, tool])).toEqual([
      ['programs', 'github', 'search_issues'],
      ['sessions', null, 'Bash'],
    ]);
    expect(servers.map(({ server }) => server)).toEqual(['github']);
    // Each witness shares out its own time.
    expect(tools.map(({ share }) => share)).toEqual([1, 1]);
  });

  test('knows no time where no call was timed, and says how many were not', () => {
    const [latency, errors] = day(TODAY, SEARCH, [1, 2, 3]);
    if (latency === undefined || errors === undefined) throw new Error('two rows were made');
    const untimed = { ...latency, aggregate: { count: 0, sum: 0, min: 0, max: 0, unknown: 3 }, spread: null };
    expect(profile([untimed, errors], WEEK).tools).toMatchObject([
      { calls: 3, untimed: 3, p50Ms: null, p95Ms: null, totalMs: null, share: null, trend: { p95: null } },
    ]);
  });

  test('leaves out what lies before it or after it, and is the same in any order', () => {
    const rows = [
      ...day(TODAY, SEARCH, [10, 20]),
      ...day('2026-11-07T00:00:00.000Z', SEARCH, [99_999]),
      ...day('2026-11-23T00:00:00.000Z', SEARCH, [99_999]),
      ...day(TODAY, { tool: 'Bash' }, [7]),
    ];
    const found = profile(rows, WEEK);
    expect(found.tools.find(({ tool }) => tool === 'search_issues')).toMatchObject({ calls: 2, before: null });
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(profile(shuffled, WEEK)).toEqual(found);
      }),
      { numRuns: 20 },
    );
  });
});

describe('bottlenecks', () => {
  const kindsOf = (rows: readonly MeasureRow[]) => profile(rows, WEEK).bottlenecks.map(({ kind }) => kind);
  const calls = (n: number, ms: number) => Array.from({ length: n }, () => ms);

  test('say nothing of few calls and of little time', () => {
    expect(kindsOf(day(TODAY, SEARCH, calls(19, 60_000), 19))).toEqual([]);
    expect(kindsOf(day(TODAY, SEARCH, calls(100, 10)))).toEqual([]);
  });

  test('name a tool that fails, with what its failures cost', () => {
    const found = profile(day(TODAY, SEARCH, calls(100, 2_000), 30), WEEK).bottlenecks;
    expect(found).toContainEqual(
      expect.objectContaining({
        kind: 'failing',
        server: 'github',
        tool: 'search_issues',
        evidence: '30 of 100 calls failed (30 %).',
        atStakeMs: 60_000,
      }),
    );
  });

  test('name a tool that became slower, one with a long tail, one that takes most of the time, and one called too often', () => {
    const other = day(TODAY, { tool: 'Bash' }, calls(3_000, 1_000));
    const slower = [...day(LAST_WEEK, SEARCH, calls(100, 1_000)), ...day(TODAY, SEARCH, calls(100, 3_000))];
    expect(kindsOf([...other, ...slower])).toContain('slower');
    expect(kindsOf([...other, ...day(TODAY, SEARCH, [...calls(980, 10), ...calls(20, 60_000)])])).toContain('tail');
    expect(kindsOf(other)).toContain('share');
    expect(kindsOf([...other, ...day(TODAY, SEARCH, calls(20_000, 100))])).toContain('chatty');
  });

  test('put what costs most first', () => {
    const rows = [
      ...day(TODAY, { tool: 'Bash' }, calls(1_000, 10_000), 500),
      ...day(TODAY, SEARCH, calls(100, 2_000), 50),
    ];
    const stakes = profile(rows, WEEK).bottlenecks.map(({ atStakeMs }) => atStakeMs ?? 0);
    expect(stakes).toEqual([...stakes].sort((a, b) => b - a));
    expect(stakes.length).toBeGreaterThan(2);
  });
});
