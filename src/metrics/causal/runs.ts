import type { LeaseMark } from '../../core/budget.ts';
import type { Instant } from '../../core/time.ts';
import { flat } from '../day-table.ts';
import type { WorkState } from '../work.ts';
import type { CausalRun } from './graph.ts';

/** The runs of the last 35 days as causes and effects of each other, in no order; those that were skipped did nothing. */
export function causalRuns(state: WorkState, leases: readonly LeaseMark[], now: Instant): readonly CausalRun[] {
  const runs = new Map<number, CausalRun>();
  const told = new Map(leases.flatMap(({ run, parent }) => (parent === null ? [] : [[run, parent] as const])));
  const entries = Object.values(flat(state.runs)).filter(({ at, skipped }) => at <= now && skipped !== true);
  for (const entry of entries.sort((a, b) => a.attempt - b.attempt)) {
    const { run, agent, trigger, actor, by, at, end, made, parent, pull } = entry;
    const spell = { from: at, to: end === undefined || end > now ? null : end };
    const before = runs.get(run);
    if (before !== undefined) runs.set(run, { ...before, spells: [...before.spells, spell] });
    else {
      const cause = { trigger, actor, bot: by ?? null, parent: parent ?? told.get(run) ?? null, pull: pull ?? null };
      runs.set(run, { run, agent, ...cause, at: made ?? at, again: entry.attempt > 1, spells: [spell] });
    }
  }
  return [...runs.values()];
}
