import { describe, expect, test } from 'vitest';
import { factsAfter, noFacts, sessionRecorded } from '../../test/kit/happenings.ts';
import type { ItemMark } from '../core/item.ts';
import { type SessionOutcome, UNKNOWN_DETAIL } from '../core/session.ts';
import { HOUR, type Instant, MINUTE, after as shifted } from '../core/time.ts';
import { type NoEffectOptions, noEffect } from './no-effect.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';
const DEFAULTS = noEffect.options.parse({}) as unknown as NoEffectOptions;

/** Sessions an hour apart that changed so many files; null is a record that does not tell. */
function factsOf(changed: readonly (number | null)[], outcome: SessionOutcome = 'completed') {
  const events = changed.map((count, i) => {
    const filesChanged = count === null ? null : { count, outside: 0, paths: [] };
    const at = shifted(NOW, (i - changed.length) * HOUR);
    return sessionRecorded({
      run: i + 1,
      at,
      outcome,
      seen: shifted(at, MINUTE),
      more: { detail: { ...UNKNOWN_DETAIL, filesChanged } },
    });
  });
  return factsAfter(events, { now: NOW, agents: ['fixer'] });
}

const judge = (changed: readonly (number | null)[], outcome?: SessionOutcome) =>
  noEffect.judge(factsOf(changed, outcome), DEFAULTS, NOW)[0];

const zeros = (count: number): readonly number[] => Array<number>(count).fill(0);

describe('sessions that end well and change nothing', () => {
  test('ten after twenty that changed files are told, with what they cost', () => {
    expect(judge([...Array<number>(20).fill(3), ...zeros(10)])).toMatchObject({
      outcome: 'violated',
      severity: 'warning',
      value: 10,
      evidence: { facts: [{ value: 10 }, { value: 10, unit: 'usd' }, { value: 20 }] },
    });
  });

  test('nine are not told yet, nor ten of an agent that seldom changes one', () => {
    expect(judge([...Array<number>(20).fill(3), ...zeros(9)])?.outcome).toBe('ok');
    expect(judge([...zeros(20), 1, 1, 1, ...zeros(12)])?.outcome).toBe('ok');
  });

  test('an agent that never changed a file is not judged by that, nor one whose records do not tell', () => {
    expect(judge(zeros(30))?.outcome).toBe('ok');
    expect(judge([null, null, null])?.outcome).toBe('unknown');
    expect(judge([])?.outcome).toBe('unknown');
  });

  test('sessions that failed are no such sessions', () => {
    expect(judge([3, 3, 3, ...zeros(12)], 'failed')?.outcome).toBe('unknown');
  });
});

function pull(number: number, end: 'open' | 'merged' | 'closed', author = 1): ItemMark {
  const at = shifted(NOW, (number - 40) * HOUR);
  return {
    number,
    kind: 'pull',
    author: { id: author, login: 'fixer[bot]', type: 'Bot' },
    app: null,
    createdAt: at,
    updatedAt: at,
    closedAt: end === 'open' ? null : at,
    mergedAt: end === 'merged' ? at : null,
    titleHash: String(number),
    agent: null,
  };
}

function judgePulls(items: readonly ItemMark[], pulls: readonly ItemMark[] | null = []) {
  const facts = { ...factsAfter([], { now: NOW }), items, pulls };
  return noEffect.judge(facts, DEFAULTS, NOW);
}

describe('pull requests of a bot', () => {
  const five = [1, 2, 3, 4, 5];

  test('that are all closed without a merge are told', () => {
    expect(judgePulls(five.map((n) => pull(n, 'closed')))).toMatchObject([
      { outcome: 'violated', value: 1, limit: 0.8 },
    ]);
  });

  test('of which two of five were merged are fine, and so few tell nothing', () => {
    expect(judgePulls(five.map((n) => pull(n, n < 3 ? 'merged' : 'closed')))).toMatchObject([
      { outcome: 'ok', value: 0.6 },
    ]);
    expect(judgePulls([1, 2, 3, 4].map((n) => pull(n, 'closed')))).toMatchObject([{ outcome: 'unknown' }]);
  });

  test('that are open are no answer, and those of another bot are another matter', () => {
    expect(judgePulls(five.map((n) => pull(n, 'open')))).toMatchObject([{ outcome: 'unknown', value: null }]);
    expect(judgePulls(five.map((n) => pull(n, 'closed', n)))).toHaveLength(5);
  });

  test('that nobody could look at lately are unknown', () => {
    expect(
      judgePulls(
        five.map((n) => pull(n, 'closed')),
        null,
      ),
    ).toMatchObject([{ outcome: 'unknown' }]);
    expect(noEffect.judge(noFacts(NOW), DEFAULTS, NOW)).toEqual([]);
  });
});
