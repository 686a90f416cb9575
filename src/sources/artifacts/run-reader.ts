import type { Failure } from '../../core/failure.ts';
import type { SessionReading } from '../../core/session.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { GuardBook, SpooledRecords } from '../guard-record/guard-book.ts';
import type { SourceMoment } from '../progress.ts';
import type { SessionPiece } from '../sessions/format.ts';
import type { FoundSession } from '../sessions/found-session.ts';

/** The context for reading the artifacts of a run. */
export interface RunReader {
  readonly github: GitHub;
  readonly moment: SourceMoment;
  readonly maxBytes: number;
  readonly readSessions: ReadSessions;
  readonly joinPieces: JoinPieces;
  /** Name prefixes of the jobs that run a workflow's agent. Empty when unknown. */
  readonly agentJobs: (workflow: string) => readonly string[];
  /** Runs memory-intensive work, one piece at a time. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  readonly guards: GuardBook;
  readonly spooled: Pick<SpooledRecords, 'of'>;
}

/**
 * Finds the session files in the bytes of a zip and reads them. `name` is the artifact's name. Whatever a session did before
 * `since` belongs to the run that it was resumed from.
 */
export type ReadSessions = (zip: Uint8Array, name: string, since: Instant) => Promise<ZipReading>;

/**
 * Reads the pieces from all artifacts of a run together with its other sessions. Whatever a session did before `since` belongs to
 * the run that it was resumed from.
 */
export type JoinPieces = (
  pieces: readonly SessionPiece[],
  sessions: readonly RunSession[],
  since: Instant,
) => Promise<{ readonly sessions: readonly SessionReading[]; readonly complaints: readonly string[] }>;

/** A session from an artifact. Other artifacts of the same run may hold more of it. */
export type RunSession = Pick<FoundSession, 'reading'> &
  Partial<Pick<FoundSession, 'origin' | 'part' | 'telemetry' | 'running' | 'resumed'>>;

/** The contents of a zip. `refused` says why it could not be read at all. */
export interface ZipReading {
  readonly sessions: readonly RunSession[];
  readonly complaints: readonly string[];
  /** Files that only yield a session together with others of the same run. */
  readonly pieces?: readonly SessionPiece[];
  readonly refused?: Failure;
  /** The bytes of spool files, which hold no sessions. */
  readonly spools?: readonly Uint8Array[];
  /** The bytes of guard records about their jobs. */
  readonly records?: readonly Uint8Array[];
}
