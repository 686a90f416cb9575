import { describe, expect, test } from 'vitest';
import { drillRan, factsAfter } from '../../test/kit/happenings.ts';
import type { Finding } from '../core/finding.ts';
import type { DrillRecord } from '../core/halt-events.ts';
import { DAY, MINUTE, SECOND, after as shifted } from '../core/time.ts';
import { type DrillOptions, drill } from './drill.ts';

const NOW = '2026-11-21T12:30:00.000Z';
const DEFAULTS = drill.options.parse({}) as unknown as DrillOptions;

interface Held extends Partial<DrillRecord> {
  readonly daysAgo: number;
}

function judge(held: readonly Held[], options: DrillOptions = DEFAULTS, now: string = NOW): Finding {
  const events = held.map(({ daysAgo, ...record }) => drillRan({ at: shifted(NOW, -daysAgo * DAY), ...record }));
  const findings = drill.judge(factsAfter(events, { now }), options, now);
  expect(findings).toHaveLength(1);
  return findings[0] as Finding;
}

const BROKEN: Partial<DrillRecord> = { ok: false, timeToStop: null, detail: 'its run is still going on' };
const NOT_HELD: Partial<DrillRecord> = {
  ok: false,
  timeToDetect: null,
  timeToStop: null,
  detail: 'there is no canary',
};

describe('the drill rule', () => {
  test.each<[string, readonly Held[], Finding['outcome'], string | null]>([
    ['no drill was ever held', [], 'unknown', null],
    ['only dry drills were held', [{ daysAgo: 1, mode: 'dry' }], 'unknown', null],
    [
      'a failed dry drill says nothing about the stop',
      [{ daysAgo: 2 }, { daysAgo: 1, mode: 'dry', ok: false }],
      'ok',
      null,
    ],
    ['a good one a week ago', [{ daysAgo: 7 }], 'ok', null],
    ['35 days ago is not overdue yet', [{ daysAgo: 35 }], 'ok', null],
    ['36 days ago is overdue', [{ daysAgo: 36 }], 'violated', 'warning'],
    ['exactly as slow as allowed', [{ daysAgo: 1, timeToStop: 10 * MINUTE }], 'ok', null],
    ['slower than allowed', [{ daysAgo: 1, timeToStop: 10 * MINUTE + SECOND }], 'violated', 'warning'],
    ['the stop did not work', [{ daysAgo: 9 }, { daysAgo: 1, ...BROKEN }], 'violated', 'critical'],
    ['the canary was never seen, so that the stop was not tried', [{ daysAgo: 1, ...NOT_HELD }], 'violated', 'warning'],
    ['a good one after a bad one', [{ daysAgo: 2, ...BROKEN }, { daysAgo: 1 }], 'ok', null],
  ])('%s', (_name, held, outcome, severity) => {
    const finding = judge(held);
    expect(finding.outcome).toBe(outcome);
    expect(finding.outcome === 'violated' ? finding.severity : null).toBe(severity);
  });

  test('says all that is wrong, with days and not with ages', () => {
    const reason = judge([{ daysAgo: 40, ...BROKEN }]).reason;
    expect(reason).toBe(
      'The drill of the stop on 2026-10-12 failed: its run is still going on. The last drill of the stop was held on 2026-10-12; one is expected every 35 d.',
    );
    const later = judge([{ daysAgo: 40, ...BROKEN }], DEFAULTS, shifted(NOW, DAY));
    expect(later.reason).toBe(reason);
    expect(later.value).toBeNull();
  });

  test('holds the measured time against the bound of the configuration', () => {
    const strict = { ...DEFAULTS, max_time_to_stop: '30s', expected_every: '7d' };
    expect(judge([{ daysAgo: 1 }], strict)).toMatchObject({
      outcome: 'violated',
      value: 42_000,
      limit: 30_000,
      unit: 'ms',
      reason: 'The drill on 2026-11-20 took 42 s to stop its canary; at most 30 s are allowed.',
    });
    expect(judge([{ daysAgo: 8 }], { ...DEFAULTS, expected_every: '7d' }).outcome).toBe('violated');
  });
});
