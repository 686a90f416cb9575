import type { Instant } from '../../../../core/time.ts';
import { parseInstant } from '../../../../core/time.ts';
import type { PriceList } from '../../../prices/price-list.ts';
import { asObject, asText, type JsonObject } from '../../json/fields.ts';
import { type Call, type CallResult, takeToolEvents } from '../tools.ts';
import { type Noted, noteMore, saidMore, snapshotIn } from './noted.ts';
import type { TranscriptPart } from './part.ts';
import { enter, priced, type ResponseBook, responseOf, responsesOf, type TranscriptResponse } from './responses.ts';
import { isConversation, type TranscriptRow, unwrapped } from './rows.ts';
import { type Ending, endingAfter, type TurnMark, turnMarkOf } from './turns.ts';

/** How much of a session is wanted: everything in its record, or only tokens and cost, which is faster. */
export type Wanted = 'all' | 'usage';

/** What the rows of one session say so far. */
export interface Tally {
  readonly book: ResponseBook;
  readonly calls: Map<string, Call>;
  readonly results: Map<string, CallResult>;
  readonly turns: Map<string, TurnMark>;
  cwd: string | null;
  startedAt: Instant | null;
  endedAt: Instant | null;
  ending: Ending | null;
  answered: boolean;
  subagents: boolean;
  compacted: boolean;
  unguarded: boolean | null;
  /** Whether there is any conversation. */
  spoken: boolean;
  /** What Claude Code itself noted about usage. */
  noted: Noted | null;
}

/** How the pieces of a file are put together. */
export interface Putting {
  readonly wanted: Wanted;
  readonly price: PriceList;
  /** Whether records of the file are missing. */
  readonly damaged: boolean;
}

/** An empty tally. */
export function newTally(): Tally {
  return {
    book: new Map(),
    calls: new Map(),
    results: new Map(),
    turns: new Map(),
    cwd: null,
    startedAt: null,
    endedAt: null,
    ending: null,
    answered: false,
    subagents: false,
    compacted: false,
    unguarded: null,
    spoken: false,
    noted: null,
  };
}

/** Extends the time span of a session. */
export function addMoment(tally: Tally, at: Instant | null): void {
  if (at === null) return;
  if (tally.startedAt === null || at < tally.startedAt) tally.startedAt = at;
  if (tally.endedAt === null || at > tally.endedAt) tally.endedAt = at;
}

/** Adds a turn mark. A row and its copy count once. */
export function addTurn(tally: Tally, mark: TurnMark): void {
  tally.turns.set(mark.key, mark);
}

/** Adds a response, or a part of one. */
export function enterResponse(tally: Tally, response: TranscriptResponse): void {
  enter(tally.book, response);
  tally.noted = saidMore(tally.noted);
}

/** Adds a fully parsed row. `index` distinguishes it from other rows. */
export function takeRow(tally: Tally, record: JsonObject, index: number, { wanted, price }: Putting): void {
  const row = unwrapped(record);
  const response = responseOf(row, index);
  if (response !== null) enterResponse(tally, priced(response, price));
  const snapshot = snapshotIn(row.row);
  if (snapshot !== null) tally.noted = noteMore(tally.noted, snapshot);
  const at = parseInstant(row.row['timestamp']);
  addMoment(tally, at);
  const spoken = isConversation(row);
  tally.spoken ||= spoken;
  tally.subagents ||= spoken && row.subagent;
  if (wanted === 'all') takeWork(tally, row, index);
  // The skipped rows would say how it ended.
  else if (spoken && !row.subagent) tally.ending = { outcome: 'unknown', at };
}

/** Reads everything but tokens from a row. */
function takeWork(tally: Tally, entry: TranscriptRow, index: number): void {
  const { row } = entry;
  takeToolEvents(tally, row, index);
  const mark = turnMarkOf(entry, index);
  if (mark !== null) addTurn(tally, mark);
  tally.ending = endingAfter(entry, tally.ending);
  tally.answered ||= row['type'] === 'assistant' && Array.isArray(asObject(row['message'])?.['content']);
  tally.compacted ||= row['type'] === 'system' && row['subtype'] === 'compact_boundary';
  const mode = asText(row['permissionMode']);
  if (mode !== null) tally.unguarded = tally.unguarded === true || mode === 'bypassPermissions';
}

/** The rows of a session as one file's part of it. */
export function partOf(session: string | null, tally: Tally, damaged: boolean): TranscriptPart {
  return {
    session,
    responses: responsesOf(tally.book),
    tools: { calls: tally.calls, results: tally.results },
    turns: [...tally.turns.values()],
    startedAt: tally.startedAt,
    endedAt: tally.endedAt,
    ending: tally.ending,
    answered: tally.answered,
    subagents: tally.subagents,
    compacted: tally.compacted,
    unguarded: tally.unguarded,
    noted: tally.noted,
    damaged,
  };
}
