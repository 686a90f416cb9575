import type { LedgerEvent } from '../core/event.ts';
import { OutsideFailure } from '../core/failure.ts';
import type { Fold } from '../core/fold.ts';
import type { Duration, Instant } from '../core/time.ts';
import { holds } from './chain.ts';
import { emptyCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { compose, type Held } from './compose.ts';
import { reportEvents } from './findings.ts';
import { chainFileOf, STATE_PATH } from './layout.ts';
import { foldBatches, load, loadChain } from './load.ts';
import type { Appended, Head, Ledger, Snapshot, Verification } from './port.ts';
import { readSegments, segmentsOf } from './segments.ts';
import type { Tree, TreeStore } from './tree-store.ts';
import { verifyTree } from './verify.ts';

export interface TreeLedgerOptions {
  /** OWNER/NAME that the ledger's own reports carry. */
  readonly repo: string;
  readonly now: () => Instant;
  /**
   * The number of the state's shape, 1 when left out. A checkpoint that another number wrote is remade from the events:
   * count it up whenever the fold gives another state for the same events.
   */
  readonly format?: number;
  /** Uniform in [0, 1); spreads the retries of writers that met. */
  readonly random?: () => number;
  readonly sleep?: (duration: Duration) => Promise<void>;
}

/** How often an append is tried when others write at the same time. */
const MAX_TRIES = 12;
const FIRST_DELAY: Duration = 200;
const LONGEST_DELAY: Duration = 10_000;
const SECOND_LOOK: Duration = 20;

interface Shop<State> {
  readonly store: TreeStore;
  readonly fold: Fold<State>;
  readonly format: number;
  readonly options: TreeLedgerOptions;
  held: Held<State> | null;
}

/** A ledger over files with compare-and-swap; see layout.ts, chain.ts and segments.ts for what the files hold. */
export function treeLedger<State>(store: TreeStore, fold: Fold<State>, options: TreeLedgerOptions): Ledger<State> {
  const shop: Shop<State> = { store, fold, options, format: options.format ?? 1, held: null };
  let queue: Promise<unknown> = Promise.resolve();
  // One after another: two calls on one object would only get in each other's way.
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work, work);
    queue = turn.catch(() => null);
    return turn;
  };
  return {
    place: store.place,
    read: () => inTurn(async () => snapshotOf(await reopen(shop))),
    append: (decide) => inTurn(() => append(shop, decide)),
    events: () => streamEvents(store),
    verify: () => verifyStore(shop),
    rebuild: () => inTurn(() => rebuild(shop)),
  };
}

function snapshotOf<State>({ checkpoint }: Held<State>): Snapshot<State> {
  return { state: checkpoint.state, head: checkpoint.head };
}

async function append<State>(
  shop: Shop<State>,
  decide: (state: State) => readonly LedgerEvent[],
): Promise<Appended<State>> {
  let fresh = shop.held === null;
  let held = shop.held ?? (await reopen(shop));
  for (let tries = 1; ; tries++) {
    const writing = { fold: shop.fold, format: shop.format, repo: shop.options.repo, now: shop.options.now() };
    const draft = await compose(held, decide(held.checkpoint.state), writing);
    if (draft === null) {
      // With nothing to commit nobody notices that what is held has grown old.
      const now = fresh ? held : await reopen(shop);
      fresh = true;
      if (now === held) return { ...snapshotOf(held), appended: [] };
      held = now;
      continue;
    }
    const result = await shop.store.commit(held.tree, draft.changes, draft.message);
    if (result.kind === 'committed') {
      shop.held = draft.held(result.tree);
      return { ...snapshotOf(shop.held), appended: draft.events };
    }
    await pause(shop, tries);
    shop.held = null;
    held = await reopenAfter(shop, held);
    fresh = true;
  }
}

/** Waits for a while that grows with the tries, so that writers that met do not meet again. */
async function pause<State>({ store, options }: Shop<State>, tries: number): Promise<void> {
  if (tries >= MAX_TRIES) {
    throw new OutsideFailure({
      kind: 'conflict',
      message: `Somebody else wrote to ${store.place} each of the ${MAX_TRIES} times that Checkrein tried to`,
      remedy: 'Nothing was written. Run it again, and let fewer jobs write to this ledger at the same time',
      retry: true,
    });
  }
  const { random = Math.random, sleep = wait } = options;
  await sleep(random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (tries - 1)));
}

function wait(duration: Duration): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, duration);
  });
}

/** Opens the ledger; what is held is kept when nothing was committed since. */
async function reopen<State>(shop: Shop<State>): Promise<Held<State>> {
  let tree = await shop.store.open();
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    if (shop.held?.tree.version === tree.version) return shop.held;
    const loaded = await load(tree, shop.fold, shop.format);
    const held: Held<State> = { ...loaded, inspected: new Map(), cleanChain: null };
    const { reported } = held.checkpoint.books;
    const news = reportEvents(held.findings, reported, shop.options.repo, shop.options.now());
    // What looks like damage may be files that were replaced while they were read: look again before saying so.
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

/** Opens the ledger after somebody else won, and makes sure that they built on what was there. */
async function reopenAfter<State>(shop: Shop<State>, before: Held<State>): Promise<Held<State>> {
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

async function stillThere<State>(now: Held<State>, head: Head): Promise<boolean> {
  return holds(now.chain, head) || holds(await loadChain(now.tree, chainFileOf(head.batch), null), head);
}

async function* streamEvents(store: TreeStore): AsyncGenerator<LedgerEvent> {
  const tree = await store.open();
  const { batches } = await loadChain(tree, 1, null);
  for await (const { events } of readSegments(tree, segmentsOf(batches))) yield* events;
}

/** Where files shift, what others are just writing can look like damage: it counts once a second look at the same version finds it too. */
async function verifyStore<State>({ store, fold, format, options }: Shop<State>): Promise<Verification> {
  let suspected: string | null = null;
  for (let tries = 1; ; tries++) {
    const tree = await store.open();
    const verification = await verifyTree(tree, fold, format);
    const found = `${tree.version} ${JSON.stringify(verification.firstBad)}`;
    if (verification.ok || store.shifts !== true || found === suspected || tries === MAX_TRIES) return verification;
    suspected = found;
    await (options.sleep ?? wait)(SECOND_LOOK);
  }
}

async function rebuild<State>(shop: Shop<State>): Promise<Snapshot<State>> {
  for (let tries = 1; ; tries++) {
    const tree = await shop.store.open();
    const { batches } = await loadChain(tree, 1, null);
    const { checkpoint } = await foldBatches(tree, batches, emptyCheckpoint(shop.fold.initial), shop.fold);
    const snapshot = { state: checkpoint.state, head: checkpoint.head };
    const bytes = encodeCheckpoint(checkpoint, shop.format);
    if (batches.length === 0 || (await isStored(tree, bytes))) return snapshot;
    const change = { path: STATE_PATH, keep: 0, bytes };
    const result = await shop.store.commit(tree, [change], 'Remake the checkpoint from the events');
    shop.held = null;
    if (result.kind === 'committed') return snapshot;
    await pause(shop, tries);
  }
}

async function isStored(tree: Tree, bytes: Uint8Array): Promise<boolean> {
  return tree.files.has(STATE_PATH) && Buffer.compare(await tree.read(STATE_PATH), bytes) === 0;
}
