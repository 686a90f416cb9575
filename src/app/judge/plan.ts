import type { AlertBook } from '../../alerts/book.ts';
import { silenceOn } from '../../alerts/calm.ts';
import { muteOf } from '../../alerts/mute.ts';
import type { Alert } from '../../core/alert.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { Facts } from '../../core/facts.ts';
import { improvementFacts } from '../../metrics/improvements.ts';
import { guessAbout } from '../../metrics/opinions.ts';
import { issueContent } from '../../responses/issue/content.ts';
import { type ClaimTerms, planIssues } from '../../responses/issue/plan.ts';
import { type ResponseLog, responsesFold } from '../../responses/log.ts';
import { planResponses, type ResponsePlan } from '../../responses/plan.ts';
import { lastMark, type RemedyLog, remediesFold } from '../../responses/remedy/log.ts';
import { planReruns, type RerunPlan } from '../../responses/rerun/plan.ts';
import { rerunStory } from '../../responses/rerun/say.ts';
import { planRollbacks } from '../../responses/rollback/plan.ts';
import { planStops, type StopPlan } from '../../responses/stop-plan/plan.ts';
import type { WatchJob } from '../job.ts';
import type { LedgerState } from '../state.ts';
import { sparedBy } from '../stop/spared.ts';
import { muteInput } from './notice-input.ts';
import { mayRunAgain } from './rerun-gates.ts';
import { ruleCard } from './rule-card.ts';

/** What to do outside, and what shadow mode holds back. */
export interface Planned {
  readonly plan: ResponsePlan;
  readonly stops: StopPlan;
}

/** The ledger as it was, what is new since, and what judges know of it. */
export interface PlanGround {
  readonly state: LedgerState;
  readonly changes: readonly LedgerEvent[];
  readonly facts: Facts;
}

/** What to do outside about the alerts, given what was done before. Pure. */
export function planFor(job: WatchJob, ground: PlanGround, alerts: AlertBook, claims: ClaimTerms): Planned {
  const { config, now, by } = job;
  const { state, changes } = ground;
  const log = responsesFold.apply(state.responses, changes);
  const remedies = remediesFold.apply(state.remedies, changes);
  const all = Object.values(alerts.alerts);
  const stops = stopsFor(job, state, { alerts: all, log, claims, remedies });
  const rerun = rerunsFor(job, ground, { alerts: all, log, claims, remedies });
  const mute = muteInput(job, alerts);
  const issue = planIssues({
    alerts: all,
    isSilenced: (alert) => muteOf(alert, mute) !== null,
    log,
    now,
    by,
    claims,
    options: { reopenWithin: config.issues.reopen_within, minSeverity: config.issues.min_severity },
    content: (alert, resolution) => {
      const guess = guessAbout(state.opinions, alert);
      const context = { mode: config.mode, rule: ruleCard(alert, config, job.home), resolution, guess };
      const stop = stops.verdicts[alert.fingerprint] ?? null;
      const silence = silenceOn(alert, alerts, now);
      const denial = lastMark(remedies, alert, 'deny');
      const again = rerunStory(remedies, alert, config, rerun.heldBack);
      return issueContent(alert, { ...context, stop, silence, denial, again, labels: config.issues.labels });
    },
  });
  const asksDrafts = config.improvements.rollback === 'draft';
  const { cases } = asksDrafts ? improvementFacts(state.improvements, state.pulls) : { cases: [] };
  const rollback = planRollbacks({ cases, log, now, by, claims });
  const bounds = { writesPerHour: config.issues.writes_per_hour, kinds: job.apply };
  return { plan: planResponses({ issue, stop: stops, rollback, rerun }, log, now, bounds), stops };
}

interface StopMatter {
  readonly alerts: readonly Alert[];
  readonly log: ResponseLog;
  readonly claims: ClaimTerms;
  readonly remedies: RemedyLog;
}

function stopsFor(job: WatchJob, state: LedgerState, { alerts, log, claims, remedies }: StopMatter): StopPlan {
  const { config, now, by } = job;
  return planStops({
    alerts,
    agents: state.agents.agents,
    halt: state.halt.halt,
    held: state.halt.held,
    resumptions: state.halt.resumptions,
    stops: state.ruleStops,
    remedies,
    log,
    now,
    by,
    mode: config.mode,
    responses: config.responses,
    maxPerDay: config.stop.max_per_day,
    claims,
    spared: sparedBy(config, state.agents.files),
  });
}

function rerunsFor(job: WatchJob, { state, facts }: PlanGround, matter: StopMatter): RerunPlan {
  const { config, now, by } = job;
  const { responses: asked, mode } = config;
  return planReruns({ ...matter, asked, mode, now, by, heldBack: mayRunAgain({ config, state, facts, now }) });
}
