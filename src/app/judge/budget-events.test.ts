import { expect, test } from 'vitest';
import { factsAfter, REPO, worked } from '../../../test/kit/happenings.ts';
import type { Budget } from '../../budgets/budget.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { DAY, HOUR, after as later } from '../../core/time.ts';
import { measure } from '../../metrics/current.ts';
import { stateFold } from '../state.ts';
import { budgetEvents } from './budget-events.ts';

const START = '2026-10-25T09:00:00.000Z';
const MONTH: Budget = { name: 'repo-month', period: 'month', usd: 800, warn_at: [] };

test('each day is forecast once, and held against what came when its time is over', () => {
  let events: readonly LedgerEvent[] = [];
  for (let day = 0; day < 27; day++) {
    // Ten dollars a day, and twenty on the last.
    events = [...events, ...worked({ id: day + 1, at: later(START, day * DAY), usd: day === 26 ? 20 : 10 })];
    const now = later(START, day * DAY + HOUR);
    const moment = { repo: REPO, now, config: { budgets: [MONTH] } };
    const news = budgetEvents(moment, stateFold.apply(stateFold.initial, events), factsAfter(events, { now }));
    events = [...events, ...news];
    const again = budgetEvents(moment, stateFold.apply(stateFold.initial, events), factsAfter(events, { now }));
    expect(again).toEqual([]);
  }
  const made = events.filter(({ kind }) => kind === 'forecast.made');
  // The first seven days make the habit; from the eighth on there is one a day.
  expect(made).toHaveLength(20);
  const scored = events.flatMap((event) => (event.kind === 'forecast.scored' ? [event.data] : []));
  expect(scored.filter(({ ahead }) => ahead === 'day')).toHaveLength(18);
  expect(scored.filter(({ ahead }) => ahead === 'week').map(({ came }) => came)).toEqual(Array(12).fill(70));
  const now = later(START, 27 * DAY + HOUR);
  expect(measure(factsAfter(events, { now }), now)).toMatchObject({
    budgets: { forecast: { dayError: expect.closeTo(0, 6), weekError: expect.closeTo(0, 6) } },
  });
});
