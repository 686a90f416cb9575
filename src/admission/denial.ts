import { type Denial, denialOf } from '../core/denial.ts';
import type { GateAnswer } from '../core/guard.ts';
import { formatMoment } from '../core/quantity.ts';
import { plainLine } from '../core/text.ts';
import type { Instant } from '../core/time.ts';

/** A denial a rule asked for in enforce mode: the agent may not start until a given moment. Null when there is none. */
export function denialGate(denials: readonly Denial[], agent: string, now: Instant): GateAnswer | null {
  const denial = denialOf(denials, agent, now);
  if (denial === null) return null;
  const reason = `The rule ${plainLine(denial.rule)} lets ${plainLine(agent)} start no more until ${formatMoment(denial.until)}; its issue says why.`;
  return { gate: 'rule', decision: 'deny', reason };
}
