import { describe, expect, test } from 'vitest';
import type { Finding } from '../core/finding.ts';
import { fingerprint, oneAnswerEach } from './identity.ts';

const FINDING: Finding = {
  rule: 'budget',
  subject: { kind: 'repository', name: 'octo/repo' },
  labels: { budget: 'repo-day', period: 'day' },
  value: 1,
  limit: 50,
  unit: 'usd',
  outcome: 'ok',
  reason: 'All is well.',
};

describe('fingerprints', () => {
  test('are 16 hex digits and stay the same in all versions', () => {
    // sha256 of ["octo/repo","budget","repository:octo/repo",{"budget":"repo-day","period":"day"}], first 16 digits (sha256sum).
    expect(fingerprint('octo/repo', FINDING)).toBe('f89337a4aff941ff');
  });

  test('do not depend on the order of the labels, the numbers, the wording or the severity', () => {
    const same: Finding = {
      ...FINDING,
      labels: { period: 'day', budget: 'repo-day' },
      value: 70,
      limit: 60,
      reason: 'Other words.',
    };
    expect(fingerprint('octo/repo', same)).toBe(fingerprint('octo/repo', FINDING));
  });

  test.each<[string, string, Partial<Finding>]>([
    ['repository', 'octo/other', {}],
    ['rule', 'octo/repo', { rule: 'late' }],
    ['kind of subject', 'octo/repo', { subject: { kind: 'agent', name: 'octo/repo' } }],
    ['subject', 'octo/repo', { subject: { kind: 'repository', name: 'x' } }],
    ['label', 'octo/repo', { labels: { budget: 'repo-day', period: 'month' } }],
    ['set of labels', 'octo/repo', { labels: { budget: 'repo-day' } }],
  ])('tell another %s apart', (_name, repo, change) => {
    expect(fingerprint(repo, { ...FINDING, ...change } as Finding)).not.toBe(fingerprint('octo/repo', FINDING));
  });
});

describe('one answer each', () => {
  test('different questions keep their answers', () => {
    const other: Finding = { ...FINDING, labels: { budget: 'x', period: 'day' } };
    expect(oneAnswerEach([FINDING, other])).toEqual([FINDING, other]);
  });

  test('two answers to one question become one unknown that names the faulty rule', () => {
    const other: Finding = { ...FINDING, reason: 'All is lost.' };
    expect(oneAnswerEach([FINDING, other, other])).toMatchObject([
      {
        outcome: 'unknown',
        rule: 'budget',
        labels: FINDING.labels,
        reason: expect.stringContaining('fault in the rule'),
      },
    ]);
  });
});
