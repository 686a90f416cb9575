import { describe, expect, test } from 'vitest';
import { factsAfter, worked } from '../../../test/kit/happenings.ts';
import type { AlertChange } from '../../core/alert.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { RemedyRecord } from '../../core/notice-record.ts';
import { agentSubject } from '../../core/subject.ts';
import { DAY, HOUR, type Instant, after as later, MINUTE } from '../../core/time.ts';
import { shadowSentence } from '../../surfaces/shadow-words.ts';
import { shadowReport } from './report.ts';

const HELD: Instant = '2026-11-20T12:00:00.000Z';
const NOW = later(HELD, 2 * DAY);
const BASE = { v: 1, repo: 'octo/repo', subject: agentSubject('fixer') } as const;

function wouldHave(at: Instant = HELD, fingerprint = 'f1', rule = 'loop'): LedgerEvent {
  const data = { rule, fingerprint, agents: ['fixer'], episode: 1, do: 'pause-agent' } as const;
  return { ...BASE, id: `would-have:${fingerprint}:1`, kind: 'halt.would_have', at, seen: at, data };
}

function wouldDeny(until: Instant): LedgerEvent {
  const base = { fingerprint: 'f2', episode: 1, name: 'budget', do: 'deny', verdict: 'would_have' } as const;
  const remedy: RemedyRecord = { ...base, agents: ['fixer'], until };
  return { ...BASE, id: 'remedy:f2', kind: 'remedy.decided', at: HELD, seen: HELD, data: { remedy } };
}

function alert(kind: 'activated' | 'resolved', at: Instant): LedgerEvent {
  const change = {
    kind,
    fingerprint: 'f1',
    episode: 1,
    name: 'loop',
    subject: agentSubject('fixer'),
  } as unknown as AlertChange;
  return { ...BASE, id: `alert:${kind}`, kind: 'alert.changed', at, seen: at, data: { change } };
}

function merged(number: number, createdAt: Instant, mergedAt: Instant | null): LedgerEvent {
  const seenAt = mergedAt ?? createdAt;
  const item = {
    ...{
      number,
      kind: 'pull' as const,
      author: null,
      app: 'claude',
      createdAt,
      updatedAt: seenAt,
      closedAt: mergedAt,
      mergedAt,
    },
    ...{ titleHash: 'x', agent: 'fixer' },
  } as const;
  return { ...BASE, id: `item:${number}`, kind: 'item.seen', at: seenAt, seen: seenAt, data: { item } };
}

function session(
  id: number,
  hours: number,
  more: { usd?: number | null; outcome?: 'completed' | 'failed'; agent?: string } = {},
) {
  return worked({ id, at: later(HELD, hours * HOUR), usd: 2, ...more });
}

function report(events: readonly LedgerEvent[], now: Instant = NOW) {
  return shadowReport(factsAfter(events, { now }), later(now, -30 * DAY), now);
}

describe('what enforce mode would have done', () => {
  test('saves what the agent spent from then on, and cuts what it completed and what was merged', () => {
    const events = [
      ...session(1, -1),
      wouldHave(),
      ...session(2, 1),
      ...session(3, 2, { outcome: 'failed' }),
      ...session(4, 3, { usd: null }),
      ...session(5, 4, { agent: 'writer' }),
      ...session(6, 25),
      merged(7, later(HELD, HOUR), later(HELD, 30 * HOUR)),
      merged(8, later(HELD, HOUR), null),
      merged(9, later(HELD, -HOUR), later(HELD, HOUR)),
    ];
    const found = report(events);
    const spared = { usd: 4, unpriced: 1, sessions: 3, completed: 2, merged: 1 };
    expect(found.outcomes).toEqual([
      {
        ...{ at: HELD, do: 'pause-agent', rule: 'loop', fingerprint: 'f1', episode: 1, agents: ['fixer'], until: null },
        ...{ ...spared, to: later(HELD, DAY), isOver: true, verdict: null },
      },
    ]);
    expect(found.all).toEqual({ ...spared, times: 1, falseAlarms: 0 });
    expect(shadowSentence(found)).toBe(
      'Enforce mode would have acted once, with ≥ $4.00 less spent in 3 sessions: 2 of them had ended well, and 1 of their pull requests was merged.',
    );
  });

  test('ends with its alert, or when a denial would have ended', () => {
    const ended = [alert('activated', later(HELD, -MINUTE)), wouldHave(), alert('resolved', later(HELD, 90 * MINUTE))];
    expect(report([...ended, ...session(1, 1), ...session(2, 2)]).all).toMatchObject({ sessions: 1, usd: 2 });
    const denial = [wouldDeny(later(HELD, 2 * HOUR)), ...session(1, 1), ...session(2, 2)];
    expect(report(denial).outcomes).toMatchObject([{ do: 'deny', rule: 'budget', sessions: 1, isOver: true }]);
  });

  test('goes on while its time is not over', () => {
    const soon = later(HELD, 2 * HOUR);
    expect(report([wouldHave(), ...session(1, 1)], soon).outcomes).toMatchObject([
      { to: soon, isOver: false, sessions: 1 },
    ]);
  });

  test('counts work once that two of them would have cut', () => {
    const events = [wouldHave(), wouldDeny(later(HELD, 4 * HOUR)), ...session(1, 1)];
    const found = report(events);
    expect(found.rules).toMatchObject([
      { rule: 'budget', times: 1, usd: 2 },
      { rule: 'loop', times: 1, usd: 2 },
    ]);
    expect(found.all).toMatchObject({ times: 2, usd: 2, sessions: 1 });
  });

  test('is nothing where nothing was held back, and forgets what is older than it is asked for', () => {
    expect(report([...session(1, 1)])).toMatchObject({ outcomes: [], rules: [], all: { times: 0, usd: 0 } });
    expect(shadowSentence(report([]))).toBe('Enforce mode would have done nothing.');
    expect(report([wouldHave(later(HELD, -40 * DAY))]).outcomes).toEqual([]);
    expect(shadowSentence(report([wouldHave()]))).toBe('Enforce mode would have acted once, with no work to cut.');
  });
});
