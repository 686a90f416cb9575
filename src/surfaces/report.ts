import type { Alert, AlertState, Silence } from '../core/alert.ts';
import type { Finding } from '../core/finding.ts';
import type { SystemHealth } from '../core/health.ts';
import type { Outcome, Severity } from '../core/outcome.ts';
import type { PlannedResponse, Receipt, ResponseKind } from '../core/response.ts';
import { subjectKey } from '../core/subject.ts';
import type { Instant } from '../core/time.ts';
import type { ViolationKind } from '../core/violation.ts';
import type { QueueReport, WasteSummary } from './review-rows.ts';
import type { Status } from './status.ts';
import type { ViolationRow } from './view.ts';

/** The output of `watch --json`. A stable contract: fields may be added, but none changes its meaning. */
export interface WatchReport {
  readonly now: Instant;
  readonly repo: string;
  readonly status: Status;
  /** Requests made to GitHub. */
  readonly requests: number;
  readonly ledger: {
    readonly head: { readonly batch: number; readonly hash: string } | null;
    /** Events added by this run. */
    readonly appended: number;
  };
  /** The catalogue of metrics, nested by their paths. */
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly findings: readonly {
    readonly rule: string;
    readonly subject: string;
    readonly outcome: Outcome;
    /** Null for a finding that is not violated. */
    readonly severity: Severity | null;
    readonly value: number | null;
    readonly expected: number | null;
    readonly reason: string;
  }[];
  readonly alerts: readonly {
    readonly name: string;
    readonly subject: string;
    readonly state: AlertState;
    readonly severity: Severity;
    readonly episode: number;
    readonly since: Instant;
    readonly value: number | null;
    readonly limit: number | null;
    /** Who has acknowledged it; null when nobody has. `until` null = as long as the episode lasts. */
    readonly acknowledged: { readonly by: string; readonly until: Instant | null; readonly note: string | null } | null;
    /** Until when no issue is opened for it; null when it is not silenced. */
    readonly silencedUntil: Instant | null;
  }[];
  /** Scores from 0 to 100, each with its parts; null where too little is known. */
  readonly health: SystemHealth;
  /** Of the last 24 hours, newest first. */
  readonly violations: readonly {
    readonly at: Instant;
    readonly agent: string;
    readonly kind: ViolationKind;
    readonly severity: Severity;
    readonly signs: readonly string[];
    readonly run: number | null;
  }[];
  /** The queue for review, as `queue --json` prints it. */
  readonly queue: QueueReport;
  /** What happened to the work of 28 days, as in `waste --json` but without the individual runs. */
  readonly waste: WasteSummary;
  readonly plan: readonly {
    readonly key: string;
    readonly kind: ResponseKind;
    readonly because: string;
    /** What it applies to: `issue:12`, `issue:new`, `agents:a,b`, `pull:12`. */
    readonly target: string;
  }[];
  readonly applied: readonly {
    readonly key: string;
    readonly kind: ResponseKind;
    readonly ok: boolean;
    readonly url: string | null;
    readonly error: string | null;
  }[];
}

/** The inputs of a report. */
export interface ReportInput
  extends Pick<
    WatchReport,
    'now' | 'repo' | 'status' | 'requests' | 'ledger' | 'metrics' | 'health' | 'queue' | 'waste'
  > {
  readonly findings: readonly Finding[];
  readonly alerts: readonly Alert[];
  /** Silences in force, by fingerprint of the alert. */
  readonly silences: Readonly<Record<string, Silence>>;
  readonly violations: readonly ViolationRow[];
  readonly plan: readonly PlannedResponse[];
  readonly receipts: readonly Receipt[];
}

/** The report of one run, for programs. */
export function watchReport(input: ReportInput): WatchReport {
  const { now, repo, status, requests, ledger, metrics } = input;
  return {
    now,
    repo,
    status,
    requests,
    ledger,
    metrics,
    findings: input.findings.map((finding) => ({
      rule: finding.rule,
      subject: subjectKey(finding.subject),
      outcome: finding.outcome,
      severity: finding.outcome === 'violated' ? finding.severity : null,
      value: finding.value,
      expected: finding.limit,
      reason: finding.reason,
    })),
    alerts: input.alerts.map(({ fingerprint, name, subject, state, episode, since, acknowledged, facts }) => ({
      name,
      subject: subjectKey(subject),
      state,
      severity: facts.severity,
      episode,
      since,
      value: facts.value,
      limit: facts.limit,
      acknowledged:
        acknowledged === null ? null : { by: acknowledged.by, until: acknowledged.until, note: acknowledged.note },
      silencedUntil: input.silences[fingerprint]?.until ?? null,
    })),
    health: input.health,
    violations: input.violations.map(({ url: _, ...row }) => row),
    queue: input.queue,
    waste: input.waste,
    plan: input.plan.map((response) => ({
      key: response.key,
      kind: response.kind,
      because: response.because,
      target: targetOf(response),
    })),
    applied: input.receipts.map(({ key, kind, ok, url, error }) => ({ key, kind, ok, url, error })),
  };
}

function targetOf(response: PlannedResponse): string {
  switch (response.kind) {
    case 'issue':
      return response.act === 'open' ? 'issue:new' : `issue:${response.issue}`;
    case 'stop':
      return `agents:${response.agents.join(',')}`;
    case 'rerun':
      return `run:${response.run}`;
    case 'rollback':
      return `pull:${response.pull}`;
    default:
      return response satisfies never;
  }
}
