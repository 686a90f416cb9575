import type { Instant } from '../../../core/time.ts';
import type { SessionTelemetry } from './by-session.ts';
import type { LogEvent, MetricPoint } from './otlp.ts';

/** What was sent about a session since a moment. */
export interface SentSince {
  readonly telemetry: SessionTelemetry;
  /** Whether some of it may be older. */
  readonly unsure: boolean;
}

/** What was sent since then, with what running totals grew by. Null when nothing is older, and when nothing is left. */
export function sentSince({ session, points, events }: SessionTelemetry, since: Instant): SentSince | null {
  const isLate = ({ at }: Pick<LogEvent, 'at'>): boolean => at === null || at >= since;
  const lateEvents = events.filter(isLate);
  const latePoints = points.filter(isLate);
  const left = lateEvents.length + latePoints.length;
  if (left === 0 || left === events.length + points.length) return null;
  const before = largest(points.filter((point) => !isLate(point)));
  const isUnsure = ({ series, startedAt }: MetricPoint): boolean =>
    startedAt !== null && startedAt < since && !before.has(series);
  return {
    telemetry: { session, events: lateEvents, points: latePoints.map((point) => grownSince(point, before, since)) },
    unsure: [...lateEvents, ...latePoints].some(({ at }) => at === null) || latePoints.some(isUnsure),
  };
}

/** The largest value of each series. */
function largest(points: readonly MetricPoint[]): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const { series, value } of points) values.set(series, Math.max(value, values.get(series) ?? 0));
  return values;
}

function grownSince(point: MetricPoint, before: ReadonlyMap<string, number>, since: Instant): MetricPoint {
  const { series, value, startedAt } = point;
  return {
    ...point,
    value: Math.max(0, value - (before.get(series) ?? 0)),
    // That is when the series began, not what is left of it.
    startedAt: startedAt !== null && startedAt < since ? null : startedAt,
  };
}
