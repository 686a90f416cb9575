import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Finding, findingKey, NO_EVIDENCE } from '../core/finding.ts';
import { agentSubject, repositorySubject } from '../core/subject.ts';
import { stageOf, termsOf } from './allowance.ts';
import type { Budget } from './budget.ts';
import { spanOf } from './calendar.ts';
import { type Answer, explainEachOther } from './one-story.ts';
import { NOTHING_SPENT } from './spend-page.ts';

type Wish = Pick<Budget, 'agent'> & {
  readonly period: 'day' | 'month';
  readonly usd: number;
  readonly known: number;
};

function answerOf({ known, ...rest }: Wish, place: number): Answer {
  const budget: Budget = { name: `b${place}`, warn_at: [0.5, 0.8], ...rest };
  const base = {
    rule: 'budget',
    subject: rest.agent === undefined ? repositorySubject('octo/repo') : agentSubject(rest.agent),
    labels: { budget: budget.name, period: rest.period },
    value: known,
    limit: rest.usd,
    unit: 'usd' as const,
    reason: 'It is so.',
  };
  const stage = stageOf({ ...budget, limit: rest.usd }, known);
  const finding: Finding =
    stage === null
      ? { ...base, outcome: 'ok' }
      : { ...base, outcome: 'violated', severity: stage.severity, evidence: NO_EVIDENCE, explainedBy: null };
  const terms = termsOf(budget);
  const spend = { ...NOTHING_SPENT, known, total: known, sessions: 1 };
  const span = spanOf(terms, '2026-11-21T12:00:00.000Z');
  return { standing: { terms, span, name: rest.agent ?? '', spend, others: 0 }, finding };
}

/** Budgets of up to three agents and of the repository; amounts from few values, so that ties are common. */
const wishes = fc.array(
  fc.record({
    period: fc.constantFrom('day' as const, 'month' as const),
    usd: fc.constantFrom(10, 20, 50),
    agent: fc.constantFrom('a', 'b', 'c', undefined),
    known: fc.constantFrom(0, 5, 8, 10, 20, 45, 60),
  }),
  { maxLength: 8 },
);

describe('budgets that tell one story', () => {
  test('never explain each other in a circle: whoever follows the explanations ends at one that speaks for itself', () => {
    fc.assert(
      fc.property(wishes, (all) => {
        const findings = explainEachOther(all.map(answerOf));
        const byKey = new Map(findings.map((finding) => [findingKey(finding), finding]));
        for (const finding of findings) {
          const passed = new Set<string>();
          let at: Finding | undefined = finding;
          while (at?.outcome === 'violated' && at.explainedBy !== null) {
            expect(passed.has(findingKey(at))).toBe(false);
            passed.add(findingKey(at));
            at = byKey.get(at.explainedBy);
            expect(at?.outcome).toBe('violated');
            expect(at?.labels['period']).toBe(finding.labels['period']);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('nobody falls silent: where something is violated, something speaks, and as severely', () => {
    const rank = { info: 0, warning: 1, critical: 2 };
    const worst = (findings: readonly Finding[]) =>
      Math.max(-1, ...findings.map((finding) => (finding.outcome === 'violated' ? rank[finding.severity] : -1)));
    fc.assert(
      fc.property(wishes, (all) => {
        const findings = explainEachOther(all.map(answerOf));
        const speaking = findings.filter((finding) => finding.outcome !== 'violated' || finding.explainedBy === null);
        expect(worst(speaking)).toBe(worst(findings));
      }),
    );
  });

  test('what is not violated is left as it is', () => {
    const [calm, loud] = [
      answerOf({ period: 'day', usd: 50, known: 1 }, 0),
      answerOf({ period: 'day', usd: 10, agent: 'a', known: 10 }, 1),
    ];
    expect(explainEachOther([calm, loud])).toEqual([calm.finding, loud.finding]);
  });
});
