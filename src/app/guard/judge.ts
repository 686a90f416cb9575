import type { AdmissionCase } from '../../admission/admit.ts';
import { budgetGate } from '../../admission/budget.ts';
import { chainGate } from '../../admission/chain.ts';
import { denialGate } from '../../admission/denial.ts';
import { haltGate } from '../../admission/halt.ts';
import { paceGate } from '../../admission/pace.ts';
import { identityGate } from '../../admission/sight.ts';
import { judgeLease } from '../../budgets/lease.ts';
import { guardTerms } from '../../config/guard.ts';
import type { Config, ConfiguredAgent } from '../../config/schema.ts';
import type { Agent } from '../../core/agent.ts';
import type { Errand } from '../../core/budget.ts';
import type { Parentage, SetOff } from '../../core/causal.ts';
import type { GuardTerms } from '../../core/guard-terms.ts';
import { type Override, overrides } from '../../core/override.ts';
import { keptName } from '../../core/redact.ts';
import { type Duration, type Instant, MINUTE } from '../../core/time.ts';
import { parentageOf } from '../../metrics/causal/parentage.ts';
import type { Evidence } from '../ledger/lease.ts';
import type { LedgerState } from '../state.ts';
import { sparedBy } from '../stop/spared.ts';
import type { Asking } from './errand.ts';

/** Who wants to start. */
export interface Applicant {
  /** As the step gives it; empty for the agent of the workflow. */
  readonly agent: string;
  readonly asking: Asking;
  /** The action of a bot that set off its run; null when a person or the clock did. */
  readonly setOff: SetOff | null;
  readonly mode: 'shadow' | 'enforce';
  /** The override in the repository variable; null when there is no valid one. */
  readonly override: Override | null;
}

/** What the gates say about a state of the ledger. */
export interface Hearing {
  readonly given: AdmissionCase;
  /** Null for a stranger. */
  readonly agent: Agent | null;
}

/** Asks every gate. Pure, so that the ledger may ask again after somebody else has written to it. */
export function hear(applicant: Applicant, config: Config, { state, facts, now: at }: Evidence): Hearing {
  const { asking, mode } = applicant;
  const known = [...state.agents.agents, ...config.agents.map(asAgent)];
  const agent = agentOf(applicant, known);
  const name = agent?.name ?? nameOf(applicant);
  const parentage = parentageIn(applicant, name, state, at);
  const errand = { ...asking, agent: name, ...parentIn(parentage) };
  const own = config.agents.find(({ name }) => name === agent?.name);
  const terms = guardTerms(config.guard, own?.guard);
  const limits = own?.limits ?? {};
  const orphan = parentage.kind === 'unknown' ? { orphan: true } : {};
  const request = { ...errand, ...orphan, limits, lives: livesOf(terms, limits.minutes) };
  const lease = agent === null ? null : judgeLease(facts, config.budgets, request, at);
  const budgets = facts.budgets();
  const denial = denialGate(state.denials, errand.agent, at);
  const names = [...new Set(known.map((one) => one.name))];
  const answers = [
    haltGate(state.halt, errand.agent, agent?.workflow ?? asking.workflow),
    ...(denial === null ? [] : [denial]),
    identityGate({ name, agent, workflow: asking.workflow, known: names }),
    chainGate(budgets, errand, terms, parentage),
    paceGate(budgets, errand, terms, at),
    ...(lease === null ? [] : [budgetGate(lease)]),
  ];
  const ofSessions = config.budgets.filter(({ period }) => period === 'session').map(({ name }) => name);
  const granted = applicant.override === null ? state.overrides : [...state.overrides, applicant.override];
  const override = granted.findLast((one) => overrides(one, errand.agent, at)) ?? null;
  const protects = agent === null ? null : sparedBy(config, state.agents.files)(agent);
  return { given: { errand, at, mode, terms, answers, lease, ofSessions, override, protects }, agent };
}

/** A run whose parent GitHub names, or that somebody has rerun by hand, is not looked into any further. */
function parentageIn(
  { asking, setOff }: Applicant,
  agent: string,
  { budgets, comments, items }: LedgerState,
  now: Instant,
): Parentage {
  if (asking.parent !== null) return { kind: 'known' };
  if (setOff === null || asking.attempt > 1) return { kind: 'none' };
  const leases = Object.values(budgets.leases);
  return parentageOf(asking.run, agent, setOff, { work: budgets.work, leases, comments, items: items.items, now });
}

function parentIn(parentage: Parentage): Pick<Errand, 'parentLikely'> & { readonly parent?: number } {
  return parentage.kind === 'likely' ? { parent: parentage.run, parentLikely: true } : {};
}

/** The agent's name as the step gives it, cleaned for keeping; the workflow's name if the step gives none. */
export function nameOf({ agent, asking }: Pick<Applicant, 'agent' | 'asking'>): string {
  const file = /([^/]+?)(?:\.lock)?\.ya?ml$/.exec(asking.workflow ?? '')?.[1] ?? '';
  return keptName(agent.trim() || file) || 'unnamed';
}

/** People write names in any case. Without a name, the workflow's agent is meant. */
function agentOf({ agent, asking }: Applicant, known: readonly Agent[]): Agent | null {
  const name = agent.trim().toLowerCase();
  if (name !== '') return known.find((one) => one.name.toLowerCase() === name) ?? null;
  return known.find(({ workflow }) => workflow === asking.workflow) ?? null;
}

function asAgent({ name, workflow, engine }: ConfiguredAgent): Agent {
  return {
    name,
    workflow,
    engine: engine ?? null,
    means: 'configured',
    reason: 'named in the configuration',
    blob: null,
  };
}

/** The session itself, and what comes before and after it in its job. */
const AROUND: Duration = 15 * MINUTE;

function livesOf({ lease }: GuardTerms, minutes: number | undefined): Duration {
  return minutes === undefined ? lease : Math.min(lease, minutes * MINUTE + AROUND);
}
