import type { SessionReading } from '../../core/session.ts';
import type { TranscriptPart } from './claude/transcript/part.ts';
import type { Complaint, FormatReading, SessionPiece } from './format.ts';
import type { TelemetryPart } from './opentelemetry/part.ts';

/** What one file holds. */
export interface SessionFileReading {
  /** The kind of record, even if this version does not read it. Null when no format recognises it. */
  readonly format: string | null;
  readonly sessions: readonly SessionReading[];
  /** As in `FormatReading`. Empty when no other file can hold more of a session. */
  readonly parts: readonly TranscriptPart[];
  readonly telemetry?: readonly TelemetryPart[];
  readonly running?: FormatReading['running'];
  readonly resumed?: FormatReading['resumed'];
  readonly complaints: readonly Complaint[];
  /** Set when the file only yields a session together with other files of its run. `sessions` is empty then. */
  readonly piece?: SessionPiece;
}
