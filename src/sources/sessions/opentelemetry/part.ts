import type { SessionReading } from '../../../core/session.ts';
import type { SessionTelemetry } from './by-session.ts';
import type { LogEvent } from './otlp.ts';

/** What one file of exports tells of a session, in a form that can be put together with what others tell of it. */
export interface TelemetryPart {
  /** As it was sent, with all that must not be kept: behind a function, so that it is never written down with the rest. */
  readonly sent: () => SessionTelemetry;
  readonly damaged: boolean;
  /** What several files tell together. */
  readonly read: (telemetry: SessionTelemetry, damaged: boolean) => SessionReading;
}

/**
 * What several files of exports tell of one session: an exporter begins a new file as it pleases. Events that stand in more than
 * one of them count once; points that were sent twice are told by their series.
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

/** The reading of parts that were put together. */
export function readTelemetry({ sent, damaged, read }: TelemetryPart): SessionReading {
  return read(sent(), damaged);
}

/** The same for two copies of one event. */
function spelling({ name, at, resource, attributes }: LogEvent): string {
  return JSON.stringify([name, at, resource.key, [...attributes]]);
}
