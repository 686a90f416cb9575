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

/** How much of a session is wanted: all that its record tells, or only tokens and cost, which is faster. */
export type Wanted = 'all' | 'usage';

/** What the rows of one session tell so far. */
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
  /** Whether somebody says something. */
  spoken: boolean;
  /** What Claude Code itself noted of what was used. */
  noted: Noted | null;
}

/** How the pieces of a file are put together. */
export interface Putting {
  readonly wanted: Wanted;
  readonly price: PriceList;
  /** Whether records of the file are lost. */
  readonly damaged: boolean;
}

/** Of a session of which nothing was read yet. */
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

/** Adds a moment to the span of a session. */
export function addMoment(tally: Tally, at: Instant | null): void {
  if (at === null) return;
  if (tally.startedAt === null || at < tally.startedAt) tally.startedAt = at;
  if (tally.endedAt === null || at > tally.endedAt) tally.endedAt = at;
}

/** Adds a sign of a turn; of a row and its copy there is one. */
export function addTurn(tally: Tally, mark: TurnMark): void {
  tally.turns.set(mark.key, mark);
}

/** Takes in a response, or a part of one. */
export function enterResponse(tally: Tally, response: TranscriptResponse): void {
  enter(tally.book, response);
  tally.noted = saidMore(tally.noted);
}

/** Takes in a row that was read wholly; `index` tells it from the others. */
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
  // The rows that were passed over would tell how it ended.
  else if (spoken && !row.subagent) tally.ending = { outcome: 'unknown', at };
}

/** What a row tells beside tokens. */
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

/** What the rows of a session told, as what one file tells of it. */
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
