import type { WatchJob } from '../job.ts';
import { UsageError } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';

/**
 * What is wrong when a ledger was last used for another repository, in a sentence; null when nothing is. Sums count everything in
 * a ledger, so two repositories in one ledger would pay for each other. A renamed repository is reported once.
 */
export function foreignLedger({ repo, ledger }: Pick<WatchJob, 'repo' | 'ledger'>, state: LedgerState): string | null {
  if (state.watched === null || state.watched === repo) return null;
  return `The ledger ${ledger.place} was last used for ${state.watched}, and this run is for ${repo}.`;
}

/**
 * Keeps a ledger that was not chosen explicitly from being used for two repositories.
 * @throws UsageError when it was last used for another one.
 */
export async function refuseForeignLedger(job: Pick<WatchJob, 'repo' | 'ledger'>): Promise<void> {
  const { state } = await job.ledger.read();
  const reason = foreignLedger(job, state);
  if (reason !== null) {
    throw new UsageError(`${reason} Keep one ledger for each repository: name another with --ledger dir:PATH.`);
  }
}
