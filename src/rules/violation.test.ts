import { describe, expect, test } from 'vitest';
import { factsAfter, OUTAGE, runCompleted, sourceStatus, violationFound } from '../../test/kit/happenings.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { SourceStatus } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { DAY, HOUR, after as later } from '../core/time.ts';
import { type ViolationOptions, violation } from './violation.ts';

const NOW = '2026-11-21T12:30:00.000Z';
const DEFAULTS = violation.options.parse({}) as unknown as ViolationOptions;
const ago = (hours: number): string => later(NOW, -hours * HOUR);

function judge(events: readonly LedgerEvent[], sources?: readonly SourceStatus[]): readonly Finding[] {
  return violation.judge(
    factsAfter(events, { now: NOW, ...(sources === undefined ? {} : { sources }) }),
    DEFAULTS,
    NOW,
  );
}

const BLIND = [sourceStatus('artifacts', ago(9), { since: ago(8), failure: OUTAGE })];

describe('the violation rule', () => {
  test('tells each agent and kind apart, as bad as the worst', () => {
    const findings = judge([
      violationFound({ run: 1, at: ago(5) }),
      violationFound({
        run: 2,
        at: ago(4),
        severity: 'warning',
        signs: [{ what: 'shell_tool', name: 'Bash', amount: 2, limit: null }],
      }),
      violationFound({
        run: 3,
        at: ago(3),
        kind: 'resource',
        severity: 'warning',
        signs: [{ what: 'usd', name: null, amount: 7, limit: 5 }],
      }),
      violationFound({
        run: 4,
        at: ago(2),
        agent: 'other',
        kind: 'timeout',
        severity: 'warning',
        signs: [{ what: 'timed_out', name: null, amount: 1, limit: null }],
      }),
    ]);
    expect(findings.map(({ subject, labels, outcome }) => [subject.name, labels['kind'], outcome])).toEqual([
      ['fixer', 'readOnly', 'violated'],
      ['fixer', 'resource', 'violated'],
      ['other', 'timeout', 'violated'],
    ]);
    expect(findings.map((finding) => finding.outcome === 'violated' && finding.severity)).toEqual([
      'critical',
      'warning',
      'warning',
    ]);
    expect(findings[0]?.reason).toBe(
      'fixer went beyond being read-only in 2 sessions since 2026-11-21: Edit used 3 times; the shell Bash used 2 times.',
    );
    expect(findings[1]?.reason).toContain('$7.00 used, at most $5.00');
  });

  test('adds up calls of several sessions, takes the highest of amounts, and names the runs', () => {
    const [calls, amounts] = judge([
      runCompleted({ id: 1, at: ago(5) }),
      violationFound({ run: 1, at: ago(5) }),
      violationFound({ run: 2, at: ago(4) }),
      violationFound({
        run: 3,
        at: ago(3),
        kind: 'resource',
        signs: [{ what: 'tokens', name: null, amount: 700, limit: 500 }],
      }),
      violationFound({
        run: 4,
        at: ago(2),
        kind: 'resource',
        signs: [{ what: 'tokens', name: null, amount: 900, limit: 500 }],
      }),
    ]);
    expect(calls?.reason).toContain('Edit used 6 times');
    const evidence = calls?.outcome === 'violated' ? calls.evidence : null;
    expect(evidence?.runs).toMatchObject([{ run: 1, note: 'Edit used 3 times' }]);
    expect(evidence?.facts).toContainEqual({ label: 'Calls that change something: Edit', value: 6, unit: 'count' });
    expect(amounts?.reason).toContain('900 tokens used, at most 500 tokens');
  });

  test('is over when the window holds none, unless something cannot be read', () => {
    const old = [violationFound({ run: 1, at: ago(30) })];
    expect(judge(old)).toMatchObject([{ outcome: 'ok', labels: { kind: 'readOnly' } }]);
    expect(judge(old, BLIND)).toMatchObject([{ outcome: 'unknown' }]);
    expect(judge([violationFound({ run: 1, at: ago(3) })], BLIND)).toMatchObject([{ outcome: 'violated' }]);
  });

  test('what is too old to be remembered is no answer of its own', () => {
    const events = [
      violationFound({ run: 1, at: later(NOW, -20 * DAY) }),
      violationFound({ run: 2, agent: 'b', at: ago(1) }),
    ];
    expect(judge(events).map(({ subject }) => subject.name)).toEqual(['b']);
  });

  test('says that there are none, or that this is not known', () => {
    expect(judge([])).toMatchObject([{ outcome: 'ok', subject: { kind: 'repository' } }]);
    expect(judge([], BLIND)).toMatchObject([{ outcome: 'unknown' }]);
  });

  test('a future violation is not told yet', () => {
    expect(judge([violationFound({ run: 1, at: later(NOW, HOUR) })])).toMatchObject([{ outcome: 'ok' }]);
  });
});
