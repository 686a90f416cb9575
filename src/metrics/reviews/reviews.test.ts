import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ADA, BOB, CLAUDE, factsWithPulls, type PullWish, pullSeen, reviewGiven } from '../../../test/kit/pulls.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { PullFacts, ReviewMark } from '../../core/pull.ts';
import { USUAL_REVIEW_TERMS } from '../../core/review-terms.ts';
import { DAY, HOUR, type Instant, MINUTE, after as plus } from '../../core/time.ts';
import { measure } from '../current.ts';
import { reviewedPulls } from './answers.ts';
import { type Capacity, capacityOf, isWeekend } from './capacity.ts';
import { clearanceOf } from './clearance.ts';
import { reviewFigures, reviewOutlook } from './reviews.ts';
import { answeredWords, outlookWords } from './words.ts';

/** A Saturday. */
const NOW: Instant = '2026-11-21T12:00:00.000Z';
const HEAD = 'a'.repeat(40);
const OLD = 'b'.repeat(40);

function pullFactsOf(...events: readonly LedgerEvent[]): PullFacts {
  const { pullRequests } = factsWithPulls(events, NOW);
  if (pullRequests === null) throw new Error('the pull requests are not known');
  return pullRequests;
}

const made = plus(NOW, -3 * DAY);
const one = (wish: Partial<PullWish> = {}): LedgerEvent => pullSeen({ number: 1, createdAt: made, ...wish });
const said = (verdict: ReviewMark['verdict'], wish: Partial<ReviewMark> = {}): LedgerEvent =>
  reviewGiven({ pull: 1, at: plus(NOW, -DAY), verdict, id: 5, ...wish });

describe('for whom an open pull request waits', () => {
  test.each<[string, readonly LedgerEvent[], string, Instant]>([
    ['nobody has said a word', [one()], 'waiting', made],
    ['a person only commented', [one(), said('commented')], 'waiting', made],
    ['it is a draft', [one({ draft: true })], 'draft', made],
    ['it was approved', [one(), said('approved')], 'approved', plus(NOW, -DAY)],
    ['it was approved at another head', [one(), said('approved', { head: OLD })], 'waiting', made],
    ['the approval was dismissed', [one(), said('dismissed')], 'waiting', made],
    ['changes are asked for', [one(), said('changes_requested')], 'changes', plus(NOW, -DAY)],
    [
      'GitHub does not say of which head',
      [one(), said('changes_requested', { head: null })],
      'changes',
      plus(NOW, -DAY),
    ],
    [
      'one approves and another asks for changes',
      [one(), said('approved'), said('changes_requested', { id: 6, by: BOB })],
      'changes',
      plus(NOW, -DAY),
    ],
    [
      'the same person asks for changes and then approves',
      [one(), said('changes_requested'), said('approved', { id: 6, at: plus(NOW, -HOUR) })],
      'approved',
      plus(NOW, -HOUR),
    ],
    [
      'who asked for changes is asked again',
      [one({ standing: { asked: [{ id: ADA.id, name: 'ada' }] } }), said('changes_requested')],
      'waiting',
      plus(NOW, -DAY),
    ],
    [
      'somebody else is still asked',
      [one({ standing: { asked: [{ id: BOB.id, name: 'bob' }] } }), said('approved')],
      'approved',
      plus(NOW, -DAY),
    ],
    [
      'a commit came after the changes that were asked for',
      [
        one({ head: OLD }),
        said('changes_requested', { head: OLD, at: plus(NOW, -2 * DAY) }),
        one({ updatedAt: plus(NOW, -HOUR) }),
      ],
      'waiting',
      plus(NOW, -HOUR),
    ],
    [
      'it left its draft later',
      [one({ standing: { readyAt: plus(NOW, -2 * HOUR) } })],
      'waiting',
      plus(NOW, -2 * HOUR),
    ],
  ])('where %s', (_what, events, state, since) => {
    const { queue } = reviewOutlook(pullFactsOf(...events), USUAL_REVIEW_TERMS, NOW);
    expect(queue).toMatchObject([{ number: 1, state, since }]);
  });

  test('what waits for longer than the time that people want is late, and the oldest comes first', () => {
    const facts = pullFactsOf(
      pullSeen({ number: 1, createdAt: plus(NOW, -2 * DAY) }),
      pullSeen({
        number: 2,
        createdAt: plus(NOW, -2 * DAY - MINUTE),
        standing: { asked: [{ id: null, name: '@o/team' }] },
      }),
      pullSeen({ number: 3, createdAt: plus(NOW, -9 * DAY), draft: true }),
      pullSeen({ number: 4, createdAt: plus(NOW, -9 * DAY), mergedAt: plus(NOW, -DAY) }),
      pullSeen({ number: 5, createdAt: plus(NOW, -9 * DAY), standing: { verdict: 'maybe' } }),
    );
    const { queue } = reviewOutlook(facts, USUAL_REVIEW_TERMS, NOW);
    expect(queue.map(({ number, late, owners }) => [number, late, owners])).toEqual([
      [2, true, ['@o/team']],
      [1, false, []],
      [3, false, []],
    ]);
  });
});

describe('what people decided', () => {
  const WEEK = { agent: null, from: plus(NOW, -7 * DAY), to: NOW };
  const figures = (...events: readonly LedgerEvent[]) => reviewFigures(pullFactsOf(...events), WEEK);

  test('counts each head once, and the time from when it was ready', () => {
    expect(
      figures(
        one({ head: HEAD, mergedAt: plus(NOW, -HOUR) }),
        said('changes_requested', { head: OLD, at: plus(made, 6 * HOUR), id: 3 }),
        said('commented', { head: OLD, at: plus(made, 2 * HOUR), id: 2 }),
        said('approved', { at: plus(NOW, -2 * HOUR), id: 4 }),
        said('approved', { at: plus(NOW, -2 * HOUR), id: 6, by: BOB }),
      ),
    ).toEqual({
      approved: 1,
      rejected: 1,
      averageReviewTime: 6 * HOUR,
      averageFirstResponse: 2 * HOUR,
      averageRounds: 2,
    });
  });

  test.each<[string, Partial<PullWish>, number, number]>([
    ['a merge by a person approves', { mergedAt: NOW, updatedAt: NOW }, 1, 0],
    ['a closing by a person rejects', { closedAt: plus(NOW, -HOUR) }, 0, 1],
    [
      'what the agent closes itself nobody decided',
      { closedAt: plus(NOW, -HOUR), standing: { closedBy: CLAUDE } },
      0,
      0,
    ],
    ['who closed it is not known', { closedAt: plus(NOW, -HOUR), standing: { closedBy: null } }, 0, 0],
    ['what a bot merges nobody decided', { mergedAt: plus(NOW, -HOUR), mergedBy: CLAUDE }, 0, 0],
  ])('%s', (_what, wish, approved, rejected) => {
    const facts = pullFactsOf(one(wish));
    expect(reviewFigures(facts, { ...WEEK, to: plus(NOW, 1) })).toMatchObject({ approved, rejected });
  });

  test('a dismissed review is a word, and no decision', () => {
    expect(figures(one(), said('dismissed'))).toEqual({
      approved: 0,
      rejected: 0,
      averageReviewTime: null,
      averageFirstResponse: 2 * DAY,
      averageRounds: null,
    });
  });

  test('who reviewed a draft before it was ready did not answer before he was asked', () => {
    const early = one({ standing: { readyAt: plus(NOW, -HOUR) } });
    expect(figures(early, said('approved')).averageReviewTime).toBe(2 * DAY);
  });

  test('stands in the tree of metrics, by repository and by agent; unknown where nobody could look', () => {
    const events = [one(), said('approved', { at: plus(NOW, -HOUR) }), pullSeen({ number: 2, createdAt: made })];
    const tree = measure(factsWithPulls(events, NOW), NOW);
    const today = { approved: 1, rejected: 0, averageReviewTime: 3 * DAY - HOUR, averageRounds: null };
    expect(tree['reviews']).toMatchObject({ open: 2, pending: 1, ...today });
    expect(tree.agents).toMatchObject({
      fixer: { reviews: { pending: 1, ...today } },
      docs: { reviews: { pending: 0 } },
    });
    const blind = measure({ ...factsWithPulls(events, NOW), pullRequests: null, pulls: null }, NOW);
    expect(blind['reviews']).toMatchObject({ open: null, pending: null, approved: null, averageReviewTime: null });
  });
});

/** Pull requests of which so many are answered on each working day of the last four weeks, and so many that still wait. */
function weeks(aDay: number, waiting: number): readonly LedgerEvent[] {
  const events: LedgerEvent[] = [];
  let number = 0;
  for (let back = 28; back >= 1; back -= 1) {
    const day = plus('2026-11-21T10:00:00.000Z', -back * DAY);
    if (isWeekend(day)) continue;
    for (let n = 0; n < aDay; n += 1) {
      number += 1;
      events.push(pullSeen({ number, createdAt: plus(day, -HOUR), mergedAt: day }));
    }
  }
  for (let n = 0; n < waiting; n += 1) {
    number += 1;
    events.push(pullSeen({ number, createdAt: plus(NOW, -29 * DAY + n * MINUTE) }));
  }
  return events;
}

describe('how many people can look at', () => {
  test('is learned from working days and weekends, and says when the queue is empty', () => {
    const outlook = reviewOutlook(pullFactsOf(...weeks(4, 25)), USUAL_REVIEW_TERMS, NOW);
    expect(outlook.capacity).toMatchObject({ workday: 4, weekend: 0 });
    // 25 at 4 a day are seven working days; the first one is Monday, the 23rd, the seventh is Tuesday, the 1st.
    expect(outlook.clearance).toEqual({
      on: '2026-12-01T00:00:00.000Z',
      from: '2026-12-01T00:00:00.000Z',
      to: '2026-12-01T00:00:00.000Z',
      growing: false,
    });
    expect(outlookWords(outlook)).toBe(
      'People review 4 pull requests of agents on a working day; the 25 that wait will be done on 2026-12-01.',
    );
  });

  test('is what they are said to be able to', () => {
    const outlook = reviewOutlook(pullFactsOf(one()), { ...USUAL_REVIEW_TERMS, capacity: 2 }, NOW);
    expect(outlook.clearance?.on).toBe('2026-11-23T00:00:00.000Z');
    expect(outlookWords(outlook)).toContain('People are said to review 2');
  });

  test('is not known after four working days with something to do, nor from days on which nothing waited', () => {
    const short = pullFactsOf(pullSeen({ number: 1, createdAt: '2026-11-17T09:00:00.000Z' }));
    expect(capacityOf(reviewedPulls(short), short.since, null, NOW)).toBeNull();
    const outlook = reviewOutlook(short, USUAL_REVIEW_TERMS, NOW);
    expect(outlook.clearance).toBeNull();
    expect(outlookWords(outlook)).toBe('1 waits for people; how many they can look at in a day is not known yet.');
    const idle = pullFactsOf(
      pullSeen({ number: 1, createdAt: plus(NOW, -50 * DAY), mergedAt: plus(NOW, -50 * DAY + HOUR) }),
    );
    expect(capacityOf(reviewedPulls(idle), idle.since, null, NOW)).toBeNull();
  });

  test('is nothing where nobody has looked for two weeks: then the queue is never empty', () => {
    const facts = pullFactsOf(pullSeen({ number: 1, createdAt: plus(NOW, -14 * DAY) }));
    const { capacity, clearance } = reviewOutlook(facts, USUAL_REVIEW_TERMS, NOW);
    expect(capacity?.workday).toBe(0);
    expect(clearance).toMatchObject({ on: null, from: null, to: null });
  });

  test('a queue into which more comes than is answered grows', () => {
    const { clearance } = reviewOutlook(pullFactsOf(...weeks(1, 200)), USUAL_REVIEW_TERMS, NOW);
    expect(clearance?.growing).toBe(false);
    const flood = pullFactsOf(
      ...Array.from({ length: 60 }, (_, n) =>
        pullSeen({ number: n + 1, createdAt: plus(NOW, -20 * DAY + n * 8 * HOUR) }),
      ),
    );
    expect(reviewOutlook(flood, USUAL_REVIEW_TERMS, NOW).clearance?.growing).toBe(true);
  });
});

describe('the forecast', () => {
  const days = (answers: readonly number[]): Capacity => ({
    workday: 0,
    weekend: 0,
    arrivals: 0,
    days: answers.map((count) => ({ weekend: false, answers: count })),
  });

  test('is wider where days differ, and holds in eight of ten worlds', () => {
    const { on, from, to } = clearanceOf(30, days([0, 8, 2, 6, 4, 0, 8, 2, 6, 4]), NOW);
    expect([from, on, to].map((at) => at !== null)).toEqual([true, true, true]);
    expect(String(from) < String(on) && String(on) < String(to)).toBe(true);
  });

  test('never has its ends in the wrong order, is the same each time, and is later for a longer queue', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 20 }),
        (waiting, answers) => {
          const far = (at: Instant | null): Instant => at ?? '9999';
          const capacity = days(answers);
          const first = clearanceOf(waiting, capacity, NOW);
          expect(clearanceOf(waiting, capacity, NOW)).toEqual(first);
          expect(far(first.from) <= far(first.on) && far(first.on) <= far(first.to)).toBe(true);
          expect(far(clearanceOf(waiting * 4 + 40, capacity, NOW).on) >= far(first.on)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('how people answered lately', () => {
  test('is told in a sentence: what was decided in 28 days, and how soon', () => {
    const facts = pullFactsOf(
      one(),
      said('commented', { at: plus(made, 6 * HOUR) }),
      said('approved', { id: 6, at: plus(made, DAY) }),
    );
    const outlook = reviewOutlook(facts, USUAL_REVIEW_TERMS, NOW);
    expect(outlook.answered).toMatchObject({ approved: 1, rejected: 0, averageRounds: null });
    expect(answeredWords(outlook)).toBe(
      'Heads approved in the last 28 days: 1, rejected: 0; on average first response after 6 h, first decision after 1 d.',
    );
  });

  test('is not told where nobody answered, or long ago', () => {
    expect(answeredWords(reviewOutlook(pullFactsOf(one()), USUAL_REVIEW_TERMS, NOW))).toBeNull();
    const old = { createdAt: plus(NOW, -40 * DAY) };
    const facts = pullFactsOf(one(old), said('approved', { at: plus(NOW, -39 * DAY) }));
    expect(answeredWords(reviewOutlook(facts, USUAL_REVIEW_TERMS, NOW))).toBeNull();
  });
});
