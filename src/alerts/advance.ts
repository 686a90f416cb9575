import type { Alert, AlertChange, AlertFacts } from '../core/alert.ts';
import { canonicalJson } from '../core/canonical.ts';
import { type Finding, findingKey, NO_EVIDENCE } from '../core/finding.ts';
import { formatMoment } from '../core/quantity.ts';
import { after, between, type Duration, formatDuration, type Instant } from '../core/time.ts';
import type { AlertBook } from './book.ts';
import { fingerprint, oneAnswerEach } from './identity.ts';
import { type AlertPolicies, type AlertPolicy, AUTO_RESOLVE, DEDUP, policyOf } from './policy.ts';

/** What the alerts are evaluated with. */
export interface Look {
  readonly now: Instant;
  readonly repo: string;
  /** By rule name; other rules have the default policy. */
  readonly policies: AlertPolicies;
  /** An alert whose condition was seen to be gone ends after this time at the latest; left out: `AUTO_RESOLVE`. */
  readonly autoResolve?: Duration;
  /** An alert that comes back within this time flaps; left out: `DEDUP`. */
  readonly dedup?: Duration;
  /** Whether something that was over before anybody looked still becomes active; left out: it does not. */
  readonly pagePast?: boolean;
}

/**
 * True if `now` is before the last look, as in a re-run of an old job or with a wrong clock. Such a look only reads. Several
 * consecutive looks before it show that the clock of the last look was wrong: see `AlertBook.behind`.
 */
export function comesTooLate(book: AlertBook, now: Instant): boolean {
  return book.evaluatedAt !== null && now < book.evaluatedAt;
}

/**
 * What the findings change in the life of the alerts. Pure and total: every state handles every answer.
 *
 * | state    | violated                                   | ok                                             | unknown | not judged |
 * |----------|--------------------------------------------|------------------------------------------------|---------|------------|
 * | none     | active, or pending while `for` runs        | none                                           | none    | none       |
 * | pending  | active once `for` has passed and it was seen often enough | dropped                         | hold    | dropped    |
 * | active   | stay; updated if what people read changed | clearing; resolved once `keepFiringFor` passed | hold    | resolved   |
 * | resolved | a new episode, as from none                | stay                                           | stay    | stay       |
 *
 * An ok that `holds` keeps an active alert. A judge returns it for numbers that are back across the line, but not clearly, so
 * that a value wavering around a line is one story. An alert about a day or a month ends with it, whatever is known about the
 * next one. A violation in the next period is another episode.
 *
 * An acknowledgement changes nothing here, because it is separate from the state. How a rule wants unknown to be read is applied
 * beforehand.
 *
 * The same findings at the same moment change nothing a second time.
 */
export function advanceAlerts(book: AlertBook, findings: readonly Finding[], look: Look): readonly AlertChange[] {
  if (comesTooLate(book, look.now)) return [];
  const answers = oneAnswerEach(findings).map((finding) => read(book, finding, look));
  const byFingerprint = new Map(answers.map((finding) => [fingerprint(look.repo, finding), finding] as const));
  const told = new Map(
    answers.flatMap((finding) => {
      const story = finding.outcome === 'violated';
      return story ? [[findingKey(finding), fingerprint(look.repo, finding)] as const] : [];
    }),
  );
  const judged = [...byFingerprint].flatMap(([id, finding]) => judge(book, id, finding, told, look));
  const unjudged = Object.values(book.alerts).filter((alert) => !byFingerprint.has(alert.fingerprint));
  return [...judged, ...unjudged.flatMap((alert) => orphan(alert, look))];
}

/** A finding as read under the policy of its rule. */
function read(book: AlertBook, finding: Finding, { repo, policies }: Look): Finding {
  const { noData, severity } = policyOf(policies, finding.rule);
  if (finding.outcome !== 'unknown' || noData === 'keep') return finding;
  if (noData === 'ok') return { ...finding, outcome: 'ok' };
  const known = book.alerts[fingerprint(repo, finding)]?.facts.severity ?? severity;
  return { ...finding, outcome: 'violated', severity: known, evidence: NO_EVIDENCE, explainedBy: null };
}

type Stories = ReadonlyMap<string, string>;

function judge(book: AlertBook, id: string, finding: Finding, stories: Stories, look: Look): readonly AlertChange[] {
  const alert = book.alerts[id];
  const over = alert === undefined ? [] : periodOver(alert, finding);
  if (over.length === 0) return inPeriod({ book, id, alert, look }, finding, stories);
  return finding.outcome === 'violated'
    ? [...over, ...violated({ book, id, alert: undefined, look }, finding, stories)]
    : over;
}

/** The end of an alert whose day or month has ended. A finding about another period says nothing about it. */
function periodOver({ fingerprint, episode, state, facts }: Alert, finding: Finding): readonly AlertChange[] {
  const { period } = facts;
  if (state === 'resolved' || period === undefined || finding.period === undefined || period >= finding.period)
    return [];
  if (state === 'pending') return [{ kind: 'dropped', fingerprint, episode }];
  const reason = finding.outcome === 'ok' ? finding.reason : `${period} is over: what comes now is counted anew.`;
  return [{ kind: 'resolved', fingerprint, episode, because: 'period_over', reason }];
}

function inPeriod(subject: Case, finding: Finding, stories: Stories): readonly AlertChange[] {
  switch (finding.outcome) {
    case 'violated':
      return violated(subject, finding, stories);
    case 'ok':
      return (
        missed(subject, finding) ?? (subject.alert === undefined ? [] : cleared(subject.alert, finding, subject.look))
      );
    case 'unknown':
      return [];
    default:
      return finding satisfies never;
  }
}

interface Case {
  readonly book: AlertBook;
  readonly id: string;
  readonly alert: Alert | undefined;
  readonly look: Look;
}

type Violated = Extract<Finding, { outcome: 'violated' }>;
type Well = Extract<Finding, { outcome: 'ok' }>;

/**
 * Something that began and ended between two looks: an episode that is over at once, which digests list, or with `pagePast` one
 * that is sent and ends like any other. Null if there is none, or if the last episode was about it.
 */
function missed({ book, id, alert, look }: Case, finding: Well): readonly AlertChange[] | null {
  const { missed: past, rule: name, subject, labels, unit } = finding;
  if (past === undefined || alert?.state === 'active') return null;
  const ended = alert?.resolvedAt ?? null;
  if (ended !== null && ended >= past.since) return null;
  const { since, until, severity, value, limit, evidence } = past;
  const held = `It held for ${formatDuration(between(since, until))} and was over at ${formatMoment(until)}, before anybody looked.`;
  const facts = { severity, value, limit, unit, reason: `${held} ${past.reason}`, evidence, explainedBy: null };
  const episode = (book.episodes[id] ?? 0) + 1;
  const head = { fingerprint: id, name, subject, labels, facts, episode, since };
  const began: AlertChange = { kind: 'activated', ...head, ...flapsOf(alert, look) };
  return look.pagePast === true
    ? [began, { kind: 'clearing', fingerprint: id, episode }]
    : [began, { kind: 'resolved', fingerprint: id, episode, because: 'missed', reason: held }];
}

function violated(subject: Case, finding: Violated, stories: Stories): readonly AlertChange[] {
  const { book, id, alert, look } = subject;
  const policy = policyOf(look.policies, finding.rule);
  const facts = factsOf(finding, stories);
  const last = book.episodes[id] ?? 0;
  const head = { fingerprint: id, name: finding.rule, subject: finding.subject, labels: finding.labels, facts };
  if (alert?.state === 'active') {
    const { episode, since } = alert;
    const holding: AlertChange = { kind: 'holding', fingerprint: id, episode };
    const updated: AlertChange = { kind: 'updated', ...head, episode, since };
    const news = canonicalJson(alert.facts) !== canonicalJson(facts);
    return [...(alert.keepSince === null ? [] : [holding]), ...(news ? [updated] : [])];
  }
  const waited = waiting(alert?.state === 'pending' ? alert : null, finding, policy, look.now);
  const { since, observations } = waited;
  if (isReady(waited, policy, look.now)) {
    return [{ kind: 'activated', ...head, episode: last + 1, since, ...flapsOf(alert, look) }];
  }
  if (alert?.state === 'pending' && alert.seenAt === look.now) return [];
  return [{ kind: 'pending', ...head, episode: last, since, ...(observations === 1 ? {} : { observations }) }];
}

/** How long and how often a condition was seen true before it counts. */
interface Waited {
  readonly since: Instant;
  readonly observations: number;
}

/** Looks at the same moment are one observation. A gap without an answer does not count as waiting, unless the data cover it. */
function waiting(pending: Alert | null, { trueSince }: Violated, { maxGap }: AlertPolicy, now: Instant): Waited {
  if (pending === null) return { since: trueSince ?? now, observations: 1 };
  const seenAt = pending.seenAt ?? pending.since;
  const gap = between(seenAt, now);
  const observations = (pending.observations ?? 1) + (gap === 0 ? 0 : 1);
  const since = trueSince ?? (gap > maxGap ? after(pending.since, gap) : pending.since);
  return { since, observations };
}

function isReady({ since, observations }: Waited, policy: AlertPolicy, now: Instant): boolean {
  if (policy.mode === 'event') return true;
  if (policy.mode === 'observations' && observations < policy.minObservations) return false;
  return between(since, now) >= policy.for;
}

/** What comes back soon after its end flaps. */
function flapsOf(alert: Alert | undefined, { now, dedup = DEDUP }: Look): { readonly flaps?: number } {
  const resolvedAt = alert?.resolvedAt ?? null;
  if (resolvedAt === null || between(resolvedAt, now) >= dedup) return {};
  return { flaps: (alert?.flaps ?? 0) + 1 };
}

function cleared(
  alert: Alert,
  finding: Well,
  { policies, now, autoResolve = AUTO_RESOLVE }: Look,
): readonly AlertChange[] {
  const { fingerprint, episode, state, keepSince } = alert;
  const keepFiringFor = Math.min(policyOf(policies, finding.rule).keepFiringFor, autoResolve);
  switch (state) {
    case 'pending':
      return [{ kind: 'dropped', fingerprint, episode }];
    case 'active':
      if (finding.holds === true) return keepSince === null ? [] : [{ kind: 'holding', fingerprint, episode }];
      if (hasPassed(keepSince, keepFiringFor, now)) {
        return [{ kind: 'resolved', fingerprint, episode, because: 'condition_cleared', reason: finding.reason }];
      }
      return keepSince === null || keepSince > now ? [{ kind: 'clearing', fingerprint, episode }] : [];
    case 'resolved':
      return [];
    default:
      return state satisfies never;
  }
}

function hasPassed(since: Instant | null, wait: Duration, now: Instant): boolean {
  return wait === 0 || (since !== null && between(since, now) >= wait);
}

/** The end of an alert that no rule asks about any more: the rule is off, or its agent or budget is gone. */
function orphan({ fingerprint, episode, state, name }: Alert, { policies }: Look): readonly AlertChange[] {
  switch (state) {
    case 'pending':
      return [{ kind: 'dropped', fingerprint, episode }];
    case 'active': {
      if (policyOf(policies, name).mode === 'event') {
        return [{ kind: 'resolved', fingerprint, episode, because: 'event_told', reason: 'It happened once.' }];
      }
      const reason = 'This is no longer judged: the rule is switched off, or what it was about is gone.';
      return [{ kind: 'resolved', fingerprint, episode, because: 'rule_removed', reason }];
    }
    case 'resolved':
      return [];
    default:
      return state satisfies never;
  }
}

function factsOf(finding: Violated, stories: Stories): AlertFacts {
  const { severity, value, limit, unit, reason, evidence, period } = finding;
  const explainedBy = finding.explainedBy === null ? null : (stories.get(finding.explainedBy) ?? null);
  const facts: AlertFacts = { severity, value, limit, unit, reason, evidence, explainedBy };
  return period === undefined ? facts : { ...facts, period };
}
