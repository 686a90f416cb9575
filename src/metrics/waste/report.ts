import { after, DAY, type Duration, type Instant } from '../../core/time.ts';
import {
  type ClassedWork,
  type ClassTotal,
  WASTED,
  type WasteReport,
  type WasteRow,
  WORK_CLASSES,
  type WorkClass,
  type WorkPiece,
} from '../../core/waste.ts';
import { classify, landedPulls, type WasteFacts } from './classify.ts';

/** The period of a report. It is whole weeks, because months differ in how many Mondays they have. */
export const WASTE_STRETCH: Duration = 28 * DAY;

/** Sums up what became of the work of the 28 days before `now`, and its cost per change that landed. Pure. */
export function wasteReport(facts: WasteFacts, pieces: readonly WorkPiece[], now: Instant): WasteReport {
  const from = after(now, -WASTE_STRETCH);
  // Earlier work shows whether later work existed already, and whether an agent makes changes at all.
  const work = classify(facts, pieces).filter(({ piece }) => piece.at >= from && piece.at < now);
  const landed = landedBy(facts, from, now);
  const agents = [...new Set(work.map(({ piece }) => piece.agent))].map((agent) =>
    rowOf(
      agent,
      work.filter(({ piece }) => piece.agent === agent),
      landed === null ? null : landed.filter((of) => of === agent).length,
    ),
  );
  return {
    from,
    to: now,
    total: rowOf(null, work, landed?.length ?? null),
    agents: agents.sort((a, b) => wastedUsd(b) - wastedUsd(a) || b.pieces - a.pieces),
    work,
  };
}

/** The agent of each pull request that was made in that time and stays. */
function landedBy({ pullRequests }: WasteFacts, from: Instant, to: Instant): readonly (string | null)[] | null {
  if (pullRequests === null) return null;
  const standing = landedPulls(pullRequests.pulls);
  return pullRequests.pulls
    .filter(({ number, createdAt, standing: is }) => {
      const isAgents = is === undefined || is.verdict === 'agent';
      return isAgents && standing.has(number) && createdAt >= from && createdAt < to;
    })
    .map(({ agent }) => agent);
}

function rowOf(agent: string | null, work: readonly ClassedWork[], landed: number | null): WasteRow {
  const byClass = Object.fromEntries(
    WORK_CLASSES.map((kind) => {
      const own = work.filter((one) => one.class === kind);
      return [kind, { pieces: own.length, usd: usdOf(own) }];
    }),
  ) as Record<WorkClass, ClassTotal>;
  const usd = usdOf(work);
  return {
    agent,
    pieces: work.length,
    byClass,
    usd,
    unpriced: work.reduce((sum, { piece }) => sum + piece.unpriced, 0),
    landed,
    usdPerLanded: usd === null || landed === null || landed === 0 ? null : usd / landed,
  };
}

/** Zero if there was no work; unknown if there was some and none of its cost is known. */
function usdOf(work: readonly ClassedWork[]): number | null {
  const usd = work.reduce((sum, { piece }) => sum + piece.usd, 0);
  return usd === 0 && work.some(({ piece }) => piece.unpriced > 0) ? null : usd;
}

function wastedUsd({ byClass }: WasteRow): number {
  return [...WASTED].reduce((sum, kind) => sum + (byClass[kind].usd ?? 0), 0);
}
