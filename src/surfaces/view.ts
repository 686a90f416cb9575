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

/** One agent, as shown to people. Sessions and failures are those of the days in `daily`. */
export interface AgentRow {
  readonly name: string;
  readonly engine: Engine | null;
  readonly workflow: string;
  readonly sessions: number;
  readonly failed: number;
  /** Dollars of this UTC day and month; null when nothing is known, a lower bound when `unpriced` is not 0. */
  readonly usdToday: number | null;
  readonly usdMonth: number | null;
  /** Dollars of the last 30 UTC days, oldest first; null for a day of which nothing is known, 0 only if proven. */
  readonly daily: readonly (number | null)[];
  /** Sessions without a known cost. */
  readonly unpriced: number;
  readonly lastRunAt: Instant | null;
  /** A few words of ours, for example why nothing is known; null when there is nothing to add. */
  readonly note: string | null;
}

/** How close a budget is to its limit. */
export type BudgetStage = 'ok' | 'warn' | 'breach' | 'unknown';

/** Spend against a budget. */
export interface BudgetRow {
  readonly name: string;
  /** What it covers: a name, `repository`, `each chain`. */
  readonly scope: string;
  /** `day`, `week`, `rolling 7 d`. */
  readonly period: string;
  readonly unit: BudgetUnit;
  readonly spent: number | null;
  /** Including the raise in force; null if it is to be measured and too little is known for that. */
  readonly limit: number | null;
  readonly stage: BudgetStage;
  /** Sessions of the period without a known cost: if there are any, `spent` is a lower bound. */
  readonly unknownSessions: number;
  /** What open leases hold in addition to `spent`. */
  readonly reserved: number;
  /** Who raised it, and until when; null if it is as configured. */
  readonly raise: { readonly by: string; readonly until: Instant } | null;
  /** The forecast, without a subject: `reaches $800.00 on 2026-11-26 (…)`; null if unknown. */
  readonly forecast: string | null;
}

/** A session that exceeded what its agent may do. */
export interface ViolationRow {
  readonly at: Instant;
  readonly agent: string;
  readonly kind: ViolationKind;
  readonly severity: Severity;
  /** The evidence in our words; it contains stored names from outside. */
  readonly signs: readonly string[];
  readonly run: number | null;
  /** Address of the run; null if unknown. */
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
  /** Left out if there is no GitHub to ask. */
  readonly queue?: QueueView;
  /** What happened to the work of the last 28 days. */
  readonly waste?: WasteView;
  /** Violations of the last 24 hours, newest first. */
  readonly violations: readonly ViolationRow[];
  /** Pending, active and just resolved ones. */
  readonly alerts: readonly Alert[];
  /** Alerts of the last 90 days that people judged, and how many of them were right; left out if none was judged. */
  readonly judgedAlerts?: { readonly judged: number; readonly right: number };
  /** Silences in force, by fingerprint of the alert. */
  readonly silences: Readonly<Record<string, Silence>>;
  /** What enforce mode would have done in the last 30 days; left out if that is nothing. */
  readonly shadow?: ShadowReport;
  /** Titles of rules by name. */
  readonly ruleTitles: Readonly<Record<string, string>>;
  /** Open issues by fingerprint of the alert. */
  readonly issues: Readonly<Record<string, { readonly number: number; readonly url: string | null }>>;
  readonly plan: readonly PlannedResponse[];
  /** Planned, but beyond the hourly limit, or being done by another run. */
  readonly postponed: number;
  readonly receipts: readonly Receipt[];
  /** True when the plan was not carried out. */
  readonly dryRun: boolean;
  /** What could not be read or done and why, one line each. */
  readonly complaints: readonly string[];
  /** Requests made to GitHub; null if there is no GitHub. */
  readonly requests: number | null;
  readonly ledger: {
    readonly place: string;
    readonly head: { readonly batch: number; readonly hash: string } | null;
    readonly appended: number;
  };
}
