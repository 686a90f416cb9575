import type { SessionReading } from '../../core/session.ts';
import type { TranscriptPart } from './claude/transcript/part.ts';
import type { UsageShare } from './claude/transcript/shares.ts';
import type { TelemetryPart } from './opentelemetry/part.ts';
import type { RunningTotals } from './running-totals.ts';

/** A session, the file that holds it (`archive.zip!/path/inside`), and an id that is the same wherever it is found. */
export interface FoundSession {
  readonly id: string;
  readonly path: string;
  /** As in `SessionPiece`, where `path` leaves out the name of the artifact. */
  readonly origin?: string | undefined;
  readonly reading: SessionReading;
  /** What it used by model and day, if that was summed from its requests. Otherwise `part` may have them. */
  readonly shares?: readonly UsageShare[] | undefined;
  /** What it was read from, if other files may hold more of it. */
  readonly part: TranscriptPart | null;
  /** The equivalent for telemetry exports. */
  readonly telemetry?: TelemetryPart | undefined;
  /** Its totals, if they may continue in a later record of the session. */
  readonly running?: RunningTotals | undefined;
  /** Whether something that an earlier run did is left out here. */
  readonly resumed?: boolean | undefined;
}
