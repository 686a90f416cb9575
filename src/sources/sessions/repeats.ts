import type { Repeats, SameCalls } from '../../core/session.ts';
import { keptTool, type ToolCall } from './tool-uses.ts';

/** Calls that are equal to each other. */
interface Same {
  readonly call: ComparedCall;
  calls: number;
  /** Those of another tool with the same input. */
  readonly next: Same | undefined;
}

/**
 * How often the same call was made, in a row and in all: equal are calls of one tool with one input. A call whose input is not told is
 * equal to none, and ends a row. Null where no input is told.
 */
export function repeatsOf(calls: Iterable<ToolCall>): Repeats | null {
  const counter = repeatCounter();
  for (const call of calls) counter.note(call);
  return counter.told();
}

/** What is compared of calls. */
export type ComparedCall = Pick<ToolCall, 'server' | 'tool' | 'input'>;

/** The same as calls come. */
export interface RepeatCounter {
  readonly note: (call: ComparedCall) => void;
  readonly told: () => Repeats | null;
}

/** Counts equal calls, of which none came yet. */
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

/** The one with more calls, of two with as many the first. */
function longer<T extends { readonly calls: number }>(first: T | null, second: T | null): T | null {
  return first === null || (second !== null && second.calls > first.calls) ? second : first;
}

/** The calls that are equal to this one, which is counted among them; null where its input is not told. */
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
