import type { LeaseAnswer } from '../budgets/lease.ts';
import type { Errand } from '../core/budget.ts';
import type { Admission, Decision, Gate, GateAnswer } from '../core/guard.ts';
import type { GuardTerms } from '../core/guard-terms.ts';
import type { Override } from '../core/override.ts';
import { formatMoment } from '../core/quantity.ts';
import { plainLine } from '../core/text.ts';
import type { Instant } from '../core/time.ts';

/** Everything an admission depends on. */
export interface AdmissionCase {
  readonly errand: Errand;
  readonly at: Instant;
  readonly mode: 'shadow' | 'enforce';
  readonly terms: GuardTerms;
  readonly answers: readonly GateAnswer[];
  /** Null when the budgets could not be asked. */
  readonly lease: LeaseAnswer | null;
  /** Names of the budgets that apply to one session each: what is left of them says nothing about the wallet. */
  readonly ofSessions: readonly string[];
  /** The override in force for this agent now. */
  readonly override: Override | null;
  /** Why the workflow counts as one that protects the repository; null for all others. */
  readonly protects: string | null;
}

const WEIGHT: Readonly<Record<Decision, number>> = { allow: 0, warn: 1, deny: 2 };

/** Among answers of equal weight, the first in this order is given. */
const ORDER: readonly Gate[] = ['halt', 'rule', 'sight', 'chain', 'pace', 'budget', 'reviews'];

/**
 * Decides from all gates whether an agent may start: the weightiest answer wins. In shadow mode nobody is denied, except by a
 * stop in force, which acts in every mode.
 */
export function admit(given: AdmissionCase): Admission {
  const { errand, at, mode, lease } = given;
  const answers = given.answers
    .map((answer) => tempered(answer, given))
    .sort((a, b) => WEIGHT[b.decision] - WEIGHT[a.decision] || ORDER.indexOf(a.gate) - ORDER.indexOf(b.gate));
  const [worst] = answers;
  const meant = worst?.decision ?? 'allow';
  const decision = mode === 'enforce' || meant !== 'deny' || isHalted(answers) ? meant : 'warn';
  return {
    ...{ errand, at, mode, decision },
    wouldBe: decision === meant ? null : meant,
    reason: reasonOf(answers),
    answers,
    lease: decision === 'deny' ? null : (lease?.lease?.id ?? null),
    leftUsd: leftUsd(given),
    model: decision === 'deny' ? null : cheaperModel(given),
  };
}

function isHalted(answers: readonly GateAnswer[]): boolean {
  return answers.some(({ gate, decision }) => gate === 'halt' && decision === 'deny');
}

/** When all gates say yes, what is left of the budgets is the most useful thing to say. */
function reasonOf(answers: readonly GateAnswer[]): string {
  const [worst] = answers;
  if (worst === undefined) return 'Nothing speaks against it.';
  const told = worst.decision === 'allow' ? answers.find(({ gate }) => gate === 'budget' || gate === 'reviews') : worst;
  return (told ?? worst).reason;
}

/** A denial that does not apply, with the reason why not. */
function tempered(answer: GateAnswer, { protects, override, terms, mode }: AdmissionCase): GateAnswer {
  if (answer.decision !== 'deny') return answer;
  if (protects !== null)
    return softened(answer, `It starts all the same, for it protects the repository (${plainLine(protects, 120)}).`);
  if (answer.gate !== 'sight') return answer;
  if (override !== null) return softened(answer, `${overrideWords(override)}.`);
  return terms.fail === 'open' && mode === 'enforce'
    ? softened(answer, 'It starts all the same: `guard.fail` is `open`.')
    : answer;
}

function softened(answer: GateAnswer, why: string): GateAnswer {
  return { ...answer, decision: 'warn', reason: `${answer.reason} ${why}` };
}

/** `lea lets it start until 2026-11-22 12:00 UTC (the sensor is broken)`. */
function overrideWords({ by, why, until }: Override): string {
  const who = by === null ? 'A variable of the repository' : plainLine(by);
  return `${who} lets it start until ${formatMoment(until)}${why === null ? '' : ` (${plainLine(why, 200)})`}`;
}

/** Dollars left in the tightest budget that counts dollars. */
function leftUsd({ lease, ofSessions }: AdmissionCase): number | null {
  const dollars = (lease?.left ?? []).filter(({ unit, budget }) => unit === 'usd' && !ofSessions.includes(budget));
  return dollars.length === 0 ? null : Math.min(...dollars.map(({ left }) => left));
}

/** A cheaper model does not reduce the number of open pull requests. */
function cheaperModel({ lease, ofSessions, terms: { downgrade } }: AdmissionCase): string | null {
  if (downgrade === null) return null;
  const isPast = (lease?.left ?? []).some(
    ({ unit, budget, left, limit }) =>
      (unit === 'usd' || unit === 'tokens') && !ofSessions.includes(budget) && 1 - left / limit >= downgrade.at,
  );
  return isPast ? downgrade.model : null;
}
