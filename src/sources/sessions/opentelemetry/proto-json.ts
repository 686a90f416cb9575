import { asText, type JsonObject } from '../json/fields.ts';

/** The names that OTLP as JSON gives to fields, with those in the protocol. Names of a single word are the same in both. */
const ORIGINAL_NAMES = {
  resourceLogs: 'resource_logs',
  resourceMetrics: 'resource_metrics',
  resourceSpans: 'resource_spans',
  scopeLogs: 'scope_logs',
  scopeMetrics: 'scope_metrics',
  scopeSpans: 'scope_spans',
  logRecords: 'log_records',
  eventName: 'event_name',
  timeUnixNano: 'time_unix_nano',
  observedTimeUnixNano: 'observed_time_unix_nano',
  startTimeUnixNano: 'start_time_unix_nano',
  endTimeUnixNano: 'end_time_unix_nano',
  aggregationTemporality: 'aggregation_temporality',
  dataPoints: 'data_points',
  asDouble: 'as_double',
  asInt: 'as_int',
  stringValue: 'string_value',
  intValue: 'int_value',
  doubleValue: 'double_value',
  boolValue: 'bool_value',
  traceId: 'trace_id',
  spanId: 'span_id',
  parentSpanId: 'parent_span_id',
} as const;

/**
 * A field of a message in OTLP as JSON. Writers of protobuf may keep the original names, which OTLP forbids and most receivers read.
 * If a message has both, the name that OTLP asks for counts. Null is the same as absent.
 */
export function fieldOf(message: JsonObject | null, name: keyof typeof ORIGINAL_NAMES): unknown {
  return message?.[name] ?? message?.[ORIGINAL_NAMES[name]];
}

/**
 * An id of this many bytes as lower-case hexadecimal. OTLP writes it in hexadecimal of either case, other writers of protobuf in base64.
 * Anything else stays as it is, and null means that there is none.
 */
export function idOf(value: unknown, bytes: number): string | null {
  const text = asText(value);
  if (text === null || text.length > 2 * bytes) return text;
  if (text.length === 2 * bytes) return /^[\da-f]+$/i.test(text) ? text.toLowerCase() : text;
  if (!/^[\w+/-]+={0,2}$/.test(text)) return text;
  const decoded = Buffer.from(text, 'base64');
  return decoded.length === bytes ? decoded.toString('hex') : text;
}
