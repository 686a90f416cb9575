import type { AlertBook } from '../alerts/book.ts';
import type { LedgerEvent } from '../core/event.ts';
import { issueContent } from '../responses/issue/content.ts';
import { type ClaimTerms, planIssues } from '../responses/issue/plan.ts';
import { responsesFold } from '../responses/log.ts';
import { planResponses, type ResponsePlan } from '../responses/plan.ts';
import type { WatchJob } from './job.ts';
import { ruleCard } from './rule-card.ts';
import type { LedgerState } from './state.ts';

/** What is to be done outside so that people know what the alerts say, after what was done before. Pure. */
export function planFor(
  job: WatchJob,
  state: LedgerState,
  changes: readonly LedgerEvent[],
  alerts: AlertBook,
  claims: ClaimTerms,
): ResponsePlan {
  const { config, now, by } = job;
  const log = responsesFold.apply(state.responses, changes);
  const issue = planIssues({
    alerts: Object.values(alerts.alerts),
    log,
    now,
    by,
    claims,
    options: { reopenWithin: config.issues.reopen_within, minSeverity: config.issues.min_severity },
    content: (alert, resolution) => {
      const context = { mode: config.mode, rule: ruleCard(alert, config, job.home), resolution };
      return issueContent(alert, { ...context, labels: config.issues.labels });
    },
  });
  return planResponses({ issue }, log, now, config.issues.writes_per_hour);
}
