import { sha256 } from '../core/hash.ts';
import type { PriceList } from '../sources/prices/price-list.ts';
import { priceResponse } from '../sources/sessions/claude/responses.ts';
import { type TelemetryEvent, telemetryEvent, toResponse } from '../sources/sessions/gemini/telemetry.ts';
import { type JsonObject, sumKnown } from '../sources/sessions/json/fields.ts';
import { bySession, CLAUDE_CODE } from '../sources/sessions/opentelemetry/by-session.ts';
import { type ApiRequest, costsOf, noteRequest, tokensOf } from '../sources/sessions/opentelemetry/claude-requests.ts';
import { eventsOf, type LogEvent, type MetricPoint, textIn } from '../sources/sessions/opentelemetry/otlp.ts';
import { HEARD_NOTHING, type Heard, mostOf, sumOf } from './use.ts';

/** Follows what agents export over OpenTelemetry while they work. */
export interface TelemetryListener {
  /** Takes in an export request; false when it says nothing about an agent. */
  readonly take: (record: JsonObject) => boolean;
  readonly heard: () => Heard;
  readonly problems: () => readonly string[];
}

/** No session asks this many models this often. The rest of what such a sender sends is not read. */
const MOST_KEPT = 200_000;

const FLOOD = `More than ${MOST_KEPT} events and points came over telemetry: what came later was not counted`;

/** A listener that has heard nothing yet. */
export function telemetryListener(price: PriceList): TelemetryListener {
  const claude = claudeListener(price);
  const gemini = geminiListener(price);
  return {
    take: (record) => [claude.take(record), gemini.take(record)].includes(true),
    heard: () => sumOf([claude.heard(), gemini.heard()]),
    problems: () => claude.problems(),
  };
}

/** What one Claude Code session sent. */
interface Sent {
  readonly requests: Map<string, ApiRequest>;
  readonly calls: Set<string>;
  turns: number;
  index: number;
}

/** Events report each request. Metrics report the same as sums, for versions and settings without events. */
function claudeListener(price: PriceList): TelemetryListener {
  const sessions = new Map<string, Sent>();
  const metrics = metricSums();
  let kept = 0;
  const sentBy = (session: string | null): Sent => {
    const sent = sessions.get(session ?? '') ?? { requests: new Map(), calls: new Set(), turns: 0, index: 0 };
    sessions.set(session ?? '', sent);
    return sent;
  };
  return {
    take: (record) => {
      const told = bySession([record], CLAUDE_CODE);
      for (const { session, points, events } of told) {
        kept += points.length + events.length;
        if (kept > MOST_KEPT) break;
        for (const event of events) takeEvent(sentBy(session), event);
        for (const point of points) metrics.take(point);
      }
      return told.length > 0;
    },
    heard: () => mostOf(sumOf([...sessions.values()].map((sent) => heardOf(sent, price))), metrics.heard()),
    problems: () => (kept > MOST_KEPT ? [FLOOD] : []),
  };
}

function takeEvent(sent: Sent, event: LogEvent): void {
  const before = sent.requests.size;
  noteRequest(sent.requests, event, sent.index++);
  if (sent.requests.size > before && isMain(event)) sent.turns++;
  if (event.name === 'tool_result') sent.calls.add(textIn(event.attributes, 'tool_use_id') ?? `event ${sent.index}`);
}

/** Whether a request belongs to the conversation itself, not to a subagent or a side task. */
function isMain({ attributes }: LogEvent): boolean {
  const source = textIn(attributes, 'query_source');
  return source === null || (source !== 'auxiliary' && !source.startsWith('subagent'));
}

function heardOf({ requests, calls, turns }: Sent, price: PriceList): Heard {
  if (requests.size === 0 && calls.size === 0) return HEARD_NOTHING;
  const list = [...requests.values()];
  const tokens = tokensOf(list);
  return {
    usd: costsOf(list, price).best,
    tokens: tokens === null ? null : sumKnown(Object.values(tokens)),
    turns: list.length === 0 ? null : turns,
    calls: calls.size === 0 ? null : calls.size,
    repeats: null,
  };
}

const MEASURED: ReadonlyMap<string, 'usd' | 'tokens'> = new Map([
  ['claude_code.cost.usage', 'usd'],
  ['claude_code.token.usage', 'tokens'],
]);

/** How much is remembered to recognise repetitions: what was not acknowledged is sent again within seconds, if at all. */
const MOST_REMEMBERED = 5_000;

/** Adds up points as they come. A point sent twice counts once, and a running total counts only by its growth. */
function metricSums(): { readonly take: (point: MetricPoint) => void; readonly heard: () => Heard } {
  const sums: { usd: number | null; tokens: number | null } = { usd: null, tokens: null };
  const seen = new Map<string, number>();
  return {
    take: ({ metric, series, value }) => {
      const what = MEASURED.get(metric);
      if (what === undefined) return;
      const before = seen.get(series) ?? 0;
      seen.delete(series);
      seen.set(series, Math.max(before, value));
      const oldest = seen.keys().next().value;
      if (seen.size > MOST_REMEMBERED && oldest !== undefined) seen.delete(oldest);
      sums[what] = (sums[what] ?? 0) + Math.max(0, value - before);
    },
    heard: () => ({ ...HEARD_NOTHING, ...sums }),
  };
}

function geminiListener(price: PriceList): Omit<TelemetryListener, 'problems'> {
  let sum = HEARD_NOTHING;
  const isNew = firstSight();
  return {
    take: (record) => {
      const told = eventsOf([record]).flatMap((event) => geminiEvent(event) ?? []);
      sum = sumOf([sum, ...told.filter(isNew).map((event) => heardIn(event, price))]);
      return told.length > 0;
    },
    heard: () => sum,
  };
}

/** Whether an event comes for the first time. They have no number, but one without a time of its own is never a repetition. */
function firstSight(): (event: TelemetryEvent) => boolean {
  const seen = new Set<string>();
  return ({ name, fields, at }) => {
    if (at === null) return true;
    const key = sha256(JSON.stringify([name, at, fields]));
    if (seen.has(key)) return false;
    seen.add(key);
    const [oldest] = seen;
    if (seen.size > MOST_REMEMBERED && oldest !== undefined) seen.delete(oldest);
    return true;
  };
}

function geminiEvent({ attributes, at }: LogEvent): TelemetryEvent | null {
  const event = telemetryEvent({ attributes: Object.fromEntries(attributes) });
  return event === null ? null : { ...event, at: event.at ?? at };
}

function heardIn(event: TelemetryEvent, price: PriceList): Heard {
  if (event.name === 'tool_call') return { ...HEARD_NOTHING, calls: 1 };
  if (event.name !== 'api_response') return HEARD_NOTHING;
  const response = toResponse(event);
  const tokens = response.usage === null ? null : sumKnown(Object.values(response.usage));
  return { ...HEARD_NOTHING, tokens, usd: priceResponse(response, price), turns: turnsIn(event) };
}

/** The CLI also asks models to route, to compress and to look for loops. Versions that do not say which one this is are unknown. */
function turnsIn({ fields: { role } }: TelemetryEvent): number | null {
  return role === undefined ? null : role === 'main' ? 1 : 0;
}
