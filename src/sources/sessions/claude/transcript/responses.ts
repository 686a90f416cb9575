import type { PriceList } from '../../../prices/price-list.ts';
import { asObject, asText } from '../../json/fields.ts';
import { type ApiResponse, priceResponse, readResponse, SYNTHETIC } from '../responses.ts';
import { rowKey } from '../row-key.ts';
import { isEmpty } from '../usage.ts';
import type { TranscriptRow } from './rows.ts';

/** One API response as a transcript holds it. */
export interface TranscriptResponse extends ApiResponse {
  readonly id: string;
  readonly request: string | null;
  readonly subagent: boolean;
  /** Whether the row says why the model stopped. Without that its output may be a placeholder. */
  readonly final: boolean;
  /** Its list price in US dollars, or null if it has none. */
  readonly usd: number | null;
}

/** Responses by message id. One id covers several responses only if the ids of their requests differ. */
export type ResponseBook = Map<string, Entry>;

interface Entry {
  response: TranscriptResponse;
  /** Whether its first row had no request id, so that every row of the same message belongs to it. */
  readonly anyRequest: boolean;
  /** Further responses with the same message id, by the ids of their requests. */
  others: Map<string, TranscriptResponse> | null;
}

/** The responses of a book, in the order in which their messages were first entered. */
export function responsesOf(book: ResponseBook): readonly TranscriptResponse[] {
  const responses: TranscriptResponse[] = [];
  for (const { response, others } of book.values()) {
    responses.push(response);
    if (others !== null) for (const other of others.values()) responses.push(other);
  }
  return responses;
}

/** A response with its list price. Each is priced by itself, as the provider bills. */
export function priced(response: TranscriptResponse, price: PriceList): TranscriptResponse {
  return { ...response, usd: priceResponse(response, price) };
}

/** The responses of all lists, without duplicates. */
export function joinResponses(lists: readonly (readonly TranscriptResponse[])[]): readonly TranscriptResponse[] {
  const book: ResponseBook = new Map();
  for (const list of lists) for (const response of list) enter(book, response);
  return responsesOf(book);
}

/**
 * Enters a response. False when it was already there. Early rows hold placeholders for the output, so the row with the most output
 * counts, and the last one among equals. A response belongs to a subagent unless a row of the main conversation holds it.
 */
export function enter(book: ResponseBook, response: TranscriptResponse): boolean {
  const { id, request } = response;
  const first = book.get(id);
  if (first === undefined) {
    book.set(id, { response, anyRequest: request === null, others: null });
    return true;
  }
  // If one of two rows has no request id, only the message ids are compared.
  if (request === null || first.anyRequest || first.response.request === request) {
    first.response = better(first.response, response);
    return false;
  }
  first.others ??= new Map();
  const other = first.others.get(request);
  first.others.set(request, other === undefined ? response : better(other, response));
  return other === undefined;
}

function better(before: TranscriptResponse, after: TranscriptResponse): TranscriptResponse {
  const kept = (after.usage?.output ?? -1) >= (before.usage?.output ?? -1) ? after : before;
  if (before.subagent === after.subagent && before.request === after.request) return kept;
  return { ...kept, subagent: before.subagent && after.subagent, request: before.request ?? after.request };
}

/** Null for rows that are no API response: those of other speakers, those the engine wrote itself, and empty ones. */
export function responseOf({ row, subagent }: TranscriptRow, index: number): TranscriptResponse | null {
  const message = row['type'] === 'assistant' ? asObject(row['message']) : null;
  if (message === null || message['model'] === SYNTHETIC) return null;
  const response = readResponse(row, message);
  const id = asText(message['id']);
  if (id === null && response.usage === null) return null;
  const measured = response.usage !== null && !isEmpty(response.usage);
  return {
    ...response,
    // Some gateways write zeros when they know nothing, but every response has input.
    usage: measured ? response.usage : null,
    id: id ?? rowKey(row, index),
    request: asText(row['requestId']),
    subagent,
    final: asText(message['stop_reason']) !== null,
    usd: null,
  };
}
