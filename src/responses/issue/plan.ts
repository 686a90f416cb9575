import type { Alert } from '../../core/alert.ts';
import { compareSeverity, reaches, type Severity } from '../../core/outcome.ts';
import type { IssueContent, IssueResponse } from '../../core/response.ts';
import { inertMarkdown } from '../../core/text.ts';
import { between, type Duration, HOUR, type Instant, SECOND } from '../../core/time.ts';
import type { LivingIssue, Resolution, ResponseLog } from '../log.ts';

/**
 * How long a claim keeps others away from an act: longer than a run takes to write its issues. A process that takes an act
 * over anyway looks for the other's issue afterwards, so that one is left.
 */
export const CLAIM_LASTS: Duration = 60 * SECOND;

const MAX_REASON = 600;

/** A condition that returns sooner than this is the same trouble, whatever the settings say. */
const LEAST_REOPEN_WINDOW: Duration = HOUR;

export interface IssuePlanOptions {
  /** How long after closing an issue is reopened instead of opening a new one. */
  readonly reopenWithin: Duration;
  /** Alerts below this severity open no issue. */
  readonly minSeverity: Severity;
}

/** How far other processes' claims are respected. */
export interface ClaimTerms {
  /** The real time, to compare claims with: `now` may be a moment that somebody asked about. */
  readonly clock: Instant;
  /** How long another process's claim keeps us away, usually `CLAIM_LASTS`; 0 takes every claim over. */
  readonly last: Duration;
}

/** Everything that planning may know. */
export interface IssuePlanInput {
  /** All known alerts, in any state. */
  readonly alerts: readonly Alert[];
  /** True for an alert that somebody has silenced for now. */
  readonly isSilenced: (alert: Alert) => boolean;
  readonly log: ResponseLog;
  readonly now: Instant;
  /** Our own process, to tell our claims from others'. */
  readonly by: string;
  readonly claims: ClaimTerms;
  readonly options: IssuePlanOptions;
  /** Pure: see `issueContent`. */
  readonly content: (alert: Alert, resolution: Resolution | null) => IssueContent;
}

/** What to do with issues, most important first; `waiting` is being done by another process right now. */
export interface IssuePlan {
  readonly ready: readonly IssueResponse[];
  readonly waiting: readonly IssueResponse[];
}

/**
 * What must be done so that issues match the alerts: one open issue for each active alert that matters and is not covered
 * by another one. A silence only keeps an issue from being opened; an open one is followed to its end. The plan is made
 * from states, not from changes, so it repairs whatever went wrong in an earlier run.
 */
export function planIssues(input: IssuePlanInput): IssuePlan {
  const byFingerprint = new Map(input.alerts.map((alert) => [alert.fingerprint, alert]));
  const steps = input.alerts.flatMap((alert) => {
    const response = respond(alert, byFingerprint, input);
    return response === null ? [] : [{ alert, response }];
  });
  steps.sort(compareSteps);
  const busy = claimedByOthers(input);
  return {
    ready: steps.filter(({ alert }) => !busy.has(alert.fingerprint)).map(({ response }) => response),
    waiting: steps.filter(({ alert }) => busy.has(alert.fingerprint)).map(({ response }) => response),
  };
}

type Step = { readonly alert: Alert; readonly response: IssueResponse };

const ACT_ORDER: Readonly<Record<IssueResponse['act'], number>> = { open: 0, reopen: 1, close: 2, update: 3 };

function compareSteps(a: Step, b: Step): number {
  return (
    compareSeverity(b.alert.facts.severity, a.alert.facts.severity) ||
    ACT_ORDER[a.response.act] - ACT_ORDER[b.response.act] ||
    compareText(a.alert.activeAt ?? '', b.alert.activeAt ?? '') ||
    compareText(a.alert.fingerprint, b.alert.fingerprint)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function claimedByOthers({ log, by, claims }: IssuePlanInput): ReadonlySet<string> {
  const isFresh = (at: Instant): boolean => Math.abs(between(at, claims.clock)) < claims.last;
  const fresh = Object.values(log.claims).filter((claim) => claim.by !== by && isFresh(claim.at));
  return new Set(fresh.map((claim) => claim.fingerprint));
}

function respond(alert: Alert, others: ReadonlyMap<string, Alert>, input: IssuePlanInput): IssueResponse | null {
  const known = input.log.issues[alert.fingerprint];
  const issue = known === undefined || known.gone ? null : known;
  switch (alert.state) {
    case 'pending':
      return null;
    case 'active':
      return issue?.state === 'open'
        ? update(alert, issue, input)
        : isToldByItself(alert, others, input.options.minSeverity) && !input.isSilenced(alert)
          ? tell(alert, issue, known !== undefined, input)
          : null;
    case 'resolved':
      return issue?.state === 'open' ? close(alert, issue, input) : null;
    default:
      return alert.state satisfies never;
  }
}

/** An open issue follows its alert to the end, even if its severity falls or another alert covers it by now. */
function update(alert: Alert, issue: LivingIssue, input: IssuePlanInput): IssueResponse | null {
  const content = input.content(alert, null);
  if (content.hash === issue.hash) return null;
  const because = issue.episode === alert.episode ? 'the facts have changed' : 'the condition has come back';
  return {
    ...base(alert, `update:${content.hash.slice(0, 12)}`, because),
    act: 'update',
    issue: issue.number,
    content,
    comment: escalation(alert, issue),
  };
}

/** GitHub notifies nobody of an edit, so an escalation is said in a comment. */
function escalation({ facts }: Alert, { severity }: LivingIssue): string | null {
  if (severity === null || compareSeverity(facts.severity, severity) <= 0) return null;
  return `This is **${facts.severity}** now: ${inertMarkdown(facts.reason, MAX_REASON)}`;
}

function tell(alert: Alert, issue: LivingIssue | null, wasTold: boolean, input: IssuePlanInput): IssueResponse {
  const content = input.content(alert, null);
  if (issue !== null && closedFor(issue, input.now) <= Math.max(input.options.reopenWithin, LEAST_REOPEN_WINDOW)) {
    return {
      ...base(alert, 'reopen', 'the condition has come back'),
      act: 'reopen',
      issue: issue.number,
      content,
      comment: `The condition has come back: this is episode ${alert.episode}. The text above is up to date.`,
    };
  }
  const because =
    issue === null && wasTold ? 'the issue that told it is gone' : 'the alert is active and nobody was told';
  return { ...base(alert, 'open', because), act: 'open', content };
}

function closedFor(issue: LivingIssue, now: Instant): Duration {
  return issue.closedAt === null ? 0 : between(issue.closedAt, now);
}

function close(alert: Alert, issue: LivingIssue, input: IssuePlanInput): IssueResponse {
  const resolution = input.log.resolutions[alert.fingerprint] ?? null;
  const content = input.content(alert, resolution);
  return {
    ...base(alert, 'close', 'the alert is resolved'),
    act: 'close',
    issue: issue.number,
    content,
    comment: `Closed: ${inertMarkdown(resolution?.reason ?? 'the condition no longer holds.', MAX_REASON)}`,
  };
}

function base(
  alert: Alert,
  step: string,
  because: string,
): Pick<IssueResponse, 'kind' | 'key' | 'because' | 'fingerprint' | 'episode'> {
  return {
    kind: 'issue',
    key: `issue:${alert.fingerprint}:${alert.episode}:${step}`,
    because,
    fingerprint: alert.fingerprint,
    episode: alert.episode,
  };
}

/** False for an alert that matters too little, or that is explained by another active alert which has its own issue. */
function isToldByItself(alert: Alert, others: ReadonlyMap<string, Alert>, floor: Severity): boolean {
  return reaches(alert.facts.severity, floor) && !isExplained(alert, others, floor);
}

/** Alerts that explain each other in a circle would all be silent, so the first by fingerprint gets the issue. */
function isExplained(alert: Alert, others: ReadonlyMap<string, Alert>, floor: Severity): boolean {
  const chain: Alert[] = [alert];
  for (let last = alert; ; ) {
    const next = teller(last, others, floor);
    if (next === null) return chain.length > 1;
    if (next === alert) return chain.some((member) => member.fingerprint < alert.fingerprint);
    if (chain.includes(next)) return true;
    chain.push(next);
    last = next;
  }
}

function teller(alert: Alert, others: ReadonlyMap<string, Alert>, floor: Severity): Alert | null {
  const explainer = alert.facts.explainedBy === null ? undefined : others.get(alert.facts.explainedBy);
  return explainer?.state === 'active' && reaches(explainer.facts.severity, floor) ? explainer : null;
}
