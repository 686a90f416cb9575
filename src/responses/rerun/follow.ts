import type { RunMark, SessionMark } from '../../core/facts.ts';
import type { RemedyRerun, RemedyRun } from '../../core/notice-record.ts';
import { outcomeOfRun } from '../../core/run.ts';
import { after, DAY, type Duration, HOUR, type Instant } from '../../core/time.ts';
import { type RemedyLog, type RemedyMark, type RerunMark, runKey } from '../remedy/log.ts';
import { rerunKind } from './plan.ts';

/** GitHub gives up on a run after 35 days. */
const LONGEST: Duration = 36 * DAY;

/** So long the record of a session may come after the end of its run. */
const RECORD_COMES: Duration = HOUR;

/** What is known of runs and of the sessions in them, in no order. */
export interface FollowScene {
  readonly runs: readonly RunMark[];
  readonly sessions: readonly SessionMark[];
  readonly now: Instant;
}

/** The runs that were run again and whose end nobody has seen: to be looked at even if no list shows them. */
export function openReruns(log: RemedyLog): readonly number[] {
  return [...new Set(openOnes(log).map(({ run }) => run.run))];
}

/** How re-runs have ended since somebody looked. Pure. */
export function endedReruns(log: RemedyLog, scene: FollowScene): readonly RemedyRerun[] {
  return openOnes(log).flatMap(({ mark, run, rerun }) => {
    const kind = rerunKind(mark.do);
    const state = endOf(run, rerun, scene);
    if (kind === null || state === null) return [];
    const { fingerprint, episode } = mark;
    return [{ fingerprint, episode, do: kind, ...run, state, why: null }];
  });
}

interface OpenOne {
  readonly mark: RemedyMark;
  readonly run: RemedyRun;
  readonly rerun: RerunMark;
}

function openOnes(log: RemedyLog): readonly OpenOne[] {
  return log.flatMap((mark) =>
    (mark.runs ?? []).flatMap((run) => {
      const rerun = mark.reruns?.[runKey(run)];
      return rerun?.state === 'asked' ? [{ mark, run, rerun }] : [];
    }),
  );
}

/** By the attempt that came next; null while that has not ended. */
function endOf(
  { run, attempt }: RemedyRun,
  asked: RerunMark,
  { runs, sessions, now }: FollowScene,
): 'worked' | 'failed' | 'unknown' | null {
  const next = runs.find((mark) => mark.run === run && mark.attempt === attempt + 1);
  if (next?.status !== 'completed') return asked.at <= after(now, -LONGEST) ? 'unknown' : null;
  switch (outcomeOfRun(next.conclusion)) {
    case 'completed':
      return endOfAgent(next, sessions, now);
    case 'failed':
    case 'timed_out':
      return 'failed';
    default:
      return 'unknown';
  }
}

/** A run that ended well does not prove that its agent did: its record is waited for. */
function endOfAgent(next: RunMark, sessions: readonly SessionMark[], now: Instant): 'worked' | 'failed' | null {
  const own = sessions.filter(({ run, attempt }) => run === next.run && attempt === next.attempt);
  if (own.some(({ outcome }) => outcome === 'failed' || outcome === 'timed_out')) return 'failed';
  const mayCome = next.telemetry === 'awaited' && next.updatedAt > after(now, -RECORD_COMES);
  return mayCome ? null : 'worked';
}
