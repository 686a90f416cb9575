import type { RunMark, SessionMark } from '../../core/facts.ts';
import type { RemedyRerun, RemedyRun } from '../../core/notice-record.ts';
import { outcomeOfRun } from '../../core/run.ts';
import { after, DAY, type Duration, HOUR, type Instant } from '../../core/time.ts';
import { type RemedyLog, type RemedyMark, type RerunMark, runKey } from '../remedy/log.ts';
import { rerunKind } from './plan.ts';

/** GitHub gives up on a run after 35 days. */
const LONGEST: Duration = 36 * DAY;

/** The record of a session may arrive this long after its run has ended. */
const RECORD_COMES: Duration = HOUR;

/** What is known of runs and their sessions, in no order. */
export interface FollowScene {
  readonly runs: readonly RunMark[];
  readonly sessions: readonly SessionMark[];
  readonly now: Instant;
}

/** The re-runs whose end has not been seen: they are looked up even if no list shows them. */
export function openReruns(log: RemedyLog): readonly number[] {
  return [...new Set(openOnes(log).map(({ run }) => run.run))];
}

/** The re-runs that have ended since the last look. Pure. */
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

/** Judged by the next attempt; null while it has not ended. */
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

/** A run that succeeded does not prove that its agent did, so its record is waited for. */
function endOfAgent(next: RunMark, sessions: readonly SessionMark[], now: Instant): 'worked' | 'failed' | null {
  const own = sessions.filter(({ run, attempt }) => run === next.run && attempt === next.attempt);
  if (own.some(({ outcome }) => outcome === 'failed' || outcome === 'timed_out')) return 'failed';
  const mayCome = next.telemetry === 'awaited' && next.updatedAt > after(now, -RECORD_COMES);
  return mayCome ? null : 'worked';
}
