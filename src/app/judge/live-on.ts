import { advanceAlerts, comesTooLate } from '../../alerts/advance.ts';
import { type AlertBook, alertsFold } from '../../alerts/book.ts';
import { timeIsUp } from '../../alerts/calm.ts';
import { marksOver } from '../../alerts/marks.ts';
import { noticesFold } from '../../alerts/notice-fold.ts';
import { NO_NOTICES, type NoticePlan, planNotices } from '../../alerts/notices.ts';
import { mergePolicies } from '../../alerts/policy.ts';
import type { AlertChange } from '../../core/alert.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { Finding } from '../../core/finding.ts';
import type { RemedyRecord } from '../../core/notice-record.ts';
import { planRemedies } from '../../responses/remedy/plan.ts';
import { endedReruns } from '../../responses/rerun/follow.ts';
import type { WatchJob } from '../job.ts';
import type { LedgerState } from '../state.ts';
import { sparedBy } from '../stop/spared.ts';
import { alertEvent, calmEndEvents } from './alert-events.ts';
import { anomalyEvents, markEndEvents } from './anomaly-events.ts';
import { denialEvents, noticeEvents, remedyEvents } from './notice-events.ts';
import { noticeInput } from './notice-input.ts';
import { rerunEvent } from './rerun-event.ts';

/** How the alerts go on, and who is told. */
export interface Life {
  readonly changes: readonly AlertChange[];
  /** What is new about the alerts, as the ledger keeps it. */
  readonly news: readonly LedgerEvent[];
  readonly alerts: AlertBook;
  /** What to tell the channels. */
  readonly notices: NoticePlan;
  /** What critical alerts ask to be done automatically, apart from stops. */
  readonly remedies: readonly RemedyRecord[];
}

/** One step in the life of all alerts. Pure: the same state and findings give the same step. */
export function liveOn(job: WatchJob, state: LedgerState, findings: readonly Finding[]): Life {
  const { now, repo, config } = job;
  const { auto_resolve: autoResolve, dedup, page_past: pagePast } = config.policy;
  const ended = calmEndEvents(job, timeIsUp(state.alerts, now));
  const before = alertsFold.apply(state.alerts, ended);
  const policies = mergePolicies(job.given.policies);
  const changes = advanceAlerts(before, findings, { now, repo, policies, autoResolve, dedup, pagePast });
  const news = [
    ...ended,
    ...markEndEvents(job, marksOver(state.marks, now)),
    ...changes.map((change) => alertEvent(job, change)),
    ...anomalyEvents(job, changes, findings),
    ...rerunEnds(job, state),
  ];
  const alerts = alertsFold.apply(state.alerts, news);
  return { changes, news, alerts, ...voices(job, state, news, alerts) };
}

/** The outcome of reruns. A look that comes too late to judge leaves this to the look that has judged. */
function rerunEnds(job: WatchJob, state: LedgerState): readonly LedgerEvent[] {
  if (comesTooLate(state.alerts, job.now)) return [];
  const runs = Object.values(state.recent.runs);
  const sessions = Object.values(state.recent.sessions);
  return endedReruns(state.remedies, { runs, sessions, now: job.now }).map((rerun) => rerunEvent(job, rerun));
}

/** What is written to the ledger, in one batch: a message to be sent and the event it reports are both there, or neither is. */
export function lifeEvents(
  job: WatchJob,
  { news, notices, remedies }: Pick<Life, 'news' | 'notices' | 'remedies'>,
): readonly LedgerEvent[] {
  return [...news, ...noticeEvents(job, notices), ...remedyEvents(job, remedies), ...denialEvents(job, remedies)];
}

/** What channels are told and which remedies are asked for; nothing once a later look has reported. */
function voices(
  job: WatchJob,
  state: LedgerState,
  news: readonly LedgerEvent[],
  book: AlertBook,
): Pick<Life, 'notices' | 'remedies'> {
  if (comesTooLate(book, job.now)) return { notices: NO_NOTICES, remedies: [] };
  const log = noticesFold.apply(state.notices, news);
  const { responses: asked, mode } = job.config;
  const { agents } = state.agents;
  const alerts = Object.values(book.alerts);
  return {
    notices: planNotices(noticeInput(job, book, log, state.responses)),
    remedies: planRemedies({
      ...{ alerts, agents, asked, mode, log: state.remedies, now: job.now, runs: Object.values(state.recent.runs) },
      spared: sparedBy(job.config, state.agents.files),
    }),
  };
}
