import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { factsAfter, noFacts, runCompleted } from '../../test/kit/happenings.ts';
import { BUDGET_RULES } from '../budgets/registry.ts';
import { RULES } from './registry.ts';

const NOW = '2026-11-21T12:30:00.000Z';
const ALL = [...BUDGET_RULES, ...RULES].map((rule) => [rule.name, rule] as const);

describe('every rule', () => {
  test('there are rules to ask, each under its own name', () => {
    expect(RULES.map(({ name }) => name)).toEqual([
      'failure-spike',
      'runaway',
      'violation',
      'unknown-model',
      'cost-drift',
      'blind',
      'late',
      'drill',
      'anomaly',
      'failures-in-a-row',
      'retry-storm',
      'loop',
      'tool-loop',
      'model-shift',
      'token-growth',
      'session-shift',
      'cache-collapse',
      'duplicates',
      'no-effect',
      'unhealthy',
      'regression',
      'review-backlog',
      'worse',
    ]);
  });

  test.each(ALL)('%s finds nothing wrong where nothing is known', (_name, rule) => {
    const findings = rule.judge(noFacts(NOW), rule.options.parse({}), NOW);
    expect(findings.filter(({ outcome }) => outcome === 'violated')).toEqual([]);
  });

  test.each(ALL)('%s says why, in a sentence, and under its own name', (name, rule) => {
    const facts = factsAfter([runCompleted({ id: 1, at: NOW })], { now: NOW });
    const findings = rule.judge(facts, rule.options.parse({}), NOW);
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) {
      expect(finding.rule).toBe(name);
      expect(finding.reason).toMatch(/^\S.*\.$/);
    }
  });

  test.each(ALL)('%s answers nothing when it is switched off', (_name, rule) => {
    const facts = factsAfter([runCompleted({ id: 1, at: NOW })], { now: NOW });
    expect(rule.judge(facts, rule.options.parse({ enabled: false }), NOW)).toEqual([]);
  });

  test.each(ALL)('%s tells people what it asks and what they can do', (_name, rule) => {
    expect(rule.title).toMatch(/^[A-Z][^.]+$/);
    expect(rule.question).toMatch(/^[A-Z].*\?$/);
    expect(rule.remedy.length).toBeGreaterThan(1);
    for (const step of rule.remedy) expect(step).toMatch(/^[A-Z].*\.$/);
  });

  test.each(ALL)('%s has options with words and defaults, and refuses others', (_name, rule) => {
    expect(rule.options.safeParse({ no_such_option: 1 }).success).toBe(false);
    const { properties } = z.toJSONSchema(rule.options, { io: 'input' });
    for (const [key, schema] of Object.entries(properties ?? {})) {
      expect(key).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(schema).toMatchObject({ description: expect.stringMatching(/\.$/), default: expect.anything() });
    }
  });

  test.each([
    ['no duration', 'soon'],
    ['a number without a unit', '30'],
    ['a window that is longer than what is kept', '15d'],
    ['nothing', ''],
  ])('a duration that is %s is refused', (_name, look_back) => {
    const rule = RULES.find(({ name }) => name === 'failure-spike');
    expect(rule?.options.safeParse({ look_back }).success).toBe(false);
    expect(rule?.options.safeParse({ look_back: '14d' }).success).toBe(true);
  });
});
