import type { Instant } from '../../../../core/time.ts';
import { isLasting } from '../row-key.ts';
import type { Call, CallResult, ToolEvents } from '../tools.ts';
import { isTaken, type NameTable, newNameTable } from './name-table.ts';
import { fullestNote, type Noted } from './noted.ts';
import { enter, joinResponses, type ResponseBook, type TranscriptResponse } from './responses.ts';
import type { Ending, TurnMark } from './turns.ts';

/**
 * What one file tells of a session, in a form that can be put together with what others tell of it: the main file and those
 * of its subagents hold the same responses in part, and a session that was resumed or forked copies what came before.
 */
export interface TranscriptPart {
  /** The engine's id of the session as it may be kept. */
  readonly session: string | null;
  readonly responses: readonly TranscriptResponse[];
  readonly tools: ToolEvents;
  readonly turns: readonly TurnMark[];
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  /** Null when the file holds subagents only. */
  readonly ending: Ending | null;
  /** Whether the model says anything in it in the form that would show the tools that it called. */
  readonly answered: boolean;
  /** Whether a subagent says anything in it. */
  readonly subagents: boolean;
  /** Whether the engine had the conversation summed up, in a request that it does not note. */
  readonly compacted: boolean;
  /** Whether it asked for no permission; null when it does not tell. */
  readonly unguarded: boolean | null;
  /** What Claude Code itself noted of what was used; null where it noted nothing, or more than what is told here. */
  readonly noted: Noted | null;
  /** Whether records of the file are lost. */
  readonly damaged: boolean;
}

/** What several files tell of one session; whatever more than one of them holds counts once. */
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

/** As within one file: of a call the first time counts, of a result the last. */
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

/** The first and the last of the moments that are known. */
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
 * The parts without what an earlier session holds already, in the order given: a fork bears an id of its own and begins with
 * a copy of the session that it left. Null for a part of which nothing is its own.
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

/** Whether anything may bear the same name in two parts: most often nothing does, and each part is its own. */
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

/** How much a part tells. */
export function sizeOf({ responses, turns, tools }: TranscriptPart): number {
  return responses.length + turns.length + tools.calls.size + tools.results.size;
}

/** A part of which something was taken away: what was noted of all of it does not hold for what is left. */
export function cutTo(left: TranscriptPart): TranscriptPart {
  return { ...left, ...ownSpan(left), noted: null };
}

/** From the first to the last of what a part holds itself. */
function ownSpan({ responses, turns, tools }: TranscriptPart): ReturnType<typeof spanOf> {
  const events = [...responses, ...turns, ...tools.calls.values(), ...tools.results.values()];
  return spanOf(events.map(({ at }) => at));
}
