import type { BudgetFacts, LeaseMark, WorkAttempt, WorkPlace, WorkSession, WorkTold } from '../core/budget.ts';
import type { Instant } from '../core/time.ts';
import { attemptKey } from './attempt.ts';
import { flat } from './day-table.ts';
import { lately } from './work-kept.ts';
import { allRuns, allSessions } from './work-packed.ts';
import type { AbsenceEntry, RunEntry, SessionEntry, WorkState } from './work-state.ts';

/** Triggers by which one run starts another, or by which an agent's own words may. */
const STARTED_BY_RUNS: ReadonlySet<string> = new Set(['workflow_run', 'repository_dispatch', 'workflow_call']);

/**
 * What is known at `now` about the work of the last 35 days, with what started it. `links` contains the run that led to a run if
 * that is inferred and not known. Budgeting a chain by what is likely is better than having one that cannot be placed.
 */
export function workFacts(
  state: WorkState,
  leases: readonly LeaseMark[],
  now: Instant,
  links: ReadonlyMap<number, number>,
): Pick<BudgetFacts, 'sessions' | 'attempts' | 'leases'> {
  const recent = lately(state);
  const [runs, sessions, absent] = [allRuns(recent.runs), allSessions(recent.sessions), flat(recent.absent)];
  const known = leases.filter(({ at }) => at <= now);
  const chains = chainFinder(runs, known, links);
  const recorded = Object.entries(sessions).filter(([, { at }]) => at <= now);
  const withRecord = new Set(recorded.map(([, entry]) => keyOf(entry)));
  const seen = Object.entries(runs).filter(([, { at }]) => at <= now);
  return {
    sessions: inOrder(recorded.map(([id, entry]) => sessionOf(id, entry, runs, chains))),
    attempts: inOrder([
      ...seen.map(([key, entry]) =>
        attemptOf(key, entry, { told: toldOf(key, entry, absent, withRecord), links, chains }),
      ),
      ...unseenAttempts(absent, runs, withRecord, now),
    ]),
    leases: inOrder(
      known.map((lease) => {
        const parent = lease.parentLikely === true ? null : lease.parent;
        return { ...lease, ...chains(lease.run, lease.trigger, false, parent) };
      }),
    ),
  };
}

type Flat<Entry> = Readonly<Record<string, Entry>>;

type Chains = (
  run: number,
  trigger: string | null,
  bot: boolean,
  parent: number | null,
) => Pick<WorkPlace, 'orphan'> & { readonly chain: number };

/** Longer chains are cut here. What is left of them is still one chain. */
const LONGEST_CHAIN = 1_000;

function chainFinder(runs: Flat<RunEntry>, leases: readonly LeaseMark[], links: ReadonlyMap<number, number>): Chains {
  const parents = new Map<number, number>(links);
  for (const { run, parent } of Object.values(runs)) if (parent !== undefined) parents.set(run, parent);
  for (const { run, parent, parentLikely } of leases) {
    if (parent !== null && (parentLikely !== true || !parents.has(run))) parents.set(run, parent);
  }
  return (run, trigger, bot, parent) => {
    let root = parent ?? parents.get(run) ?? run;
    if (root === run) return { chain: run, orphan: trigger !== null && (STARTED_BY_RUNS.has(trigger) || bot) };
    const path = new Set([run]);
    // A run that names a descendant as its cause makes a cycle. The walk ends where it closes.
    while (!path.has(root) && path.size < LONGEST_CHAIN) {
      path.add(root);
      root = parents.get(root) ?? root;
    }
    return { chain: rootOf(path, parents), orphan: false };
  };
}

function rootOf(path: ReadonlySet<number>, parents: ReadonlyMap<number, number>): number {
  const last = [...path].at(-1) ?? 0;
  // All members of a cycle must name the same root.
  return parents.has(last) ? Math.min(...path) : last;
}

function keyOf({ run, attempt }: { readonly run: number | null; readonly attempt: number | null }): string | null {
  return run === null ? null : attemptKey(run, attempt ?? 1);
}

function sessionOf(id: string, entry: SessionEntry, runs: Flat<RunEntry>, chains: Chains): WorkSession {
  const key = keyOf(entry);
  const run = key === null ? undefined : runs[key];
  const { chain, orphan } = entry.run === null ? { chain: null, orphan: false } : chainOf(entry.run, run, chains);
  const session = {
    id,
    run: entry.run,
    attempt: entry.attempt,
    agent: entry.agent,
    workflow: entry.workflow ?? run?.workflow ?? null,
    actor: run?.actor ?? null,
    chain,
    orphan,
    at: entry.at,
    usd: entry.usd,
    tokens: entry.tokens,
    cutOff: entry.cutOff === true,
  };
  return entry.done === true ? { ...session, completed: true } : session;
}

function chainOf(run: number, entry: RunEntry | undefined, chains: Chains): ReturnType<Chains> {
  return chains(run, entry?.trigger ?? null, entry?.bot === true, entry?.parent ?? null);
}

function toldOf(
  key: string,
  entry: RunEntry,
  absent: Flat<AbsenceEntry>,
  withRecord: ReadonlySet<string | null>,
): WorkTold {
  if (withRecord.has(key)) return 'recorded';
  if (entry.skipped === true) return 'skipped';
  const absence = absent[key];
  return absence === undefined ? 'awaited' : absence.skipped ? 'skipped' : 'absent';
}

interface AttemptTerms {
  readonly told: WorkTold;
  readonly links: ReadonlyMap<number, number>;
  readonly chains: Chains;
}

/** There are thousands of them before each decision of a guard, so each object is created in one go. */
function attemptOf(key: string, entry: RunEntry, { told, links, chains }: AttemptTerms): WorkAttempt {
  const { run, attempt, agent, workflow, actor, at, end } = entry;
  const { chain, orphan } = chainOf(run, entry, chains);
  const parent = entry.parent ?? links.get(run) ?? null;
  return { key, run, attempt, agent, workflow, actor, chain, orphan, at, endedAt: end ?? null, told, parent };
}

/** Runs for which only the absence of a record is on record. */
function unseenAttempts(
  absent: Flat<AbsenceEntry>,
  runs: Flat<RunEntry>,
  withRecord: ReadonlySet<string | null>,
  now: Instant,
): readonly WorkAttempt[] {
  return Object.entries(absent).flatMap(([key, { at, agent, skipped }]) => {
    if (Object.hasOwn(runs, key) || withRecord.has(key) || at > now) return [];
    const [run = 0, attempt = 1] = key.split('.').map(Number);
    const place = { agent, workflow: null, actor: null, parent: null, chain: run, orphan: false };
    return [
      { key, run, attempt, ...place, at, endedAt: at, told: skipped ? ('skipped' as const) : ('absent' as const) },
    ];
  });
}

function inOrder<Mark extends { readonly at: Instant }>(marks: readonly Mark[]): readonly Mark[] {
  return [...marks].sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}
