import { describe, expect, test } from 'vitest';
import {
  factsAfter,
  runCompleted,
  runStarted,
  sessionAbsent,
  violationFound,
  worked,
} from '../../test/kit/happenings.ts';
import { HOUR, MINUTE, after as shifted } from '../core/time.ts';
import { measure } from './current.ts';
import { factsAsOf, isRetold, momentsOfChange } from './past.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const NINE = '2026-11-21T09:00:00.000Z';

const EVENTS = [
  ...worked({ id: 1, at: NINE, usd: 2, outcome: 'failed', duration: 30 * MINUTE }),
  ...worked({ id: 2, at: shifted(NINE, HOUR), usd: 1, duration: 4 * MINUTE }),
  ...worked({ id: 3, at: shifted(NINE, -14 * HOUR), usd: null, agent: 'triage' }),
  runCompleted({ id: 4, at: shifted(NINE, HOUR), conclusion: 'failure' }),
  sessionAbsent({ run: 4, at: shifted(NINE, HOUR), outcome: 'failed' }),
  runStarted({ id: 5, at: shifted(NINE, 2 * HOUR) }),
  violationFound({ run: 1, at: shifted(NINE, 10 * MINUTE) }),
];

type Tree = ReturnType<typeof measure>;

/** All leaves that can be told of the past, by path. */
function retold(tree: object, path = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([name, value]): [string, unknown][] => {
      const below = path === '' ? name : `${path}.${name}`;
      if (typeof value === 'object' && value !== null) return Object.entries(retold(value, below));
      return isRetold(below.replace(/^agents\.[^.]+/, 'agents.*')) ? [[below, value]] : [];
    }),
  );
}

describe('the facts of a moment that is over', () => {
  const facts = factsAfter(EVENTS, { now: NOW });

  test('say of the present what the rollups say', () => {
    const now: Tree = measure(facts, NOW);
    const leaves = retold(now);
    expect(Object.keys(leaves).length).toBeGreaterThan(60);
    expect(retold(measure(factsAsOf(facts, NOW), NOW))).toEqual(leaves);
  });

  test('know only what had begun by then, and of what had ended its end', () => {
    const at = (minutes: number): Tree => {
      const then = shifted(NINE, minutes * MINUTE);
      return measure(factsAsOf(facts, then), then);
    };
    expect(at(-1)).toMatchObject({ sessions: { total: 0, failureRate: null }, violations: { total: 0 } });
    expect(at(5)).toMatchObject({ sessions: { total: 0, active: 0 }, runs: { started: 1, completed: 1 } });
    expect(at(2)).toMatchObject({ sessions: { active: 1 }, runs: { started: 1, completed: 0 } });
    expect(at(10)).toMatchObject({ violations: { total: 1 } });
    expect(at(30)).toMatchObject({ sessions: { total: 1, failureRate: 1, tokenUsage: { cost: 2 } } });
    expect(at(64)).toMatchObject({
      sessions: { total: 3, failureRate: 2 / 3, tokenUsage: { cost: 3, unknownCost: 1 } },
    });
    expect(at(130)).toMatchObject({ sessions: { active: 1 } });
    expect(at(64).last24h).toMatchObject({ sessions: { total: 4, tokenUsage: { unknownCost: 2 } } });
  });

  test('change when something begins or ends, and with the hour', () => {
    expect(momentsOfChange(facts, shifted(NINE, 1), shifted(NINE, HOUR))).toEqual([
      shifted(NINE, 4 * MINUTE),
      shifted(NINE, 10 * MINUTE),
      shifted(NINE, 30 * MINUTE),
      shifted(NINE, HOUR),
    ]);
  });
});
