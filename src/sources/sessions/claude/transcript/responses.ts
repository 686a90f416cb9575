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

/** Responses by the id of their message. One id stands for several only where the ids of their requests differ. */
export type ResponseBook = Map<string, Entry>;

interface Entry {
  response: TranscriptResponse;
  /** Whether its first row had no id of a request, so that any of the same message belongs to it. */
  readonly anyRequest: boolean;
  /** The next one under the same id of a message. */
  next: Entry | null;
}

/** The responses of a book in the order in which their messages were first entered. */
export function responsesOf(book: ResponseBook): readonly TranscriptResponse[] {
  const responses: TranscriptResponse[] = [];
  for (const first of book.values()) {
    for (let entry: Entry | null = first; entry !== null; entry = entry.next) responses.push(entry.response);
  }
  return responses;
}

/** A response with its list price: each is priced by itself, as the provider bills. */
export function priced(response: TranscriptResponse, price: PriceList): TranscriptResponse {
  return { ...response, usd: priceResponse(response, price) };
}

/** The responses of all lists, each once. */
export function joinResponses(lists: readonly (readonly TranscriptResponse[])[]): readonly TranscriptResponse[] {
  const book: ResponseBook = new Map();
  for (const list of lists) for (const response of list) enter(book, response);
  return responsesOf(book);
}

/**
 * Enters a response; false when it was there already. Early rows of a response hold placeholders for the output, so the row
 * with the most output counts, of equal ones the last. It is of a subagent when no row of the main conversation holds it.
 */
export function enter(book: ResponseBook, response: TranscriptResponse): boolean {
  const first = book.get(response.id);
  if (first === undefined) {
    book.set(response.id, entryOf(response));
    return true;
  }
  for (let entry = first; ; entry = entry.next) {
    if (isSame(entry, entry === first, response.request)) {
      entry.response = better(entry.response, response);
      return false;
    }
    if (entry.next === null) {
      entry.next = entryOf(response);
      return true;
    }
  }
}

function entryOf(response: TranscriptResponse): Entry {
  return { response, anyRequest: response.request === null, next: null };
}

/** By the id of the request, too; by that of the message alone where one of two rows has no other. */
function isSame({ response, anyRequest }: Entry, isFirst: boolean, request: string | null): boolean {
  return anyRequest || (request === null ? isFirst : response.request === request);
}

function better(before: TranscriptResponse, after: TranscriptResponse): TranscriptResponse {
  const kept = (after.usage?.output ?? -1) >= (before.usage?.output ?? -1) ? after : before;
  if (before.subagent === after.subagent && before.request === after.request) return kept;
  return { ...kept, subagent: before.subagent && after.subagent, request: before.request ?? after.request };
}

/** Null for rows that are no answer of the API: those of others, those that the engine wrote itself, those that say nothing. */
export function responseOf({ row, subagent }: TranscriptRow, index: number): TranscriptResponse | null {
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
