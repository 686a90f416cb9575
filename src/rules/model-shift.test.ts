import { describe, expect, test } from 'vitest';
import { factsAfter, noFacts, sessionRecorded } from '../../test/kit/happenings.ts';
import type { ModelUse } from '../core/model-use.ts';
import { DAY, HOUR, type Instant, after as shifted } from '../core/time.ts';
import { type ModelShiftOptions, modelShift } from './model-shift.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';
const DEFAULTS = modelShift.options.parse({}) as unknown as ModelShiftOptions;

const use = (model: string, daysAgo: number, priced: number, usd: number): ModelUse => ({
  agent: 'fixer',
  model,
  first: shifted(NOW, -daysAgo * DAY),
  last: NOW,
  sessions: priced + 1,
  priced,
  usd: priced * usd,
});

function judge(models: readonly ModelUse[], options: Partial<ModelShiftOptions> = {}) {
  const facts = { ...factsAfter([], { now: NOW, agents: ['fixer'] }), models };
  return modelShift.judge(facts, { ...DEFAULTS, ...options }, NOW)[0];
}

const OLD = use('small-4', 40, 30, 0.4);

describe('a dearer model', () => {
  test('that appeared yesterday and costs five times as much is told, with both means', () => {
    const found = judge([OLD, use('large-4', 1, 3, 2)]);
    expect(found).toMatchObject({ outcome: 'violated', severity: 'warning', value: 2 });
    expect(found?.limit).toBeCloseTo(0.6, 10);
    expect(found?.reason).toContain('large-4');
  });

  test('that costs a third more is fine, as is one that costs less', () => {
    expect(judge([OLD, use('other-4', 1, 3, 0.53)])?.outcome).toBe('ok');
    expect(judge([OLD, use('tiny-4', 1, 3, 0.1)])?.outcome).toBe('ok');
  });

  test('whose tokens cost 1.7 times as much is told, though its first sessions were small ones', () => {
    const events = Array.from({ length: 22 }, (_, i) => {
      const usd = i < 20 ? 0.4 : 0.4 * 1.7 * 0.5;
      const at = shifted(NOW, (i - 22) * 5 * HOUR);
      return sessionRecorded({ run: i + 1, at, usd, tokens: { total: i < 20 ? 400_000 : 200_000 } });
    });
    const use = { ...OLD, model: 'large-4', first: shifted(NOW, -10 * HOUR), priced: 2, usd: 0.68 };
    const facts = { ...factsAfter(events, { now: NOW, agents: ['fixer'] }), models: [OLD, use] };
    const [found] = modelShift.judge(facts, DEFAULTS, NOW);
    expect(found?.outcome).toBe('violated');
    expect(found?.value).toBeCloseTo(0.68, 10);
  });

  describe('with one session so far', () => {
    // Twenty sessions at one dollar for a million tokens, the last one half an hour before the new model.
    const judged = (usd: number, other = 0.4) => {
      const events = Array.from({ length: 21 }, (_, i) => {
        const at = shifted(NOW, (i - 21) * 5 * HOUR + (i === 20 ? 4.5 * HOUR : 0));
        const own = i === 3 ? other : 0.4;
        return sessionRecorded({
          run: i + 1,
          at,
          usd: i < 20 ? own : usd,
          tokens: { total: i < 20 ? 400_000 : 200_000 },
        });
      });
      const fresh = { ...OLD, model: 'large-4', first: shifted(NOW, -0.5 * HOUR), priced: 1, usd };
      const facts = { ...factsAfter(events, { now: NOW, agents: ['fixer'] }), models: [OLD, fresh] };
      return modelShift.judge(facts, DEFAULTS, NOW)[0];
    };

    test('is told by the price of its tokens, at what a usual session would cost', () => {
      // 0.34 dollars for 200,000 tokens are 1.7 times as much for each.
      const found = judged(0.34);
      expect(found?.outcome).toBe('violated');
      expect(found?.value).toBeCloseTo(0.68, 10);
    });

    test('is not told where tokens were nearly as dear before: a cold cache does that', () => {
      expect(judged(0.34, 0.6)?.outcome).toBe('unknown');
    });

    test('is fine where its tokens cost a third more', () => {
      expect(judged(0.26)?.outcome).toBe('ok');
    });
  });

  test('a few cents more are nothing, however many times that is', () => {
    expect(judge([use('small-4', 40, 30, 0.01), use('large-4', 1, 3, 0.1)])?.outcome).toBe('ok');
  });

  test('that was there four days ago is not new any more', () => {
    expect(judge([OLD, use('large-4', 4, 3, 2)])?.reason).toBe('fixer uses no new model.');
  });

  test.each<[string, readonly ModelUse[]]>([
    ['one priced session of the new one', [OLD, use('large-4', 1, 1, 2)]],
    ['no known cost of the new one', [OLD, use('large-4', 1, 0, 0)]],
    ['four priced sessions before', [use('small-4', 40, 4, 0.4), use('large-4', 1, 3, 2)]],
  ])('%s: unknown', (_name, models) => {
    expect(judge(models)?.outcome).toBe('unknown');
  });

  test('an agent that only ever used one model, and one that used none, are fine', () => {
    expect(judge([use('large-4', 1, 9, 2)])?.outcome).toBe('ok');
    expect(judge([])?.outcome).toBe('ok');
    expect(modelShift.judge(noFacts(NOW), DEFAULTS, NOW)).toEqual([]);
  });
});
