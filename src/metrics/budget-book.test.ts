import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryEvents, frozen } from '../../test/kit/arbitrary-events.ts';
import { runCompleted, runStarted, worked } from '../../test/kit/happenings.ts';
import { budgetRaised, leaseSettled, leaseTaken } from '../../test/kit/leases.ts';
import { WORK_KEPT } from '../core/budget.ts';
import { after as later } from '../core/time.ts';
import { budgetBookFold, budgetFacts } from './budget-book.ts';

const NOW = '2026-11-21T12:00:00.000Z';

describe('the books of budgets', () => {
  test('do not depend on how events are cut into batches, and never change what they are given', () => {
    fc.assert(
      fc.property(arbitraryEvents, fc.nat(), (events, cut) => {
        const at = events.length === 0 ? 0 : cut % events.length;
        const first = frozen(budgetBookFold.apply(frozen(budgetBookFold.initial), events.slice(0, at)));
        const parts = budgetBookFold.apply(first, events.slice(at));
        expect(JSON.parse(JSON.stringify(parts))).toEqual(
          JSON.parse(JSON.stringify(budgetBookFold.apply(budgetBookFold.initial, events))),
        );
      }),
    );
  });

  test('word of the start that comes after the end changes nothing', () => {
    const [end, start] = [runCompleted({ id: 1, at: NOW }), runStarted({ id: 1, at: NOW })];
    const book = budgetBookFold.apply(budgetBookFold.initial, [end, start]);
    expect(budgetFacts(book, later(NOW, 1)).attempts).toMatchObject([{ endedAt: end.data.run.updatedAt }]);
  });

  test('a settlement counts once, also when the lease was given up before, and one without a lease is nothing', () => {
    const lease = {
      ...{ agent: 'fixer', workflow: null, run: 1, attempt: 1, job: null, actor: null, trigger: null, parent: null },
      ...{ id: 'lease:1:1:fixer', at: NOW, until: later(NOW, 1), reserved: { usd: 2, tokens: null, minutes: null } },
    };
    const events = [leaseSettled('other', NOW, { usd: 9 }), leaseTaken(lease), leaseSettled(lease.id, NOW, { usd: 1 })];
    const again = leaseSettled(lease.id, later(NOW, 5), { usd: 7 });
    const book = budgetBookFold.apply(budgetBookFold.initial, [...events, again]);
    expect(budgetFacts(book, later(NOW, 9)).leases).toMatchObject([{ closed: { how: 'settled', spent: { usd: 1 } } }]);
  });

  test('forget what is older than the longest period, and remember what is younger', () => {
    const old = worked({ id: 1, at: later(NOW, -WORK_KEPT - 2 * 86_400_000) });
    const young = worked({ id: 2, at: later(NOW, -WORK_KEPT + 1) });
    const book = budgetBookFold.apply(budgetBookFold.initial, [...old, ...young, ...worked({ id: 3, at: NOW })]);
    expect(budgetFacts(book, NOW).sessions.map(({ run }) => run)).toEqual([2, 3]);
  });

  test('the later raise of a budget holds, in whatever order they are learned', () => {
    const [early, late] = [budgetRaised('b', 20, NOW), budgetRaised('b', 30, later(NOW, 1))];
    for (const events of [
      [early, late],
      [late, early],
    ]) {
      expect(budgetFacts(budgetBookFold.apply(budgetBookFold.initial, events), later(NOW, 2)).raises).toMatchObject([
        { to: 30 },
      ]);
    }
  });
});
