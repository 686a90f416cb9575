import { silencesInForce } from '../alerts/calm.ts';
import type { Alert } from '../core/alert.ts';
import type { Receipt } from '../core/response.ts';
import { between, DAY, type Instant } from '../core/time.ts';
import type { Appended } from '../ledger/port.ts';
import { measure } from '../metrics/current.ts';
import { type WatchReport, watchReport } from '../surfaces/report.ts';
import { statusOf } from '../surfaces/status.ts';
import type { View } from '../surfaces/view.ts';
import { acts } from './act.ts';
import type { Gathered, WatchJob } from './job.ts';
import type { Judgement } from './judge.ts';
import type { LedgerState } from './state.ts';
import { agentRows, budgetRows, ruleTitles } from './view.ts';

/** What came of a run, for people and for programs. */
export interface Watched {
  readonly view: View;
  readonly report: WatchReport;
  /** True when something that was planned could not be done, so that people may not have been told. */
  readonly incomplete: boolean;
}

/** What the stages of a run left. */
export interface Stages {
  readonly gathered: Gathered;
  readonly remembered: Appended<LedgerState>;
  readonly judged: Judgement;
  readonly receipts: readonly Receipt[];
  readonly after: Appended<LedgerState>;
}

/** Puts together what people and programs are shown. Pure but for the count of requests. */
export function show(job: WatchJob, stages: Stages): Watched {
  const { now, repo, config } = job;
  const { judged, receipts, after } = stages;
  const { facts, findings } = judged;
  const plan = [...judged.plan.ready, ...judged.plan.elsewhere];
  const { alerts, silences } = shownAlerts(judged, now);
  const status = statusOf(findings, alerts);
  const ledger = { head: after.head, appended: appendedBy(stages) };
  const view: View = {
    repo,
    now,
    mode: config.mode,
    status,
    agents: agentRows(facts, now),
    budgets: budgetRows(facts, findings, config, now),
    alerts,
    silences,
    ruleTitles: ruleTitles(),
    issues: after.state.responses.issues,
    plan,
    postponed: judged.plan.held.length + judged.plan.waiting.length,
    receipts,
    dryRun: !acts(job),
    complaints: [...stages.gathered.complaints, ...refusals(receipts)],
    requests: job.requests(),
    ledger: { ...ledger, place: job.ledger.place },
  };
  const told = { now, repo, status, requests: job.requests(), ledger, findings, alerts, silences, plan, receipts };
  return {
    view,
    report: watchReport({ ...told, metrics: measure(facts, now) }),
    incomplete: isIncomplete(job, stages),
  };
}

/** Only what this job is for counts: the rest is another job's. */
function isIncomplete(job: WatchJob, { judged, receipts }: Stages): boolean {
  return receipts.length < judged.plan.ready.length ? acts(job) : receipts.some(({ ok }) => !ok);
}

function appendedBy({ remembered, judged, after }: Stages): number {
  return remembered.appended.length + judged.ledger.appended.length + after.appended.length;
}

function shownAlerts({ alerts: book }: Judgement, now: Instant): Pick<View, 'alerts' | 'silences'> {
  const alerts = Object.values(book.alerts).filter((alert) => isShown(alert, now));
  return { alerts, silences: silencesInForce(book, now) };
}

/** What is resolved is shown for one more day. */
function isShown(alert: Alert, now: Instant): boolean {
  return alert.state !== 'resolved' || (alert.resolvedAt !== null && between(alert.resolvedAt, now) <= DAY);
}

function refusals(receipts: readonly Receipt[]): readonly string[] {
  return receipts.flatMap(({ kind, act, issue, error }) =>
    error === null
      ? []
      : [`${kind === 'stop' ? 'stop' : `${act} issue${issue === null ? '' : ` #${issue}`}`}: ${error}`],
  );
}
