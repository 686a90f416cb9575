import { type AdmissionCase, admit } from '../../admission/admit.ts';
import { variableGate } from '../../admission/halt.ts';
import { unreadable } from '../../admission/sight.ts';
import type { Config } from '../../config/schema.ts';
import type { Agent } from '../../core/agent.ts';
import type { Left } from '../../core/budget.ts';
import type { SetOff } from '../../core/causal.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { attempt } from '../../core/failure.ts';
import type { Admission, GateAnswer } from '../../core/guard.ts';
import { type GuardTerms, USUAL_GUARD } from '../../core/guard-terms.ts';
import { saysStopped } from '../../core/halt-variable.ts';
import { overrides, readOverride } from '../../core/override.ts';
import { agentSubject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';
import { decideInLedger, type Evidence, leaseTaken } from '../ledger/lease.ts';
import type { World } from '../shell/world.ts';
import type { Asking } from './errand.ts';
import { type GuardPlace, groundOf } from './ground.ts';
import { type Applicant, type Hearing, hear, nameOf } from './judge.ts';

/** Who wants to start, and where. */
export interface GuardOrder extends GuardPlace {
  /** As the step gives it; empty for the agent of the workflow. */
  readonly agent: string;
  readonly asking: Asking;
  /** The action of a bot that set off its run; null when a person or the clock did. */
  readonly setOff: SetOff | null;
  /** The value of the stop's repository variable; empty when the step does not pass it on. */
  readonly haltVariable: string;
  /** The value of the repository variable of an override. */
  readonly overrideVariable: string;
}

/** The decision, with everything people and later steps need of it. */
export interface Guarded {
  readonly admission: Admission;
  /** Everything the admission depends on. */
  readonly given: AdmissionCase;
  readonly terms: GuardTerms;
  /** What is left of each budget the agent falls under. */
  readonly left: readonly Left[];
  readonly agent: Agent | null;
  /** Null when it could not be read. */
  readonly config: Config | null;
  /** Address of the ledger; null when there is no usable one. */
  readonly ledger: string | null;
  /** What else people should know, one line each. */
  readonly notes: readonly string[];
}

/**
 * Decides whether an agent may start, and takes its lease. Decision and lease are one write, made on the state the ledger has at
 * that moment, so nothing is promised twice however many ask at once. Something that cannot be read is an answer too, not an
 * error.
 */
export async function guard(order: GuardOrder, world: World): Promise<Guarded> {
  const notes = notesOf(order);
  if (saysStopped(order.haltVariable)) {
    const stopped = withoutLedger({ ...order, mode: 'enforce', override: null }, order.now, [variableGate()]);
    return { ...guardedBy({ given: stopped, agent: null }), config: null, ledger: null, notes };
  }
  const { config, mode, ledger } = await groundOf(order, world);
  const applicant: Applicant = { ...order, mode, override: readOverride(order.overrideVariable, order.now) };
  const blind = (what: string, failure: Parameters<typeof unreadable>[1], last: Hearing | null = null): Guarded => {
    const given = withoutLedger(applicant, order.now, [unreadable(what, failure)], last?.given);
    const base = { config: config.ok ? config.value : null, ledger: null, notes };
    return { ...guardedBy({ given, agent: last?.agent ?? null }), ...base };
  };
  if (!config.ok) return blind('The configuration', config.failure);
  if (!ledger.ok) return blind('The ledger', ledger.failure);
  const desk = { ...order, config: config.value, ledger: ledger.value.at, sleep: world.sleep };
  const seen: { last: Hearing | null } = { last: null };
  const written = await attempt(() =>
    decideInLedger(desk, (evidence) => {
      seen.last = hear(applicant, desk.config, evidence);
      return { value: seen.last, events: eventsOf(order.repo, seen.last, evidence) };
    }),
  );
  if (!written.ok) return blind('The ledger', written.failure, seen.last);
  return { ...guardedBy(written.value), config: config.value, ledger: ledger.value.address, notes };
}

function guardedBy({ given, agent }: Hearing): Pick<Guarded, 'admission' | 'given' | 'terms' | 'left' | 'agent'> {
  return { admission: admit(given), given, terms: given.terms, left: given.lease?.left ?? [], agent };
}

/** The decision without a ledger: nothing can be reserved. What was read of it before it failed counts, above all a stop. */
function withoutLedger(
  applicant: Applicant,
  at: Instant,
  answers: readonly GateAnswer[],
  last: AdmissionCase | undefined = undefined,
): AdmissionCase {
  const { asking, mode, override } = applicant;
  const errand = { ...asking, agent: nameOf(applicant) };
  const holds = override !== null && overrides(override, errand.agent, at);
  const base = {
    errand,
    at,
    mode,
    terms: USUAL_GUARD,
    ofSessions: [],
    override: holds ? override : null,
    protects: null,
  };
  return { ...base, ...last, answers: [...(last?.answers ?? []), ...answers], lease: null };
}

function eventsOf(repo: string, { given }: Hearing, { facts, now: at }: Evidence): readonly LedgerEvent[] {
  const { errand, lease } = given;
  const admission = admit(given);
  const taken = admission.lease === null ? null : (lease?.lease ?? null);
  const isNew = taken !== null && !facts.budgets().leases.some(({ id }) => id === taken.id);
  const key = [errand.run, errand.attempt, errand.agent, errand.job ?? '', at].join(':');
  return [
    ...(isNew ? [leaseTaken(repo, taken)] : []),
    {
      ...{ v: 1, id: `guard:${key}`, at, seen: at, repo, subject: agentSubject(errand.agent) },
      kind: 'guard.decided',
      data: { admission },
    },
  ];
}

function notesOf({ overrideVariable, now }: GuardOrder): readonly string[] {
  if (overrideVariable.trim() === '' || readOverride(overrideVariable, now) !== null) return [];
  return [
    'CHECKREIN_OVERRIDE is not one that counts: write `AGENT until 2026-11-22T12:00:00Z`, or `all until …`, at most a week ahead.',
  ];
}
