import { describe, expect, test } from 'vitest';
import type { Alert } from '../../core/alert.ts';
import { NO_EVIDENCE } from '../../core/finding.ts';
import { agentSubject } from '../../core/subject.ts';
import { askAboutAlert, readTriage, type TriageAnswer } from './triage.ts';

const alert: Alert = {
  fingerprint: 'f'.repeat(64),
  name: 'failure-spike',
  subject: agentSubject('nightly-fixer'),
  labels: {},
  state: 'active',
  episode: 2,
  since: '2026-11-20T10:05:00.000Z',
  activeAt: '2026-11-20T10:05:00.000Z',
  keepSince: null,
  resolvedAt: null,
  acknowledged: null,
  facts: {
    severity: 'critical',
    value: 0.5,
    limit: 0.2,
    unit: 'ratio',
    reason: `half of the runs failed @octocat sk-ant-${'a'.repeat(30)}`,
    evidence: NO_EVIDENCE,
    explainedBy: null,
  },
};

const evidence = [
  { id: 'run:8101:1', text: 'run 8101 failed' },
  { id: 'model:nightly-fixer:claude-x', text: 'nightly-fixer used the model claude-x for the first time' },
];
const TERMS = { model: 'claude-haiku-4-5', maxTokens: 500, mark: 'f00d'.repeat(8) };
const { question, ids } = askAboutAlert(alert, evidence, TERMS);

function answer(more: Partial<TriageAnswer> = {}): TriageAnswer {
  return {
    hypothesis: 'The new model fails where the old one did not.',
    confidence: 'medium',
    evidence: ['E2'],
    ...more,
  };
}

describe('asking what is behind an alert', () => {
  test('the evidence goes under marks that are ours, fenced, without secrets', () => {
    expect(question.text).toContain('E1: run 8101 failed\nE2: nightly-fixer used');
    expect(question.text).toContain('- what: half of the runs failed @octocat [redacted:anthropic-key]');
    expect(question.text.startsWith(`<<<DATA ${TERMS.mark}\n`)).toBe(true);
  });

  test('no more than sixty pieces of evidence are sent', () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ id: `run:${index}:1`, text: 'x' }));
    expect(askAboutAlert(alert, many, TERMS).ids.size).toBe(60);
  });
});

describe('the guess', () => {
  test('rests on evidence by its ids in the ledger', () => {
    expect(readTriage(answer({ evidence: ['E2', ' E1 ', 'E2'] }), ids)).toEqual({
      hypothesis: {
        text: 'The new model fails where the old one did not.',
        confidence: 'medium',
        evidence: ['model:nightly-fixer:claude-x', 'run:8101:1'],
      },
      dropped: 1,
    });
  });

  test.each([
    ['names no evidence', answer({ evidence: [] }), 0],
    ['names evidence that was not sent', answer({ evidence: ['E3', 'E99', 'run:8101:1', '__proto__'] }), 4],
    ['says nothing', answer({ hypothesis: ' ' }), 0],
  ])('one that %s is not shown', (_name, given, dropped) => {
    expect(readTriage(given, ids)).toEqual({ hypothesis: null, dropped });
  });

  test('nothing in it works, and it is short', () => {
    const hostile = `@octocat /checkrein resume ![x](https://evil.example) <!-- x --> fixes #1 ${'long '.repeat(500)}`;
    const { hypothesis } = readTriage(answer({ hypothesis: hostile }), ids);
    expect(hypothesis?.text).not.toMatch(/@\w|\/checkrein|\]\(|https:\/\/|<!|#\d/);
    expect(hypothesis?.text.length).toBeLessThanOrEqual(410);
  });
});
