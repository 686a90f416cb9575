import type { LeaseAnswer } from '../budgets/lease.ts';
import type { Decision, GateAnswer } from '../core/guard.ts';

/**
 * What the budgets say. Those of open pull requests are people's time for review; what nobody knows is no matter of an allowance but
 * of sight.
 */
export function budgetGate(answer: LeaseAnswer): GateAnswer {
  if (answer.kind === 'unknown') return { gate: 'sight', decision: 'deny', reason: answer.reason };
  const gate = answer.unit === 'open_pull_requests' ? 'reviews' : 'budget';
  const decision: Decision = answer.kind;
  return { gate, decision, reason: answer.reason };
}
