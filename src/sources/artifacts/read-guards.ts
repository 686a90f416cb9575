import type { LedgerEvent } from '../../core/event.ts';
import type { RunMark } from '../../core/facts.ts';
import { attempt, type Failure } from '../../core/failure.ts';
import type { SessionReading } from '../../core/session.ts';
import type { RunReader } from './run-reader.ts';

type GuardReading =
  | {
      readonly kind: 'read';
      /** The sessions that only the guards report. */
      readonly claimed: readonly SessionReading[];
      readonly events: readonly LedgerEvent[];
    }
  | { readonly kind: 'awaited'; readonly failure: Failure }
  | { readonly kind: 'later' };

/**
 * Compares what the guards of an attempt say with what GitHub says about its jobs. A run without any reports is checked only if its
 * workflow has a guard. Others cost no request.
 */
export async function readGuards(
  { github, moment, guards: book, spooled: spool }: Pick<RunReader, 'github' | 'moment' | 'guards' | 'spooled'>,
  mark: RunMark,
  files: readonly Uint8Array[],
  artifacts: readonly SessionReading[],
): Promise<GuardReading> {
  const known = book.of(mark.run, mark.attempt);
  const spooled = spool.of(mark.run, mark.attempt);
  if (known.length + files.length + spooled.length === 0)
    return await readUnheard({ github, moment, guards: book }, mark);
  const { checkGuards, claimedSessions, isOnItsWay, withRecords } = await import('../guard-record/check.ts');
  const found = withRecords(mark, known, { files, spooled }, moment);
  if (isOnItsWay(found.guards, mark, moment.now)) return { kind: 'later' };
  const jobs = await attempt(() => github.actions.jobs(mark.run, mark.attempt));
  if (!jobs.ok && jobs.failure.kind !== 'not_found') return { kind: 'awaited', failure: jobs.failure };
  const checked = checkGuards({ mark, found, jobs: jobs.ok ? jobs.value : [], artifacts, book }, moment);
  return { kind: 'read', claimed: claimedSessions(found.guards, artifacts), events: [...found.events, ...checked] };
}

async function readUnheard(
  { github, moment, guards }: Pick<RunReader, 'github' | 'moment' | 'guards'>,
  mark: RunMark,
): Promise<GuardReading> {
  const expected = guards.expected(mark.workflow, mark.startedAt);
  if (expected === null) return { kind: 'read', claimed: [], events: [] };
  const { mayBeOnItsWay } = await import('../guard-record/check.ts');
  if (mayBeOnItsWay(mark, moment.now)) return { kind: 'later' };
  const jobs = await attempt(() => github.actions.jobs(mark.run, mark.attempt));
  if (!jobs.ok && jobs.failure.kind !== 'not_found') return { kind: 'awaited', failure: jobs.failure };
  const { unheardGuards } = await import('../guard-record/unheard.ts');
  const events = jobs.ok ? unheardGuards({ mark, expected, jobs: jobs.value }, moment) : [];
  return { kind: 'read', claimed: [], events };
}
