import { leaseId } from '../../budgets/lease.ts';
import type { Config } from '../../config/schema.ts';
import type { LeaseMark } from '../../core/budget.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { errandKey } from '../../core/guard-record.ts';
import type { DeclaredPowers, JudgedWorkflow } from '../../core/judged-workflow.ts';
import { latest } from '../../core/time.ts';
import { joinPowers } from '../../sources/agents/powers.ts';
import { underPlan } from '../../sources/prices/plans.ts';
import { violationsIn } from '../../sources/violations/judge.ts';
import { spentIn } from '../guard/record-spent.ts';
import type { WatchJob } from '../job.ts';
import { settlement } from '../ledger/lease.ts';
import type { LedgerState } from '../state.ts';

/**
 * What a source brought, completed from the configuration: sessions under a flat plan cost no money, and anything beyond an
 * agent's terms is a violation. Pure.
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

/**
 * Settles leases whose job could not reach the ledger. Records that `watch` picked up elsewhere and found sound say what the job
 * itself would have said. A record that does not fit settles nothing: its lease ends with the run. Pure.
 */
export function claimedSettlements(
  brought: readonly LedgerEvent[],
  state: LedgerState,
  { repo, now, config }: Pick<WatchJob, 'repo' | 'now' | 'config'>,
): readonly LedgerEvent[] {
  const sound = new Set(
    brought.flatMap((event) =>
      event.kind === 'guard.checked' && event.data.check.verdict === 'sound' ? [event.data.check.errand] : [],
    ),
  );
  return brought.flatMap((event): readonly LedgerEvent[] => {
    if (event.kind !== 'guard.ended') return [];
    const { record } = event.data;
    const { errand } = record;
    const lease = record.lease === null ? undefined : leaseIn(state, record.lease);
    if (lease === undefined || lease.id !== leaseId(errand) || !sound.has(errandKey(errand))) return [];
    // The ledger knows the start, and the run bounds the time of the event.
    const claimed = { ...record, startedAt: lease.at, endedAt: latest(lease.at, event.at) };
    return settlement({ repo, now }, state, errand, spentIn(claimed, config.plans));
  });
}

function leaseIn({ budgets }: LedgerState, id: string): LeaseMark | undefined {
  return Object.hasOwn(budgets.leases, id) ? budgets.leases[id] : undefined;
}

/** What a workflow declares, including the workflows it calls; null when none of them declares anything. */
function powersOfWorkflow(workflow: string, files: readonly JudgedWorkflow[]): DeclaredPowers | null {
  const file = files.find(({ path }) => path === workflow);
  const called = files.filter(({ path }) => file?.calls.includes(path) === true);
  const powers = [file, ...called].flatMap((one) => one?.declares ?? []);
  return powers.length === 0 ? null : joinPowers(powers);
}
