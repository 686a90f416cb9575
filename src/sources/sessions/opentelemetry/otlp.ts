import { sha256 } from '../../../core/hash.ts';
import { type Instant, parseInstant } from '../../../core/time.ts';
import { asAmount, asCount, asObject, asText, type JsonObject, objectsOf } from '../json/fields.ts';
import { fieldOf } from './proto-json.ts';

/** Attributes by name, without lists and maps. */
export type Attributes = ReadonlyMap<string, string | number | boolean>;

/** The source of the data. */
export interface Resource {
  readonly attributes: Attributes;
  /** A key of fixed length, no matter how many attributes the resource has. Equal for equal attributes. */
  readonly key: string;
}

/** A point of a metric, with the attributes of its source. */
export interface MetricPoint {
  readonly metric: string;
  readonly resource: Resource;
  readonly attributes: Attributes;
  readonly value: number;
  /** True when the value counts from the start of its series, false when it counts from the previous point. */
  readonly cumulative: boolean;
  readonly startedAt: Instant | null;
  readonly at: Instant | null;
  /** Equal for a point that was sent twice. */
  readonly series: string;
}

/** A log record of an event. */
export interface LogEvent {
  readonly name: string;
  readonly resource: Resource;
  readonly attributes: Attributes;
  readonly at: Instant | null;
}

/** Points of sums and histograms in OTLP export requests as JSON. Other metrics hold no amounts that could be added. */
export function pointsOf(records: readonly JsonObject[]): readonly MetricPoint[] {
  const resources = records.flatMap((record) => objectsOf(fieldOf(record, 'resourceMetrics')));
  return resources.flatMap((entry) => {
    const resource = resourceOf(entry);
    const metrics = objectsOf(fieldOf(entry, 'scopeMetrics')).flatMap((scope) => objectsOf(scope['metrics']));
    return metrics.flatMap((metric) => pointsOfMetric(metric, resource));
  });
}

function pointsOfMetric(metric: JsonObject, resource: Resource): readonly MetricPoint[] {
  const name = asText(metric['name']) ?? '';
  const sum = asObject(metric['sum']) ?? asObject(metric['histogram']);
  const temporality = fieldOf(sum, 'aggregationTemporality');
  const cumulative = temporality === 2 || temporality === 'AGGREGATION_TEMPORALITY_CUMULATIVE';
  return objectsOf(fieldOf(sum, 'dataPoints')).flatMap((point, index) => {
    // For a histogram the sum of the measurements counts.
    const value = asAmount(fieldOf(point, 'asDouble') ?? fieldOf(point, 'asInt') ?? point['sum']);
    if (value === null) return [];
    const attributes = attributesOf(point['attributes']);
    const startedAt = readNanos(fieldOf(point, 'startTimeUnixNano'));
    const at = readNanos(fieldOf(point, 'timeUnixNano'));
    const place = cumulative ? '' : (stampOf(fieldOf(point, 'timeUnixNano')) ?? `#${index}`);
    const begun = stampOf(fieldOf(point, 'startTimeUnixNano')) ?? '';
    const series = [name, resource.key, JSON.stringify([...attributes]), begun, place].join('\n');
    return [{ metric: name, resource, attributes, value, cumulative, startedAt, at, series }];
  });
}

/** A time as it was written, as text or as a number. Null for anything else. */
function stampOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : null;
}

/** Sums points. A running total counts once with its largest value, and a point that was sent twice counts once. */
export function sumPoints(points: readonly MetricPoint[]): number | null {
  const values = new Map<string, number>();
  for (const { series, value } of points) values.set(series, Math.max(value, values.get(series) ?? 0));
  return values.size === 0 ? null : [...values.values()].reduce((sum, value) => sum + value, 0);
}

/** Points by model. The key is null for points without a model. */
export function byModel(points: readonly MetricPoint[]): ReadonlyMap<string | null, readonly MetricPoint[]> {
  const models = new Map<string | null, MetricPoint[]>();
  for (const point of points) {
    const model = textIn(point.attributes, 'model');
    const own = models.get(model);
    if (own === undefined) models.set(model, [point]);
    else own.push(point);
  }
  return models;
}

/** When the last of the points was measured. Null when none says. */
export function latestOf(points: readonly MetricPoint[]): Instant | null {
  const moments = points.map(({ at }) => at).filter((at) => at !== null);
  return moments.sort().at(-1) ?? null;
}

/** Events in OTLP export requests as JSON. Their name is in an attribute, in the record or in its text. */
export function eventsOf(records: readonly JsonObject[]): readonly LogEvent[] {
  const resources = records.flatMap((record) => objectsOf(fieldOf(record, 'resourceLogs')));
  return resources.flatMap((entry) => {
    const resource = resourceOf(entry);
    const logs = objectsOf(fieldOf(entry, 'scopeLogs')).flatMap((scope) => objectsOf(fieldOf(scope, 'logRecords')));
    return logs.map((log) => toEvent(log, resource));
  });
}

function toEvent(log: JsonObject, resource: Resource): LogEvent {
  const attributes = attributesOf(log['attributes']);
  const name =
    textIn(attributes, 'event.name') ??
    asText(fieldOf(log, 'eventName')) ??
    asText(fieldOf(asObject(log['body']), 'stringValue')) ??
    '';
  const at =
    readNanos(fieldOf(log, 'timeUnixNano')) ??
    parseInstant(attributes.get('event.timestamp')) ??
    readNanos(fieldOf(log, 'observedTimeUnixNano'));
  return { name, resource, attributes, at };
}

function resourceOf(entry: JsonObject): Resource {
  const attributes = attributesOf(asObject(entry['resource'])?.['attributes']);
  return { attributes, key: sha256(JSON.stringify([...attributes])) };
}

/** Reads a list of attributes. */
export function attributesOf(value: unknown): Attributes {
  const attributes = new Map<string, string | number | boolean>();
  for (const entry of objectsOf(value)) {
    const key = asText(entry['key']);
    const scalar = scalarOf(asObject(entry['value']));
    if (key !== null && scalar !== null) attributes.set(key, scalar);
  }
  return attributes;
}

/** 64-bit integers come as text. */
function scalarOf(value: JsonObject | null): string | number | boolean | null {
  const scalar =
    fieldOf(value, 'stringValue') ??
    fieldOf(value, 'intValue') ??
    fieldOf(value, 'doubleValue') ??
    fieldOf(value, 'boolValue');
  return typeof scalar === 'string' || typeof scalar === 'number' || typeof scalar === 'boolean' ? scalar : null;
}

/** Nanoseconds since 1970, usually as text. 0 means unknown. */
function readNanos(value: unknown): Instant | null {
  const nanos = asAmount(value);
  return nanos === null || nanos === 0 ? null : parseInstant(Math.floor(nanos / 1e6));
}

/** An attribute as a non-empty text, or null. */
export function textIn(attributes: Attributes, key: string): string | null {
  return asText(attributes.get(key));
}

/** An attribute as a count, or null. */
export function countIn(attributes: Attributes, key: string): number | null {
  return asCount(attributes.get(key));
}

/** An attribute as an amount, or null. */
export function amountIn(attributes: Attributes, key: string): number | null {
  return asAmount(attributes.get(key));
}

/** An attribute as a boolean, which may be sent as text. Null when it is neither. */
export function flagIn(attributes: Attributes, key: string): boolean | null {
  const value = `${attributes.get(key)}`;
  return value === 'true' || value === 'false' ? value === 'true' : null;
}
