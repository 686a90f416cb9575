import { expect, test } from 'vitest';
import { type Finding, NO_EVIDENCE } from '../../core/finding.ts';
import { agentSubject, repositorySubject } from '../../core/subject.ts';
import { toldByOthers } from './told-by-others.ts';

const RULES = { anomalies: 'anomaly', burnRates: 'burn-rate', budgets: 'budget' };

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
/** What tells of the first finding; null where it is told by itself. */
const explained = (...findings: readonly Finding[]): string | null => {
  const [first] = toldByOthers(findings, RULES);
  if (first?.outcome === 'violated') return null;
  expect(first).toMatchObject({ outcome: 'ok', holds: true });
  return /The alert (\S+) tells of it\.$/.exec(first?.reason ?? '')?.[1] ?? 'nobody';
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

test('a fall and a failure are other stories, and what tells it already goes on telling it', () => {
  expect(explained(violated({ value: 1 }), budget)).toBeNull();
  expect(explained(violated({ labels: { metric: 'failures' } }), budget)).toBeNull();
  const sessions = violated({ labels: { metric: 'sessions' } });
  const bySessions = violated({ explainedBy: 'anomaly/agent:fixer/metric=sessions' });
  expect(explained(bySessions, budget, sessions)).toBe('anomaly/agent:fixer/metric=sessions');
  expect(explained(bySessions, budget)).toBe('budget/agent:fixer/budget=fixer-day');
  expect(explained(bySessions)).toBeNull();
});

test('a budget that is spent tells of the rate at which it burns, one that is not does not', () => {
  const burn = violated({ rule: 'burn-rate', labels: { budget: 'fixer-month' }, value: 20, limit: 14 });
  expect(explained(burn, budget)).toBe('budget/agent:fixer/budget=fixer-day');
  expect(explained(burn)).toBeNull();
});

test('findings of other rules are left alone', () => {
  const storm = violated({ rule: 'retry-storm', explainedBy: 'budget/agent:fixer/budget=fixer-day' });
  expect(toldByOthers([storm, budget], RULES)).toEqual([storm, budget]);
});
