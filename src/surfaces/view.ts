import type { Alert, Silence } from '../core/alert.ts';
import type { BudgetUnit } from '../core/budget.ts';
import type { SystemHealth } from '../core/health.ts';
import type { Severity } from '../core/outcome.ts';
import type { PlannedResponse, Receipt } from '../core/response.ts';
import type { Engine } from '../core/session.ts';
import type { ShadowReport } from '../core/shadow.ts';
import type { Instant } from '../core/time.ts';
import type { ViolationKind } from '../core/violation.ts';
import type { QueueView, WasteView } from './review-rows.ts';
import type { Status } from './status.ts';

/** One agent, as it is shown to people. Sessions and failures are those of the days in `daily`. */
export interface AgentRow {
  readonly name: string;
  readonly engine: Engine | null;
  readonly workflow: string;
  readonly sessions: number;
  readonly failed: number;
  /** Dollars of this UTC day and month; null when nothing is known, a lower bound when `unpriced` is not 0. */
  readonly usdToday: number | null;
  readonly usdMonth: number | null;
  /** Dollars of the last 30 UTC days, oldest first; null on a day of which nothing is known, 0 only where it is proven. */
  readonly daily: readonly (number | null)[];
  /** Sessions without a known cost. */
  readonly unpriced: number;
  readonly lastRunAt: Instant | null;
  /** A few words of ours, for example why nothing is known; null when there is nothing to add. */
  readonly note: string | null;
}

/** How near a budget is to its limit. */
export type BudgetStage = 'ok' | 'warn' | 'breach' | 'unknown';

/** Spend against a budget. */
export interface BudgetRow {
  readonly name: string;
  /** Whom it holds for: a name, `repository`, `each chain`. */
  readonly scope: string;
  /** `day`, `week`, `rolling 7 d`. */
  readonly period: string;
  readonly unit: BudgetUnit;
  readonly spent: number | null;
  /** With the raise in force; null where it is to be measured and too little is known for that. */
  readonly limit: number | null;
  readonly stage: BudgetStage;
  /** Sessions of the period without a known cost: with any, `spent` is a lower bound. */
  readonly unknownSessions: number;
  /** What open leases hold beside `spent`. */
  readonly reserved: number;
  /** Who raised it, and until when; null while it is as configured. */
  readonly raise: { readonly by: string; readonly until: Instant } | null;
  /** Where it is heading, without a subject: `reaches $800.00 on 2026-11-26 (…)`; null where that is not known. */
  readonly forecast: string | null;
}

/** A session that went beyond what its agent may do. */
export interface ViolationRow {
  readonly at: Instant;
  readonly agent: string;
  readonly kind: ViolationKind;
  readonly severity: Severity;
  /** What shows it, in our words; names from outside stand in it as they were kept. */
  readonly signs: readonly string[];
  readonly run: number | null;
  /** Address of the run; null where it is not known. */
  readonly url: string | null;
}

/** Everything that surfaces show about a repository at one moment. */
export interface View {
  readonly repo: string;
  readonly now: Instant;
  readonly mode: 'shadow' | 'enforce';
  readonly status: Status;
  readonly agents: readonly AgentRow[];
  readonly budgets: readonly BudgetRow[];
  readonly health: SystemHealth;
  /** Left out where there is no GitHub to ask. */
  readonly queue?: QueueView;
  /** What became of the work of the last 28 days. */
  readonly waste?: WasteView;
  /** Violations of the last 24 hours, newest first. */
  readonly violations: readonly ViolationRow[];
  /** Pending, active and just resolved ones. */
  readonly alerts: readonly Alert[];
  /** Alerts of the last 90 days that people judged, and how many of them were right; left out while none is judged. */
  readonly judgedAlerts?: { readonly judged: number; readonly right: number };
  /** Silences in force, by fingerprint of the alert. */
  readonly silences: Readonly<Record<string, Silence>>;
  /** What enforce mode would have done in the last 30 days; left out where that is nothing. */
  readonly shadow?: ShadowReport;
  /** Titles of rules by name. */
  readonly ruleTitles: Readonly<Record<string, string>>;
  /** Open issues by fingerprint of the alert. */
  readonly issues: Readonly<Record<string, { readonly number: number; readonly url: string | null }>>;
  readonly plan: readonly PlannedResponse[];
  /** Planned, but more than may be written in an hour, or being done by another run. */
  readonly postponed: number;
  readonly receipts: readonly Receipt[];
  /** True when nothing was done with the plan. */
  readonly dryRun: boolean;
  /** What could not be read or done and why, one line each. */
  readonly complaints: readonly string[];
  /** Requests made to GitHub; null where there is no GitHub. */
  readonly requests: number | null;
  readonly ledger: {
    readonly place: string;
    readonly head: { readonly batch: number; readonly hash: string } | null;
    readonly appended: number;
  };
}
