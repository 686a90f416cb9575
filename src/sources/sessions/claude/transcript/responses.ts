import type { PriceList } from '../../../prices/price-list.ts';
import { asObject, asText } from '../../json/fields.ts';
import { type ApiResponse, priceResponse, readResponse, SYNTHETIC } from '../responses.ts';
import { rowKey } from '../row-key.ts';
import { isEmpty } from '../usage.ts';
import type { TranscriptRow } from './rows.ts';

/** One answer of the API as a transcript holds it. */
export interface TranscriptResponse extends ApiResponse {
  readonly id: string;
  readonly request: string | null;
  readonly subagent: boolean;
  /** Whether the row says why the model stopped: without that its output may be a placeholder. */
  readonly final: boolean;
  /** Its list price in US dollars; null when it has none. */
  readonly usd: number | null;
}

/** Responses by what tells them apart. */
export interface ResponseBook {
  readonly byKey: Map<string, TranscriptResponse>;
  readonly keyOfId: Map<string, string>;
}

export function emptyBook(): ResponseBook {
  return { byKey: new Map(), keyOfId: new Map() };
}

/** The responses of rows, each once, priced one by one as the provider bills. */
export function responsesIn(rows: readonly TranscriptRow[], price: PriceList): readonly TranscriptResponse[] {
  const book = emptyBook();
  rows.forEach((row, index) => {
    const response = responseOf(row, index);
    if (response !== null) enter(book, response);
  });
  return priced([...book.byKey.values()], price);
}

/** The responses with their list prices. */
export function priced(responses: readonly TranscriptResponse[], price: PriceList): readonly TranscriptResponse[] {
  return responses.map((response) => ({ ...response, usd: priceResponse(response, price) }));
}

/** The responses of all lists, each once. */
export function joinResponses(lists: readonly (readonly TranscriptResponse[])[]): readonly TranscriptResponse[] {
  const book = emptyBook();
  for (const list of lists) for (const response of list) enter(book, response);
  return [...book.byKey.values()];
}

/**
 * Enters a response; false when it was there already. Early rows of a response hold placeholders for the output, so the row
 * with the most output counts, of equal ones the last. It is of a subagent when no row of the main conversation holds it.
 */
export function enter(book: ResponseBook, response: TranscriptResponse): boolean {
  const key = keyIn(book, response);
  const before = book.byKey.get(key);
  if (!book.keyOfId.has(response.id)) book.keyOfId.set(response.id, key);
  book.byKey.set(key, before === undefined ? response : better(before, response));
  return before === undefined;
}

/** By the id of the message and of the request; by that of the message alone where one of two rows has no other. */
function keyIn({ byKey, keyOfId }: ResponseBook, { id, request }: TranscriptResponse): string {
  const alone = `${id}\n`;
  if (request === null) return keyOfId.get(id) ?? alone;
  return byKey.has(alone) ? alone : `${id}\n${request}`;
}

function better(before: TranscriptResponse, after: TranscriptResponse): TranscriptResponse {
  const kept = (after.usage?.output ?? -1) >= (before.usage?.output ?? -1) ? after : before;
  return { ...kept, subagent: before.subagent && after.subagent, request: before.request ?? after.request };
}

/** Null for rows that are no answer of the API: those of others, those that the engine wrote itself, those that say nothing. */
function responseOf({ row, subagent }: TranscriptRow, index: number): TranscriptResponse | null {
  const message = row['type'] === 'assistant' ? asObject(row['message']) : null;
  if (message === null || message['model'] === SYNTHETIC) return null;
  const response = readResponse(row, message);
  const id = asText(message['id']);
  if (id === null && response.usage === null) return null;
  const measured = response.usage !== null && !isEmpty(response.usage);
  return {
    ...response,
    // Some gateways write zeros where they know nothing; no answer is without input.
    usage: measured ? response.usage : null,
    id: id ?? rowKey(row, index),
    request: asText(row['requestId']),
    subagent,
    final: asText(message['stop_reason']) !== null,
    usd: null,
  };
}
