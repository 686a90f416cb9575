import type { Agent } from '../../core/agent.ts';
import type { Duration, Instant } from '../../core/time.ts';
import type { GitHub, RemoteWorkflow } from '../../github/port.ts';
import type { Ledger } from '../../ledger/port.ts';
import type { StopLimits } from '../../responses/stop/engine.ts';
import type { Lever } from '../../responses/stop/levers.ts';
import type { WatchJob } from '../job.ts';
import { insistently } from '../shell/insist.ts';
import type { LedgerState } from '../state.ts';
import type { StopIssues } from './unlogged.ts';

/** What is needed to carry out a stop, no matter who wants it. */
export interface StopTools {
  readonly repo: string;
  readonly now: () => Instant;
  readonly by: string;
  readonly ledger: Ledger<LedgerState>;
  readonly github: Pick<GitHub, 'actions' | 'control' | 'pulls' | 'usage'>;
  /** All known agents. */
  readonly agents: readonly Agent[];
  /** None if omitted. */
  readonly levers?: readonly Lever[];
  /** Where to record a stop that the ledger cannot take in; nowhere if omitted. */
  readonly issues?: StopIssues;
  readonly sleep: (duration: Duration) => Promise<void>;
  readonly limits: StopLimits;
  readonly progress: WatchJob['progress'];
}

/** Null when GitHub could not be asked. */
export async function lookAtWorkflows(tools: StopTools): Promise<readonly RemoteWorkflow[] | null> {
  const listed = await insistently(tools, () => tools.github.actions.workflows());
  return listed.ok ? listed.value : null;
}
