import type { Config } from '../config/schema.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { DeclaredPowers, JudgedWorkflow } from '../core/judged-workflow.ts';
import { joinPowers } from '../sources/agents/powers.ts';
import { underPlan } from '../sources/prices/plans.ts';
import { violationsIn } from '../sources/violations/judge.ts';

/**
 * What a source brought, with what the configuration says of it: sessions under a flat plan cost no money, and what went beyond the
 * terms of an agent is a violation. Pure.
 */
export function settle(
  brought: readonly LedgerEvent[],
  { agents, plans }: Pick<Config, 'agents' | 'plans'>,
  files: readonly JudgedWorkflow[],
): readonly LedgerEvent[] {
  const priced = brought.map((event): LedgerEvent => {
    if (event.kind !== 'session.recorded') return event;
    const { session } = event.data;
    return { ...event, data: { session: underPlan(session, session.agent, event.at, plans) } };
  });
  const declared = (workflow: string): DeclaredPowers | null => powersOfWorkflow(workflow, files);
  return [...priced, ...violationsIn(priced, { configured: agents, declared })];
}

/** What a workflow declares, those that it calls included; null when none of them declares anything. */
function powersOfWorkflow(workflow: string, files: readonly JudgedWorkflow[]): DeclaredPowers | null {
  const file = files.find(({ path }) => path === workflow);
  const called = files.filter(({ path }) => file?.calls.includes(path) === true);
  const powers = [file, ...called].flatMap((one) => one?.declares ?? []);
  return powers.length === 0 ? null : joinPowers(powers);
}
