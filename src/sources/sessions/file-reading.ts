import type { SessionReading } from '../../core/session.ts';
import type { TranscriptPart } from './claude/transcript/part.ts';
import type { Complaint, SessionPiece } from './format.ts';
import type { TelemetryPart } from './opentelemetry/part.ts';

/** What one file holds. */
export interface SessionFileReading {
  /** The kind of record that it is, also when this version does not read it; null when no format recognises it. */
  readonly format: string | null;
  readonly sessions: readonly SessionReading[];
  /** As in `FormatReading`; empty where no other file can hold more of a session. */
  readonly parts: readonly TranscriptPart[];
  readonly telemetry?: readonly TelemetryPart[];
  readonly complaints: readonly Complaint[];
  /** Set when the file tells of a session only together with others of its run; `sessions` is empty then. */
  readonly piece?: SessionPiece;
}
