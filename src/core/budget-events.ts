import type { Amounts, Forecast, Lease, LeaseEnd, Raise } from './budget.ts';

/** Allowances, what was reserved of them, and what will become of them. */
export interface BudgetEvents {
  /** A lead allowed a budget more for a while. */
  'budget.raised': { readonly raise: Raise };
  /** Allowance was reserved before a session began. */
  'lease.taken': { readonly lease: Lease };
  /** The work is over, and this is what it used, as far as that is known. */
  'lease.settled': { readonly lease: string; readonly spent: Amounts };
  /** Nobody settled it: it holds nothing any more. */
  'lease.expired': { readonly lease: string; readonly because: LeaseEnd };
  /** What a day's forecast of a budget was, so that it can be held against what came. */
  'forecast.made': { readonly forecast: Forecast };
  /** What came of a forecast, once its day or week was over. */
  'forecast.scored': {
    readonly budget: string;
    readonly day: string;
    readonly ahead: 'day' | 'week';
    readonly came: number;
  };
}

/** Every kind of them. */
export const BUDGET_EVENTS: Readonly<Record<keyof BudgetEvents, true>> = {
  'budget.raised': true,
  'lease.taken': true,
  'lease.settled': true,
  'lease.expired': true,
  'forecast.made': true,
  'forecast.scored': true,
};
