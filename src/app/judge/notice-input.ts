import type { AlertBook } from '../../alerts/book.ts';
import type { MuteInput } from '../../alerts/mute.ts';
import type { NoticeLog } from '../../alerts/notice-log.ts';
import type { NoticeInput } from '../../alerts/notices.ts';
import { mergePolicies } from '../../alerts/policy.ts';
import { BUDGET_RULES } from '../../budgets/registry.ts';
import { type Finding, NO_EVIDENCE } from '../../core/finding.ts';
import type { NoticeTerms } from '../../core/notice-terms.ts';
import { NOTIFICATION_FAILED, OWN_VOICES, WATCHDOG } from '../../core/own-voice.ts';
import { plainLine } from '../../core/text.ts';
import type { ResponseLog } from '../../responses/log.ts';
import { RULES } from '../../rules/registry.ts';
import type { WatchJob } from '../job.ts';

/** All settings about who is told what: the configuration, and what rules bring with them. */
export function noticeTerms({ config, given }: Pick<WatchJob, 'config' | 'given'>): NoticeTerms {
  const { policy, escalation, contacts, preferences, digests, inhibit, silences, maintenance } = config;
  return { policy, routes: given.routes, escalation, contacts, preferences, digests, inhibit, silences, maintenance };
}

/** What muting depends on, for a state of the alerts. */
export function muteInput(job: Pick<WatchJob, 'config' | 'now'>, book: AlertBook): MuteInput {
  const { silences, matched = {} } = book;
  return { alerts: Object.values(book.alerts), silences, matched, terms: job.config, now: job.now };
}

/** What messages are planned from, for a state of the alerts. `rules explain` uses it too. */
export function noticeInput(
  job: Pick<WatchJob, 'config' | 'given' | 'now' | 'repo' | 'home'>,
  book: AlertBook,
  log: NoticeLog,
  responses: ResponseLog,
): NoticeInput {
  return {
    ...muteInput(job, book),
    repo: job.repo,
    log,
    terms: noticeTerms(job),
    policies: mergePolicies(job.given.policies),
    issueOf: (fingerprint) => issueOf(responses, fingerprint),
    runbookOf: (name) => runbookOf(name, job.home),
  };
}

const WITH_RUNBOOK: ReadonlySet<string> = new Set([...BUDGET_RULES, ...RULES, ...OWN_VOICES].map(({ name }) => name));

/** Address of the page that says what to do about a built-in rule; null for people's rules. */
export function runbookOf(name: string, home: string): string | null {
  return WITH_RUNBOOK.has(name) ? `${home}/docs/runbooks/${name}.md` : null;
}

/** Address of the issue for an alert; null while there is none. */
export function issueOf({ issues }: ResponseLog, fingerprint: string): string | null {
  const issue = issues[fingerprint];
  return issue === undefined || issue.gone ? null : issue.url;
}

/**
 * What Checkrein reports about its own channels: one that accepts nothing, reported through the others, and an alert that always
 * fires for those who want to notice its absence.
 */
export function ownFindings({ config }: WatchJob, { channels }: NoticeLog): readonly Finding[] {
  const lost = Object.entries(channels).map(([name, { failing }]): Finding => {
    const base = {
      rule: NOTIFICATION_FAILED.name,
      subject: { kind: 'checkrein', name: 'channels' },
      labels: { channel: name },
      value: null,
      limit: null,
      unit: 'count',
    } as const;
    if (failing === null) return { ...base, outcome: 'ok', reason: `The channel ${plainLine(name)} takes messages.` };
    const reason = `The channel ${plainLine(name)} did not take a message: ${plainLine(failing.error, 300)}`;
    return { ...base, outcome: 'violated', severity: 'warning', reason, evidence: NO_EVIDENCE, explainedBy: null };
  });
  return config.policy.watchdog ? [...lost, WATCHES] : lost;
}

const WATCHES: Finding = {
  rule: WATCHDOG.name,
  subject: { kind: 'checkrein', name: 'watch' },
  labels: {},
  value: null,
  limit: null,
  unit: 'count',
  outcome: 'violated',
  severity: 'info',
  reason: 'This alert fires at all times: when it is no longer repeated, nothing watches.',
  evidence: NO_EVIDENCE,
  explainedBy: null,
};
