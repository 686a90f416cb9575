import { keptTool, splitToolName, type ToolCall, type ToolName } from '../../../tool-uses.ts';
import type { Folding } from './folding.ts';

/** The models and tools by their numbers. */
export interface Names {
  readonly models: readonly string[];
  readonly tools: readonly WrittenTool[];
}

/** A tool as its calls name it, and in the form that may be stored, which is made when it is first asked for. */
export interface WrittenTool extends Pick<ToolCall, 'server' | 'tool'> {
  readonly kept: ToolName;
}

/** The fields of everything that has a name, and of lists of names. */
export const NAMED = { name: 0, next: 4, number: 5 } as const;

/** The fields of a list of names, see assembly/known.ts. */
const KNOWN = { first: 0 } as const;

/** The name of something that has one. */
export function nameAt({ memory }: Folding, place: number): string {
  return memory.text(memory.number(place, NAMED.name), 0);
}

/** The names of all models and tools. */
export function readNames(folding: Folding): Names {
  const { program, memory } = folding;
  const listed = (known: number): string[] => {
    const names: string[] = [];
    for (let place = memory.number(known, KNOWN.first); place !== 0; place = memory.number(place, NAMED.next))
      names.push(nameAt(folding, place));
    return names;
  };
  return { models: listed(program.models.value), tools: listed(program.tools.value).map(writtenTool) };
}

function writtenTool(name: string): WrittenTool {
  const split = splitToolName(name);
  let kept: ToolName | null = null;
  return {
    ...split,
    get kept() {
      kept ??= keptTool(split);
      return kept;
    },
  };
}
