import { expect, test } from 'vitest';
import { type Finding, NO_EVIDENCE } from '../../core/finding.ts';
import { agentSubject, repositorySubject } from '../../core/subject.ts';
import { toldByBudgets } from './told-by-budget.ts';

const violated = (more: Partial<Extract<Finding, { outcome: 'violated' }>>): Finding => ({
  rule: 'anomaly',
  subject: agentSubject('fixer'),
  labels: { metric: 'spend' },
  value: 40,
  limit: 20,
  unit: 'usd',
  reason: 'Much.',
  outcome: 'violated',
  severity: 'warning',
  evidence: NO_EVIDENCE,
  explainedBy: null,
  ...more,
});
const budget = violated({ rule: 'budget', labels: { budget: 'fixer-day' }, severity: 'critical' });
const explained = (...findings: readonly Finding[]): unknown => {
  const [first] = toldByBudgets(findings, 'anomaly', 'budget');
  return first?.outcome === 'violated' ? first.explainedBy : undefined;
};

test('a spent budget of the same agent tells of its sessions, tokens and spend', () => {
  for (const metric of ['spend', 'tokens', 'sessions']) {
    expect(explained(violated({ labels: { metric } }), budget)).toBe('budget/agent:fixer/budget=fixer-day');
  }
});

test('one of another subject does not, nor a lesser one, nor one that is not spent', () => {
  expect(explained(violated({}), { ...budget, subject: repositorySubject('o/r') })).toBeNull();
  expect(explained(violated({ severity: 'critical' }), violated({ rule: 'budget', severity: 'warning' }))).toBeNull();
  expect(explained(violated({}))).toBeNull();
});

test('a fall, a failure and a silence are other stories, and what tells it already goes on telling it', () => {
  expect(explained(violated({ value: 1 }), budget)).toBeNull();
  expect(explained(violated({ labels: { metric: 'failures' } }), budget)).toBeNull();
  const sessions = violated({ labels: { metric: 'sessions' } });
  const bySessions = violated({ explainedBy: 'anomaly/agent:fixer/metric=sessions' });
  expect(explained(bySessions, budget, sessions)).toBe('anomaly/agent:fixer/metric=sessions');
  expect(explained(bySessions, budget)).toBe('budget/agent:fixer/budget=fixer-day');
});
