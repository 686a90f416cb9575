import { type Failure, OutsideFailure } from '../core/failure.ts';
import { type CompactPlan, planCompaction } from './compact.ts';
import { compose, type Draft, type Held } from './compose.ts';
import type { Compacted, CompactOrder } from './port.ts';
import { pause, recover, reopen, reopenAfter, type Shop } from './shop.ts';
import type { CommitResult, Tree, TreeChange } from './tree-store.ts';

/** Removes what need not be kept, in one commit, with a new history if the store keeps one. Null without a ledger. */
export async function commitCompaction<State>(
  shop: Shop<State>,
  order: CompactOrder<State>,
): Promise<Compacted<State> | null> {
  shop.held = null;
  let held = await reopen(shop);
  for (let tries = 1; ; tries++) {
    if (held.checkpoint.head === null) return null;
    const drafted = await draft(shop, held, order).catch((error: unknown) => recover(shop, held, error, tries));
    if (drafted.kind === 'recovered') {
      held = drafted.held;
      continue;
    }
    const { plan, batch } = drafted;
    const changes = [...batch.changes, ...plan.changes];
    const { result, historyKept } = await commitAfresh(shop, held.tree, changes, `${batch.message}, compacted`);
    if (result.kind === 'committed') {
      shop.held = batch.held(result.tree);
      const { state, head } = shop.held.checkpoint;
      const bytes = { before: sizeOf(held.tree), after: sizeOf(result.tree) };
      return { state, head, cut: plan.cut, dropped: plan.dropped, bytes, historyKept };
    }
    await pause(shop, tries);
    held = await reopenAfter(shop, held);
  }
}

interface Drafted<State> {
  readonly kind: 'drafted';
  readonly plan: CompactPlan<State>;
  readonly batch: Draft<State>;
}

async function draft<State>(shop: Shop<State>, held: Held<State>, order: CompactOrder<State>): Promise<Drafted<State>> {
  const { reckoning, repo } = shop;
  const now = shop.now();
  const plan = await planCompaction(held, order, { reckoning, repo, now });
  const batch = await compose(plan.held, [plan.event], { reckoning, repo, now });
  if (batch === null) throw new Error(`the event ${plan.event.id} is in the ledger already`);
  return { kind: 'drafted', plan, batch };
}

/** Where history may not be dropped, the files are still removed. */
async function commitAfresh<State>(
  { store }: Shop<State>,
  base: Tree,
  changes: readonly TreeChange[],
  message: string,
): Promise<{ readonly result: CommitResult; readonly historyKept: Failure | null }> {
  if (store.commitAfresh === undefined) {
    return { result: await store.commit(base, changes, message), historyKept: null };
  }
  try {
    return { result: await store.commitAfresh(base, changes, message), historyKept: null };
  } catch (error) {
    if (!(error instanceof OutsideFailure) || !REFUSALS.has(error.failure.kind)) throw error;
    return { result: await store.commit(base, changes, message), historyKept: error.failure };
  }
}

/** How GitHub reports that a repository rule or missing rights forbid it. */
const REFUSALS: ReadonlySet<Failure['kind']> = new Set(['forbidden', 'unsupported', 'invalid', 'not_found']);

function sizeOf({ files }: Tree): number {
  let bytes = 0;
  for (const size of files.values()) bytes += size;
  return bytes;
}
