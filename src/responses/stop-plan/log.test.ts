import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerEvent } from '../../core/event.ts';
import type { Initiator } from '../../core/halt.ts';
import { repositorySubject } from '../../core/subject.ts';
import { DAY, type Instant, after as later } from '../../core/time.ts';
import { stopPlanFold } from './log.ts';

const START: Instant = '2026-01-01T00:00:00.000Z';
const base = { v: 1, repo: 'octo/fleet', subject: repositorySubject('octo/fleet') } as const;

function declared(generation: number, at: Instant, by: Initiator): LedgerEvent {
  const halt = { generation, scope: { kind: 'all' }, by, reason: 'r', at } as const;
  const id = `halt:${generation}:${at}`;
  return { ...base, id, kind: 'halt.declared', at, seen: at, data: { halt, workflows: [] } };
}

function wouldHave(fingerprint: string, at: Instant): LedgerEvent {
  const data = { rule: 'runaway', fingerprint, agents: ['fixer'] };
  return { ...base, id: `would-have:${fingerprint}:${at}`, kind: 'halt.would_have', at, seen: at, data };
}

const byRule = (fingerprint: string): Initiator => ({ kind: 'rule', rule: 'runaway', fingerprint });

describe('what rules have stopped', () => {
  test('a stop counts once, however often it is declared, and only when a rule asked for it', () => {
    const events = [
      declared(1, START, { kind: 'operator', login: 'octocat' }),
      declared(2, later(START, DAY), byRule('a')),
      declared(2, later(START, DAY), byRule('a')),
    ];
    expect(stopPlanFold.apply(stopPlanFold.initial, events).stops).toEqual([
      { generation: 2, fingerprint: 'a', rule: 'runaway', at: later(START, DAY) },
    ]);
  });

  test('what is older than 90 days is let go', () => {
    const events = [declared(1, START, byRule('a')), declared(2, later(START, 91 * DAY), byRule('b'))];
    expect(stopPlanFold.apply(stopPlanFold.initial, events).stops.map(({ generation }) => generation)).toEqual([2]);
    const shadows = [wouldHave('a', START), wouldHave('b', later(START, 91 * DAY))];
    expect(Object.keys(stopPlanFold.apply(stopPlanFold.initial, shadows).wouldHave)).toEqual(['b']);
  });

  test('does not depend on how events are cut into batches, and changes nothing that it is given', () => {
    const event = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 200 }), fc.constantFrom('a', 'b'), fc.boolean())
      .map(([generation, days, fingerprint, isStop]) =>
        isStop
          ? declared(generation, later(START, days * DAY), byRule(fingerprint))
          : wouldHave(fingerprint, later(START, days * DAY)),
      );
    fc.assert(
      fc.property(fc.array(event), fc.array(event), (first, second) => {
        const half = stopPlanFold.apply(stopPlanFold.initial, first);
        const before = JSON.stringify(half);
        expect(stopPlanFold.apply(half, second)).toEqual(
          stopPlanFold.apply(stopPlanFold.initial, [...first, ...second]),
        );
        expect(JSON.stringify(half)).toBe(before);
      }),
    );
  });
});
