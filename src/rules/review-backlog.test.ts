import { describe, expect, test } from 'vitest';
import { ADA, factsWithPulls, pullSeen, reviewGiven } from '../../test/kit/pulls.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { Finding } from '../core/finding.ts';
import { USUAL_REVIEW_TERMS } from '../core/review-terms.ts';
import { DAY, HOUR, type Instant, MINUTE, after as plus } from '../core/time.ts';
import { type ReviewBacklogOptions, reviewBacklog } from './review-backlog.ts';

/** A Saturday. */
const NOW: Instant = '2026-11-21T12:00:00.000Z';
const OPTIONS: ReviewBacklogOptions = { enabled: true, clear_within: '7d', late: 3 };

function judged(events: readonly LedgerEvent[], options: Partial<ReviewBacklogOptions> = {}): readonly Finding[] {
  return reviewBacklog.judge(factsWithPulls(events, NOW), { ...OPTIONS, ...options }, NOW);
}

/** So many that wait since yesterday. */
const waiting = (count: number, wish: object = {}): readonly LedgerEvent[] =>
  Array.from({ length: count }, (_, n) =>
    pullSeen({ number: 500 + n, createdAt: plus(NOW, -DAY + n * MINUTE), ...wish }),
  );

/** Two weeks in which two a working day were answered within the hour. */
const TWO_A_DAY: readonly LedgerEvent[] = Array.from({ length: 14 }, (_, back) => plus(NOW, -(back + 1) * DAY))
  .filter((day) => ![0, 6].includes(new Date(day).getUTCDay()))
  .flatMap((day, n) =>
    [0, 1].map((which) => pullSeen({ number: 2 * n + which + 1, createdAt: plus(day, -HOUR), mergedAt: day })),
  );

describe('the rule of reviews that pile up', () => {
  test('tells how many wait, what people review and when it is done', () => {
    const [backlog] = judged([...TWO_A_DAY, ...waiting(20)]);
    // Twenty at two a day are ten working days: the first is Monday, the 23rd, the tenth is Friday, the 4th of December.
    expect(backlog).toMatchObject({
      outcome: 'violated',
      severity: 'warning',
      value: 13 * DAY,
      limit: 7 * DAY,
      unit: 'ms',
      labels: { of: 'backlog' },
      reason: expect.stringMatching(
        /^People review 2 pull requests of agents on a working day; the 20 that wait will be done on 2026-12-04\./,
      ),
    });
    const facts = backlog?.outcome === 'violated' ? backlog.evidence.facts : [];
    expect(facts[0]).toEqual({ label: 'Wait for people', value: 20, unit: 'count' });
    const late = judged([...TWO_A_DAY, ...waiting(20, { createdAt: plus(NOW, -3 * DAY) })])[1];
    expect(late).toMatchObject({ outcome: 'violated', explainedBy: expect.stringContaining('of=backlog') });
    expect(facts.at(-1)?.label).toBe('Pull request 509 of fixer (nobody is asked) waits for');
  });

  test.each([
    ['what is done well in time', 4, 'ok', undefined],
    ['what is done in six days', 10, 'ok', undefined],
    ['what takes a day too long', 12, 'violated', undefined],
  ])('%s', (_what, count, outcome, holds) => {
    const [backlog] = judged([...TWO_A_DAY, ...waiting(count)]);
    expect(backlog?.outcome).toBe(outcome);
    expect(backlog?.outcome === 'ok' ? backlog.holds : undefined).toBe(holds);
  });

  test('what is only just in time opens no alert, and ends none either', () => {
    // Five working days, until Friday, the 27th: six days, as long as it may take here.
    const [backlog] = judged([...TWO_A_DAY, ...waiting(10)], { clear_within: '6d' });
    expect(backlog).toMatchObject({ outcome: 'ok', value: 6 * DAY, holds: true });
  });

  test('a queue that nobody empties is told without a day', () => {
    const stale = waiting(1, { createdAt: plus(NOW, -20 * DAY) });
    expect(judged(stale)[0]).toMatchObject({
      outcome: 'violated',
      value: null,
      reason: expect.stringContaining('four months'),
    });
  });

  test('says nothing while too little is known, unless it is told what people can do', () => {
    expect(judged(waiting(30))[0]).toMatchObject({ outcome: 'unknown' });
    expect(judged([])[0]).toMatchObject({ outcome: 'ok' });
    const reviews = { ...USUAL_REVIEW_TERMS, capacity: 1 };
    expect(judged(waiting(30), { reviews })[0]).toMatchObject({ outcome: 'violated' });
  });

  test('names those that are late, with whom they are asked of; a review takes one off', () => {
    const asked = { standing: { asked: [{ id: ADA.id, name: '@here `x`' }] } };
    const late = waiting(3, { createdAt: plus(NOW, -3 * DAY), ...asked });
    const [, found] = judged(late);
    expect(found).toMatchObject({
      outcome: 'violated',
      value: 3,
      limit: 3,
      labels: { of: 'late' },
      reason: '3 of 3 pull requests of agents wait for people for longer than 2 d: #500, #501, #502.',
    });
    expect(found?.outcome === 'violated' ? found.evidence.facts[0] : null).toEqual({
      label: 'Pull request 500 of fixer (asked of @here `x`) waits for',
      value: 3 * DAY,
      unit: 'ms',
    });
    const bob = { id: 99, login: 'bob', type: 'User' } as const;
    const answered = reviewGiven({ pull: 500, at: plus(NOW, -HOUR), by: bob });
    expect(judged([...late, answered])[1]).toMatchObject({ outcome: 'ok', value: 2 });
    const reviews = { ...USUAL_REVIEW_TERMS, sla: 4 * DAY };
    expect(judged(late, { reviews })[1]).toMatchObject({ outcome: 'ok', value: 0 });
  });

  test('where nobody could look it knows nothing, and switched off it says nothing', () => {
    const blind = { ...factsWithPulls(waiting(30), NOW), pullRequests: null };
    expect(reviewBacklog.judge(blind, OPTIONS, NOW).map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown']);
    expect(judged(waiting(30), { enabled: false })).toEqual([]);
  });
});
