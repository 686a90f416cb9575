import type { Repeats, SameCalls } from '../../core/session.ts';
import { keptTool, type ToolCall } from './tool-uses.ts';

/** Calls that are equal to each other. */
interface Same {
  readonly call: ComparedCall;
  calls: number;
  /** Calls of another tool with the same input. */
  readonly next: Same | undefined;
}

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
  const byInput = new Map<number, Same>();
  let row: Row | null = null;
  let longest: Row | null = null;
  let most: Same | null = null;
  return {
    note: (call) => {
      const same = count(byInput, call);
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
function count(byInput: Map<number, Same>, call: ComparedCall): Same | null {
  const { input = null, server, tool } = call;
  if (input === null) return null;
  const first = byInput.get(input);
  let same = first;
  while (same !== undefined && (same.call.tool !== tool || same.call.server !== server)) same = same.next;
  if (same === undefined) {
    same = { call, calls: 0, next: first };
    byInput.set(input, same);
  }
  same.calls++;
  return same;
}

function told(call: ComparedCall, calls: number): SameCalls {
  return { ...keptTool(call), calls };
}
