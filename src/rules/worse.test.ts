import { describe, expect, test } from 'vitest';
import { noFacts } from '../../test/kit/happenings.ts';
import type { Comparison, ImprovementCase, Verdict } from '../core/improvement.ts';
import { worse } from './worse.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const HARM: Comparison = {
  ...{ metric: 'sessions.tokenUsage.cost', role: 'target', method: 'ranks', good: 'down', scale: 'share' },
  before: { days: 14, values: 80, middle: 1 },
  after: { days: 14, values: 78, middle: 1.5 },
  ...{ change: 0.48, low: 0.21, high: 0.83, p: 0.001, verdict: 'worse' },
};

function change(verdict: Verdict, more: Partial<ImprovementCase> = {}): ImprovementCase {
  return {
    ...{ pull: 12, hypothesis: null, saidBy: null, problem: null, validated: null, held: null, rollback: null },
    ...{ refusedRollback: null, mark: null, keptBy: null, stage: verdict },
    deployed: { at: '2026-11-01T12:00:00.000Z', commit: 'c'.repeat(40) },
    judgements: [
      {
        ...{ at: '2026-11-15T12:00:00.000Z', look: 2, of: 2, alpha: 0.04, verdict, overlaps: [14] },
        before: { from: '2026-10-18T00:00:00.000Z', to: '2026-11-01T12:00:00.000Z' },
        after: { from: '2026-11-01T12:00:00.000Z', to: '2026-11-15T12:00:00.000Z' },
        comparisons: [{ ...HARM, verdict }],
        ...{ usual: null, savedUsdPerDay: null },
      },
    ],
    ...more,
  };
}

function findings(one: ImprovementCase) {
  const facts = { ...noFacts(NOW), changes: { cases: [one], seen: true } };
  return worse.judge(facts, { enabled: true }, NOW);
}

const OPENED: NonNullable<ImprovementCase['rollback']> = {
  ...{ pull: 12, revert: 15, url: null, by: { kind: 'verdict' }, way: 'github', commit: 'c'.repeat(40) },
  ...{ askedAt: NOW, mergedAt: null, ended: null },
};

describe('a change that made something worse', () => {
  test('is told with its interval, the changes of the same time, and the id of the proposal', () => {
    const [finding] = findings(change('worse'));
    expect(finding).toMatchObject({ outcome: 'violated', severity: 'warning', labels: { pull: '12' }, value: 0.48 });
    expect(finding?.reason).toContain(
      'cost of a session has changed by +48 % (+21 % to +83 %) over the sessions of all agents.',
    );
    expect(finding?.reason).toContain('Other changes around that time: 14.');
    expect(finding?.reason).toContain('rollback:12@2');
  });

  test.each<[string, Partial<ImprovementCase>, string, boolean]>([
    ['a draft waits', { rollback: OPENED }, 'violated', false],
    ['its rollback was merged', { stage: 'rolled_back', rollback: { ...OPENED, mergedAt: NOW } }, 'ok', true],
    [
      'it has recovered',
      {
        stage: 'rolled_back',
        rollback: { ...OPENED, mergedAt: NOW, ended: { at: NOW, outcome: 'recovered', took: 1 } },
      },
      'ok',
      false,
    ],
    ['a lead decided that it stays', { keptBy: 'lea' }, 'ok', false],
  ])('when %s', (_what, more, outcome, holds) => {
    const [finding] = findings(change('worse', more));
    expect(finding?.outcome).toBe(outcome);
    expect(finding?.outcome === 'ok' && finding.holds === true).toBe(holds);
  });

  test.each<[Verdict, string]>([
    ['better', 'ok'],
    ['neutral', 'ok'],
    ['insufficient data', 'unknown'],
  ])('with the verdict %s nothing is opened', (verdict, outcome) => {
    expect(findings(change(verdict)).map((one) => one.outcome)).toEqual([outcome]);
  });
});
