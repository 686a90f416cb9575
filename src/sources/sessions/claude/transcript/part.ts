import type { Instant } from '../../../../core/time.ts';
import { isLasting } from '../row-key.ts';
import type { Call, CallResult, ToolEvents } from '../tools.ts';
import { isTaken, type NameTable, newNameTable } from './name-table.ts';
import { fullestNote, type Noted } from './noted.ts';
import { enter, joinResponses, type ResponseBook, type TranscriptResponse } from './responses.ts';
import type { Ending, TurnMark } from './turns.ts';

/**
 * What one file says about a session, in a form that can be joined with other files. The main file and those of its subagents share
 * some responses, and a resumed or forked session copies what came before.
 */
export interface TranscriptPart {
  /** The engine's session id, in the form that may be stored. */
  readonly session: string | null;
  readonly responses: readonly TranscriptResponse[];
  readonly tools: ToolEvents;
  readonly turns: readonly TurnMark[];
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  /** Null when the file holds subagents only. */
  readonly ending: Ending | null;
  /** Whether the model says anything in a form that would show its tool calls. */
  readonly answered: boolean;
  /** Whether a subagent says anything. */
  readonly subagents: boolean;
  /** Whether the engine had the conversation summarized, which takes a request that it does not record. */
  readonly compacted: boolean;
  /** Whether it asked for no permission. Null when unknown. */
  readonly unguarded: boolean | null;
  /** What Claude Code itself noted about usage. Null when it noted nothing, or more than this part holds. */
  readonly noted: Noted | null;
  /** Whether records of the file are missing. */
  readonly damaged: boolean;
}

/** Joins what several files say about one session. Anything that more than one of them holds counts once. */
export function joinParts(parts: readonly [TranscriptPart, ...TranscriptPart[]]): TranscriptPart {
  const turns = parts.flatMap((part) => part.turns);
  return {
    session: parts[0].session,
    responses: joinResponses(parts.map(({ responses }) => responses)),
    tools: joinTools([parts[0].tools, ...parts.slice(1).map(({ tools }) => tools)]),
    turns: [...new Map(turns.map((turn) => [turn.key, turn])).values()],
    ...spanOf(parts.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt])),
    ending: parts.map(({ ending }) => ending).reduce(laterEnding),
    answered: parts.some(({ answered }) => answered),
    subagents: parts.some(({ subagents }) => subagents),
    compacted: parts.some(({ compacted }) => compacted),
    unguarded: anyOf(parts.map(({ unguarded }) => unguarded)),
    noted: fullestNote(parts.map(({ noted }) => noted)),
    damaged: parts.some(({ damaged }) => damaged),
  };
}

function anyOf(told: readonly (boolean | null)[]): boolean | null {
  return told.includes(true) ? true : (told.find((each) => each !== null) ?? null);
}

/** As within one file, a call's first time counts and a result's last. */
function joinTools(events: readonly [ToolEvents, ...ToolEvents[]]): ToolEvents {
  const [first = events[0], ...others] = events.filter(({ calls, results }) => calls.size + results.size > 0);
  if (others.length === 0) return first;
  const calls = new Map<string, Call>();
  const results = new Map<string, CallResult>();
  for (const each of [first, ...others]) {
    for (const [id, call] of each.calls) if (!calls.has(id)) calls.set(id, call);
    for (const [id, result] of each.results) results.set(id, result);
  }
  return { calls, results };
}

function laterEnding(a: Ending | null, b: Ending | null): Ending | null {
  if (a === null || b === null) return a ?? b;
  return (b.at ?? '') > (a.at ?? '') ? b : a;
}

/** The first and the last of the known moments. */
export function spanOf(
  moments: readonly (Instant | null)[],
): Readonly<Record<'startedAt' | 'endedAt', Instant | null>> {
  let [startedAt, endedAt]: [Instant | null, Instant | null] = [null, null];
  for (const at of moments) {
    if (at === null) continue;
    if (startedAt === null || at < startedAt) startedAt = at;
    if (endedAt === null || at > endedAt) endedAt = at;
  }
  return { startedAt, endedAt };
}

/**
 * Removes from each part what an earlier session already holds; the order stays as given. A fork has its own id but begins with a
 * copy of the session it left. Null for a part with nothing of its own.
 */
export function withoutCopies(parts: readonly TranscriptPart[]): readonly (TranscriptPart | null)[] {
  if (!mayHoldCopies(parts)) return parts;
  const responses: ResponseBook = new Map();
  const seen = new Set<string>();
  const own = new Map<TranscriptPart, TranscriptPart | null>();
  const isOwn = (kind: string, key: string): boolean => {
    const before = seen.size;
    return !isLasting(key) || seen.add(`${kind} ${key}`).size > before;
  };
  for (const part of [...parts].sort(byStart)) {
    const { calls, results } = part.tools;
    const left: TranscriptPart = {
      ...part,
      responses: part.responses.filter((response) => !isLasting(response.id) || enter(responses, response)),
      turns: part.turns.filter(({ key }) => isOwn('turn', key)),
      tools: {
        calls: new Map([...calls].filter(([id]) => isOwn('call', id))),
        results: new Map([...results].filter(([id]) => isOwn('result', id))),
      },
    };
    own.set(part, sizeOf(left) === sizeOf(part) ? part : sizeOf(left) === 0 ? null : cutTo(left));
  }
  return parts.map((part) => own.get(part) ?? null);
}

/** Whether two parts may share any name. Usually none do, and each part can be kept as it is. */
function mayHoldCopies(parts: readonly TranscriptPart[]): boolean {
  const table = newNameTable(parts.reduce((sum, part) => sum + sizeOf(part), 0));
  return parts.some((part, index) => holdsTaken(part, table, index + 1));
}

function holdsTaken({ responses, turns, tools }: TranscriptPart, table: NameTable, owner: number): boolean {
  for (const { id } of responses) if (isTaken(table, owner, MESSAGE, id)) return true;
  for (const { key } of turns) if (isTaken(table, owner, TURN, key)) return true;
  for (const id of tools.calls.keys()) if (isTaken(table, owner, CALL, id)) return true;
  for (const id of tools.results.keys()) if (isTaken(table, owner, RESULT, id)) return true;
  return false;
}

/** The kinds of names. */
const [MESSAGE, TURN, CALL, RESULT] = [1, 2, 3, 4] as const;

function byStart(a: TranscriptPart, b: TranscriptPart): number {
  const [first, second] = [a.startedAt ?? '', b.startedAt ?? ''];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

/** The number of items in a part. */
export function sizeOf({ responses, turns, tools }: TranscriptPart): number {
  return responses.length + turns.length + tools.calls.size + tools.results.size;
}

/** A part after something was removed. Notes about the whole part do not apply to the rest. */
export function cutTo(left: TranscriptPart): TranscriptPart {
  return { ...left, ...ownSpan(left), noted: null };
}

/** The time from the first to the last item of a part. */
function ownSpan({ responses, turns, tools }: TranscriptPart): ReturnType<typeof spanOf> {
  const events = [...responses, ...turns, ...tools.calls.values(), ...tools.results.values()];
  return spanOf(events.map(({ at }) => at));
}
