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
  /** As the step gives it; empty = the agent of the workflow. */
  readonly agent: string;
  readonly asking: Asking;
  /** What a bot did that set off its run; null where a person or the clock did. */
  readonly setOff: SetOff | null;
  /** What the repository variable of the stop holds; empty where the step does not pass it on. */
  readonly haltVariable: string;
  /** What the repository variable of an override holds. */
  readonly overrideVariable: string;
}

/** What was decided, with all that people and later steps need of it. */
export interface Guarded {
  readonly admission: Admission;
  /** All that the admission follows from. */
  readonly given: AdmissionCase;
  readonly terms: GuardTerms;
  /** What is left of each budget that the agent falls under. */
  readonly left: readonly Left[];
  readonly agent: Agent | null;
  /** Null where it could not be read. */
  readonly config: Config | null;
  /** Address of the ledger; null where there is none that can be used. */
  readonly ledger: string | null;
  /** What people should know beside it, one line each. */
  readonly notes: readonly string[];
}

/**
 * Decides whether an agent may start, and takes its lease. Decision and lease are one write, made on the state that the ledger has at
 * that moment, so that however many ask at once nothing is promised twice. What cannot be read is an answer too, and no error.
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

/** What is said without a ledger: nothing can be reserved. What was read of it before it failed counts, above all a stop. */
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
