import { comesTooLate } from '../../alerts/advance.ts';
import { silencesInForce } from '../../alerts/calm.ts';
import type { Alert } from '../../core/alert.ts';
import type { Facts } from '../../core/facts.ts';
import type { Receipt } from '../../core/response.ts';
import type { ReviewTerms } from '../../core/review-terms.ts';
import { between, DAY, type Duration, type Instant, after as shifted } from '../../core/time.ts';
import type { Appended } from '../../ledger/port.ts';
import { type MetricTree, measure } from '../../metrics/current.ts';
import { accuracyOf } from '../../metrics/episodes.ts';
import { measureComplaints } from '../../metrics/measures.ts';
import { shadowReport } from '../../metrics/shadow/report.ts';
import { type WatchReport, watchReport } from '../../surfaces/report.ts';
import { statusOf } from '../../surfaces/status.ts';
import type { View } from '../../surfaces/view.ts';
import type { Gathered, WatchJob } from '../job.ts';
import { acts } from '../job.ts';
import { serversIn } from '../judge/conditions.ts';
import type { Judgement } from '../judge/judge.ts';
import type { Tidied } from '../ledger/tidy.ts';
import { agentRows, budgetRows, ruleTitles, violationRows } from '../ledger/view.ts';
import { outlookNow, queueReport, queueView, wasteSummary, wasteView } from '../review/view.ts';
import type { LedgerState } from '../state.ts';
import { isDrill } from '../stop/canary.ts';
import type { Upheld } from '../stop/upheld.ts';

/** The result of a run, for people and for programs. */
export interface Watched {
  readonly view: View;
  readonly report: WatchReport;
  /** True when something planned could not be done, so that people may not have been told. */
  readonly incomplete: boolean;
  /** Dollars that the repository's agents are known to have spent this UTC day; null when nothing is known. */
  readonly usdToday: number | null;
}

/** What the stages of a run left. */
export interface Stages {
  /** The results of looking after the stop in force. */
  readonly upheld: readonly Upheld[];
  readonly gathered: Gathered;
  readonly remembered: Appended<LedgerState>;
  readonly judged: Judgement;
  readonly receipts: readonly Receipt[];
  readonly tidied: Tidied;
  readonly after: Appended<LedgerState>;
}

/** Puts together what people and programs are shown. Pure, except for the count of requests. */
export function show(job: WatchJob, stages: Stages): Watched {
  const { now, repo, config } = job;
  const { judged, receipts, after } = stages;
  const { facts, findings } = judged;
  const plan = [...judged.plan.ready, ...judged.plan.elsewhere];
  const { alerts, silences } = shownAlerts(judged, now);
  const status = statusOf(findings, alerts, isHalted(after.state));
  const ledger = { head: after.head, appended: appendedBy(stages) };
  const reviewed = reviewedIn(facts, config.reviews, now);
  const view: View = {
    repo,
    now,
    mode: config.mode,
    status,
    agents: agentRows(facts, now),
    budgets: budgetRows(facts, findings, config, now),
    health: facts.health(),
    ...reviewed.view,
    violations: violationRows(facts, now),
    alerts,
    silences,
    ...judgedAlerts(facts, now),
    ...shadowOf(facts, now),
    ruleTitles: ruleTitles(),
    issues: after.state.responses.issues,
    plan,
    postponed: judged.plan.held.length + judged.plan.waiting.length,
    receipts,
    dryRun: !acts(job),
    complaints: complaintsOf(job, stages),
    requests: job.requests(),
    ledger: { ...ledger, place: job.ledger.place },
  };
  const metrics = measure(facts, now, serversIn(facts, config));
  const { violations, health } = view;
  const told = { now, repo, status, requests: job.requests(), ledger, findings, alerts, silences, plan, receipts };
  return {
    view,
    report: watchReport({ ...told, metrics, violations, health, ...reviewed.report }),
    usdToday: metricAt(metrics, ['sessions', 'tokenUsage', 'cost']),
    incomplete: isIncomplete(job, stages),
  };
}

/** What waits for people and what became of the work, for people and for programs. */
function reviewedIn(
  facts: Facts,
  terms: ReviewTerms,
  now: Instant,
): { readonly view: Pick<View, 'queue' | 'waste'>; readonly report: Pick<WatchReport, 'queue' | 'waste'> } {
  const outlook = outlookNow(facts, terms, now);
  return {
    view: { ...(outlook === null ? {} : { queue: queueView(outlook) }), waste: wasteView(facts) },
    report: { queue: queueReport(outlook), waste: wasteSummary(facts) },
  };
}

function complaintsOf(job: WatchJob, { judged, upheld, gathered, receipts, tidied, after }: Stages): readonly string[] {
  return eachOnce([
    ...upheld.flatMap(({ complaints }) => complaints),
    ...lateLook(job, judged),
    ...failures(judged.facts),
    ...gathered.complaints,
    ...refusals(receipts),
    ...tidied.complaints,
    ...measureComplaints(after.state.measures),
  ]);
}

/** Merges repeated complaints, such as one for each message to a channel that is away, into one with a count. */
function eachOnce(complaints: readonly string[]): readonly string[] {
  const times = new Map<string, number>();
  for (const complaint of complaints) times.set(complaint, (times.get(complaint) ?? 0) + 1);
  return [...times].map(([complaint, count]) => (count === 1 ? complaint : `${complaint} (${count} times)`));
}

function judgedAlerts({ episodes }: Facts, now: Instant): Pick<View, 'judgedAlerts'> {
  const { judged, right } = accuracyOf(episodes, now);
  return judged === 0 ? {} : { judgedAlerts: { judged, right } };
}

/** How far back the summary covers what enforce mode would have done. */
const SHADOW_OVER: Duration = 30 * DAY;

function shadowOf(facts: Facts, now: Instant): Pick<View, 'shadow'> {
  if (facts.wouldHave.length === 0) return {};
  const shadow = shadowReport(facts, shifted(now, -SHADOW_OVER), now);
  return shadow.outcomes.length === 0 ? {} : { shadow };
}

/** While a drill holds its canary, the agents keep working. */
function isHalted({ halt: { halt } }: LedgerState): boolean {
  return halt !== null && !isDrill(halt);
}

/** Only what this job is responsible for counts. A draft that cannot be opened is reported by the alert of its change. */
function isIncomplete(job: WatchJob, { upheld, judged, receipts }: Stages): boolean {
  if (upheld.some(({ incomplete }) => incomplete)) return true;
  return receipts.length < judged.plan.ready.length
    ? acts(job)
    : receipts.some(({ ok, kind }) => !ok && kind !== 'rollback');
}

function appendedBy({ remembered, judged, after }: Stages): number {
  return remembered.appended.length + judged.ledger.appended.length + after.appended.length;
}

function shownAlerts({ alerts: book }: Judgement, now: Instant): Pick<View, 'alerts' | 'silences'> {
  const alerts = Object.values(book.alerts).filter((alert) => isShown(alert, now));
  return { alerts, silences: silencesInForce(book, now) };
}

/** A resolved alert is shown for one more day. */
function isShown(alert: Alert, now: Instant): boolean {
  return alert.state !== 'resolved' || (alert.resolvedAt !== null && between(alert.resolvedAt, now) <= DAY);
}

/** A failing source is reported at every run, even while its alert is only informational or the rule is switched off. */
function failures({ sources }: Facts): readonly string[] {
  return sources.flatMap(({ source, failure }) =>
    failure === null ? [] : [`the source ${source} failed: ${failure.message}. ${failure.remedy}`],
  );
}

/** A run whose clock is before the last look has judged nothing again, and must not look as if it had. */
function lateLook({ now }: WatchJob, { alerts }: Judgement): readonly string[] {
  if (!comesTooLate(alerts, now)) return [];
  const last = `${alerts.evaluatedAt?.slice(0, 19)}Z`;
  const own = `${now.slice(0, 19)}Z`;
  return [
    `This run takes ${own} for the present, but alerts were looked at as of ${last} already: no alert was changed. ` +
      'If that moment is wrong, look at the clock, or at --now; a later run goes on as usual.',
  ];
}

function metricAt(tree: MetricTree, [part = '', ...rest]: readonly string[]): number | null {
  const value = tree[part];
  if (typeof value === 'object' && value !== null) return metricAt(value, rest);
  return typeof value === 'number' ? value : null;
}

function refusals(receipts: readonly Receipt[]): readonly string[] {
  return receipts.flatMap(({ kind, act, issue, error }) =>
    error === null
      ? []
      : [`${kind === 'issue' ? `${act} issue${issue === null ? '' : ` #${issue}`}` : kind}: ${error}`],
  );
}
