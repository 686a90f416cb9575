import { plainLine } from '../../core/text.ts';
import { guardJobsOf } from '../../metrics/guard-jobs.ts';
import type { GuardBook } from '../../sources/guard-record/guard-book.ts';
import type { LedgerState } from '../state.ts';

/** What the ledger knows of guards, to compare with what GitHub reports. */
export function guardBook({ guardJobs, budgets, agents }: LedgerState): GuardBook {
  return {
    of: (run, attempt) => guardJobsOf(guardJobs, run, attempt),
    settled: (lease) => {
      const closed = Object.hasOwn(budgets.leases, lease) ? budgets.leases[lease]?.closed : null;
      return closed?.how === 'settled' ? closed.spent : null;
    },
    damageSince: (at) => {
      const found = guardJobs.damages.find((damage) => damage.at >= at);
      return found === undefined ? null : `the ledger was changed in ${plainLine(found.path)}`;
    },
    expected: (workflow, startedAt) => {
      const at = agents.agents.findIndex((agent) => agent.workflow === workflow);
      const [agent, since] = [agents.agents[at], agents.since[at]];
      const steps = agents.files.find(({ path }) => path === workflow)?.guards ?? [];
      if (agent === undefined || since === undefined || since > startedAt || steps.length === 0) return null;
      return { agent: agent.name, steps };
    },
  };
}
