import type { LimitName, MeterCause, MeterLimits } from '../core/guard.ts';
import type { Standing } from './standing.ts';
import type { MeteredUse } from './use.ts';

/** Limits are checked in this order: if several are exceeded, the first is named. */
const LIMITS: readonly LimitName[] = ['usd', 'tokens', 'turns', 'minutes', 'repeats', 'usd_per_minute'];

/** Why a session must end; null while it may go on. A limit is exceeded only by a known value above it. */
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
