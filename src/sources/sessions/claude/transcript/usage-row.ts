import { type Instant, parseInstant } from '../../../../core/time.ts';
import { asText, type JsonObject } from '../../json/fields.ts';
import type { FormWish } from '../../json/learn-form.ts';
import type { RowForm } from '../../json/row-form.ts';
import { cacheWrites, isEmpty, type TokenKinds } from '../usage.ts';
import { responseOf, type TranscriptResponse } from './responses.ts';
import { isConversation, unwrapped } from './rows.ts';
import { isTranscriptRow } from './transcript-row.ts';

/** What a row tells where only usage is wanted. */
export interface UsageRow {
  readonly session: string | null;
  readonly at: Instant | null;
  readonly subagent: boolean;
  /** Whether it is a subagent's within a row that tells of its progress. */
  readonly wrapped: boolean;
  /** Whether somebody says something in it. */
  readonly spoken: boolean;
  /** Whether it tells for certain that the file is a transcript. */
  readonly certain: boolean;
  readonly response: TranscriptResponse | null;
}

/** What a record tells; `index` is its place among those that were read. */
export function usageRowOf(record: JsonObject, index: number): UsageRow {
  const row = unwrapped(record);
  return {
    session: asText(record['sessionId']),
    at: parseInstant(row.row['timestamp']),
    subagent: row.subagent,
    wrapped: row.row !== record,
    spoken: isConversation(row),
    certain: isTranscriptRow(record),
    response: responseOf(row, index),
  };
}

/** The places of texts. */
const [AT, INNER_AT, REQUEST, ID, STOP, SESSION] = [0, 1, 2, 3, 4, 5] as const;

/** The places of numbers. */
const [INPUT, OUTPUT, READ, FLAT, SHORT, LONG, SEARCHES] = [0, 1, 2, 3, 4, 5, 6] as const;

const NUMBERS: readonly (readonly [path: string, place: number])[] = [
  ['input_tokens', INPUT],
  ['output_tokens', OUTPUT],
  ['cache_read_input_tokens', READ],
  ['cache_creation_input_tokens', FLAT],
  ['cache_creation.ephemeral_5m_input_tokens', SHORT],
  ['cache_creation.ephemeral_1h_input_tokens', LONG],
  ['server_tool_use.web_search_requests', SEARCHES],
];

const TEXTS: readonly (readonly [path: string, place: number])[] = [
  ['requestId', REQUEST],
  ['message.id', ID],
  ['message.stop_reason', STOP],
];

/**
 * What `usageRowOf` looks at, apart from what is the same in all rows of a form. What the model said is passed over up to its list's
 * last end before the counts. That they are its message's own rests on every answer of the API having some: a row whose message
 * has none, but which holds another object that ends as a message does, would be misread. No version of the engine writes such
 * rows.
 */
export function usageForm({ wrapped }: UsageRow): FormWish {
  return wrapped ? WRAPPED_FORM : PLAIN_FORM;
}

const PLAIN_FORM = formBelow('');
const WRAPPED_FORM = formBelow('data.message.');

function formBelow(within: string): FormWish {
  const at = within === '' ? [] : [[`${within}timestamp`, INNER_AT] as const];
  return {
    texts: new Map([
      ['sessionId', SESSION],
      ['timestamp', AT],
      ...at,
      ...TEXTS.map(([path, place]) => [within + path, place] as const),
    ]),
    numbers: new Map(NUMBERS.map(([path, place]) => [`${within}message.usage.${path}`, place])),
    fixed: new Set(['type', 'model', 'speed']),
    passed: new Set(['content']),
  };
}

/** The row of `form` whose values it holds just now, from any other row of it; null where the values do not make a whole one. */
export function usageRowFrom({ texts, numbers }: RowForm, like: UsageRow): UsageRow | null {
  const id = asText(texts[ID]);
  const usage = usageFrom(numbers);
  if (id === null || like.response === null || like.response.usage === null || isEmpty(usage)) return null;
  const at = parseInstant(texts[INNER_AT] ?? texts[AT]);
  const response: TranscriptResponse = {
    model: like.response.model,
    usage,
    webSearches: countAt(numbers, SEARCHES) ?? 0,
    fast: like.response.fast,
    at,
    id,
    request: asText(texts[REQUEST]),
    subagent: like.subagent,
    final: asText(texts[STOP]) !== null,
    usd: null,
  };
  return {
    session: asText(texts[SESSION]),
    at,
    subagent: like.subagent,
    wrapped: like.wrapped,
    spoken: like.spoken,
    certain: like.certain,
    response,
  };
}

function usageFrom(numbers: readonly number[]): TokenKinds {
  const writes = cacheWrites(countAt(numbers, FLAT), countAt(numbers, SHORT), countAt(numbers, LONG));
  return {
    input: countAt(numbers, INPUT),
    output: countAt(numbers, OUTPUT),
    cacheRead: countAt(numbers, READ),
    cacheWrite5m: writes.cacheWrite5m,
    cacheWrite1h: writes.cacheWrite1h,
  };
}

function countAt(numbers: readonly number[], place: number): number | null {
  const number = numbers[place];
  return number === undefined || Number.isNaN(number) ? null : number;
}
