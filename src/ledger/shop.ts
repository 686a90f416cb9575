import { OutsideFailure } from '../core/failure.ts';
import type { Duration, Instant } from '../core/time.ts';
import { holds } from './chain.ts';
import type { Held } from './compose.ts';
import { readRecord, recalls } from './cut.ts';
import { reportEvents } from './findings.ts';
import { chainFileOf } from './layout.ts';
import { load, loadChain, loadFromBase, mismatch } from './load.ts';
import type { Head } from './port.ts';
import type { Reckoning } from './reckoning.ts';
import { readSegments, segmentsOf } from './segments.ts';
import type { TreeStore } from './tree-store.ts';

/** What a file-based ledger works with, and what it keeps in memory between calls. */
export interface Shop<State> {
  readonly store: TreeStore;
  readonly reckoning: Reckoning<State>;
  readonly repo: string;
  readonly now: () => Instant;
  readonly random: () => number;
  readonly sleep: (duration: Duration) => Promise<void>;
  /** Recently used tables and blocks of pages, by their hashes; oldest first. */
  readonly lately: Map<string, Uint8Array>;
  held: Held<State> | null;
}

/** How many tries there are when others write at the same time. */
export const MAX_TRIES = 12;
const FIRST_DELAY: Duration = 200;
const LONGEST_DELAY: Duration = 10_000;

/** Waits, longer with each try, so that writers in conflict do not meet again. */
export async function pause<State>({ store, random, sleep }: Shop<State>, tries: number): Promise<void> {
  if (tries >= MAX_TRIES) {
    throw new OutsideFailure({
      kind: 'conflict',
      message: `Somebody else wrote to ${store.place} each of the ${MAX_TRIES} times that Checkrein tried to`,
      remedy: 'Nothing was written. Run it again, and let fewer jobs write to this ledger at the same time',
      retry: true,
    });
  }
  await sleep(random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (tries - 1)));
}

/** Opens the ledger; keeps what is held if nothing was committed since. */
export async function reopen<State>(shop: Shop<State>): Promise<Held<State>> {
  let tree = await shop.store.open();
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    if (shop.held?.tree.version === tree.version) return shop.held;
    const loaded = await load(tree, shop.reckoning).catch((error: unknown) => gone(error, tries));
    if (loaded === null) {
      const next = await shop.store.open();
      if (next.version === tree.version) await load(next, shop.reckoning);
      tree = next;
      continue;
    }
    const held: Held<State> = { ...loaded, inspected: new Map(), cleanChain: null };
    const { reported } = held.checkpoint.books;
    const news = reportEvents(held.findings, reported, shop.repo, shop.now());
    // Apparent damage may come from files that were replaced while being read, so look again first.
    const again = news.length === 0 ? tree : await shop.store.open();
    shop.held = held;
    if (again.version === tree.version) return held;
    tree = again;
  }
  throw new OutsideFailure({
    kind: 'conflict',
    message: `${shop.store.place} changed each of the ${MAX_TRIES} times that Checkrein read it`,
    remedy: 'Run it again, and let fewer jobs write to this ledger at the same time',
    retry: true,
  });
}

/** Null when a file was removed between listing and reading it. */
function gone(error: unknown, tries: number): null {
  if (tries < MAX_TRIES && error instanceof OutsideFailure && error.failure.kind === 'not_found') return null;
  throw error;
}

/** Opens the ledger after somebody else won, and verifies that they built on what was there. */
export async function reopenAfter<State>(shop: Shop<State>, before: Held<State>): Promise<Held<State>> {
  shop.held = null;
  const now = await reopen(shop);
  const { head } = before.checkpoint;
  if (head === null || (await stillThere(now, head))) return now;
  shop.held = null;
  throw new OutsideFailure({
    kind: 'conflict',
    message: `${shop.store.place} was rewritten by someone else: batch ${head.batch} (${head.hash.slice(0, 12)}), which was there a moment ago, is not in its chain any more. Nothing was overwritten`,
    remedy:
      'Look at the history of the branch or folder and restore it; or keep it as it is now, check it with `checkrein ledger verify` and remake its checkpoint with `checkrein ledger rebuild`',
    retry: false,
  });
}

/** What was held is invalid, and this replaces it. */
export interface Recovered<State> {
  readonly kind: 'recovered';
  readonly held: Held<State>;
}

/**
 * Recovers after something held was invalid: rollups of another version are remade, and if a compaction has removed files
 * meanwhile, the ledger is opened again.
 * @throws the error itself when it is neither of these.
 */
export async function recover<State>(
  shop: Shop<State>,
  held: Held<State>,
  error: unknown,
  tries: number,
): Promise<Recovered<State>> {
  if (tries >= MAX_TRIES) throw error;
  if (error instanceof OutsideFailure && error.failure.kind === 'not_found') {
    if ((await shop.store.open()).version === held.tree.version) throw error;
    return { kind: 'recovered', held: await reopenAfter(shop, held) };
  }
  const loaded = await loadFromBase(held.tree, shop.reckoning, [mismatch(error, held.checkpoint.head)]);
  shop.held = { ...loaded, inspected: new Map(), cleanChain: null };
  return { kind: 'recovered', held: shop.held };
}

async function stillThere<State>(now: Held<State>, head: Head): Promise<boolean> {
  if (holds(now.chain, head)) return true;
  const { cut } = now.checkpoint.books;
  if (cut !== null && head.batch <= cut.batch) return await liesBeforeCut(now, head);
  return holds(await loadChain(now.tree, chainFileOf(head.batch), null), head);
}

/**
 * What is before a cut can no longer be read. The record of the cut names its last batches, and the chain, which continues
 * where the record says, names the record. Together they prove that the batch was not discarded by somebody else.
 */
async function liesBeforeCut<State>({ tree }: Held<State>, head: Head): Promise<boolean> {
  const found = await readRecord(tree);
  if (found === null || !recalls(found.record, head)) return false;
  const { cut, announced } = found.record;
  const chain = await loadChain(tree, chainFileOf(cut.batch + 1), null);
  if (!holds(chain, cut)) return false;
  const batches = chain.batches.filter(({ n }) => n === announced);
  for await (const { events, fault } of readSegments(
    tree,
    segmentsOf(batches).filter(({ batch, proof }) => batch === announced && typeof proof === 'object'),
  )) {
    if (
      fault === null &&
      events.some((event) => event.kind === 'ledger.compacted' && event.data.cut?.record === found.hash)
    )
      return true;
  }
  return false;
}
