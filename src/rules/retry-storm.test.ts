import { describe, expect, test } from 'vitest';
import { factsAfter, type RunWish, runCompleted } from '../../test/kit/happenings.ts';
import { HOUR, type Instant, MINUTE, after as shifted } from '../core/time.ts';
import { type RetryStormOptions, retryStorm } from './retry-storm.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';
const DEFAULTS = retryStorm.options.parse({}) as unknown as RetryStormOptions;

function judge(runs: readonly RunWish[]) {
  const facts = factsAfter(runs.map(runCompleted), { now: NOW, agents: ['fixer'] });
  return retryStorm.judge(facts, DEFAULTS, NOW)[0];
}

/** Attempts of one run, ten minutes apart; the kit lets each last four. */
const attempts = (count: number, conclusion: 'failure' | 'success'): readonly RunWish[] =>
  Array.from({ length: count }, (_, i) => ({
    id: 1,
    attempt: i + 1,
    at: shifted(NOW, (i - count) * 10 * MINUTE),
    conclusion,
  }));

describe('a storm of retries', () => {
  test('eight re-runs that all fail are told, the newest first', () => {
    expect(judge(attempts(9, 'failure'))).toMatchObject({
      outcome: 'violated',
      severity: 'warning',
      value: 8,
      limit: 8,
    });
    expect(judge(attempts(9, 'failure'))).toMatchObject({
      evidence: { runs: [{ attempt: 9, note: 'attempt 9' }, ...Array(7).fill({})] },
    });
  });

  test('seven are not, nor twenty that went well', () => {
    expect(judge(attempts(8, 'failure'))).toMatchObject({ outcome: 'ok', holds: true });
    expect(judge(attempts(20, 'success'))).toMatchObject({ outcome: 'ok', value: 0 });
  });

  test('new runs that start within two minutes after a failure are retries; those that keep to a schedule are none', () => {
    const every = (gap: number): readonly RunWish[] =>
      Array.from({ length: 12 }, (_, i) => ({
        id: i + 1,
        at: shifted(NOW, (i - 12) * gap),
        conclusion: 'failure' as const,
      }));
    expect(judge(every(5 * MINUTE))).toMatchObject({ outcome: 'violated', value: 11 });
    expect(judge(every(7 * MINUTE))).toMatchObject({ outcome: 'ok', value: 0 });
  });

  test('what lies before the window is over', () => {
    const old = attempts(20, 'failure').map((run) => ({ ...run, at: shifted(run.at, -7 * HOUR) }));
    expect(judge(old)).toMatchObject({ outcome: 'ok', value: 0 });
  });

  test('nothing at all is fine while every source reads, and unknown otherwise', () => {
    expect(judge([])?.outcome).toBe('ok');
    const blind = factsAfter([], { now: NOW, agents: ['fixer'], sources: [] });
    expect(retryStorm.judge(blind, DEFAULTS, NOW)[0]?.outcome).toBe('unknown');
  });
});
