import type { Agent } from '../../../src/core/agent.ts';
import { sha256 } from '../../../src/core/hash.ts';
import { ENGINES, type EngineTraits } from '../../../src/sources/demo/cast.ts';
import type { Dice } from '../../../src/core/dice.ts';

/** What a made-up agent is like. Where the numbers come from stands in README.md beside this file. */
export interface Character {
  readonly agent: Agent;
  readonly trigger: string;
  /** Sessions on a usual weekday, and the share of them on a day of the weekend. */
  readonly perDay: number;
  readonly weekend: number;
  /** UTC hours between which it starts; null = at fixed hours of a schedule. */
  readonly hours: readonly [number, number];
  readonly scheduled: boolean;
  /** Days on which nothing happens although they are usual days. */
  readonly idle: number;
  /** The shape of the gamma by which days differ beyond chance; large = Poisson. */
  readonly dayShape: number;
  /** Growth of the number of sessions, a day. */
  readonly growth: number;
  /** How large sessions are, how they differ (standard deviation of the logarithm), and how many are much larger. */
  readonly size: number;
  readonly spread: number;
  readonly heavy: number;
  readonly minutes: number;
  readonly failureRate: number;
  readonly untold: number;
  readonly traits: EngineTraits;
  readonly engine: 'claude' | 'codex' | 'gemini';
  readonly tools: readonly ToolHabit[];
}

export interface ToolHabit {
  readonly server: string | null;
  readonly tool: string;
  /** The share of sessions that use it, calls where they do, and the share of calls that fail. */
  readonly used: number;
  readonly calls: number;
  readonly errors: number;
  readonly ms: number;
}

/** The MCP server that every agent of the simulation has. */
export const SERVER = 'github';

type Sort = 'nightly' | 'triage' | 'reviewer' | 'healer' | 'rare';

const SORTS: readonly Sort[] = ['triage', 'reviewer', 'nightly', 'healer', 'rare'];

/** The agents of one repository: two to five, of different sorts. */
export function castOf(dice: Dice): readonly Character[] {
  const count = dice.whole(3, 5);
  return SORTS.slice(0, count).map((sort) => character(sort, dice));
}

const TRIGGERS: Readonly<Record<Sort, string>> = {
  nightly: 'schedule',
  triage: 'issues',
  reviewer: 'pull_request',
  healer: 'workflow_run',
  rare: 'issue_comment',
};

const PER_DAY: Readonly<Record<Sort, readonly [number, number]>> = {
  nightly: [3, 8],
  triage: [6, 24],
  reviewer: [5, 18],
  healer: [4, 10],
  rare: [0.2, 1.2],
};

function character(sort: Sort, dice: Dice): Character {
  const engine = (['claude', 'codex', 'gemini'] as const)[dice.whole(0, 2)] ?? 'claude';
  const [low, high] = PER_DAY[sort];
  const workflow = `.github/workflows/${sort}.yml`;
  const agent: Agent = {
    name: sort,
    workflow,
    engine,
    means: 'action',
    reason: `runs ${engine}`,
    blob: sha256(sort).slice(0, 40),
  };
  return {
    agent,
    engine,
    traits: ENGINES[engine],
    trigger: TRIGGERS[sort],
    perDay: low + (high - low) * dice.next(),
    weekend: sort === 'nightly' ? (dice.chance(0.5) ? 1 : 0.1) : 0.05 + 0.5 * dice.next(),
    hours: sort === 'nightly' ? [1, 6] : [6, 20],
    scheduled: sort === 'nightly',
    idle: sort === 'rare' ? 0.4 : sort === 'healer' ? 0.1 : 0,
    dayShape: sort === 'healer' || sort === 'rare' ? 3 : 12,
    growth: dice.chance(0.5) ? 0 : 0.01 * dice.next(),
    size: 0.5 + 1.5 * dice.next(),
    spread: 0.3 + 0.25 * dice.next(),
    heavy: 0.02 * dice.next(),
    minutes: 3 + 10 * dice.next(),
    failureRate: 0.01 + 0.09 * dice.next(),
    untold: 0.03 * dice.next(),
    tools: [
      { server: null, tool: 'Bash', used: 1, calls: 12, errors: 0.08, ms: 2_500 },
      { server: null, tool: 'Edit', used: 0.7, calls: 5, errors: 0.03, ms: 40 },
      { server: SERVER, tool: 'search_issues', used: 0.9, calls: 6, errors: 0.02 + 0.04 * dice.next(), ms: 900 },
      { server: SERVER, tool: 'get_issue', used: 0.8, calls: 4, errors: 0.02, ms: 500 },
    ],
  };
}
