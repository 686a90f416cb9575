import type { RunConclusion } from '../../core/run.ts';
import { type Instant, latest } from '../../core/time.ts';
import type { WorkPiece } from '../../core/waste.ts';
import { attemptKey } from '../attempt.ts';
import { flat } from '../day-table.ts';
import { lately } from '../work-kept.ts';
import { allRuns, allSessions } from '../work-packed.ts';
import type { RunEntry, SessionEntry, WorkState } from '../work-state.ts';

/** What is known about a run, or about a session that belongs to none. */
interface Parts {
  readonly attempts: RunEntry[];
  readonly sessions: SessionEntry[];
}

/** The agents' runs of the last 35 days with all their attempts, and the sessions that belong to none; oldest first. */
export function workPieces(state: WorkState, now: Instant): readonly WorkPiece[] {
  const parts = new Map<string, Parts>();
  const at = (key: string): Parts => {
    const known = parts.get(key) ?? { attempts: [], sessions: [] };
    parts.set(key, known);
    return known;
  };
  for (const entry of Object.values(allRuns(state.runs)))
    if (entry.at <= now) at(String(entry.run)).attempts.push(entry);
  const { sessions, absent: missing } = lately(state);
  for (const [id, entry] of Object.entries(allSessions(sessions))) {
    if (entry.at <= now) at(entry.run === null ? id : String(entry.run)).sessions.push(entry);
  }
  const absent = flat(missing);
  const isSkipped = ({ run, attempt, skipped }: RunEntry): boolean =>
    skipped === true || absent[attemptKey(run, attempt)]?.skipped === true;
  const pieces = [...parts.values()].flatMap((one) => pieceOf(one, isSkipped) ?? []);
  return pieces.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

type IsSkipped = (entry: RunEntry) => boolean;

function pieceOf({ attempts, sessions }: Parts, isSkipped: IsSkipped): WorkPiece | null {
  const [first] = [...attempts, ...sessions].sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
  if (first === undefined) return null;
  const changed = sessions.flatMap((session) => session.changed ?? []);
  const told = new Set(sessions.map(({ attempt }) => attempt ?? 1));
  // A skipped attempt spent nothing. An attempt without a record may have spent anything.
  const silent = attempts.filter((entry) => !told.has(entry.attempt) && !isSkipped(entry));
  return {
    ...{ run: first.run, agent: attempts[0]?.agent ?? first.agent, workflow: first.workflow },
    trigger: attempts[0]?.trigger ?? null,
    at: first.at,
    ...endOf(attempts, sessions, isSkipped),
    usd: sessions.reduce((sum, { usd }) => sum + (usd ?? 0), 0),
    unpriced: silent.length + sessions.filter(({ usd }) => usd === null).length,
    changed: changed.length === 0 ? null : changed.reduce((sum, count) => sum + count, 0),
  };
}

/** The last attempt determines the end. A session without one ended, one way or another. */
function endOf(
  attempts: readonly RunEntry[],
  sessions: readonly SessionEntry[],
  isSkipped: IsSkipped,
): Pick<WorkPiece, 'endedAt' | 'ended'> {
  const last = attempts.reduce<RunEntry | null>((a, b) => (a === null || b.attempt > a.attempt ? b : a), null);
  if (last === null) return { endedAt: sessions.reduce((end, { at }) => latest(end, at), ''), ended: null };
  if (last.end === undefined) return { endedAt: null, ended: null };
  const allSkipped = attempts.every(isSkipped) && sessions.length === 0;
  return { endedAt: last.end, ended: allSkipped ? 'skipped' : wayOf(last.conclusion) };
}

function wayOf(conclusion: RunConclusion | undefined): WorkPiece['ended'] {
  switch (conclusion) {
    case 'success':
      return 'well';
    case 'failure':
    case 'startup_failure':
    case 'timed_out':
    case 'cancelled':
      return 'badly';
    default:
      return null;
  }
}
