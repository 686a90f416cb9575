import { expect, test } from 'vitest';
import { runCompleted, sessionAbsent, worked } from '../../test/kit/happenings.ts';
import { CLAUDE, factsWithPulls, pullSeen } from '../../test/kit/pulls.ts';
import type { LedgerEvent } from '../core/event.ts';
import { DAY, type Instant, MINUTE, after as plus } from '../core/time.ts';
import { wasteMetric } from './catalogue-waste.ts';
import { measure } from './current.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';
const AT = plus(NOW, -5 * DAY);

function waste(events: readonly LedgerEvent[]) {
  return measure(factsWithPulls(events, NOW), NOW)['waste'];
}

/** A run at $2; those that made a pull request are told by its number. */
function work(id: number, merged: boolean | null): readonly LedgerEvent[] {
  const at = plus(AT, id * 10 * MINUTE);
  const end = plus(at, DAY);
  const fate = merged === null ? {} : merged ? { mergedAt: end } : { closedAt: end };
  return [
    ...worked({ id, at, usd: 2 }),
    pullSeen({ number: id, run: id, author: CLAUDE, createdAt: plus(at, MINUTE), ...fate }),
  ];
}

test('the metrics of waste say what a landed change costs, with everything in the sum, and what share came to what', () => {
  // Four pieces of work at $2: one landed, two were closed without a merge, one is open.
  expect(waste([...work(1, true), ...work(2, false), ...work(3, false), ...work(4, null)])).toEqual({
    ...{ costPerLanded: 8, landed: 1, spentForNothing: 4, wastedShare: 2 / 3 },
    share: {
      ...{ landed: 0.25, useful: 0, noOp: 0, duplicate: 0 },
      ...{ abandoned: 0.5, reverted: 0, open: 0.25, unknown: 0 },
    },
  });
});

test('without any work shares are not known, and what nobody priced is no zero', () => {
  const nothing = waste([]);
  expect(nothing).toMatchObject({ costPerLanded: null, landed: 0, spentForNothing: 0, wastedShare: null });
  expect(nothing).toMatchObject({ share: { landed: null, unknown: null } });
  const failed = runCompleted({ id: 1, at: AT, conclusion: 'failure' });
  const long = pullSeen({ number: 99, agent: 'docs', createdAt: plus(NOW, -40 * DAY), mergedAt: plus(NOW, -39 * DAY) });
  expect(waste([long, failed, sessionAbsent({ run: 1, at: AT, outcome: 'failed' })])).toMatchObject({
    spentForNothing: null,
    wastedShare: 1,
  });
});

test('where nobody can tell what became of any work, what was spent for nothing is not known', () => {
  // It changed files, as far as anybody knows, and opened nothing.
  expect(waste(worked({ id: 1, at: AT, usd: 2 }))).toMatchObject({ spentForNothing: null, share: { unknown: 1 } });
});

test('the catalogue has no other metric of waste', () => {
  const report = factsWithPulls([], NOW).waste();
  expect(() => wasteMetric(report, 'waste.water')).toThrow(RangeError);
});
