import { describe, expect, test } from 'vitest';
import { REPO } from '../../test/kit/happenings.ts';
import type { FalsePositive } from '../core/alert.ts';
import type { EventOf, LedgerEvent } from '../core/event.ts';
import { type Finding, NO_EVIDENCE } from '../core/finding.ts';
import { agentSubject, repositorySubject } from '../core/subject.ts';
import { DAY, type Instant, after as shifted } from '../core/time.ts';
import { fingerprint } from './identity.ts';
import { heedMarks, type MarksState, marksFold, marksOver } from './marks.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';
const TERMS = { lasts: 30 * DAY, step: 1.5, most_steps: 3 };

const violated = (more: Partial<Extract<Finding, { outcome: 'violated' }>> = {}): Finding => ({
  rule: 'anomaly',
  subject: agentSubject('fixer'),
  labels: { metric: 'spend' },
  value: 40,
  limit: 20,
  unit: 'usd',
  reason: 'fixer spent $40.',
  outcome: 'violated',
  severity: 'warning',
  evidence: NO_EVIDENCE,
  explainedBy: null,
  ...more,
});

const markFor = (finding: Finding, steps = 1): FalsePositive => ({
  fingerprint: fingerprint(REPO, finding),
  name: finding.rule,
  subject: finding.subject,
  by: 'ada',
  at: NOW,
  until: shifted(NOW, 30 * DAY),
  steps,
  reason: 'a launch',
});

const base = { v: 1, id: 'x', at: NOW, seen: NOW, repo: REPO, subject: repositorySubject(REPO) } as const;
const marked = (mark: FalsePositive): LedgerEvent => ({ ...base, kind: 'alert.marked', data: { mark } });
const unmarked = (data: EventOf<'alert.unmarked'>['data']): LedgerEvent => ({ ...base, kind: 'alert.unmarked', data });
const state = (...events: readonly LedgerEvent[]): MarksState => marksFold.apply(marksFold.initial, events);

function heeded(finding: Finding, steps = 1, now: Instant = shifted(NOW, DAY)): Finding | undefined {
  return heedMarks([finding], state(marked(markFor(finding, steps))), { repo: REPO, now, terms: TERMS })[0];
}

describe('a finding that a person marked as a false positive', () => {
  test('is fine while it lies less than half as much again beyond its line, and says whose word that is', () => {
    expect(heeded(violated({ value: 29 }))).toMatchObject({
      outcome: 'ok',
      reason:
        'fixer spent $40. ada marked this as a false positive: until 2026-12-21 12:30 UTC 1.5 times as much is asked for.',
    });
  });

  test('counts from there on, twice the line with the reason beside it', () => {
    expect(heeded(violated())).toMatchObject({ outcome: 'violated', severity: 'warning' });
    expect(heeded(violated())?.reason).toContain('1.5 times as much');
  });

  test('asks for more with each mark, up to the third', () => {
    expect(heeded(violated(), 2)?.outcome).toBe('ok');
    expect(heeded(violated({ value: 20 * 1.5 ** 3 }), 9)?.outcome).toBe('violated');
  });

  test('is heeded downwards too: a fall must be so many times deeper', () => {
    expect(heeded(violated({ value: 8, limit: 10 }))?.outcome).toBe('ok');
    expect(heeded(violated({ value: 2, limit: 10 }))?.outcome).toBe('violated');
    expect(heeded(violated({ value: 0, limit: 10 }))?.outcome).toBe('violated');
  });

  test('counts all the same where it is critical and counted: a spent budget, a violation', () => {
    const spent = { rule: 'budget', value: 101, limit: 100 } as const;
    expect(heeded(violated({ ...spent, severity: 'critical' }))?.outcome).toBe('violated');
    expect(heeded(violated({ ...spent, severity: 'warning' }))?.outcome).toBe('ok');
    expect(heeded(violated({ rule: 'violation', value: null, limit: null, severity: 'critical' }))?.outcome).toBe(
      'violated',
    );
    expect(heeded(violated({ rule: 'anomaly', value: 21, severity: 'critical' }))?.outcome).toBe('ok');
  });

  test.each<[string, number | null, number | null]>([
    ['no value', null, 20],
    ['no line', 40, null],
    ['a negative line', 40, -1],
    ['NaN', Number.NaN, 20],
  ])('%s: only what is critical counts', (_name, value, limit) => {
    expect(heeded(violated({ value, limit }))?.outcome).toBe('ok');
    expect(heeded(violated({ value, limit, severity: 'critical' }))?.outcome).toBe('violated');
  });

  test('is as before when the time is up, and for every other subject, rule and label', () => {
    const small = violated({ value: 21 });
    expect(heeded(small, 1, shifted(NOW, 30 * DAY))).toEqual(small);
    const others = [
      violated({ value: 21, labels: { metric: 'tokens' } }),
      violated({ value: 21, subject: agentSubject('docs') }),
    ];
    expect(heedMarks(others, state(marked(markFor(small))), { repo: REPO, now: NOW, terms: TERMS })).toEqual(others);
  });

  test('that is fine or unknown is left alone', () => {
    const {
      outcome: _outcome,
      severity: _severity,
      evidence: _evidence,
      explainedBy: _by,
      ...head
    } = violated() as Extract<Finding, { outcome: 'violated' }>;
    const calm: Finding = { ...head, outcome: 'ok' };
    expect(heedMarks([calm], state(marked(markFor(calm))), { repo: REPO, now: NOW, terms: TERMS })).toEqual([calm]);
  });
});

describe('the marks of a ledger', () => {
  const mark = markFor(violated());

  test('go when they are taken back, unless another one was set since', () => {
    const back = unmarked({ fingerprint: mark.fingerprint, setAt: NOW, because: 'by_a_person' });
    expect(state(marked(mark), back).marks).toEqual({});
    const later = { ...mark, at: shifted(NOW, 1), steps: 2 };
    expect(state(marked(mark), marked(later), back).marks).toEqual({ [mark.fingerprint]: later });
  });

  test('end with their time, once', () => {
    const over = marksOver(state(marked(mark)), shifted(NOW, 30 * DAY));
    expect(over).toEqual([{ fingerprint: mark.fingerprint, setAt: NOW, because: 'time_is_up' }]);
    expect(marksOver(state(marked(mark)), NOW)).toEqual([]);
    expect(marksOver(state(marked(mark), ...over.map(unmarked)), shifted(NOW, 31 * DAY))).toEqual([]);
  });
});
