import type { JsonObject } from '../json/fields.ts';
import { eventsOf, type LogEvent, type MetricPoint, pointsOf, type Resource, textIn } from './otlp.ts';

/** What the exports of Claude Code tell of one session. */
export interface SessionTelemetry {
  /** Null when the exports leave it out. */
  readonly session: string | null;
  readonly points: readonly MetricPoint[];
  readonly events: readonly LogEvent[];
}

const PREFIX = 'claude_code.';

/** True for an export request that holds something of Claude Code. */
export function isOfClaude(record: JsonObject): boolean {
  return pointsOf([record]).some(isClaudePoint) || eventsOf([record]).some(isClaudeEvent);
}

/** Telemetry of Claude Code by session; what other programs sent into the same file stays out. */
export function bySession(records: readonly JsonObject[]): readonly SessionTelemetry[] {
  const sessions = new Map<string, { session: string | null; points: MetricPoint[]; events: LogEvent[] }>();
  const of = ({ resource, attributes }: Pick<LogEvent, 'resource' | 'attributes'>): [MetricPoint[], LogEvent[]] => {
    const session = textIn(attributes, 'session.id') ?? textIn(resource.attributes, 'session.id');
    // Without ids, what one process sent is one session: its resource is its own.
    const key = session === null ? `of ${resource.key}` : `session ${session}`;
    const entry = sessions.get(key) ?? { session, points: [], events: [] };
    sessions.set(key, entry);
    return [entry.points, entry.events];
  };
  for (const point of pointsOf(records)) if (isClaudePoint(point)) of(point)[0].push(point);
  for (const event of eventsOf(records)) {
    if (isClaudeEvent(event)) of(event)[1].push({ ...event, name: event.name.replace(PREFIX, '') });
  }
  return [...sessions.values()];
}

function isClaudePoint({ metric }: MetricPoint): boolean {
  return metric.startsWith(PREFIX);
}

/** Some exporters leave the prefix out, so the service tells whose event it is. */
function isClaudeEvent({ name, resource }: LogEvent): boolean {
  return name !== '' && (name.startsWith(PREFIX) || isClaudeService(resource));
}

function isClaudeService({ attributes }: Resource): boolean {
  return attributes.get('service.name') === 'claude-code';
}
