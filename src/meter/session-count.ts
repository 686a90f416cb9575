import type { Instant } from '../core/time.ts';
import type { PriceList } from '../sources/prices/price-list.ts';
import { priceResponse } from '../sources/sessions/claude/responses.ts';
import {
  priced,
  type ResponseBook,
  responseOf,
  responsesOf,
  type TranscriptResponse,
} from '../sources/sessions/claude/transcript/responses.ts';
import { unwrapped } from '../sources/sessions/claude/transcript/rows.ts';
import { newTally, type Putting, type Tally, takeRow } from '../sources/sessions/claude/transcript/tally.ts';
import { type Call, toToolCall } from '../sources/sessions/codex/call-book.ts';
import { priceRequest, requestReader } from '../sources/sessions/codex/requests.ts';
import { isOwnRow, isSplitOff, isSubagent, type Row, toRow } from '../sources/sessions/codex/rows.ts';
import { noteRow } from '../sources/sessions/codex/tools.ts';
import { kindsOf } from '../sources/sessions/codex/usage.ts';
import { type ChatMessage, newChat, takeRecord, toolCallsOf } from '../sources/sessions/gemini/messages.ts';
import { asText, type JsonObject, sumKnown } from '../sources/sessions/json/fields.ts';
import { type RepeatCounter, repeatCounter } from '../sources/sessions/repeats.ts';
import { type Floors, newFloors, type Told } from './floors.ts';
import { HEARD_NOTHING, type Heard, sumOf } from './use.ts';

/** Counts the records of one session file as they come in. */
export interface FileCount {
  readonly take: (record: JsonObject) => void;
  readonly heard: () => Heard;
}

/** The inputs for counting files. */
export interface Counting {
  readonly price: PriceList;
  /** What happened earlier belongs to another session or was copied from one, so it does not count. */
  readonly since: Instant;
}

/** All Claude Code transcripts of a job: the same response may be in several of them and counts once. */
export interface ClaudeCount {
  readonly openFile: () => Pick<FileCount, 'take'>;
  readonly heard: () => Heard;
}

/** Counts Claude Code transcripts, starting empty. */
export function claudeCount({ price, since }: Counting): ClaudeCount {
  const book: ResponseBook = new Map();
  const calls = new Set<string>();
  const counters: (() => number | null)[] = [];
  const floors = newFloors();
  const how: Putting = { wanted: 'all', price, damaged: false };
  return {
    openFile: () => {
      const tally: Tally = { ...newTally(), book };
      const repeats = repeatCounter();
      counters.push(() => repeats.told()?.inARow.calls ?? null);
      let index = 0;
      return {
        take: (record) => {
          takeRow(tally, record, index, how);
          const response = responseOf(unwrapped(record), index++);
          if (response !== null) raised(floors, priced(response, price));
          noteCalls(tally, { calls, repeats, since });
          // What was counted is dropped. Only the ids of calls are kept, to recognise them again.
          for (const map of [tally.calls, tally.results, tally.turns]) map.clear();
        },
      };
    },
    heard: () => {
      const own = responsesOf(book)
        .map((response) => ({ ...raised(floors, response), subagent: response.subagent }))
        .filter(({ at }) => !isBefore(at, since));
      if (own.length === 0 && calls.size === 0) return HEARD_NOTHING;
      return {
        usd: sumKnown(own.map(({ usd }) => usd)),
        tokens: sumKnown(own.map(({ tokens }) => tokens)),
        turns: own.filter(({ subagent }) => !subagent).length,
        calls: calls.size,
        repeats: most(counters.map((told) => told())),
      };
    },
  };
}

function noteCalls(
  tally: Pick<Tally, 'calls'>,
  { calls, repeats, since }: { calls: Set<string>; repeats: RepeatCounter; since: Instant },
): void {
  for (const [id, { named, input, at }] of tally.calls) {
    if (calls.has(id) || isBefore(at, since)) continue;
    calls.add(id);
    repeats.note({ ...named, input });
  }
}

/** The largest numbers reported for a response. */
function raised(floors: Floors, { id, request, usage, usd, at }: TranscriptResponse): Told {
  const tokens = usage === null ? null : sumKnown(Object.values(usage));
  return floors.raise(`${id} ${request ?? ''}`, { usd, tokens, at });
}

/** Counts one Codex rollout. A forked thread starts with rows of the original, which are not its own work. */
export function codexCount({ price, since }: Counting): FileCount {
  const nextRequest = requestReader();
  const seen = new Set<string>();
  const repeats = repeatCounter();
  let head: Row | null = null;
  let own = false;
  let index = 0;
  let sum = HEARD_NOTHING;
  const takeCalls = (row: Row): void => {
    const calls = new Map<string, Call>();
    noteRow(calls, row, `row ${index}`);
    for (const [id, call] of calls) {
      if (call.tool === null || seen.has(id)) continue;
      seen.add(id);
      repeats.note(toToolCall(call));
    }
  };
  return {
    take: (record) => {
      const row = toRow(record);
      index++;
      if (row === null) return;
      if (head === null && row.type === 'session_meta') head = row;
      own ||= head === null || !isSplitOff(head) || isOwnRow(head, row);
      const request = nextRequest(row);
      if (!own || isBefore(row.at, since)) return;
      takeCalls(row);
      if (request === null) return;
      const tokens = sumKnown(Object.values(kindsOf(request.used)));
      sum = sumOf([sum, { ...HEARD_NOTHING, usd: priceRequest(request, price), tokens, turns: turnsOf(head) }]);
    },
    heard: () => ({ ...sum, calls: seen.size === 0 ? null : seen.size, repeats: repeats.told()?.inARow.calls ?? null }),
  };
}

/** What a request in a thread counts as, given the thread's first row. */
function turnsOf(head: Row | null): 0 | 1 {
  return head !== null && isSubagent(head) ? 0 : 1;
}

/** Counts one Gemini CLI chat. For a chat that is rewritten each time, `floors` remembers what earlier versions reported. */
export function geminiCount({ price, since }: Counting, floors: Floors = newFloors()): FileCount {
  const chat = newChat();
  let isMain = true;
  const told = (id: string, message: ChatMessage): Told => {
    const usd = priceResponse({ ...message, webSearches: 0, fast: false }, price);
    const tokens = message.usage === null ? null : sumKnown(Object.values(message.usage));
    return floors.raise(id, { usd, tokens, at: message.at });
  };
  return {
    take: (record) => {
      takeRecord(chat, record);
      // Of the chat as a whole; older versions had no others.
      if (record['kind'] === 'subagent') isMain = false;
      const id = asText(record['id']);
      const message = id === null ? undefined : chat.messages.get(id);
      if (id !== null && message !== undefined) told(id, message);
    },
    heard: () => {
      const own = [...chat.messages]
        .map(([id, message]) => ({ ...told(id, message), type: message.type }))
        .filter(({ at }) => !isBefore(at, since));
      if (own.length === 0) return HEARD_NOTHING;
      const repeats = repeatCounter();
      for (const call of toolCallsOf(chat)) repeats.note(call);
      return {
        usd: sumKnown(own.map(({ usd }) => usd)),
        tokens: sumKnown(own.map(({ tokens }) => tokens)),
        turns: isMain ? own.filter(({ type }) => type === 'gemini').length : 0,
        calls: chat.calls.size,
        repeats: repeats.told()?.inARow.calls ?? null,
      };
    },
  };
}

function isBefore(at: Instant | null, since: Instant): boolean {
  return at !== null && at < since;
}

function most(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
