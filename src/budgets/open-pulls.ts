import type { Facts } from '../core/facts.ts';
import { type ItemMark, makerOf } from '../core/item.ts';
import { agentMakers } from '../metrics/agent-pulls.ts';
import type { WorkRecord } from './work-record.ts';

/** The open pull requests of agents. */
export interface OpenPulls {
  readonly records: readonly WorkRecord[];
  /** Those that agents may have made or not: of a maker that worked for agents before, at a time at which that does not tell. */
  readonly unplaced: number;
}

/** Finds the open pull requests of agents; null while nobody can say which are open. */
export function openPulls({ pulls, items, agents }: Pick<Facts, 'pulls' | 'items' | 'agents'>): OpenPulls | null {
  if (pulls === null) return null;
  const makers = agentMakers({ items });
  const workflows = new Map(agents.map(({ name, workflow }) => [name, workflow]));
  return {
    records: pulls.flatMap((mark) => (mark.agent === null ? [] : recordOf(mark, mark.agent, workflows))),
    unplaced: pulls.filter((mark) => mark.agent === null && makers.has(makerOf(mark))).length,
  };
}

/** For whom it was made, and what began that, nobody keeps. */
function recordOf(
  { number, createdAt }: ItemMark,
  agent: string,
  workflows: ReadonlyMap<string, string>,
): readonly WorkRecord[] {
  const place = { agent, workflow: workflows.get(agent) ?? null, actor: null, chain: null, orphan: true };
  return [{ ...place, own: String(number), at: createdAt, key: null, value: 1, cutOff: false, ended: true }];
}
