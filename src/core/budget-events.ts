import type { Amounts, Forecast, Lease, LeaseEnd, Raise } from './budget.ts';

/** Allowances, what was reserved from them, and their forecasts. */
export interface BudgetEvents {
  /** A lead raised a budget for a while. */
  'budget.raised': { readonly raise: Raise };
  /** Allowance was reserved before a session began. */
  'lease.taken': { readonly lease: Lease };
  /** The work is over. Records what it used, as far as that is known. */
  'lease.settled': { readonly lease: string; readonly spent: Amounts };
  /** Nobody settled it; it no longer holds anything. */
  'lease.expired': { readonly lease: string; readonly because: LeaseEnd };
  /** A day's forecast for a budget, kept so that it can be compared with what happened. */
  'forecast.made': { readonly forecast: Forecast };
  /** How a forecast turned out, once its day or week was over. */
  'forecast.scored': {
    readonly budget: string;
    readonly day: string;
    readonly ahead: 'day' | 'week';
    readonly came: number;
  };
}

/** All kinds of these events. */
export const BUDGET_EVENTS: Readonly<Record<keyof BudgetEvents, true>> = {
  'budget.raised': true,
  'lease.taken': true,
  'lease.settled': true,
  'lease.expired': true,
  'forecast.made': true,
  'forecast.scored': true,
};
