import type { Repeats, SameCalls } from '../../core/session.ts';
import { keptTool, type ToolCall } from './tool-uses.ts';

/** Calls that are equal to each other. */
interface Same {
  readonly call: ComparedCall;
  calls: number;
}

/**
 * Calls by server, tool and input. A session may call any number of tools with one input, so they must not be searched one by one.
 */
type Book = Map<string | null, Map<string | null, Map<number, Same>>>;

/**
 * How often the same call was made, in a row and in total. Calls are equal if tool and input are. A call with unknown input equals
 * none, and ends a row. Null when no input is known.
 */
export function repeatsOf(calls: Iterable<ToolCall>): Repeats | null {
  const counter = repeatCounter();
  for (const call of calls) counter.note(call);
  return counter.told();
}

/** The part of a call that is compared. */
export type ComparedCall = Pick<ToolCall, 'server' | 'tool' | 'input'>;

/** Counts repetitions as calls arrive. */
export interface RepeatCounter {
  readonly note: (call: ComparedCall) => void;
  readonly told: () => Repeats | null;
}

/** A new counter of equal calls. */
export function repeatCounter(): RepeatCounter {
  const book: Book = new Map();
  let row: Row | null = null;
  let longest: Row | null = null;
  let most: Same | null = null;
  return {
    note: (call) => {
      const same = count(book, call);
      row = rowWith(row, same);
      longest = longer(longest, row);
      most = longer(most, same);
    },
    told: () =>
      longest === null || most === null
        ? null
        : { inARow: told(longest.same.call, longest.calls), most: told(most.call, most.calls) },
  };
}

/** Equal calls with no other between them. */
interface Row {
  readonly same: Same;
  readonly calls: number;
}

function rowWith(row: Row | null, same: Same | null): Row | null {
  if (same === null) return null;
  return { same, calls: row?.same === same ? row.calls + 1 : 1 };
}

/** The one with more calls, and the first of two with equally many. */
function longer<T extends { readonly calls: number }>(first: T | null, second: T | null): T | null {
  return first === null || (second !== null && second.calls > first.calls) ? second : first;
}

/** The calls equal to this one, including it. Null when its input is unknown. */
function count(book: Book, call: ComparedCall): Same | null {
  const { input = null } = call;
  if (input === null) return null;
  const ofTool = callsOf(book, call);
  let same = ofTool.get(input);
  if (same === undefined) {
    same = { call, calls: 0 };
    ofTool.set(input, same);
  }
  same.calls++;
  return same;
}

/** The calls of a tool by input. */
function callsOf(book: Book, { server, tool }: ComparedCall): Map<number, Same> {
  let ofServer = book.get(server);
  if (ofServer === undefined) {
    ofServer = new Map();
    book.set(server, ofServer);
  }
  let ofTool = ofServer.get(tool);
  if (ofTool === undefined) {
    ofTool = new Map();
    ofServer.set(tool, ofTool);
  }
  return ofTool;
}

function told(call: ComparedCall, calls: number): SameCalls {
  return { ...keptTool(call), calls };
}
