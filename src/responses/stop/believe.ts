import type { Agent } from '../../core/agent.ts';
import type { HaltTerms, HeldWorkflow, PullReceipt, UnloggedStop } from '../../core/halt.ts';
import type { Instant } from '../../core/time.ts';
import type { RemoteWorkflow } from '../../github/port.ts';
import { workflowAt } from './declare.ts';
import { type Spared, targetsOf } from './targets.ts';

/** What we know independently, to check a record against. */
export interface Sight {
  /** Those from the ledger and from the workflow files. */
  readonly agents: readonly Agent[];
  readonly spared: Spared;
  /** As GitHub lists them now. */
  readonly remote: readonly RemoteWorkflow[];
  /** Heads of open pull requests that have our red status now. */
  readonly red: ReadonlySet<string>;
  readonly now: Instant;
}

/**
 * The trustworthy part of the record of a stop that no ledger could take. In Actions, every job that may write issues writes
 * as we do, so a record is not an order and never causes anything to be stopped. It only says in which state workflows were
 * that are off now, and only those of agents that we know independently and that a stop may touch. GitHub says which workflow
 * a path is. Whom the stop was about, who wanted it and when counts only with a signature. Without one, the stop is about the
 * agents of those workflows, by the run that takes it over. Pure.
 */
export function believed(record: UnloggedStop, isSigned: boolean, sight: Sight): UnloggedStop {
  const { agents } = targetsOf(sight.agents, { kind: 'all' }, sight.spared);
  const ours = new Map(agents.map((agent) => [agent.workflow, agent]));
  const held = record.held.flatMap((workflow) => (ours.has(workflow.path) ? offNow(workflow, sight.remote) : []));
  const names = held
    .filter(({ before }) => before === 'active')
    .flatMap(({ path }) => ours.get(path)?.name ?? [])
    .sort();
  return {
    key: record.key,
    terms: isSigned ? record.terms : takenOverTerms(record.terms, names, sight.now),
    held,
    pulls: record.pulls.filter(isRed(sight.red)),
  };
}

function offNow({ path, before }: HeldWorkflow, remote: readonly RemoteWorkflow[]): readonly HeldWorkflow[] {
  const found = workflowAt(path, remote);
  return found?.state === 'disabled_manually' ? [{ path, id: found.id, before }] : [];
}

function takenOverTerms({ reason, at }: HaltTerms, names: readonly string[], now: Instant): HaltTerms {
  const scope = { kind: 'agents', names: [...new Set(names)] } as const;
  return { scope, by: { kind: 'operator', login: null }, reason, at: at < now ? at : now };
}

function isRed(red: ReadonlySet<string>): (pull: PullReceipt) => boolean {
  return ({ head, status }) => status === 'posted' && red.has(head);
}
