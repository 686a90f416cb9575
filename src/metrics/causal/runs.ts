import type { LeaseMark } from '../../core/budget.ts';
import { type Instant, latest } from '../../core/time.ts';
import { runsIn } from '../work-packed.ts';
import type { RunEntry, WorkState } from '../work-state.ts';
import type { CausalRun } from './cause.ts';

/** At most this many runs are looked at, the newest ones; the rest of the last one's day is added. */
const MOST_RUNS = 3_000;

/** Runs as causes and effects of each other, and how many were too old to be included. */
export interface CausalRuns {
  /** In no order. Skipped runs did nothing and are not included. */
  readonly runs: readonly CausalRun[];
  readonly left: number;
}

/**
 * The newest runs of the last 35 days; none if only people and the clock have started any. `forPeople`: apps have commented on
 * behalf of people, so a run that was started by a person's comment may be theirs.
 */
export function causalRuns(
  state: WorkState,
  leases: readonly LeaseMark[],
  { now, forPeople }: { readonly now: Instant; readonly forPeople: boolean },
): CausalRuns {
  const told = toldParents(leases);
  const entries = byDay(state);
  if (told.size === 0 && !entries.flat().some((entry) => mayHaveCause(entry, forPeople))) return { runs: [], left: 0 };
  return newestRuns(entries, told, now);
}

/** The newest runs, whatever started them, including those so far reported only by a guard. */
export function runsAtWork(state: WorkState, leases: readonly LeaseMark[], now: Instant): readonly CausalRun[] {
  const { runs } = newestRuns(byDay(state), toldParents(leases), now);
  const settled = settledAt(leases, now);
  const known = new Set(runs.map(({ run }) => run));
  const leased = leases.filter(({ run, at }) => !known.has(run) && at <= now);
  return [
    // If nobody has seen the end of a run, it ended when its guard says so.
    ...runs.map((run) => {
      const to = settled.get(run.run);
      return to === undefined
        ? run
        : {
            ...run,
            spells: run.spells.map((spell) => (spell.to === null && to > spell.from ? { ...spell, to } : spell)),
          };
    }),
    ...new Map(leased.map((lease) => [lease.run, leasedRun(lease, settled.get(lease.run) ?? null)])).values(),
  ];
}

/** When the last lease of each run was settled, if all of them are. */
function settledAt(leases: readonly LeaseMark[], now: Instant): ReadonlyMap<number, Instant> {
  const ends = new Map<number, Instant | null>();
  for (const { run, at, closed } of leases) {
    if (at > now) continue;
    const end = closed?.how === 'settled' && closed.at <= now ? closed.at : null;
    const before = ends.get(run);
    ends.set(run, end === null || before === null ? null : latest(before ?? '', end));
  }
  return new Map([...ends].flatMap(([run, end]) => (end === null ? [] : [[run, end] as const])));
}

function leasedRun({ run, agent, trigger, actor, parent, attempt, at }: LeaseMark, to: Instant | null): CausalRun {
  return {
    ...{ run, agent, trigger: trigger ?? '', actor, bot: null, parent, pull: null },
    ...{ at, again: attempt > 1, spells: [{ from: at, to }] },
  };
}

/** What a guard only inferred can be inferred better once everything is known. */
function toldParents(leases: readonly LeaseMark[]): ReadonlyMap<number, number> {
  const sure = leases.filter(({ parentLikely }) => parentLikely !== true);
  return new Map(sure.flatMap(({ run, parent }) => (parent === null ? [] : [[run, parent] as const])));
}

/** The last day first. */
function byDay(state: WorkState): readonly (readonly RunEntry[])[] {
  const days = Object.keys(state.runs).sort().reverse();
  return days.map((day) => runsIn(state.runs[day] ?? {}));
}

function newestRuns(
  entries: readonly (readonly RunEntry[])[],
  told: ReadonlyMap<number, number>,
  now: Instant,
): CausalRuns {
  const runs = new Map<number, CausalRun>();
  let left = 0;
  for (const some of entries) {
    const seen = some.filter(({ at, skipped }) => at <= now && skipped !== true);
    if (runs.size >= MOST_RUNS) left += seen.length;
    else for (const entry of seen) add(runs, entry, told, now);
  }
  return { runs: [...runs.values()], left };
}

function mayHaveCause({ by, trigger, parent }: RunEntry, forPeople: boolean): boolean {
  return (
    by !== undefined || parent !== undefined || trigger === 'workflow_run' || (forPeople && trigger === 'issue_comment')
  );
}

function add(runs: Map<number, CausalRun>, entry: RunEntry, told: ReadonlyMap<number, number>, now: Instant): void {
  const { run, attempt, agent, trigger, actor, by, at, end, made, parent, pull } = entry;
  const spell = { from: at, to: end === undefined || end > now ? null : end };
  const before = runs.get(run);
  const cause = { trigger, actor, bot: by ?? null, parent: parent ?? told.get(run) ?? null, pull: pull ?? null };
  const own = { run, agent, ...cause, at: made ?? at };
  // A further attempt is started by a button. The first one says what it is all for.
  if (before === undefined) runs.set(run, { ...own, again: attempt > 1, spells: [spell] });
  else if (attempt === 1) runs.set(run, { ...own, again: false, spells: [...before.spells, spell] });
  else runs.set(run, { ...before, spells: [...before.spells, spell] });
}
