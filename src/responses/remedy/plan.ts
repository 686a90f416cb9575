import type { Agent } from '../../core/agent.ts';
import type { Alert } from '../../core/alert.ts';
import type { RunMark } from '../../core/facts.ts';
import type { RemedyRecord } from '../../core/notice-record.ts';
import type { RemedyKind } from '../../core/notice-terms.ts';
import { after, DAY, type Duration, type Instant } from '../../core/time.ts';
import { askedOf } from '../asked.ts';
import { rerunTargets } from '../rerun/targets.ts';
import { wordOn } from './approval.ts';
import { lastMark, type RemedyLog, type RemedyMark } from './log.ts';

/** What to do when an alert is critical. */
export interface AskedRemedy {
  readonly do: RemedyKind;
  /** Null to use the mode of the whole configuration. */
  readonly mode: 'shadow' | 'enforce' | null;
  readonly cooldown: Duration;
  readonly max_per_day: number;
  readonly requires: 'approval' | null;
  /** How long a denial lasts. */
  readonly lasts: Duration;
  /** A run that has had this many attempts is not run again. */
  readonly max_attempts: number;
}

/** Everything that planning may know. */
export interface RemedyInput {
  /** All known alerts, in any state. */
  readonly alerts: readonly Alert[];
  readonly agents: readonly Agent[];
  /** Recent attempts of runs, in no order. */
  readonly runs: readonly RunMark[];
  /** By the name of a rule, or by a label such as `team=payments`. */
  readonly asked: Readonly<Record<string, AskedRemedy>>;
  readonly mode: 'shadow' | 'enforce';
  readonly log: RemedyLog;
  readonly now: Instant;
  /** Why an agent is never held back; null when it may be. Pure. */
  readonly spared: (agent: Agent) => string | null;
}

/** Stops are planned separately. */
type Recorded = Exclude<RemedyKind, 'none' | 'notify' | 'stop' | 'pause-agent'>;

/**
 * What critical alerts ask for and what comes of it, once per episode. A denial is repeated when it has expired and the
 * alert goes on. A denial is in force as soon as it is recorded, because everything that starts agents reads it there.
 * Which runs to run again is decided here, when to do so in `rerun/plan.ts`. Stops and pauses are planned separately.
 * Notification happens in any case.
 */
export function planRemedies(input: RemedyInput): readonly RemedyRecord[] {
  const asking = input.alerts.flatMap((alert) => {
    const asked = askedOf(alert, input.asked);
    const kind = asked === null ? null : recorded(asked.do);
    const isCritical = alert.state === 'active' && alert.facts.severity === 'critical';
    return asked === null || kind === null || !isCritical ? [] : [{ alert, asked, kind }];
  });
  const stories = new Set(asking.map(({ alert, kind }) => `${kind} ${alert.fingerprint}`));
  const decided: RemedyRecord[] = [];
  for (const { alert, asked, kind } of asking) {
    // If another alert explains this one and asks for the same, it is done once.
    if (stories.has(`${kind} ${alert.facts.explainedBy}`)) continue;
    const remedy = decide({ alert, asked, kind }, decided, input);
    if (remedy !== null) decided.push(remedy);
  }
  return decided;
}

interface Wish {
  readonly alert: Alert;
  readonly asked: AskedRemedy;
  readonly kind: Recorded;
}

/** Null when there is nothing to decide, or nothing new. */
function decide(wish: Wish, decided: readonly RemedyRecord[], input: RemedyInput): RemedyRecord | null {
  const before = lastMark(input.log, wish.alert, wish.kind);
  if (before?.verdict === 'awaits_approval') return afterWaiting(wish, before, input);
  return before === undefined || isOpenAgain(before, input.now) ? atFirst(wish, decided, input) : null;
}

function recorded(kind: RemedyKind): Recorded | null {
  switch (kind) {
    case 'deny':
    case 'retry-run':
    case 'rerun-failed':
      return kind;
    case 'notify':
    case 'stop':
    case 'pause-agent':
    case 'none':
      return null;
    default:
      return kind satisfies never;
  }
}

/** What has expired is asked for again as long as its cause goes on, and so is what an earlier version could not do. */
function isOpenAgain({ verdict, until }: RemedyMark, now: Instant): boolean {
  return verdict === 'no_hand' || (verdict === 'done' && until !== undefined && until <= now);
}

/** A person has answered, or an answer is no longer required. */
function afterWaiting({ asked, kind }: Wish, before: RemedyMark, input: RemedyInput): RemedyRecord | null {
  const word = wordOn(before, input.now);
  if (word?.verdict === 'rejected') return recordOf(before, 'rejected');
  const isFree = word?.verdict === 'approved' || asked.requires === null;
  if (!isFree || modeOf(asked, input) === 'shadow') return null;
  return kind === 'deny'
    ? { ...recordOf(before, 'done'), until: after(input.now, asked.lasts) }
    : recordOf(before, 'planned');
}

/** Its agents and runs stay as they were when a person was asked. */
function recordOf(before: RemedyMark, verdict: RemedyRecord['verdict']): RemedyRecord {
  const { fingerprint, episode, name, do: kind, agents, runs } = before;
  return { fingerprint, episode, name, do: kind, verdict, agents, ...(runs === undefined ? {} : { runs }) };
}

function atFirst(wish: Wish, decided: readonly RemedyRecord[], input: RemedyInput): RemedyRecord | null {
  const { alert, asked, kind } = wish;
  const base = { fingerprint: alert.fingerprint, episode: alert.episode, name: alert.name, do: kind };
  const limit = limitOf(wish, decided, input);
  if (kind === 'deny') {
    const agents = agentsOf(alert, input);
    if (agents.length === 0) return null;
    const verdict = limit.verdict ?? (wordNeeded(asked, input) || 'done');
    const ends = verdict === 'done' || verdict === 'would_have';
    return { ...base, verdict, agents, ...(ends ? { until: after(input.now, asked.lasts) } : {}) };
  }
  const all = rerunTargets(alert, { ...input, maxAttempts: asked.max_attempts });
  const verdict = limit.verdict ?? (wordNeeded(asked, input) || 'planned');
  const runs = limit.verdict === null ? all.slice(0, limit.room) : all;
  const agents = [...new Set(runs.map(({ agent }) => agent))].sort();
  return runs.length === 0 ? null : { ...base, verdict, agents, runs };
}

function modeOf({ mode }: AskedRemedy, input: RemedyInput): 'shadow' | 'enforce' {
  return mode ?? input.mode;
}

/** Why it needs approval or stays in shadow; '' when it can be done right away. */
function wordNeeded(asked: AskedRemedy, input: RemedyInput): 'would_have' | 'awaits_approval' | '' {
  if (modeOf(asked, input) === 'shadow') return 'would_have';
  return asked.requires === 'approval' ? 'awaits_approval' : '';
}

/** Whether it was done too recently or too often, and how many times are left. */
function limitOf(
  { alert, asked, kind }: Wish,
  decided: readonly RemedyRecord[],
  { log, now }: RemedyInput,
): { readonly verdict: 'cooling' | 'day_full' | null; readonly room: number } {
  const counted = log.filter((one) => one.do === kind && isCounted(one));
  const lately = counted.some(
    ({ fingerprint, at }) => fingerprint === alert.fingerprint && at > after(now, -asked.cooldown),
  );
  if (lately) return { verdict: 'cooling', room: 0 };
  const today = counted.filter(({ at }) => at > after(now, -DAY));
  const alike = decided.filter((one) => one.do === kind && isCounted(one));
  const room = asked.max_per_day - [...today, ...alike].reduce((sum, one) => sum + weightOf(one), 0);
  return { verdict: room <= 0 ? 'day_full' : null, room };
}

/**
 * What a limit or a person held back does not count against the limit. What a person has answered is counted by what
 * followed.
 */
function isCounted({ verdict, answer }: RemedyRecord & Pick<RemedyMark, 'answer'>): boolean {
  switch (verdict) {
    case 'would_have':
    case 'no_hand':
    case 'done':
    case 'planned':
      return true;
    case 'awaits_approval':
      return answer === undefined;
    case 'cooling':
    case 'day_full':
    case 'rejected':
      return false;
    default:
      return verdict satisfies never;
  }
}

/** Each run that is run again counts. */
function weightOf({ runs }: RemedyRecord): number {
  return runs?.length ?? 1;
}

/**
 * The names of the agents that a denial is about: all agents for an alert about the repository. Protective ones are never
 * denied.
 */
function agentsOf({ subject }: Alert, { agents, spared }: RemedyInput): readonly string[] {
  const meant = agents.filter(({ name }) =>
    subject.kind === 'agent' ? subject.name === name : subject.kind === 'repository',
  );
  return meant.filter((agent) => spared(agent) === null).map(({ name }) => name);
}
