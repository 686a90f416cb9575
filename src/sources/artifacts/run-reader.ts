import type { Failure } from '../../core/failure.ts';
import type { SessionReading } from '../../core/session.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { GuardBook, SpooledRecords } from '../guard-record/guard-book.ts';
import type { SourceMoment } from '../progress.ts';
import type { SessionPiece } from '../sessions/format.ts';
import type { FoundSession } from '../sessions/found-session.ts';

/** What the artifacts of a run are read with. */
export interface RunReader {
  readonly github: GitHub;
  readonly moment: SourceMoment;
  readonly maxBytes: number;
  readonly readSessions: ReadSessions;
  readonly joinPieces: JoinPieces;
  /** How the names of the jobs begin that run the agent of a workflow; empty when that is not known. */
  readonly agentJobs: (workflow: string) => readonly string[];
  /** Runs work that holds much memory, one piece at a time. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  readonly guards: GuardBook;
  readonly spooled: Pick<SpooledRecords, 'of'>;
}

/** Finds the session files in the bytes of a zip and reads them. `name` is that of the artifact. */
export type ReadSessions = (zip: Uint8Array, name: string) => Promise<ZipReading>;

/**
 * Reads the pieces of all artifacts of a run together, with the sessions that its artifacts hold otherwise. What a session did
 * before `since` belongs to the run that it was resumed from.
 */
export type JoinPieces = (
  pieces: readonly SessionPiece[],
  sessions: readonly RunSession[],
  since: Instant,
) => Promise<{ readonly sessions: readonly SessionReading[]; readonly complaints: readonly string[] }>;

/** A session out of an artifact, of which others of the same run may hold more. */
export type RunSession = Pick<FoundSession, 'reading'> & Partial<Pick<FoundSession, 'part' | 'telemetry'>>;

/** What a zip held. `refused` says why it could not be read as a whole. */
export interface ZipReading {
  readonly sessions: readonly RunSession[];
  readonly complaints: readonly string[];
  /** Files that tell of a session only together with others of the same run. */
  readonly pieces?: readonly SessionPiece[];
  readonly refused?: Failure;
  /** The bytes of spool files, which hold no sessions. */
  readonly spools?: readonly Uint8Array[];
  /** The bytes of what guards say of their jobs. */
  readonly records?: readonly Uint8Array[];
}
