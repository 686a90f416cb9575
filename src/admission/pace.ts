import type { BudgetFacts, Errand } from '../core/budget.ts';
import type { GateAnswer } from '../core/guard.ts';
import type { GuardTerms } from '../core/guard-terms.ts';
import { formatMoment } from '../core/quantity.ts';
import { plainLine } from '../core/text.ts';
import { after, between, formatDuration, type Instant } from '../core/time.ts';

/** Keeps an agent to its pace: the configured time has to pass between two starts. */
export function paceGate(
  known: Pick<BudgetFacts, 'attempts' | 'leases'>,
  { agent, run }: Errand,
  { min_interval: least }: Pick<GuardTerms, 'min_interval'>,
  now: Instant,
): GateAnswer {
  if (least === null) return { gate: 'pace', decision: 'allow', reason: 'It may start as often as it likes.' };
  const last = [...known.attempts, ...known.leases]
    .filter((each) => each.agent === agent && each.run !== run && each.at <= now)
    .reduce<Instant | null>((newest, { at }) => (newest === null || at > newest ? at : newest), null);
  if (last === null) return { gate: 'pace', decision: 'allow', reason: 'No earlier start of it is known.' };
  const started = `${plainLine(agent)} started ${formatDuration(between(last, now))} ago`;
  if (between(last, now) >= least) return { gate: 'pace', decision: 'allow', reason: `${started}.` };
  const reason = `${started}, and ${formatDuration(least)} must lie between two starts: it may start again at ${formatMoment(after(last, least))}.`;
  return { gate: 'pace', decision: 'deny', reason };
}
