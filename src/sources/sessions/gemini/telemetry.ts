import { type Money, UNKNOWN_MONEY } from '../../../core/money.ts';
import type { Certainty } from '../../../core/outcome.ts';
import { type SessionReading, UNKNOWN_DETAIL, UNKNOWN_TOKENS } from '../../../core/session.ts';
import { type Instant, parseInstant } from '../../../core/time.ts';
import { notingPrices, type PriceList } from '../../prices/price-list.ts';
import { type ApiResponse, priceResponses } from '../claude/responses.ts';
import { addUsage, withTotal } from '../claude/usage.ts';
import type { FormatReading } from '../format.ts';
import { inputHash } from '../input-hash.ts';
import type { JsonDocument } from '../json/document.ts';
import { asCount, asObject, asText, type JsonObject, sumKnown } from '../json/fields.ts';
import { keptId } from '../kept-id.ts';
import { repeatsOf } from '../repeats.ts';
import { deniedToolsOf, type ToolCall, toolUsesOf } from '../tool-uses.ts';
import { whyFailed } from './calls.ts';
import { keptModels, spanOf } from './session.ts';
import { tokensOf } from './tokens.ts';
import { geminiToolName } from './tool-names.ts';

/** The name of the format in readings. */
export const GEMINI_TELEMETRY = 'gemini-telemetry';

/** At most this many sessions are read from one file. */
const MAX_SESSIONS = 100;

const PREFIX = 'gemini_cli.';

/** One telemetry record, without the prefix of its name. */
export interface TelemetryEvent {
  readonly name: string;
  readonly fields: JsonObject;
  readonly at: Instant | null;
}

/** The event in a telemetry record. Null for spans, metrics and everything else. */
export function telemetryEvent(record: JsonObject): TelemetryEvent | null {
  const fields = asObject(record['attributes']);
  const name = asText(fields?.['event.name']);
  if (fields === null || name?.startsWith(PREFIX) !== true) return null;
  return { name: name.slice(PREFIX.length), fields, at: parseInstant(fields['event.timestamp']) };
}

/**
 * Reads the telemetry that the Gemini CLI writes to a file: every request, including those to models called outside the
 * conversation, and every tool call. It is written as things happen and has no end of its own, so it is what remains of a killed
 * session.
 */
export function readGeminiTelemetry(document: JsonDocument, price: PriceList, since: Instant | null): FormatReading {
  const parts = new Map<string, TelemetryEvent[]>();
  for (const record of document.records) {
    const event = telemetryEvent(record);
    if (event === null) continue;
    const session = asText(event.fields['session.id']) ?? '';
    const part = parts.get(session) ?? [];
    part.push(event);
    parts.set(session, part);
  }
  const complaints: string[] = [];
  if (parts.size > MAX_SESSIONS) complaints.push(`holds more than ${MAX_SESSIONS} sessions: the rest was not read`);
  const sessions = [...parts].slice(0, MAX_SESSIONS).map(([session, events]) => {
    const late = events.filter(({ at }) => since === null || at === null || at >= since);
    const own = late.length === 0 ? events : late;
    const told = { format: GEMINI_TELEMETRY, session: session === '' ? null : session, events: own };
    return readSessionEvents(told, document.damaged, price, complaints);
  });
  return { sessions, complaints };
}

/** The telemetry of one session, no matter how it was stored. */
export interface SessionEvents {
  readonly format: string;
  readonly session: string | null;
  readonly events: readonly TelemetryEvent[];
}

/** Sums up the events of one session. */
export function readSessionEvents(
  { format, session, events }: SessionEvents,
  damaged: boolean,
  price: PriceList,
  complaints: string[],
): SessionReading {
  const least: Certainty = damaged ? 'partial' : 'lower_bound';
  const responses = events.filter(({ name }) => name === 'api_response').map(toResponse);
  const recorded = responses.filter(({ usage }) => usage !== null);
  const noting = notingPrices(price);
  const { usd, unpriced } = priceResponses(recorded, noting.price);
  if (unpriced > 0) {
    complaints.push(`${unpriced} of ${recorded.length} responses have no known price: the cost leaves them out`);
  }
  const calls = events.filter(({ name }) => name === 'tool_call');
  const uses = calls.map(toCall);
  const timed = uses.some(({ latency }) => latency !== null);
  const denied = deniedIn(calls);
  const cost: Money = usd === null ? UNKNOWN_MONEY : { usd, basis: 'estimated' };
  return {
    engine: 'gemini',
    format,
    engineSession: keptId(session),
    models: keptModels(responses.map(({ model }) => model)),
    ...spanOf(events.map(({ at }) => at)),
    outcome: 'unknown',
    turns: null,
    tokens: recorded.length === 0 ? UNKNOWN_TOKENS : withTotal(addUsage(recorded.flatMap(({ usage }) => usage ?? []))),
    cost,
    reportedCost: UNKNOWN_MONEY,
    tools: toolUsesOf(uses),
    denials: denied?.length ?? null,
    state: {
      tokens: recorded.length === 0 ? 'unknown' : least,
      cost: usd === null ? 'unknown' : least,
      turns: 'unknown',
      tools: 'partial',
      latency: timed ? 'partial' : 'unknown',
    },
    detail: {
      ...UNKNOWN_DETAIL,
      apiDuration: sumKnown(events.map(apiTime)),
      deniedTools: denied === null ? null : deniedToolsOf(denied),
      repeats: repeatsOf(uses),
      unguarded: isUnguarded(events),
      computedCost: cost,
      computedState: usd === null ? 'unknown' : least,
      unpricedModels: keptModels(noting.unpriced()),
    },
  };
}

function apiTime({ name, fields }: TelemetryEvent): number | null {
  return name === 'api_response' ? asCount(fields['duration_ms']) : null;
}

/** The calls that were rejected. Null without calls, because nothing else has a decision. */
function deniedIn(calls: readonly TelemetryEvent[]): readonly ToolCall[] | null {
  return calls.length === 0 ? null : calls.filter(isRejected).map(toCall);
}

function isRejected({ fields }: TelemetryEvent): boolean {
  return fields['decision'] === 'reject';
}

/** Whether every call was approved beforehand. Null when the settings are missing. */
function isUnguarded(events: readonly TelemetryEvent[]): boolean | null {
  const modes = events.flatMap(({ name, fields }) =>
    name === 'config' ? (asText(fields['approval_mode']) ?? []) : [],
  );
  return modes.length === 0 ? null : modes.includes('yolo');
}

/** The API response described by an event. */
export function toResponse({ fields, at }: TelemetryEvent): ApiResponse {
  const usage = tokensOf({
    prompt: asCount(fields['input_token_count']),
    output: asCount(fields['output_token_count']),
    cached: asCount(fields['cached_content_token_count']),
    thoughts: asCount(fields['thoughts_token_count']),
    tool: asCount(fields['tool_token_count']),
    total: asCount(fields['total_token_count']),
  });
  return { model: asText(fields['model']), usage, webSearches: 0, fast: false, at };
}

/** Numbers and booleans may be written as texts. */
function toCall(event: TelemetryEvent): ToolCall {
  const { fields } = event;
  const named = geminiToolName(asText(fields['function_name']), null);
  const { success } = fields;
  return {
    server: asText(fields['mcp_server_name']) ?? named.server,
    tool: named.tool,
    failed: success === false || success === 'false',
    why: isRejected(event) ? 'rejected' : whyFailed(fields['error_type']),
    input: inputHash(fields['function_args']),
    latency: asCount(fields['duration_ms']),
  };
}
