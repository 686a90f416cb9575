import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventOf } from '../../core/event.ts';
import { repositorySubject } from '../../core/subject.ts';
import { after, DAY, HOUR, type Instant, MINUTE } from '../../core/time.ts';
import { commandsFold, isAnswered, isBeingAnswered } from './fold.ts';

const NOON: Instant = '2026-11-20T12:00:00.000Z';
const base = { v: 1, seen: NOON, repo: 'octo/repo', subject: repositorySubject('octo/repo') } as const;

function later(duration: number): Instant {
  return after(NOON, duration);
}

function answered(comment: number, at: Instant = NOON): EventOf<'command.answered'> {
  const command = { comment, issue: 1, actor: null, verb: 'stop', outcome: 'refused', reason: 'No.' } as const;
  return { ...base, id: `command:${comment}`, kind: 'command.answered', at, data: { command } };
}

function taken(comment: number, by: string, at: Instant = NOON): EventOf<'command.taken'> {
  return { ...base, id: `taken:${comment}:${by}`, kind: 'command.taken', at, data: { claim: { comment, by, at } } };
}

describe('the comments that were acted on', () => {
  test('one that was answered stays so, also when it was refused', () => {
    const state = commandsFold.apply(commandsFold.initial, [answered(7)]);
    expect([isAnswered(state, 7), isAnswered(state, 8)]).toEqual([true, false]);
  });

  test('one that another run has taken is left to it until it must be dead; our own claim does not stop us', () => {
    const state = commandsFold.apply(commandsFold.initial, [taken(7, 'other')]);
    const terms = { now: later(19 * MINUTE), by: 'me', lasts: 20 * MINUTE };
    expect(isBeingAnswered(state, 7, terms)).toBe(true);
    expect(isBeingAnswered(state, 7, { ...terms, by: 'other' })).toBe(false);
    expect(isBeingAnswered(state, 7, { ...terms, now: later(20 * MINUTE) })).toBe(false);
    expect(isBeingAnswered(state, 8, terms)).toBe(false);
  });

  test('is remembered longer than the day for which a command lives, and not for ever', () => {
    const state = commandsFold.apply(commandsFold.initial, [answered(1), answered(2, later(2 * DAY))]);
    expect(isAnswered(state, 1)).toBe(true);
    expect(isAnswered(commandsFold.apply(state, [answered(3, later(4 * DAY))]), 1)).toBe(false);
  });

  test('does not depend on how the events are cut, whatever their clocks say', () => {
    const comment = fc.integer({ min: 1, max: 4 });
    const at = fc.integer({ min: 0, max: 240 }).map((hours) => later(hours * HOUR));
    const event = fc.oneof(
      fc.tuple(comment, at).map(([id, moment]) => answered(id, moment)),
      fc.tuple(comment, fc.constantFrom('a', 'b'), at).map(([id, by, moment]) => taken(id, by, moment)),
    );
    fc.assert(
      fc.property(fc.array(event), fc.array(event), (first, second) => {
        const cut = commandsFold.apply(commandsFold.apply(commandsFold.initial, first), second);
        expect(commandsFold.apply(commandsFold.initial, [...first, ...second])).toEqual(cut);
      }),
    );
  });
});
