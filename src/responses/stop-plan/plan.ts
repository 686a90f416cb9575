import type { Agent } from '../../core/agent.ts';
import type { Alert } from '../../core/alert.ts';
import type { Halt, HeldWorkflow, Resumption } from '../../core/halt.ts';
import type { RemedyRecord } from '../../core/notice-record.ts';
import type { RemedyKind } from '../../core/notice-terms.ts';
import type { StopResponse } from '../../core/response.ts';
import { after, between, DAY, type Duration, type Instant } from '../../core/time.ts';
import { askedOf } from '../asked.ts';
import type { ClaimTerms } from '../issue/plan.ts';
import type { ResponseLog } from '../log.ts';
import { wordOn } from '../remedy/approval.ts';
import { lastMark, type RemedyLog } from '../remedy/log.ts';
import type { StopPlanLog } from './log.ts';

/** An agent that is left alone, and why. */
export interface SparedAgent {
  readonly agent: string;
  /** Our own words: `it is listed under stop.protective`. */
  readonly reason: string;
}

/** The setting that limits how often rules stop: all rules together, or one. */
type StopBound = 'stop.max_per_day' | 'max_per_day';

/** What happens to an alert whose rule asks for a stop. The alert's issue shows it. */
export type StopVerdict =
  /** Shadow mode: it is only reported. */
  | { readonly kind: 'would_have'; readonly agents: readonly string[]; readonly spared: readonly SparedAgent[] }
  | { readonly kind: 'planned'; readonly agents: readonly string[]; readonly spared: readonly SparedAgent[] }
  /** This episode has had its stop; a second one would fight whoever resumed. */
  | { readonly kind: 'done'; readonly generation: number; readonly at: Instant }
  /** A stop requested by somebody else already covers these agents. */
  | { readonly kind: 'in_force'; readonly generation: number }
  /** A person switched the agents on again in this episode and knows better. */
  | { readonly kind: 'resumed'; readonly at: Instant }
  /** The limit for 24 hours is used up, for all rules or for this one; `by` is the setting behind it. */
  | { readonly kind: 'held'; readonly agents: readonly string[]; readonly most: number; readonly by: StopBound }
  /** It is too soon after the last stop for the same alert. */
  | { readonly kind: 'cooling'; readonly agents: readonly string[]; readonly until: Instant }
  /** A lead must approve it with `approve` and this word. */
  | { readonly kind: 'awaits_approval'; readonly agents: readonly string[]; readonly word: 'stop' | 'pause-agent' }
  /** A lead rejected it. */
  | { readonly kind: 'rejected'; readonly by: string }
  /** Nothing may be stopped: the alert is about no agent, or all of them are spared. */
  | { readonly kind: 'nothing'; readonly spared: readonly SparedAgent[] };

/** The configured response of one rule. */
export interface AskedResponse {
  readonly do: RemedyKind;
  /** Null to use the mode of the whole configuration. */
  readonly mode: 'shadow' | 'enforce' | null;
  /** How long until the same alert may stop again, in another episode. */
  readonly cooldown: Duration;
  /** The most stops by the rule in 24 hours. */
  readonly max_per_day: number;
  readonly requires: 'approval' | null;
}

/** Everything that planning may know. */
export interface StopPlanInput {
  /** All known alerts, in any state. */
  readonly alerts: readonly Alert[];
  readonly agents: readonly Agent[];
  /** The stop in force. */
  readonly halt: Halt | null;
  /** What it still holds, without what was resumed while it goes on, such as a canary. */
  readonly held: readonly Pick<HeldWorkflow, 'path'>[];
  /** What was switched on again since the last stop. */
  readonly resumptions: readonly Resumption[];
  readonly stops: StopPlanLog;
  /** What waits for a lead's answer, and the answers given. */
  readonly remedies: RemedyLog;
  readonly log: Pick<ResponseLog, 'claims'>;
  readonly now: Instant;
  /** Our own process, to tell our claims from others'. */
  readonly by: string;
  readonly mode: 'shadow' | 'enforce';
  /** By the name of a rule, or by a label such as `team=payments`. */
  readonly responses: Readonly<Record<string, AskedResponse>>;
  readonly maxPerDay: number;
  readonly claims: ClaimTerms;
  /** Why an agent is never stopped; null when it may be. Pure. */
  readonly spared: (agent: Agent) => string | null;
}

export interface StopPlan {
  readonly ready: readonly StopResponse[];
  /** Another process has just started on these. */
  readonly waiting: readonly StopResponse[];
  /** By fingerprint, for every active alert whose rule asks for a stop. */
  readonly verdicts: Readonly<Record<string, StopVerdict>>;
  /** By fingerprint: the alerts that ask to pause their agent, a stop that never goes beyond it. */
  readonly pauses: ReadonlySet<string>;
  /** Alerts whose stop was held back by shadow mode and has not been recorded in this episode. */
  readonly unrecorded: readonly Alert[];
  /** Stops that wait for a lead's answer and are not recorded yet. */
  readonly offers: readonly RemedyRecord[];
}

/**
 * Which agents the rules stop. Only a critical alert asks, once per episode, for the agent that it is about, or for all
 * agents if it is about the repository. The plan is made from states, so the next run makes up for one that died.
 */
export function planStops(input: StopPlanInput): StopPlan {
  const asking = input.alerts.filter((alert) => asksForStop(alert, input)).sort(oldestFirst);
  const asked = new Set(asking.map(({ fingerprint }) => fingerprint));
  const draft: Draft = { ready: [], waiting: [], verdicts: {}, room: roomLeft(input) };
  for (const alert of asking) {
    const { explainedBy } = alert.facts;
    if (explainedBy !== null && asked.has(explainedBy)) continue;
    draft.verdicts[alert.fingerprint] = decide(alert, input, draft);
  }
  const { ready, waiting, verdicts } = draft;
  return {
    ...{ ready, waiting, verdicts },
    pauses: new Set(asking.filter((alert) => isPause(alert, input)).map(({ fingerprint }) => fingerprint)),
    unrecorded: asking.filter((alert) => isUnrecorded(alert, verdicts, input.stops)),
    offers: asking.flatMap((alert) => offerOf(alert, verdicts[alert.fingerprint], input)),
  };
}

interface Draft {
  readonly ready: StopResponse[];
  readonly waiting: StopResponse[];
  readonly verdicts: Record<string, StopVerdict>;
  /** How many stops rules may still cause today. */
  room: number;
}

function asksForStop(alert: Alert, { responses }: StopPlanInput): boolean {
  const asked = askedOf(alert, responses)?.do;
  const isStop = asked === 'stop' || asked === 'pause-agent';
  return isStop && alert.state === 'active' && alert.facts.severity === 'critical';
}

function isPause(alert: Alert, { responses }: StopPlanInput): boolean {
  return askedOf(alert, responses)?.do === 'pause-agent';
}

function oldestFirst(a: Alert, b: Alert): number {
  const [x, y] = [`${a.activeAt ?? ''} ${a.fingerprint}`, `${b.activeAt ?? ''} ${b.fingerprint}`];
  return x < y ? -1 : x > y ? 1 : 0;
}

function roomLeft({ stops, now, maxPerDay }: StopPlanInput): number {
  return Math.max(0, maxPerDay - stops.stops.filter(({ at }) => at > after(now, -DAY)).length);
}

function decide(alert: Alert, input: StopPlanInput, draft: Draft): StopVerdict {
  const earlier = input.stops.stops.findLast(
    ({ fingerprint, at }) => fingerprint === alert.fingerprint && at >= (alert.activeAt ?? alert.since),
  );
  if (earlier !== undefined) return { kind: 'done', generation: earlier.generation, at: earlier.at };
  const { agents: meant, spared } = targets(alert, input);
  const agents = approvedOf(alert, meant, input);
  if (agents.length === 0) return { kind: 'nothing', spared };
  if (input.halt !== null && holds(input, agents)) return { kind: 'in_force', generation: input.halt.generation };
  const resumed = input.resumptions.find((resumption) => releases(resumption, alert, agents, input));
  if (resumed !== undefined) return { kind: 'resumed', at: resumed.at };
  const asked = askedOf(alert, input.responses);
  if ((asked?.mode ?? input.mode) === 'shadow') return { kind: 'would_have', agents, spared };
  return (
    (asked === null ? null : heldBack(alert, asked, agents, input)) ?? plan(alert, { agents, spared }, input, draft)
  );
}

function plan(
  alert: Alert,
  { agents, spared }: ReturnType<typeof targets>,
  input: StopPlanInput,
  draft: Draft,
): StopVerdict {
  const isCovered = [...draft.ready, ...draft.waiting].some((stop) =>
    agents.every((name) => stop.agents.includes(name)),
  );
  if (isCovered) return { kind: 'planned', agents, spared };
  if (draft.room === 0) return { kind: 'held', agents, most: input.maxPerDay, by: 'stop.max_per_day' };
  draft.room -= 1;
  const response = responseTo(alert, agents, isPause(alert, input) ? 'a pause of its agent' : 'a stop');
  (isClaimedByOther(response.key, input) ? draft.waiting : draft.ready).push(response);
  return { kind: 'planned', agents, spared };
}

/** Why the rule's own limits hold it back. */
function heldBack(
  alert: Alert,
  { requires, cooldown, max_per_day: most }: AskedResponse,
  agents: readonly string[],
  input: StopPlanInput,
): StopVerdict | null {
  const { name, fingerprint } = alert;
  const { stops } = input.stops;
  const { now } = input;
  const last = stops.findLast((stop) => stop.fingerprint === fingerprint);
  const until = last === undefined ? '' : after(last.at, cooldown);
  if (until > now) return { kind: 'cooling', agents, until };
  const today = stops.filter(({ rule, at }) => rule === name && at > after(now, -DAY)).length;
  if (today >= most) return { kind: 'held', agents, most, by: 'max_per_day' };
  return requires === 'approval' ? waiting(alert, agents, input) : null;
}

/** What a lead has yet to answer, or has rejected; null when a lead approved. */
function waiting(alert: Alert, agents: readonly string[], input: StopPlanInput): StopVerdict | null {
  const word = isPause(alert, input) ? 'pause-agent' : 'stop';
  const offer = lastMark(input.remedies, alert, word);
  const said = offer === undefined ? null : wordOn(offer, input.now);
  if (said === null) return { kind: 'awaits_approval', agents, word };
  return said.verdict === 'approved' ? null : { kind: 'rejected', by: said.by.login };
}

/** An approval covers only the agents that were named then. */
function approvedOf(alert: Alert, agents: readonly string[], input: StopPlanInput): readonly string[] {
  if (askedOf(alert, input.responses)?.requires !== 'approval') return agents;
  const offer = lastMark(input.remedies, alert, isPause(alert, input) ? 'pause-agent' : 'stop');
  if (offer === undefined || wordOn(offer, input.now)?.verdict !== 'approved') return agents;
  return agents.filter((name) => offer.agents.includes(name));
}

function offerOf(alert: Alert, verdict: StopVerdict | undefined, { remedies }: StopPlanInput): readonly RemedyRecord[] {
  if (verdict?.kind !== 'awaits_approval') return [];
  const { fingerprint, episode, name } = alert;
  const { agents, word } = verdict;
  const before = lastMark(remedies, alert, word);
  // If different agents are named now, a lead is asked again.
  const isSame = before !== undefined && agents.every((agent) => before.agents.includes(agent));
  return isSame ? [] : [{ fingerprint, episode, name, do: word, verdict: 'awaits_approval', agents }];
}

/** The names of the agents that the alert is about; empty when it is about a source or about Checkrein. */
function targets(
  alert: Alert,
  input: StopPlanInput,
): { readonly agents: readonly string[]; readonly spared: readonly SparedAgent[] } {
  const { subject } = alert;
  const { agents, spared } = input;
  const isOfAll = subject.kind === 'repository' && !isPause(alert, input);
  const meant = agents.filter(({ name }) => isOfAll || (subject.kind === 'agent' && subject.name === name));
  const judged = meant.map((agent) => ({ agent: agent.name, reason: spared(agent) }));
  return {
    agents: judged.flatMap(({ agent, reason }) => (reason === null ? [agent] : [])).sort(),
    spared: judged.flatMap(({ agent, reason }) => (reason === null ? [] : [{ agent, reason }])),
  };
}

/**
 * Judged by what is held, not by what the stop was about: a canary on trial is running, and must be stopped if it runs away.
 */
function holds({ held, agents }: StopPlanInput, names: readonly string[]): boolean {
  return workflowsOf(names, agents).every((workflow) => held.some(({ path }) => path === workflow));
}

function workflowsOf(names: readonly string[], agents: readonly Agent[]): readonly string[] {
  return agents.filter(({ name }) => names.includes(name)).map(({ workflow }) => workflow);
}

/** Whether all of these agents were switched on again while the alert was active. */
function releases(
  { at, released }: Resumption,
  alert: Alert,
  names: readonly string[],
  { agents }: StopPlanInput,
): boolean {
  if (at < (alert.activeAt ?? alert.since)) return false;
  return workflowsOf(names, agents).every((path) => released.includes(path));
}

function isClaimedByOther(key: string, { log, by, claims }: StopPlanInput): boolean {
  const claim = log.claims[key];
  return claim !== undefined && claim.by !== by && Math.abs(between(claim.at, claims.clock)) < claims.last;
}

function responseTo(alert: Alert, agents: readonly string[], what: string): StopResponse {
  const { fingerprint, episode, name } = alert;
  return {
    kind: 'stop',
    act: 'stop',
    key: `stop:${fingerprint}:${episode}`,
    because: `the alert of ${name} is critical and its rule asks for ${what}`,
    fingerprint,
    episode,
    agents,
    rule: name,
  };
}

function isUnrecorded(alert: Alert, verdicts: Readonly<Record<string, StopVerdict>>, log: StopPlanLog): boolean {
  if (verdicts[alert.fingerprint]?.kind !== 'would_have') return false;
  const recorded = log.wouldHave[alert.fingerprint];
  return recorded === undefined || recorded < (alert.activeAt ?? alert.since);
}
