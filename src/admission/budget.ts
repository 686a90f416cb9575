import type { LeaseAnswer } from '../budgets/lease.ts';
import type { Decision, GateAnswer } from '../core/guard.ts';

/**
 * What the budgets say. Budgets of open pull requests are about people's time for review. An unknown is a matter of sight, not of
 * an allowance.
 */
export function budgetGate(answer: LeaseAnswer): GateAnswer {
  if (answer.kind === 'unknown') return { gate: 'sight', decision: 'deny', reason: answer.reason };
  const gate = answer.unit === 'open_pull_requests' ? 'reviews' : 'budget';
  const decision: Decision = answer.kind;
  return { gate, decision, reason: answer.reason };
}
