import { between, type Instant, parseInstant } from '../../../core/time.ts';
import type { TokenKinds } from '../claude/usage.ts';
import { asAmount, asCount, asObject, asText, type JsonObject, objectsOf } from '../json/fields.ts';
import { attributesOf } from '../opentelemetry/otlp.ts';
import { fieldOf, idOf } from '../opentelemetry/proto-json.ts';

/** One piece of work that Copilot exports over OpenTelemetry: a request, a tool call, or an agent's whole task. */
export interface Span {
  readonly trace: string;
  readonly id: string;
  readonly parent: string | null;
  /** `chat`, `execute_tool` or `invoke_agent`. Null for others. */
  readonly operation: string | null;
  readonly attributes: JsonObject;
  readonly failed: boolean;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
}

/** Copilot's names for itself: the service, and its instrumentation scope. */
const NAMES: readonly unknown[] = ['github-copilot', 'github.copilot'];

/**
 * The Copilot spans in a record: a single one as its file exporter writes it, or an OTLP export request as JSON. Other spans are
 * skipped.
 */
export function spansIn(record: JsonObject): readonly Span[] {
  if (record['type'] === 'span') {
    const service = asObject(asObject(record['resource'])?.['attributes'])?.['service.name'];
    const names = [service, asObject(record['instrumentationScope'])?.['name']];
    const attributes = asObject(record['attributes']) ?? {};
    return isOfCopilot(names, attributes) ? toSpans(record, attributes) : [];
  }
  return objectsOf(fieldOf(record, 'resourceSpans')).flatMap((entry) => {
    const service = attributesOf(asObject(entry['resource'])?.['attributes']).get('service.name');
    return objectsOf(fieldOf(entry, 'scopeSpans')).flatMap((scope) => {
      const names = [service, asObject(scope['scope'])?.['name']];
      return objectsOf(scope['spans']).flatMap((span) => {
        const attributes = Object.fromEntries(attributesOf(span['attributes']));
        return isOfCopilot(names, attributes) ? toSpans(span, attributes) : [];
      });
    });
  });
}

function isOfCopilot(names: readonly unknown[], attributes: JsonObject): boolean {
  if (asText(attributes['gen_ai.operation.name']) === null) return false;
  return (
    names.some((name) => NAMES.includes(name)) ||
    Object.keys(attributes).some((key) => key.startsWith('github.copilot.'))
  );
}

/** The lengths of ids (W3C Trace Context). */
const TRACE_BYTES = 16;
const SPAN_BYTES = 8;

function toSpans(span: JsonObject, attributes: JsonObject): readonly Span[] {
  const [trace, id] = [idOf(fieldOf(span, 'traceId'), TRACE_BYTES), idOf(fieldOf(span, 'spanId'), SPAN_BYTES)];
  if (trace === null || id === null) return [];
  const code = asObject(span['status'])?.['code'];
  return [
    {
      trace,
      id,
      parent: parentOf(span),
      operation: asText(attributes['gen_ai.operation.name']),
      attributes,
      failed: code === 2 || code === 'STATUS_CODE_ERROR' || asText(attributes['error.type']) !== null,
      startedAt: momentOf(span['startTime'] ?? fieldOf(span, 'startTimeUnixNano')),
      endedAt: momentOf(span['endTime'] ?? fieldOf(span, 'endTimeUnixNano')),
    },
  ];
}

/** Null for a span at the top, which some write as zeros. */
function parentOf(span: JsonObject): string | null {
  const parent = idOf(fieldOf(span, 'parentSpanId'), SPAN_BYTES);
  return parent === null || /^0+$/.test(parent) ? null : parent;
}

/** Reads seconds and nanoseconds, or nanoseconds since 1970. */
function momentOf(value: unknown): Instant | null {
  const [seconds, nanos] = Array.isArray(value) ? [asAmount(value[0]), asAmount(value[1])] : [0, asAmount(value)];
  if (seconds === null || nanos === null || seconds + nanos === 0) return null;
  return parseInstant(Math.floor(seconds * 1e3 + nanos / 1e6));
}

/** The usage in a span. Its input includes cache reads and writes. Null when it does not say. */
export function usageIn({ attributes }: Span): TokenKinds | null {
  const input = asCount(attributes['gen_ai.usage.input_tokens']);
  const output = asCount(attributes['gen_ai.usage.output_tokens']);
  if (input === null || output === null || input + output === 0) return null;
  // Kinds without any usage are left out.
  const cacheRead = Math.min(input, asCount(attributes['gen_ai.usage.cache_read.input_tokens']) ?? 0);
  const written = asCount(attributes['gen_ai.usage.cache_creation.input_tokens']) ?? 0;
  const cacheWrite5m = Math.min(input - cacheRead, written);
  return { input: input - cacheRead - cacheWrite5m, output, cacheRead, cacheWrite5m, cacheWrite1h: 0 };
}

/** The length of a span in milliseconds. Null when a time is missing or the two contradict each other. */
export function lengthOf({ startedAt, endedAt }: Span): number | null {
  const length = startedAt === null || endedAt === null ? -1 : between(startedAt, endedAt);
  return length < 0 ? null : length;
}
