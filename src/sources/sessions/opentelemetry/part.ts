import type { SessionReading } from '../../../core/session.ts';
import type { SessionTelemetry } from './by-session.ts';
import type { LogEvent } from './otlp.ts';

/** What one export file says about a session, in a form that can be joined with other files. */
export interface TelemetryPart {
  /** The data as sent, including what must not be stored. Kept behind a function so that it is never serialised with the rest. */
  readonly sent: () => SessionTelemetry;
  readonly damaged: boolean;
  /** Makes a reading from the joined data of several files. */
  readonly read: (telemetry: SessionTelemetry, damaged: boolean) => SessionReading;
}

/**
 * Joins what several export files say about one session, since an exporter may begin a new file at any time. Events in more than
 * one of them count once. Points that were sent twice are recognised by their series.
 */
export function joinTelemetry(parts: readonly [TelemetryPart, ...TelemetryPart[]]): TelemetryPart {
  const [first] = parts;
  const seen = new Set<string>();
  const told = parts.map(({ sent }) => sent());
  const events = told.flatMap((telemetry) => {
    const fresh = telemetry.events.filter((event) => event.at === null || !seen.has(spelling(event)));
    for (const event of fresh) seen.add(spelling(event));
    return fresh;
  });
  const points = told.flatMap((telemetry) => telemetry.points);
  const telemetry = { session: first.sent().session, points, events };
  return { ...first, sent: () => telemetry, damaged: parts.some(({ damaged }) => damaged) };
}

/** The reading of joined parts. */
export function readTelemetry({ sent, damaged, read }: TelemetryPart): SessionReading {
  return read(sent(), damaged);
}

/** Equal for two copies of one event. */
function spelling({ name, at, resource, attributes }: LogEvent): string {
  return JSON.stringify([name, at, resource.key, [...attributes]]);
}
