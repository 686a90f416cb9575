import type { JsonObject } from '../json/fields.ts';
import { eventsOf, type LogEvent, type MetricPoint, pointsOf, textIn } from './otlp.ts';

/** An engine's exports for one session. */
export interface SessionTelemetry {
  /** Null when the exports leave it out. */
  readonly session: string | null;
  readonly points: readonly MetricPoint[];
  readonly events: readonly LogEvent[];
}

/** How to recognise the telemetry of an engine among that of other programs. */
export interface Emitter {
  /** Prefix of its metric and event names. */
  readonly prefix: string;
  /** Its service name, needed because some exporters drop the prefix of its events. Null when all keep it. */
  readonly service: string | null;
  /** The attribute that names the session. */
  readonly session: string;
}

/** Some exporters drop the prefix of its events. */
export const CLAUDE_CODE: Emitter = { prefix: 'claude_code.', service: 'claude-code', session: 'session.id' };

/** Its metrics do not name the thread. */
export const CODEX: Emitter = { prefix: 'codex.', service: null, session: 'conversation.id' };

export const GEMINI_CLI: Emitter = { prefix: 'gemini_cli.', service: null, session: 'session.id' };

/** True for an export request that holds data of the engine. */
export function isOf(emitter: Emitter, record: JsonObject): boolean {
  return (
    pointsOf([record]).some((point) => isPointOf(emitter, point)) ||
    eventsOf([record]).some((event) => isEventOf(emitter, event))
  );
}

/** An engine's telemetry by session, without what other programs sent to the same file. Names come without their prefix. */
export function bySession(records: readonly JsonObject[], emitter: Emitter): readonly SessionTelemetry[] {
  const sessions = new Map<string, { session: string | null; points: MetricPoint[]; events: LogEvent[] }>();
  const of = ({ resource, attributes }: Pick<LogEvent, 'resource' | 'attributes'>): [MetricPoint[], LogEvent[]] => {
    const session = textIn(attributes, emitter.session) ?? textIn(resource.attributes, emitter.session);
    // Without ids, whatever one process sent is one session, because each process has its own resource.
    const key = session === null ? `of ${resource.key}` : `session ${session}`;
    const entry = sessions.get(key) ?? { session, points: [], events: [] };
    sessions.set(key, entry);
    return [entry.points, entry.events];
  };
  for (const point of pointsOf(records)) if (isPointOf(emitter, point)) of(point)[0].push(point);
  for (const event of eventsOf(records)) {
    if (isEventOf(emitter, event)) of(event)[1].push({ ...event, name: event.name.replace(emitter.prefix, '') });
  }
  return [...sessions.values()];
}

function isPointOf({ prefix }: Emitter, { metric }: MetricPoint): boolean {
  return metric.startsWith(prefix);
}

function isEventOf({ prefix, service }: Emitter, { name, resource }: LogEvent): boolean {
  if (name.startsWith(prefix)) return true;
  return service !== null && name !== '' && resource.attributes.get('service.name') === service;
}
