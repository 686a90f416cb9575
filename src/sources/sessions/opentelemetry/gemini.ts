import { type Money, UNKNOWN_MONEY } from '../../../core/money.ts';
import { detailOf, type SessionReading } from '../../../core/session.ts';
import type { Instant } from '../../../core/time.ts';
import { notingPrices, type PriceList } from '../../prices/price-list.ts';
import { addUsage, withTotal } from '../claude/usage.ts';
import type { FormatReading } from '../format.ts';
import { keptModels } from '../gemini/session.ts';
import { readSessionEvents } from '../gemini/telemetry.ts';
import { tokensOf } from '../gemini/tokens.ts';
import type { JsonDocument } from '../json/document.ts';
import { leftOut, type ModelSum, priceSums } from '../priced-sums.ts';
import { bySession, GEMINI_CLI, type SessionTelemetry } from './by-session.ts';
import { MAX_SESSIONS, sessionsToRead, wasSentSince } from './most-sessions.ts';
import { byModel, type LogEvent, latestOf, type MetricPoint, sumPoints } from './otlp.ts';
import type { TelemetryPart } from './part.ts';

/** The name of the format in readings. */
export const GEMINI_OTEL = 'gemini-otel';

/**
 * Reads what the Gemini CLI exports over OpenTelemetry, as OTLP in JSON: events as in its telemetry file, otherwise metrics.
 * Nothing marks the end of a session, so more may have been used than was sent.
 */
export function readGeminiOtel(document: JsonDocument, price: PriceList, since: Instant | null): FormatReading {
  const sessions = bySession(document.records, GEMINI_CLI);
  const complaints =
    sessions.length > MAX_SESSIONS ? [`holds more than ${MAX_SESSIONS} sessions: the rest was not read`] : [];
  const parts = sessionsToRead(sessions, wasSentSince(since)).map((telemetry): TelemetryPart => {
    return {
      sent: () => telemetry,
      damaged: document.damaged,
      read: (joined, damaged) => readSession(joined, damaged, price, []),
    };
  });
  const read = parts.map(({ sent }) => readSession(sent(), document.damaged, price, complaints));
  return { sessions: read, complaints, telemetry: parts };
}

function readSession(
  { session, events, points }: SessionTelemetry,
  damaged: boolean,
  price: PriceList,
  complaints: string[],
): SessionReading {
  const told = { format: GEMINI_OTEL, session, events: events.map(toTelemetryEvent) };
  const reading = readSessionEvents(told, damaged, price, complaints);
  return reading.tokens.total === null ? withMetrics(reading, points, damaged, price, complaints) : reading;
}

function toTelemetryEvent({ name, attributes, at }: LogEvent): {
  name: string;
  fields: Record<string, unknown>;
  at: LogEvent['at'];
} {
  return { name, fields: Object.fromEntries(attributes), at };
}

/** Adds the tokens of metrics if no event has any. */
function withMetrics(
  reading: SessionReading,
  points: readonly MetricPoint[],
  damaged: boolean,
  price: PriceList,
  complaints: string[],
): SessionReading {
  const used = points.filter(({ metric }) => metric === `${GEMINI_CLI.prefix}token.usage`);
  const sums = sumsByModel(used).filter(({ tokens }) => tokens !== null);
  if (sums.length === 0) return reading;
  const noting = notingPrices(price);
  const priced = priceSums(sums, noting.price);
  if (priced.unpriced > 0) complaints.push(leftOut(priced.unpriced, sums.length));
  const least = damaged ? 'partial' : 'lower_bound';
  const cost: Money = priced.cost.usd === null ? UNKNOWN_MONEY : { usd: priced.cost.usd, basis: 'estimated' };
  const costState = cost.usd === null ? 'unknown' : least;
  return {
    ...reading,
    models: keptModels(sums.map(({ model }) => model)),
    tokens: withTotal(addUsage(sums.flatMap(({ tokens }) => tokens ?? []))),
    cost,
    state: { ...reading.state, tokens: least, cost: costState },
    detail: {
      ...detailOf(reading),
      computedCost: cost,
      computedState: costState,
      unpricedModels: keptModels(noting.unpriced()),
    },
  };
}

function sumsByModel(points: readonly MetricPoint[]): readonly ModelSum[] {
  return [...byModel(points)].map(([model, own]) => {
    const ofType = (type: string): number | null =>
      sumPoints(own.filter(({ attributes }) => attributes.get('type') === type));
    const tokens = tokensOf({
      prompt: ofType('input'),
      output: ofType('output'),
      cached: ofType('cache'),
      thoughts: ofType('thought'),
      tool: ofType('tool'),
      total: null,
    });
    return { model, tokens, at: latestOf(own) };
  });
}
