import type { RunMark } from '../core/facts.ts';
import { type Money, UNKNOWN_MONEY } from '../core/money.ts';
import type { TrackRecord } from '../core/passport.ts';
import type { PullFacts, PullRecord } from '../core/pull.ts';
import type { WorkKnown, WorkMark } from './matter.ts';

/** With fewer sessions than this, there is no usual cost. */
const ENOUGH = 20;
const MOST_OF_USUAL = 0.95;

/** What is known about the run that made a change, and about what its agent usually spends. */
export function workKnown(
  work: readonly WorkMark[],
  { run, agent }: { readonly run: number | null; readonly agent: string | null },
  runs: readonly RunMark[],
): WorkKnown {
  const sessions = run === null ? [] : work.filter((mark) => mark.run === run);
  const spent = work.flatMap((mark) =>
    mark.agent === agent && mark.run !== run && mark.cost.usd !== null ? [mark.cost.usd] : [],
  );
  return {
    sessions,
    awaited: runs.some((one) => one.run === run && (one.status !== 'completed' || one.telemetry === 'awaited')),
    usualUsd: spent.length < ENOUGH ? null : nearestRank(spent),
  };
}

/** The smallest value that at least `MOST_OF_USUAL` of them do not exceed. */
function nearestRank(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(MOST_OF_USUAL * sorted.length) - 1] ?? null;
}

/** The total cost of sessions: as certain as the least certain of them, and unknown if one is. */
export function costOf(sessions: readonly Pick<WorkMark, 'cost'>[]): Money {
  if (sessions.length === 0 || sessions.some(({ cost }) => cost.usd === null)) return UNKNOWN_MONEY;
  const usd = sessions.reduce((sum, { cost }) => sum + (cost.usd ?? 0), 0);
  const basis = (['estimated', 'list', 'quota'] as const).find((one) =>
    sessions.some(({ cost }) => cost.basis === one),
  );
  return { usd, basis: basis ?? 'billed' };
}

/** The results of an agent's earlier pull requests; null if there were none. */
export function trackRecord(
  { pulls, reviews }: Pick<PullFacts, 'pulls' | 'reviews'>,
  work: readonly WorkMark[],
  { agent, pull }: { readonly agent: string | null; readonly pull: number },
): TrackRecord | null {
  const own = pulls.filter((one) => agent !== null && one.agent === agent && one.number !== pull);
  if (own.length === 0) return null;
  const merged = own.filter(({ mergedAt }) => mergedAt !== null);
  const numbers = new Set(merged.map(({ number }) => number));
  const decided = new Set(own.filter(({ closedAt }) => closedAt !== null).map(({ number }) => number));
  const rounds = reviews.filter((one) => decided.has(one.pull) && one.verdict !== 'commented');
  return {
    merged: merged.length,
    closed: own.filter(({ closedAt, mergedAt }) => closedAt !== null && mergedAt === null).length,
    reverted: pulls.filter(({ reverts, mergedAt }) => reverts !== null && mergedAt !== null && numbers.has(reverts))
      .length,
    costPerMerged: perMerged(
      merged,
      work.filter((mark) => mark.agent === agent),
    ),
    reviewRounds: decided.size === 0 ? null : rounds.length / decided.size,
  };
}

/** Everything that the agent spent since its first recorded session, per pull request merged since. */
function perMerged(merged: readonly PullRecord[], work: readonly WorkMark[]): Money {
  const [first] = work;
  const since = first?.at ?? null;
  const count = since === null ? 0 : merged.filter(({ mergedAt }) => (mergedAt ?? '') >= since).length;
  const { usd, basis } = costOf(work);
  return count === 0 || usd === null ? UNKNOWN_MONEY : { usd: usd / count, basis };
}
