import type { JsonObject } from '../json/fields.ts';

/** What an exporter sends, named like the end of the URL it is sent to. */
export type OtlpSignal = 'logs' | 'metrics' | 'traces';

/**
 * The fields that are read from a message: their numbers, and their names in JSON. The numbers and types are those of
 * opentelemetry-proto 1.x (`collector/*`, `logs`, `metrics`, `common`, `resource`), which promises not to change them.
 */
interface Shape {
  readonly [number: number]: Field;
}

type Field =
  | { readonly name: string; readonly kind: 'text' | 'bool' | 'int64' | 'enum' | 'fixed64' | 'sfixed64' | 'double' }
  | { readonly name: string; readonly kind: 'message' | 'list'; readonly of: Shape };

const ANY_VALUE: Shape = {
  1: { name: 'stringValue', kind: 'text' },
  2: { name: 'boolValue', kind: 'bool' },
  3: { name: 'intValue', kind: 'int64' },
  4: { name: 'doubleValue', kind: 'double' },
};
const KEY_VALUE: Shape = {
  1: { name: 'key', kind: 'text' },
  2: { name: 'value', kind: 'message', of: ANY_VALUE },
};
const RESOURCE: Shape = { 1: { name: 'attributes', kind: 'list', of: KEY_VALUE } };
const LOG_RECORD: Shape = {
  1: { name: 'timeUnixNano', kind: 'fixed64' },
  5: { name: 'body', kind: 'message', of: ANY_VALUE },
  6: { name: 'attributes', kind: 'list', of: KEY_VALUE },
  11: { name: 'observedTimeUnixNano', kind: 'fixed64' },
  12: { name: 'eventName', kind: 'text' },
};
const NUMBER_POINT: Shape = {
  2: { name: 'startTimeUnixNano', kind: 'fixed64' },
  3: { name: 'timeUnixNano', kind: 'fixed64' },
  4: { name: 'asDouble', kind: 'double' },
  6: { name: 'asInt', kind: 'sfixed64' },
  7: { name: 'attributes', kind: 'list', of: KEY_VALUE },
};
const SUM: Shape = {
  1: { name: 'dataPoints', kind: 'list', of: NUMBER_POINT },
  2: { name: 'aggregationTemporality', kind: 'enum' },
};
const METRIC: Shape = { 1: { name: 'name', kind: 'text' }, 7: { name: 'sum', kind: 'message', of: SUM } };

const REQUESTS: Readonly<Record<OtlpSignal, Shape>> = {
  logs: requestOf('resourceLogs', 'scopeLogs', { 2: { name: 'logRecords', kind: 'list', of: LOG_RECORD } }),
  metrics: requestOf('resourceMetrics', 'scopeMetrics', { 2: { name: 'metrics', kind: 'list', of: METRIC } }),
  // Nothing is read from spans.
  traces: requestOf('resourceSpans', 'scopeSpans', {}),
};

function requestOf(resources: string, scopes: string, scope: Shape): Shape {
  const resource: Shape = {
    1: { name: 'resource', kind: 'message', of: RESOURCE },
    2: { name: scopes, kind: 'list', of: scope },
  };
  return { 1: { name: resources, kind: 'list', of: resource } };
}

/** An export holds a few thousand nested messages. More than this are only sent to fill our memory. */
const MOST_MESSAGES = 200_000;

/**
 * Decodes an OTLP export request from protobuf into its JSON form, as far as it is used. The content is untrusted. @returns null if
 * it is not such a request.
 */
export function decodeOtlp(signal: OtlpSignal, bytes: Buffer): JsonObject | null {
  try {
    return messageIn({ bytes, at: 0, left: { messages: MOST_MESSAGES } }, bytes.length, REQUESTS[signal]);
  } catch (error) {
    if (error instanceof NotProtobuf) return null;
    throw error;
  }
}

class NotProtobuf extends Error {}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
  readonly left: { messages: number };
}

/** The four encodings of a field. Groups were deprecated long before OTLP existed. */
const [VARINT, FIXED64, LENGTH, FIXED32] = [0, 1, 2, 5] as const;

function messageIn(cursor: Cursor, end: number, shape: Shape): JsonObject {
  cursor.left.messages--;
  if (cursor.left.messages < 0) throw new NotProtobuf();
  const read: Record<string, unknown> = {};
  while (cursor.at < end) {
    const tag = safe(varint(cursor, end));
    const wire = tag % 8;
    const field = shape[(tag - wire) / 8];
    if (field === undefined || wire !== wireOf(field)) skip(cursor, end, wire);
    else take(read, field, cursor, end);
  }
  return read;
}

function wireOf({ kind }: Field): number {
  switch (kind) {
    case 'bool':
    case 'int64':
    case 'enum':
      return VARINT;
    case 'fixed64':
    case 'sfixed64':
    case 'double':
      return FIXED64;
    case 'text':
    case 'message':
    case 'list':
      return LENGTH;
    default:
      return kind satisfies never;
  }
}

/** 64-bit integers become text, as in JSON. */
function take(read: Record<string, unknown>, field: Field, cursor: Cursor, end: number): void {
  const { name, kind } = field;
  switch (kind) {
    case 'bool':
      read[name] = varint(cursor, end) !== 0;
      return;
    case 'enum':
      read[name] = varint(cursor, end);
      return;
    case 'int64':
      read[name] = `${wholeVarint(cursor, end)}`;
      return;
    case 'fixed64':
      read[name] = `${cursor.bytes.readBigUInt64LE(past(cursor, end, 8))}`;
      return;
    case 'sfixed64':
      read[name] = `${cursor.bytes.readBigInt64LE(past(cursor, end, 8))}`;
      return;
    case 'double':
      read[name] = cursor.bytes.readDoubleLE(past(cursor, end, 8));
      return;
    case 'text': {
      const stop = lengthEnd(cursor, end);
      read[name] = cursor.bytes.toString('utf8', past(cursor, end, stop - cursor.at), stop);
      return;
    }
    case 'message':
      read[name] = messageIn(cursor, lengthEnd(cursor, end), field.of);
      return;
    case 'list': {
      const list = read[name] as unknown[] | undefined;
      const item = messageIn(cursor, lengthEnd(cursor, end), field.of);
      if (list === undefined) read[name] = [item];
      else list.push(item);
      return;
    }
    default:
      kind satisfies never;
  }
}

function skip(cursor: Cursor, end: number, wire: number): void {
  if (wire === VARINT) varint(cursor, end);
  else if (wire === FIXED64) past(cursor, end, 8);
  else if (wire === FIXED32) past(cursor, end, 4);
  else if (wire === LENGTH) cursor.at = lengthEnd(cursor, end);
  else throw new NotProtobuf();
}

/** Advances by a number of bytes. @returns where they begin. */
function past(cursor: Cursor, end: number, count: number): number {
  const from = cursor.at;
  if (count > end - from) throw new NotProtobuf();
  cursor.at = from + count;
  return from;
}

/** The end of a length-prefixed field. */
function lengthEnd(cursor: Cursor, end: number): number {
  const length = safe(varint(cursor, end));
  if (length > end - cursor.at) throw new NotProtobuf();
  return cursor.at + length;
}

/** Seven bits per byte, the lowest first. 64 bits take at most ten bytes. */
const LONGEST_VARINT = 10;

/** Exact up to 2^53, which nothing counted or measured here exceeds. */
function varint(cursor: Cursor, end: number): number {
  let value = 0;
  for (let i = 0; i < LONGEST_VARINT; i++) {
    const byte = cursor.bytes[past(cursor, end, 1)] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return value;
  }
  throw new NotProtobuf();
}

function safe(value: number): number {
  if (!Number.isSafeInteger(value)) throw new NotProtobuf();
  return value;
}

/** With all its bits, the first being the sign. */
function wholeVarint(cursor: Cursor, end: number): bigint {
  const from = cursor.at;
  const value = varint(cursor, end);
  if (Number.isSafeInteger(value)) return BigInt(value);
  const bytes = [...cursor.bytes.subarray(from, cursor.at)];
  return BigInt.asIntN(
    64,
    bytes.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n),
  );
}
