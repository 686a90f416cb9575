import type { Repeats, SameCalls } from '../../../../../core/session.ts';
import { placeInWorkspace } from '../../../changed-files.ts';
import { keptTool, type ToolCall, type ToolCalls, toolUsesFrom } from '../../../tool-uses.ts';
import { ERROR_CLASSES, type ErrorClass } from '../../errors.ts';
import type { ToolTally } from '../../tools.ts';
import { isDelegating, type WorkSums } from '../sums.ts';
import { writtenText } from '../tape.ts';
import type { Folding } from './folding.ts';
import type { ProgramMemory } from './memory.ts';
import { NAMED, type Names, nameAt, type WrittenTool } from './names.ts';

/** The fields of the work, see assembly/work.ts. */
const WORK = {
  calls: 0,
  results: 1,
  pairs: 2,
  timed: 3,
  errors: 4,
  denied: 5,
  firstGroup: 6,
  firstChange: 7,
  deniedTools: 8,
  rowTool: 9,
  rowCalls: 10,
  mostTool: 11,
  mostCalls: 12,
} as const;

const UNKNOWN: Pick<ToolCall, 'server' | 'tool'> = { server: null, tool: null };
const UNKNOWN_TOOL: WrittenTool = { ...UNKNOWN, kept: keptTool(UNKNOWN) };

/** What the session that was just summed did with tools. */
export function readWork(folding: Folding, { tools }: Names): WorkSums {
  const { program, memory } = folding;
  const work = program.work.value;
  const of = (field: keyof typeof WORK): number => memory.number(work, WORK[field]);
  const groups = readGroups(folding, of('firstGroup'), tools);
  const tally: ToolTally = {
    tools: toolUsesFrom(groups),
    repeats: readRepeats(tools, of),
    calls: of('calls'),
    results: of('results'),
    pairs: of('pairs'),
    timed: of('timed'),
    errors: of('errors'),
  };
  const denied = Array.from(
    { length: of('denied') },
    (_, index) => tools[memory.number(of('deniedTools'), index)] ?? UNKNOWN_TOOL,
  );
  return {
    tally,
    places: readPlaces(folding, of('firstChange')),
    denied,
    delegated: groups.some(({ name, succeeded }) => succeeded > 0 && isDelegating(name)),
  };
}

/** The fields of a group of calls, see assembly/work.ts. */
const GROUP = { next: 0, tool: 1, calls: 3, succeeded: 4, timed: 5, latencies: 6, classes: 7 } as const;

interface Group extends ToolCalls {
  readonly name: WrittenTool;
  readonly succeeded: number;
}

function readGroups({ memory }: Folding, first: number, tools: readonly WrittenTool[]): readonly Group[] {
  const groups: Group[] = [];
  for (let place = first; place !== 0; place = memory.number(place, GROUP.next)) {
    const tool = tools[memory.number(memory.number(place, GROUP.tool), NAMED.number)] ?? UNKNOWN_TOOL;
    groups.push({
      name: tool,
      calls: memory.number(place, GROUP.calls),
      succeeded: memory.number(place, GROUP.succeeded),
      classes: readClasses(memory, memory.number(place, GROUP.classes)),
      latencies: memory.amounts(memory.number(place, GROUP.latencies), memory.number(place, GROUP.timed)),
    });
  }
  return groups;
}

const NONE: ToolCalls['classes'] = {};

function readClasses(memory: ProgramMemory, place: number): ToolCalls['classes'] {
  if (place === 0) return NONE;
  const classes: Partial<Record<ErrorClass, number>> = {};
  for (let index = 0; index < ERROR_CLASSES.length; index++) {
    const [why, count] = [ERROR_CLASSES[index], memory.number(place, index + 1)];
    if (why !== undefined && count > 0) classes[why] = count;
  }
  return classes;
}

function readRepeats(tools: readonly WrittenTool[], of: (field: keyof typeof WORK) => number): Repeats | null {
  if (of('mostCalls') === 0) return null;
  const told = (tool: number, calls: number): SameCalls => ({ ...(tools[tool] ?? UNKNOWN_TOOL).kept, calls });
  return { inARow: told(of('rowTool'), of('rowCalls')), most: told(of('mostTool'), of('mostCalls')) };
}

/** The fields of a changed file, see assembly/work.ts. */
const CHANGE = { next: 4, folder: 5, path: 6 } as const;

function readPlaces(folding: Folding, first: number): readonly string[] {
  const { memory } = folding;
  const places: string[] = [];
  for (let place = first; place !== 0; place = memory.number(place, CHANGE.next)) {
    const folder = memory.number(place, CHANGE.folder);
    const cwd = folder === 0 ? null : writtenText(nameAt(folding, folder));
    const path = writtenText(memory.text(memory.number(place, CHANGE.path), 0));
    places.push(placeInWorkspace(path, cwd));
  }
  return places;
}
