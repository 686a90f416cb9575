import { type Money, UNKNOWN_MONEY } from '../../../core/money.ts';
import type { Certainty } from '../../../core/outcome.ts';
import type { SessionOutcome, SessionReading, Tokens } from '../../../core/session.ts';
import { UNKNOWN_DETAIL, UNKNOWN_TOKENS } from '../../../core/session.ts';
import type { Instant } from '../../../core/time.ts';
import { notingPrices, type PriceList } from '../../prices/price-list.ts';
import { filesChangedOf } from '../changed-files.ts';
import { priceResponses } from '../claude/responses.ts';
import { addUsage, withTotal } from '../claude/usage.ts';
import type { FormatReading } from '../format.ts';
import type { JsonDocument } from '../json/document.ts';
import { asText, type JsonObject } from '../json/fields.ts';
import { keptId } from '../kept-id.ts';
import { repeatsOf } from '../repeats.ts';
import { toolUsesOf } from '../tool-uses.ts';
import { type Chat, changesOf, chatSince, collectChat, isHeader, momentsOf, toolCallsOf } from './messages.ts';
import { keptModels, spanOf } from './session.ts';

/** The name of the format in readings. */
export const GEMINI_CHAT = 'gemini-chat';

/** At most this many sessions are read from one file. */
const MAX_SESSIONS = 100;

/** Reads what the Gemini CLI keeps of a session: one object with its messages, or JSON Lines of them. */
export function readGeminiChat(document: JsonDocument, price: PriceList, since: Instant | null): FormatReading {
  const parts = splitBySession(document.records);
  const complaints: string[] = [];
  if (parts.length > MAX_SESSIONS) complaints.push(`holds more than ${MAX_SESSIONS} sessions: the rest was not read`);
  const sessions = parts
    .slice(0, MAX_SESSIONS)
    .map((records) => readChat(recordsOf(records, since), document.damaged, price, complaints));
  return { sessions, complaints };
}

/** Records belong to the preceding header. A resumed session repeats its own. */
function splitBySession(records: readonly JsonObject[]): readonly (readonly JsonObject[])[] {
  const parts = new Map<string, JsonObject[]>();
  let current = asText(records.find(isHeader)?.['sessionId']) ?? '';
  for (const record of records) {
    if (isHeader(record)) current = asText(record['sessionId']) ?? current;
    const part = parts.get(current) ?? [];
    part.push(record);
    parts.set(current, part);
  }
  return [...parts.values()];
}

interface ChatRecords {
  readonly records: readonly JsonObject[];
  readonly chat: Chat;
  readonly moments: readonly (Instant | null)[];
}

/** What was said since then, or everything if nothing was. */
function recordsOf(records: readonly JsonObject[], since: Instant | null): ChatRecords {
  const whole = collectChat(records);
  const chat = since === null ? whole : chatSince(whole, since);
  // The start named in a record is that of the whole session.
  return { records, chat, moments: momentsOf(chat === whole ? records : [], chat) };
}

function readChat(
  { records, chat, moments }: ChatRecords,
  damaged: boolean,
  price: PriceList,
  complaints: string[],
): SessionReading {
  const outcome = damaged ? 'unknown' : outcomeOf(chat);
  const tokens = sumTokens(chat, damaged);
  const noting = notingPrices(price);
  const cost = priceChat(chat, outcome, damaged, noting.price);
  if (cost.complaint !== null) complaints.push(cost.complaint);
  const calls = toolCallsOf(chat);
  const tools = stateOfTools(chat, outcome);
  const timed = calls.filter(({ latency }) => latency !== null).length;
  return {
    engine: 'gemini',
    format: GEMINI_CHAT,
    engineSession: keptId(asText(records.find(isHeader)?.['sessionId'])),
    models: keptModels([...chat.messages.values()].map(({ model }) => model)),
    ...spanOf(moments),
    outcome,
    turns: null,
    tokens: tokens.value,
    cost: cost.value,
    reportedCost: UNKNOWN_MONEY,
    tools: toolUsesOf(calls),
    denials: null,
    state: {
      tokens: tokens.state,
      cost: cost.state,
      turns: 'unknown',
      tools,
      latency: stateOfLatency(timed, calls.length, tools),
    },
    detail: {
      ...UNKNOWN_DETAIL,
      cutOff: outcome === 'unknown' ? null : false,
      filesChanged: filesChangedOf(changesOf(chat), tools === 'exact'),
      repeats: repeatsOf(calls),
      computedCost: cost.value,
      computedState: cost.state,
      unpricedModels: keptModels(noting.unpriced()),
    },
  };
}

/** The record has no end of its own. A final message of the model that requests no tool counts as the end. */
function outcomeOf(chat: Chat): SessionOutcome {
  const last = [...chat.messages.values()].filter(({ type }) => SPOKEN.includes(type)).at(-1);
  if (last === undefined) return 'unknown';
  if (last.type === 'error') return 'failed';
  return last.type === 'gemini' && !last.asksForTools ? 'completed' : 'unknown';
}

const SPOKEN: readonly (string | null)[] = ['user', 'gemini', 'error'];

/** Models called outside the conversation leave no message, so the sum is a lower bound. */
function sumTokens({ messages }: Chat, damaged: boolean): { readonly value: Tokens; readonly state: Certainty } {
  const usages = [...messages.values()].map(({ usage }) => usage).filter((usage) => usage !== null);
  if (usages.length === 0) return { value: UNKNOWN_TOKENS, state: 'unknown' };
  return { value: withTotal(addUsage(usages)), state: damaged ? 'partial' : 'lower_bound' };
}

interface PricedChat {
  readonly value: Money;
  readonly state: Certainty;
  readonly complaint: string | null;
}

function priceChat({ messages }: Chat, outcome: SessionOutcome, damaged: boolean, price: PriceList): PricedChat {
  const requests = [...messages.values()].filter(({ usage }) => usage !== null);
  const { usd, unpriced } = priceResponses(
    requests.map(({ model, usage, at }) => ({ model, usage, at, webSearches: 0, fast: false })),
    price,
  );
  const complaint =
    unpriced === 0 ? null : `${unpriced} of ${requests.length} responses have no known price: the cost leaves them out`;
  if (usd === null) return { value: UNKNOWN_MONEY, state: 'unknown', complaint };
  const basis = outcome === 'unknown' ? 'estimated' : 'list';
  return { value: { usd, basis }, state: damaged ? 'partial' : 'lower_bound', complaint };
}

/** The absence of calls proves that there were none only if the model spoke and came to an end. */
function stateOfTools({ messages }: Chat, outcome: SessionOutcome): Certainty {
  if (![...messages.values()].some(({ type }) => type === 'gemini')) return 'unknown';
  return outcome === 'unknown' ? 'partial' : 'exact';
}

/** A call's time is written when all calls requested together are done, which may be later than its own end. */
function stateOfLatency(timed: number, calls: number, tools: Certainty): Certainty {
  if (timed === 0) return 'unknown';
  return timed === calls && tools === 'exact' ? 'estimate' : 'partial';
}
