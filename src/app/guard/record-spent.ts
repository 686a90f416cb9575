import type { Config } from '../../config/schema.ts';
import type { Amounts } from '../../core/budget.ts';
import { type GuardRecord, reportOf } from '../../core/guard-record.ts';
import { between, MINUTE } from '../../core/time.ts';
import { underPlan } from '../../sources/prices/plans.ts';

/** What the work of a job came to: the known minimum, from the files or from the meter, whichever saw more. Pure. */
export function spentIn({ errand, sessions, meter, startedAt, endedAt }: GuardRecord, plans: Config['plans']): Amounts {
  const use = reportOf(meter)?.use ?? null;
  const billed = sessions.map((session) => underPlan(session, errand.agent, startedAt, plans));
  const isFlat = billed.some(({ cost }) => cost.basis === 'quota');
  return {
    usd: larger(sumOf(billed.map(({ cost }) => cost.usd)), isFlat ? null : (use?.usd ?? null)),
    tokens: larger(sumOf(billed.map(({ tokens }) => tokens.total)), use?.tokens ?? null),
    minutes: between(startedAt, endedAt) / MINUTE,
  };
}

function sumOf(amounts: readonly (number | null)[]): number | null {
  const known = amounts.filter((amount) => amount !== null);
  return known.length === 0 ? null : known.reduce((sum, amount) => sum + amount, 0);
}

function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
