import type { SessionReading } from '../../core/session.ts';
import type { TranscriptPart } from './claude/transcript/part.ts';
import type { TelemetryPart } from './opentelemetry/part.ts';

/** A session, the file that holds it (`archive.zip!/path/inside`), and an id that is the same wherever it is found. */
export interface FoundSession {
  readonly id: string;
  readonly path: string;
  readonly reading: SessionReading;
  /** What it was read from, where other files may hold more of it. */
  readonly part: TranscriptPart | null;
  /** The same for exports of telemetry. */
  readonly telemetry?: TelemetryPart | undefined;
}
