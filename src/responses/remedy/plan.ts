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
}

/** What this version has hands for is planned by its own folder. */
type Recorded = Exclude<RemedyKind, 'none' | 'notify' | 'stop'>;

/**
 * What critical alerts ask to be done by itself and what becomes of it, once in each episode. Everything but a stop, which has a plan
 * of its own, is recorded as what would have been done: this version has no hand for it. Telling people is what happens anyway.
 */
export function planRemedies(input: RemedyInput): readonly RemedyRecord[] {
  const critical = input.alerts.filter(({ state, facts }) => state === 'active' && facts.severity === 'critical');
  const decided: RemedyRecord[] = [];
  for (const alert of critical) {
    const asked = askedOf(alert, input.asked);
    const kind = asked === null ? null : recorded(asked.do);
    if (asked === null || kind === null || wasDecided(alert, kind, input.log)) continue;
    const { fingerprint, episode, name } = alert;
    const verdict = verdictOf(alert, asked, kind, decided, input);
    decided.push({ fingerprint, episode, name, do: kind, verdict, agents: agentsOf(alert, input.agents) });
  }
  return decided;
}

function recorded(kind: RemedyKind): Recorded | null {
  switch (kind) {
    case 'pause-agent':
    case 'deny':
    case 'retry-run':
    case 'rerun-failed':
      return kind;
    case 'notify':
    case 'stop':
    case 'none':
      return null;
    default:
      return kind satisfies never;
  }
}

function wasDecided({ fingerprint, episode }: Alert, kind: Recorded, log: RemedyLog): boolean {
  return log.some((one) => one.fingerprint === fingerprint && one.episode === episode && one.do === kind);
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
  return requires === 'approval' ? 'awaits_approval' : 'no_hand';
}

/** What was held back by a limit does not count against it. */
const COUNTED: readonly RemedyRecord['verdict'][] = ['would_have', 'awaits_approval', 'no_hand'];

function agentsOf({ subject }: Alert, agents: readonly Agent[]): readonly string[] {
  return agents.flatMap(({ name }) => (subject.kind === 'agent' && subject.name === name ? [name] : []));
}
