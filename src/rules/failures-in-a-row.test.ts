import { describe, expect, test } from 'vitest';
import { factsAfter, runCompleted, sessionRecorded } from '../../test/kit/happenings.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { SessionOutcome } from '../core/session.ts';
import { HOUR, type Instant, MINUTE, after as shifted } from '../core/time.ts';
import { type FailuresInARowOptions, failuresInARow } from './failures-in-a-row.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';
const DEFAULTS = failuresInARow.options.parse({}) as unknown as FailuresInARowOptions;

/** Sessions an hour apart, the last one an hour ago. */
function after12(outcomes: readonly SessionOutcome[]): readonly LedgerEvent[] {
  return outcomes.flatMap((outcome, i) => {
    const at = shifted(NOW, -(outcomes.length - i) * HOUR);
    const conclusion = outcome === 'completed' ? 'success' : 'failure';
    return [
      runCompleted({ id: i + 1, at, conclusion }),
      sessionRecorded({ run: i + 1, at, outcome, seen: shifted(at, 10 * MINUTE) }),
    ];
  });
}

function judge(outcomes: readonly SessionOutcome[], options: Partial<FailuresInARowOptions> = {}) {
  const facts = factsAfter(after12(outcomes), { now: NOW, agents: ['fixer'] });
  return failuresInARow.judge(facts, { ...DEFAULTS, ...options }, NOW)[0];
}

const good = (times: number): readonly SessionOutcome[] => Array<SessionOutcome>(times).fill('completed');
const bad = (times: number): readonly SessionOutcome[] => Array<SessionOutcome>(times).fill('failed');

describe('failures in a row', () => {
  test('five after thirty good sessions are told, with their runs', () => {
    expect(judge([...good(30), ...bad(5)])).toMatchObject({
      outcome: 'violated',
      severity: 'warning',
      value: 5,
      explainedBy: 'failure-spike/agent:fixer',
      evidence: { runs: { length: 5 } },
    });
  });

  test('two are not, nor five with a good one between', () => {
    expect(judge([...good(30), ...bad(2)])?.outcome).toBe('ok');
    expect(judge([...good(30), ...bad(3), ...good(1), ...bad(2)])).toMatchObject({ outcome: 'ok', value: 2 });
  });

  test('three are, once so many good sessions came before that chance makes no such row', () => {
    // 33 places × (0.5 · 1.5 · 2.5) / (31 · 32 · 33) = 0.0019 such rows; after seven good ones 10 × 1.875 / (8 · 9 · 10) = 0.026.
    expect(judge([...good(30), ...bad(3)])?.outcome).toBe('violated');
    expect(judge([...good(7), ...bad(3)])?.outcome).toBe('violated');
    // 9 × 1.875 / (7 · 8 · 9) = 0.033.
    expect(judge([...good(6), ...bad(3)])?.outcome).toBe('ok');
  });

  test('two are, of an agent of which forty sessions are known that hardly ever failed', () => {
    const failing = (times: number) =>
      [...Array(60).keys()].map((i): SessionOutcome => (i < times ? 'failed' : 'completed'));
    expect(judge([...good(40), ...bad(2)])).toMatchObject({ outcome: 'violated', value: 2, limit: 2 });
    expect(judge([...good(39), ...bad(2)])).toMatchObject({ outcome: 'ok', value: 2, limit: 3 });
    // 62 places × (2.5 · 3.5) / (61 · 62) = 0.14 such rows after two failures in sixty, 0.41 after four: twice 0.12 may be.
    expect(judge([...failing(2), ...bad(2)])?.outcome).toBe('violated');
    expect(judge([...failing(4), ...bad(2)])?.outcome).toBe('ok');
    // 63 × (4.5 · 5.5 · 6.5) / (61 · 62 · 63) = 0.043 rows of three.
    expect(judge([...failing(4), ...bad(3)])?.outcome).toBe('violated');
  });

  test('who asks for five is told of four at the earliest', () => {
    expect(judge([...good(60), ...bad(3)], { count: 5 })?.outcome).toBe('ok');
    expect(judge([...good(60), ...bad(4)], { count: 5 })?.outcome).toBe('violated');
  });

  test('an agent that fails every other time has such rows by chance: five are none of its news', () => {
    const often = Array.from({ length: 40 }, (_, i): SessionOutcome => (i % 2 === 0 ? 'failed' : 'completed'));
    expect(judge([...often, ...bad(5)])).toMatchObject({ outcome: 'ok' });
    expect(judge([...often, ...bad(20)])).toMatchObject({ outcome: 'violated', severity: 'critical' });
  });

  test('cancelled sessions and those of an unknown end neither make nor break a row', () => {
    expect(judge([...good(30), ...bad(3), 'cancelled', 'unknown', ...bad(2)])).toMatchObject({
      outcome: 'violated',
      value: 5,
    });
  });

  test('timed out counts as failed', () => {
    expect(judge([...good(30), 'timed_out', ...bad(4)])).toMatchObject({ outcome: 'violated', value: 5 });
  });

  test('a source that fails leaves it unknown, but not what is known to be wrong', () => {
    const facts = (outcomes: readonly SessionOutcome[]) =>
      factsAfter(after12(outcomes), { now: NOW, agents: ['fixer'], sources: [] });
    expect(failuresInARow.judge(facts(good(5)), DEFAULTS, NOW)[0]?.outcome).toBe('unknown');
    expect(failuresInARow.judge(facts([...good(30), ...bad(6)]), DEFAULTS, NOW)[0]?.outcome).toBe('violated');
  });
});
