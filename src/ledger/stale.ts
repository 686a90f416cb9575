import type { LedgerEvent } from '../core/event.ts';
import type { Batch } from './chain.ts';
import { STATE_PATH } from './layout.ts';
import type { Loaded } from './load.ts';
import type { Reckoning } from './reckoning.ts';

/** A checkpoint of up to this many bytes is written with every batch: it is smaller than the request that carries it. */
const WORTH_SKIPPING = 128 * 1024;
/** How many bytes of events the checkpoint may lag behind: a run that opens the ledger must fold them first. */
const MOST_BEHIND = 64 * 1024;

/**
 * Whether a batch may be written without the checkpoint, which takes megabytes once there are thousands of sessions, while an
 * agent's start takes a few lines. The checkpoint is then older, as it is when its writer dies between two files, and a run
 * that opens the ledger folds what the chain has beyond it. This needs no trust: the missing lines are proven by the chain.
 */
export function maySkip<State>(
  { stands, tree, chain }: Pick<Loaded<State>, 'stands' | 'tree' | 'chain'>,
  batch: Batch,
  events: readonly LedgerEvent[],
  { mayLag }: Pick<Reckoning<State>, 'mayLag'>,
): boolean {
  if (stands === null || batch.foreign.length > 0 || !events.every(mayLag)) return false;
  if ((tree.files.get(STATE_PATH) ?? 0) <= WORTH_SKIPPING) return false;
  const behind = [...chain.batches.filter(({ n }) => n > stands), batch];
  const bytes = behind.flatMap(({ parts }) => parts).reduce((sum, { from, to }) => sum + to - from, 0);
  return bytes <= MOST_BEHIND;
}
