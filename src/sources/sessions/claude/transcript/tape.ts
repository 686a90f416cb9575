import type { SessionOutcome } from '../../../../core/session.ts';
import type { Instant } from '../../../../core/time.ts';
import type { PriceList } from '../../../prices/price-list.ts';
import { classOfNumber, errorClass } from '../errors.ts';
import { priceResponse } from '../responses.ts';
import { type CallResult, callOf } from '../tools.ts';
import { cacheWrites } from '../usage.ts';
import type { TranscriptResponse } from './responses.ts';
import type { TapePiece } from './scan/scanner.ts';
import { addMoment, addTurn, enterResponse, type Tally } from './tally.ts';

/** Numbers per entry. The first is its kind, as written by assembly/tape.ts. */
const FIELDS = 16;
const [SESSION, RESPONSE, CALL, RESULT, TURN, FOLDER, STRETCH] = [1, 2, 3, 4, 5, 6, 7] as const;

/** The marks of a response. */
const [SUBAGENT, FINAL, FAST, MEASURED] = [1, 2, 4, 8] as const;

/** The flags of a stretch. */
const [SPOKEN, SUBAGENTS, ANSWERED, COMPACTED, GUARDED, UNGUARDED] = [1, 2, 4, 8, 16, 32] as const;

/** The state in which a stretch leaves the conversation. `CLOSED` means completed unless an outcome was known before. */
const OUTCOMES: readonly (SessionOutcome | null)[] = [null, 'unknown', 'completed', 'failed'];
const CLOSED = 4;

/** A missing count, and the value that replaces the duration for a user's request. */
const [UNKNOWN, ASKED] = [-1, -2] as const;

/** The hash of an input takes two fields. The second has this many values. */
const HALF = 2 ** 26;

/** Receives which session continues, and how many rows a stretch had. */
export interface Listener {
  /** The session that continues. `id` is null for the current one. */
  readonly tally: (id: string | null) => Tally;
  readonly passRows: (count: number) => void;
}

/** Reads the scanner's output, entry by entry. */
export function readTape({ entries, texts: letters }: TapePiece, price: PriceList, listener: Listener): void {
  const texts = Buffer.from(letters.buffer, letters.byteOffset, letters.length).toString('latin1');
  const tape: Tape = { entries, texts, price, models: new Map() };
  let tally = listener.tally(null);
  for (let at = 0; at < entries.length; at += FIELDS) {
    switch (entries[at]) {
      case SESSION:
        tally = listener.tally(textIn(tape, at + 1));
        break;
      case RESPONSE:
        enterResponse(tally, responseAt(tape, at));
        break;
      case CALL:
        takeCall(tally, tape, at);
        break;
      case RESULT:
        tally.results.set(textIn(tape, at + 1), resultAt(tape, at));
        break;
      case TURN:
        takeTurn(tally, tape, at);
        break;
      case FOLDER:
        tally.cwd = writtenIn(tape, at + 1);
        break;
      case STRETCH:
        takeStretch(tally, tape, at);
        listener.passRows(numberIn(tape, at + 2));
        break;
      default:
        throw new Error('the tape tells what nobody knows');
    }
  }
}

interface Tape {
  readonly entries: Int32Array;
  readonly texts: string;
  readonly price: PriceList;
  /** Models by the place of their names, because the same ones recur all the time. */
  readonly models: Map<number, string>;
}

function numberIn({ entries }: Tape, field: number): number {
  return entries[field] ?? UNKNOWN;
}

/** The text whose place and size are in two fields. */
function textIn(tape: Tape, field: number): string {
  const from = numberIn(tape, field);
  return tape.texts.slice(from, from + numberIn(tape, field + 1));
}

/** A text that is on the tape in JSON spelling. */
function writtenIn(tape: Tape, field: number): string {
  return writtenText(textIn(tape, field));
}

/** The text of a JSON spelling with one letter per byte. */
export function writtenText(written: string): string {
  if (/^[ -[\]-~]*$/.test(written)) return written;
  return JSON.parse(`"${Buffer.from(written, 'latin1').toString('utf8')}"`) as string;
}

const MOMENT = 24;

function momentIn(tape: Tape, field: number): Instant | null {
  const from = numberIn(tape, field);
  return from < 0 ? null : tape.texts.slice(from, from + MOMENT);
}

function countIn(tape: Tape, field: number): number | null {
  const count = numberIn(tape, field);
  return count === UNKNOWN ? null : count;
}

function responseAt(tape: Tape, at: number): TranscriptResponse {
  const marks = numberIn(tape, at + 1);
  const writes = cacheWrites(countIn(tape, at + 12), countIn(tape, at + 13), countIn(tape, at + 14));
  const kinds = {
    input: countIn(tape, at + 9),
    output: countIn(tape, at + 10),
    cacheRead: countIn(tape, at + 11),
    cacheWrite5m: writes.cacheWrite5m,
    cacheWrite1h: writes.cacheWrite1h,
  };
  const response = {
    model: modelIn(tape, at + 6),
    usage: (marks & MEASURED) === 0 ? null : kinds,
    webSearches: countIn(tape, at + 15) ?? 0,
    fast: (marks & FAST) !== 0,
    at: momentIn(tape, at + 8),
    id: textIn(tape, at + 2),
    request: numberIn(tape, at + 5) === 0 ? null : textIn(tape, at + 4),
    subagent: (marks & SUBAGENT) !== 0,
    final: (marks & FINAL) !== 0,
    usd: null as number | null,
  };
  response.usd = priceResponse(response, tape.price);
  return response;
}

function modelIn(tape: Tape, field: number): string | null {
  if (numberIn(tape, field + 1) === 0) return null;
  const place = numberIn(tape, field);
  let model = tape.models.get(place);
  if (model === undefined) {
    model = textIn(tape, field);
    tape.models.set(place, model);
  }
  return model;
}

function takeCall(tally: Tally, tape: Tape, at: number): void {
  const id = textIn(tape, at + 1);
  if (tally.calls.has(id)) return;
  const name = textIn(tape, at + 4);
  const input: Record<string, string> = {};
  if (numberIn(tape, at + 7) > 0) input['file_path'] = writtenIn(tape, at + 6);
  if (numberIn(tape, at + 9) > 0) input['notebook_path'] = writtenIn(tape, at + 8);
  tally.calls.set(id, callOf({ name, input }, inputAt(tape, at) || null, momentIn(tape, at + 3), tally.cwd));
}

function inputAt(tape: Tape, at: number): number {
  return numberIn(tape, at + 10) * HALF + numberIn(tape, at + 11);
}

function resultAt(tape: Tape, at: number): CallResult {
  const error = numberIn(tape, at + 4);
  return {
    error: error < 0 ? errorClass(writtenIn(tape, at + 5)) : classOfNumber(error),
    at: momentIn(tape, at + 3),
  };
}

function takeTurn(tally: Tally, tape: Tape, at: number): void {
  const duration = numberIn(tape, at + 4);
  const asked = duration === ASKED;
  addTurn(tally, {
    key: textIn(tape, at + 1),
    kind: asked ? 'asked' : 'ended',
    ms: asked || duration === UNKNOWN ? null : duration,
    at: momentIn(tape, at + 3),
  });
}

function takeStretch(tally: Tally, tape: Tape, at: number): void {
  const flags = numberIn(tape, at + 1);
  addMoment(tally, momentIn(tape, at + 3));
  addMoment(tally, momentIn(tape, at + 4));
  tally.spoken ||= (flags & SPOKEN) !== 0;
  tally.subagents ||= (flags & SUBAGENTS) !== 0;
  tally.answered ||= (flags & ANSWERED) !== 0;
  tally.compacted ||= (flags & COMPACTED) !== 0;
  if ((flags & UNGUARDED) !== 0) tally.unguarded = true;
  else if ((flags & GUARDED) !== 0) tally.unguarded ??= false;
  const ending = numberIn(tape, at + 5);
  const closed = ending === CLOSED && tally.ending?.outcome === 'unknown';
  const outcome = closed ? 'completed' : (OUTCOMES[ending] ?? null);
  if (outcome !== null) tally.ending = { outcome, at: momentIn(tape, at + 6) };
}
