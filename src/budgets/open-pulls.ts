import type { Facts } from '../core/facts.ts';
import { agentPulls, type OpenPull } from '../metrics/agent-pulls.ts';
import type { WorkRecord } from './work-record.ts';

/** The open pull requests of agents. */
export interface OpenPulls {
  readonly records: readonly WorkRecord[];
  /** Those that agents may or may not have made: by a maker that worked for agents before, at a time that is inconclusive. */
  readonly unplaced: number;
}

/** Finds the open pull requests of agents; null while it is not known which are open. */
export function openPulls(facts: Pick<Facts, 'pulls' | 'items' | 'pullRequests' | 'agents'>): OpenPulls | null {
  const open = agentPulls(facts);
  if (open === null) return null;
  const workflows = new Map(facts.agents.map(({ name, workflow }) => [name, workflow]));
  return {
    records: open.flatMap((mark) => (mark.agent === null ? [] : recordOf(mark, mark.agent, workflows))),
    unplaced: open.filter(({ agent }) => agent === null).length,
  };
}

/** For whom it was made, and what started that, is not recorded. */
function recordOf(
  { number, createdAt }: OpenPull,
  agent: string,
  workflows: ReadonlyMap<string, string>,
): readonly WorkRecord[] {
  const place = { agent, workflow: workflows.get(agent) ?? null, actor: null, chain: null, orphan: true };
  return [{ ...place, own: String(number), at: createdAt, key: null, value: 1, cutOff: false, ended: true }];
}
