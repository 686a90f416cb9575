import { type Money, UNKNOWN_MONEY } from '../../../core/money.ts';
import type { Certainty } from '../../../core/outcome.ts';
import type { LimitHit, SessionDetail, SessionOutcome, SessionReading, Tokens } from '../../../core/session.ts';
import { UNKNOWN_DETAIL, UNKNOWN_TOKENS } from '../../../core/session.ts';
import { parseInstant } from '../../../core/time.ts';
import { notingPrices, type PriceList } from '../../prices/price-list.ts';
import { filesChangedOf } from '../changed-files.ts';
import { addUsage, isComplete, type TokenKinds, withTotal } from '../claude/usage.ts';
import type { FormatReading } from '../format.ts';
import type { JsonDocument } from '../json/document.ts';
import { asObject, asText, type JsonObject } from '../json/fields.ts';
import { keptId } from '../kept-id.ts';
import { leftOut, priceSums } from '../priced-sums.ts';
import { GEMINI_OUTPUT, keptModels, spanOf } from './session.ts';
import { readStats, readStreamStats, type Stats } from './stats.ts';
import { type StreamTools, streamTools } from './stream-tools.ts';

/** At most this many sessions are read from one file. */
const MAX_SESSIONS = 100;

/** Reads what the Gemini CLI prints: the object of `--output-format json`, or the events of `stream-json`. */
export function readGeminiOutput(document: JsonDocument, price: PriceList): FormatReading {
  const parts = splitBySession(document.records);
  const complaints: string[] = [];
  if (parts.length > MAX_SESSIONS) complaints.push(`holds more than ${MAX_SESSIONS} sessions: the rest was not read`);
  const sessions = parts
    .slice(0, MAX_SESSIONS)
    .map((records) => readSession(records, document.damaged, price, complaints));
  return { sessions, complaints };
}

/** Each summary is a session of its own. A stream begins with `init`. */
function splitBySession(records: readonly JsonObject[]): readonly (readonly JsonObject[])[] {
  const parts: JsonObject[][] = [];
  let stream: JsonObject[] | null = null;
  for (const record of records) {
    if (asText(record['type']) === null) {
      if (isSummary(record)) parts.push([record]);
      continue;
    }
    if (stream === null || record['type'] === 'init') {
      stream = [];
      parts.push(stream);
    }
    stream.push(record);
  }
  return parts;
}

const SUMMARY_FIELDS: readonly string[] = ['session_id', 'response', 'stats', 'error', 'warnings'];

/** True for the object of `--output-format json`. After an error it may hold nothing but the error. */
export function isSummary(record: JsonObject): boolean {
  if (asObject(asObject(record['stats'])?.['models']) !== null) return true;
  const error = asText(asObject(record['error'])?.['type']);
  // Older versions print no id with an error. Then only the engine's own names for errors tell it from other programs' errors.
  if (error === null || (asText(record['session_id']) === null && !OWN_ERROR.test(error))) return false;
  return Object.keys(record).every((key) => SUMMARY_FIELDS.includes(key));
}

const OWN_ERROR = /^Fatal[A-Z]\w{0,60}Error$/;

interface Figures {
  readonly tokens: Tokens;
  readonly cost: Money;
  readonly state: Pick<SessionReading['state'], 'tokens' | 'cost'>;
}

function readSession(
  records: readonly JsonObject[],
  damaged: boolean,
  price: PriceList,
  complaints: string[],
): SessionReading {
  const model = asText(records.find(({ type }) => type === 'init')?.['model']);
  const end = records.findLast(isEnd) ?? null;
  const stats = statsOf(end, model);
  const stream = records.some((record) => asText(record['type']) !== null) ? streamTools(records) : null;
  const noting = notingPrices(price);
  const figures = figuresOf(stats, said(records) || damaged, noting.price, complaints);
  const tools = toolsOf(stats, stream, end !== null && !damaged);
  const used = stats?.models.map((sum) => sum.model) ?? [];
  const span = spanOf(records.map((record) => parseInstant(record['timestamp'])));
  return {
    engine: 'gemini',
    format: GEMINI_OUTPUT,
    engineSession: keptId(records.map((record) => asText(record['session_id'])).find((id) => id !== null) ?? null),
    models: keptModels(used.length > 0 ? used : [model]),
    ...span,
    // An error may be reported with a duration of 0.
    duration: stats?.duration || (span.duration ?? stats?.duration ?? null),
    outcome: end === null ? 'unknown' : outcomeOf(end),
    turns: null,
    tokens: figures.tokens,
    cost: figures.cost,
    reportedCost: UNKNOWN_MONEY,
    tools: tools.uses,
    denials: stats?.denials ?? null,
    state: { ...figures.state, turns: 'unknown', tools: tools.state, latency: tools.latency },
    detail: {
      ...detailOf(end, stats, stream, tools.state === 'exact'),
      computedCost: figures.cost,
      computedState: figures.state.cost,
      unpricedModels: keptModels(noting.unpriced()),
    },
  };
}

function detailOf(
  end: JsonObject | null,
  stats: Stats | null,
  stream: StreamTools | null,
  whole: boolean,
): SessionDetail {
  return {
    ...UNKNOWN_DETAIL,
    apiDuration: stats?.apiDuration ?? null,
    limitsHit: end === null ? null : limitsIn(end),
    cutOff: end === null,
    filesChanged: stream === null ? null : filesChangedOf(stream.changed, whole),
    deniedTools: stats?.denied ?? null,
    repeats: stream?.repeats ?? null,
  };
}

function limitsIn(end: JsonObject): readonly LimitHit[] {
  return outcomeOf(end) === 'stopped_by_limit' ? ['turns'] : [];
}

function isEnd(record: JsonObject): boolean {
  return record['type'] === 'result' || asText(record['type']) === null;
}

function statsOf(end: JsonObject | null, model: string | null): Stats | null {
  const stats = asObject(end?.['stats']);
  if (end === null || stats === null) return null;
  return end['type'] === 'result' ? readStreamStats(stats, model) : readStats(stats);
}

/** True when the model is known to have said or requested something. */
function said(records: readonly JsonObject[]): boolean {
  return records.some((record) => {
    if (record['type'] === 'message') return record['role'] !== 'user';
    return record['type'] === 'tool_use' || asText(record['response']) !== null;
  });
}

/** The engine's names for errors that end a session, and the matching exit codes. */
const LIMIT_ERRORS: readonly unknown[] = ['FatalTurnLimitedError', 53];
const CANCELLATIONS: readonly unknown[] = ['FatalCancellationError', 130];

function outcomeOf(end: JsonObject): SessionOutcome {
  const error = asObject(end['error']);
  const signs = [error?.['type'], error?.['code']];
  if (signs.some((sign) => LIMIT_ERRORS.includes(sign))) return 'stopped_by_limit';
  if (signs.some((sign) => CANCELLATIONS.includes(sign))) return 'cancelled';
  if (error !== null || end['status'] === 'error') return 'failed';
  const ended = end['type'] === 'result' ? end['status'] === 'success' : typeof end['response'] === 'string';
  return ended ? 'completed' : 'unknown';
}

const NOTHING: TokenKinds = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
const UNKNOWN_FIGURES: Figures = {
  tokens: UNKNOWN_TOKENS,
  cost: UNKNOWN_MONEY,
  state: { tokens: 'unknown', cost: 'unknown' },
};

/** Tokens and cost. Totals without any model prove that nothing was used, unless the model is known to have spoken. */
function figuresOf(stats: Stats | null, spoken: boolean, price: PriceList, complaints: string[]): Figures {
  if (stats === null) return UNKNOWN_FIGURES;
  if (stats.models.length === 0) {
    if (spoken || (stats.calls ?? 0) > 0) return UNKNOWN_FIGURES;
    return { tokens: withTotal(NOTHING), cost: { usd: 0, basis: 'list' }, state: { tokens: 'exact', cost: 'exact' } };
  }
  const recorded = stats.models.filter(({ tokens }) => tokens !== null);
  const sum = addUsage(recorded.map(({ tokens }) => tokens ?? NOTHING));
  if (recorded.length === 0) return UNKNOWN_FIGURES;
  const whole = recorded.length === stats.models.length && isComplete(sum);
  const priced = priceSums(recorded, price);
  if (priced.unpriced > 0) complaints.push(leftOut(priced.unpriced, recorded.length));
  const known = stats.certain ? 'exact' : 'estimate';
  return {
    tokens: withTotal(sum),
    cost: priced.cost,
    state: { tokens: whole ? known : 'lower_bound', cost: whole ? priced.state : weakened(priced.state) },
  };
}

function weakened(state: Certainty): Certainty {
  return state === 'unknown' ? 'unknown' : 'lower_bound';
}

interface KnownTools {
  readonly uses: SessionReading['tools'];
  readonly state: Certainty;
  readonly latency: Certainty;
}

/** The tools of the stream, otherwise those of the totals. `whole` means that the record has its end and is undamaged. */
function toolsOf(stats: Stats | null, stream: StreamTools | null, whole: boolean): KnownTools {
  if (stream !== null) return toolsOfStream(stream, whole && (stats?.calls ?? 0) <= stream.calls);
  const uses = stats?.tools ?? null;
  return uses === null ? { uses: [], state: 'unknown', latency: 'unknown' } : toolsOfTotals(uses, stats?.calls ?? 0);
}

function toolsOfStream({ tools, calls, timed }: StreamTools, all: boolean): KnownTools {
  const latency = all && timed === calls ? 'exact' : 'partial';
  return { uses: tools, state: all ? 'exact' : 'partial', latency: timed === 0 ? 'unknown' : latency };
}

/** For several calls of one tool only the sum of their times is known. */
function toolsOfTotals(uses: SessionReading['tools'], calls: number): KnownTools {
  const counted = uses.reduce((sum, use) => sum + use.calls, 0);
  const timed = uses.filter(({ latency }) => latency !== null);
  const single = timed.every((use) => use.calls === 1) ? 'exact' : 'estimate';
  const latency = timed.length === uses.length ? single : 'partial';
  return {
    uses,
    state: calls <= counted ? 'exact' : 'lower_bound',
    latency: timed.length === 0 ? 'unknown' : latency,
  };
}
