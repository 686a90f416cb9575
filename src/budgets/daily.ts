import { median } from 'simple-statistics';
import type { BudgetUnit } from '../core/budget.ts';
import type { Facts } from '../core/facts.ts';
import type { OwnerQuarter, SharedUnit } from '../core/owner-use.ts';
import type { Instant } from '../core/time.ts';
import { addDays, type LocalDay, localDayOf, startOfLocalDay } from '../core/zone.ts';
import type { Scope, Terms } from './allowance.ts';
import { type Question, recordsOf } from './count.ts';
import { quartersOf } from './others.ts';
import { nameIn } from './spend-page.ts';

/** One local day and what was used in it: 0 if nothing ran, `null` before the first work and if no amount is known. */
export interface DayUse {
  readonly day: LocalDay;
  readonly from: Instant;
  readonly to: Instant;
  readonly amount: number | null;
}

/** Whose days are requested. */
export interface Whose extends Pick<Terms, 'zone'> {
  readonly scope: Scope;
  readonly unit: BudgetUnit;
  /** For a scope of many: which of them. */
  readonly name: string;
}

/** The known use of each local day from `first` to `last`, oldest first; no further back than 35 days. */
export function dailyUse(
  facts: Facts,
  { scope, unit, name, zone }: Whose,
  first: LocalDay,
  last: LocalDay,
  now: Instant,
): readonly DayUse[] {
  const days = daysBetween(first, last, zone);
  const span = { from: days[0]?.from ?? now, to: days.at(-1)?.to ?? now };
  const sums = days.map(() => ({ known: 0, told: 0, all: 0 }));
  let place = 0;
  for (const { at, known, told, all } of workOf(facts, { scope, unit, name, span }, now)) {
    while (at >= (days[place]?.to ?? '~')) place++;
    const sum = sums[place];
    if (sum === undefined) break;
    sum.all += all;
    sum.told += told;
    sum.known += known;
  }
  const begun = sums.findIndex(({ all }) => all > 0);
  return days.map((day, i) => {
    const { known, told, all } = sums[i] ?? { known: 0, told: 0, all: 0 };
    return { ...day, amount: begun < 0 || i < begun || (all > 0 && told === 0) ? null : known };
  });
}

/** What was used at a moment, by how many pieces of work, and for how many of them it is known. */
interface Part {
  readonly at: Instant;
  readonly known: number;
  readonly told: number;
  readonly all: number;
}

/** The finished work of one, with that of an organisation's other repositories, oldest first. */
function workOf(
  facts: Facts,
  { scope, unit, name, span }: Omit<Whose, 'zone'> & Pick<Question, 'span'>,
  now: Instant,
): readonly Part[] {
  const own = recordsOf({ facts: facts.budgets(), unit, span, now })
    .filter((record) => record.ended && nameIn(scope, record, record.own) === name)
    .map(({ at, value }): Part => ({ at, known: value ?? 0, told: value === null ? 0 : 1, all: 1 }));
  const elsewhere = unit === 'open_pull_requests' ? [] : quartersOf(facts, scope, span).map((one) => partOf(one, unit));
  return [...own, ...elsewhere].sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

function partOf({ at, known, told, pieces }: OwnerQuarter, unit: SharedUnit): Part {
  return { at, known: known[unit], told: told[unit], all: pieces[unit] };
}

function daysBetween(first: LocalDay, last: LocalDay, zone: string): readonly Omit<DayUse, 'amount'>[] {
  const days: Omit<DayUse, 'amount'>[] = [];
  let from = startOfLocalDay(first, zone);
  for (let day = first; day <= last; day = addDays(day, 1)) {
    const to = startOfLocalDay(addDays(day, 1), zone);
    days.push({ day, from, to });
    from = to;
  }
  return days;
}

const USUAL_DAYS = 14;
/** Fewer days than this are no habit. */
const USUAL_NEEDS = 3;

/** The median of the last 14 complete days; `null` while fewer than three are known. */
export function usualDay(facts: Facts, whose: Whose, now: Instant): number | null {
  const today = localDayOf(now, whose.zone);
  const days = dailyUse(facts, whose, addDays(today, -USUAL_DAYS), addDays(today, -1), now);
  const known = days.flatMap(({ amount }) => amount ?? []);
  return known.length < USUAL_NEEDS ? null : median(known);
}
