import type { AgentTerms } from '../../core/agent-terms.ts';
import type { Severity } from '../../core/outcome.ts';
import type { Session } from '../../core/session.ts';
import { MINUTE } from '../../core/time.ts';
import type { SignKind } from '../../core/violation.ts';
import type { WeighedSign } from './terms.ts';

/** Use of this many times the limit is critical. */
const FAR_ABOVE = 2;

/** Money, tokens and turns above the configured limits. Lower bounds count, unknown amounts do not. */
export function limitSigns({ cost, tokens, turns }: Session, { limits }: AgentTerms): readonly WeighedSign[] {
  return [
    above('usd', cost.usd, limits?.usd),
    above('tokens', tokens.total, limits?.tokens),
    above('turns', turns, limits?.turns),
  ].flat();
}

/** A session that took longer than allowed, or that was ended because it took too long. */
export function timeSigns({ duration, outcome }: Session, { limits }: AgentTerms): readonly WeighedSign[] {
  const minutes = duration === null ? null : Math.round((duration / MINUTE) * 10) / 10;
  const ended: readonly WeighedSign[] =
    outcome === 'timed_out' ? [{ what: 'timed_out', name: null, amount: 1, limit: null, severity: 'warning' }] : [];
  return [...above('minutes', minutes, limits?.minutes), ...ended];
}

function above(what: SignKind, amount: number | null, limit: number | undefined): readonly WeighedSign[] {
  if (amount === null || limit === undefined || !(amount > limit)) return [];
  const severity: Severity = amount >= FAR_ABOVE * limit ? 'critical' : 'warning';
  return [{ what, name: null, amount, limit, severity }];
}
