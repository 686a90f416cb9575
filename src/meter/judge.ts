import type { LimitName, MeterCause, MeterLimits } from '../core/guard.ts';
import type { Standing } from './standing.ts';
import type { MeteredUse } from './use.ts';

/** In this order they are looked at: of several that are passed at once the first is named. */
const LIMITS: readonly LimitName[] = ['usd', 'tokens', 'turns', 'minutes', 'repeats', 'usd_per_minute'];

/**
 * Why a session is to be ended; null while it may go on. A limit is passed by what is more than it allows, and never by what is not
 * known.
 */
export function causeOf(
  limits: MeterLimits,
  use: MeteredUse,
  { halt, lost }: Pick<Standing, 'halt' | 'lost'>,
): MeterCause | null {
  if (halt !== null) return { kind: 'halt', generation: halt };
  if (lost !== null) return { kind: 'ledger', how: lost };
  for (const limit of LIMITS) {
    const [used, allowed] = [usedOf(use, limit), limits[limit]];
    if (used !== null && allowed !== undefined && used > allowed) return { kind: 'limit', limit, used, allowed };
  }
  return null;
}

function usedOf(use: MeteredUse, limit: LimitName): number | null {
  return limit === 'usd_per_minute' ? use.usdPerMinute : use[limit];
}
