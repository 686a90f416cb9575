import { isSame } from '../../scan/assembly/bytes';
import { Bag, crowd, enter, Response } from './bag';
import { claim, exists, nothing } from './heap';
import { bearerOf, Kind, Name } from './names';

/** The marks of a response, as the scanner writes them. */
export const SUBAGENT: i32 = 1;
export const FINAL: i32 = 2;
export const FAST: i32 = 4;
export const MEASURED: i32 = 8;

/** A message with more responses is left to the host. */
const MOST_RESPONSES: u32 = 100;

/**
 * Enters a copy of a response, or adds it to one that is there. Early rows hold placeholders for the output, so the row with the most
 * output counts, and the last one among equals. Returns the new copy, or nothing.
 */
export function enterResponse(bag: Bag, name: Name, response: Response): Response {
  const whole = changetype<usize>(bag);
  const first = bearerOf<Response>(name, Kind.RESPONSE, whole);
  if (!exists(first)) {
    const copy = copyOf(response);
    enter(bag, copy, name, Kind.RESPONSE);
    addResponse(bag, copy);
    return copy;
  }
  let last = first;
  let responses: u32 = 0;
  for (let entry = first; exists(entry); entry = entry.other) {
    if (belongs(entry, entry === first, response)) {
      merge(entry, response);
      return nothing<Response>();
    }
    last = entry;
    responses++;
  }
  if (responses >= MOST_RESPONSES) {
    crowd();
    return nothing<Response>();
  }
  last.other = copyOf(response);
  return last.other;
}

/** Adds one as the last of a bag. */
export function addResponse(bag: Bag, response: Response): void {
  response.next = nothing<Response>();
  if (exists(bag.lastResponse)) bag.lastResponse.next = response;
  else bag.firstResponse = response;
  bag.lastResponse = response;
}

/** A copy of what a response says, without its place among others. */
function copyOf(response: Response): Response {
  const copy = changetype<Response>(claim(offsetof<Response>()));
  copyRequest(copy, response);
  copy.anyRequest = response.request === 0;
  copyFigures(copy, response);
  return copy;
}

function copyRequest(to: Response, from: Response): void {
  to.request = from.request;
  to.requestSize = from.requestSize;
  to.requestHash = from.requestHash;
}

function isSameRequest(a: Response, b: Response): bool {
  return (
    a.requestHash === b.requestHash && a.requestSize === b.requestSize && isSame(a.request, b.request, a.requestSize)
  );
}

function copyFigures(to: Response, from: Response): void {
  const first = offsetof<Response>('marks');
  memory.copy(changetype<usize>(to) + first, changetype<usize>(from) + first, offsetof<Response>() - first);
}

/** Compares request ids as well, or only message ids if one of the two has no request id. */
function belongs(entry: Response, isFirst: bool, response: Response): bool {
  if (entry.anyRequest) return true;
  return response.request === 0 ? isFirst : isSameRequest(entry, response);
}

function outputOf(response: Response): i32 {
  return (response.marks & MEASURED) !== 0 ? response.output : -1;
}

/** A response belongs to a subagent unless a row of the main conversation holds it. */
function merge(entry: Response, response: Response): void {
  const subagent = entry.marks & response.marks & SUBAGENT;
  if (entry.request === 0) copyRequest(entry, response);
  if (outputOf(response) >= outputOf(entry)) copyFigures(entry, response);
  entry.marks = (entry.marks & ~SUBAGENT) | subagent;
}
