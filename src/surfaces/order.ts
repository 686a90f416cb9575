import type { Alert } from '../core/alert.ts';
import { compareSeverity } from '../core/outcome.ts';
import type { AgentRow } from './view.ts';

const STATE_ORDER: Readonly<Record<Alert['state'], number>> = { active: 0, pending: 1, resolved: 2 };

/**
 * Compares alerts for people: active ones first, then pending and resolved ones, each group worst first, then oldest first.
 */
export function worstFirst(a: Alert, b: Alert): number {
  return (
    STATE_ORDER[a.state] - STATE_ORDER[b.state] ||
    compareSeverity(b.facts.severity, a.facts.severity) ||
    (a.since < b.since ? -1 : Number(a.since > b.since))
  );
}

/** Compares agents for people: the most expensive of the month first, those of unknown cost last, then by name. */
export function dearestFirst(a: AgentRow, b: AgentRow): number {
  return (b.usdMonth ?? -1) - (a.usdMonth ?? -1) || (a.name < b.name ? -1 : Number(a.name > b.name));
}
