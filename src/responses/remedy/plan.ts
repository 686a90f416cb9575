import type { Agent } from '../../core/agent.ts';
import type { Alert } from '../../core/alert.ts';
import type { RemedyRecord } from '../../core/notice-record.ts';
import type { RemedyKind } from '../../core/notice-terms.ts';
import { after, DAY, type Duration, type Instant } from '../../core/time.ts';
import { askedOf } from '../asked.ts';
import type { RemedyLog } from './log.ts';

/** What is asked for when an alert is critical. */
export interface AskedRemedy {
  readonly do: RemedyKind;
  /** Null where the mode of the whole configuration decides. */
  readonly mode: 'shadow' | 'enforce' | null;
  readonly cooldown: Duration;
  readonly max_per_day: number;
  readonly requires: 'approval' | null;
  /** How long a denial lasts. */
  readonly lasts: Duration;
}

/** All that planning may know. */
export interface RemedyInput {
  /** Every alert that is kept, in any state. */
  readonly alerts: readonly Alert[];
  readonly agents: readonly Agent[];
  /** By the name of a rule, or by a label as `team=payments`. */
  readonly asked: Readonly<Record<string, AskedRemedy>>;
  readonly mode: 'shadow' | 'enforce';
  readonly log: RemedyLog;
  readonly now: Instant;
  /** Why an agent is never held back; null when it may be. Pure. */
  readonly spared: (agent: Agent) => string | null;
}

/** What this version has hands for is planned by its own folder. */
type Recorded = Exclude<RemedyKind, 'none' | 'notify' | 'stop' | 'pause-agent'>;

/**
 * What critical alerts ask to be done by itself and what becomes of it, once in each episode; a denial again when it has ended and the
 * alert goes on. A denial holds as soon as it is written down, for whoever lets agents start reads it there. Stops and pauses have a
 * plan of their own. For the rest this version has no hand: it is recorded. Telling people is what happens anyway.
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
    // What another alert explains that asks for the same is done once.
    if (stories.has(`${kind} ${alert.facts.explainedBy}`) || wasDecided(alert, kind, input)) continue;
    const remedy = decide(alert, asked, kind, decided, input);
    if (kind !== 'deny' || remedy.agents.length > 0) decided.push(remedy);
  }
  return decided;
}

function decide(
  alert: Alert,
  asked: AskedRemedy,
  kind: Recorded,
  decided: readonly RemedyRecord[],
  input: RemedyInput,
): RemedyRecord {
  const { fingerprint, episode, name } = alert;
  const verdict = verdictOf(alert, asked, kind, decided, input);
  const ends = kind === 'deny' && (verdict === 'done' || verdict === 'would_have');
  const until = ends ? { until: after(input.now, asked.lasts) } : {};
  return { fingerprint, episode, name, do: kind, verdict, agents: agentsOf(alert, kind, input), ...until };
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

function wasDecided({ fingerprint, episode }: Alert, kind: Recorded, { log, now }: RemedyInput): boolean {
  const last = log.findLast((one) => one.fingerprint === fingerprint && one.episode === episode && one.do === kind);
  if (last === undefined) return false;
  // What has ended by itself is asked for anew as long as its cause goes on.
  return last.verdict !== 'done' || last.until === undefined || last.until > now;
}

function verdictOf(
  { fingerprint }: Alert,
  { mode, requires, cooldown, max_per_day }: AskedRemedy,
  kind: Recorded,
  decided: readonly RemedyRecord[],
  input: RemedyInput,
): RemedyRecord['verdict'] {
  const counted = input.log.filter((one) => one.do === kind && COUNTED.includes(one.verdict));
  if (counted.some((one) => one.fingerprint === fingerprint && one.at > after(input.now, -cooldown))) return 'cooling';
  const today = counted.filter(({ at }) => at > after(input.now, -DAY)).length;
  const now = decided.filter((one) => one.do === kind && COUNTED.includes(one.verdict)).length;
  if (today + now >= max_per_day) return 'day_full';
  if ((mode ?? input.mode) === 'shadow') return 'would_have';
  if (requires === 'approval') return 'awaits_approval';
  return kind === 'deny' ? 'done' : 'no_hand';
}

/** What was held back by a limit does not count against it. */
const COUNTED: readonly RemedyRecord['verdict'][] = ['would_have', 'awaits_approval', 'no_hand', 'done'];

/** Whom the alert is about, by name. A denial about the repository is of all agents; protective ones are never denied. */
function agentsOf({ subject }: Alert, kind: Recorded, { agents, spared }: RemedyInput): readonly string[] {
  const meant = agents.filter(({ name }) =>
    subject.kind === 'agent' ? subject.name === name : kind === 'deny' && subject.kind === 'repository',
  );
  return meant.filter((agent) => kind !== 'deny' || spared(agent) === null).map(({ name }) => name);
}
