import { canonicalJson } from '../core/canonical.ts';
import type { LedgerEvent } from '../core/event.ts';
import { OutsideFailure } from '../core/failure.ts';
import type { Fold } from '../core/fold.ts';
import type { MeasureQuery, MeasureRow, Measuring } from '../core/measure-row.ts';
import type { OwnerUse } from '../core/owner-use.ts';
import { type Duration, type Instant, startOf } from '../core/time.ts';
import { emptyCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { commitCompaction } from './commit-compaction.ts';
import { compose, type Draft, type Held } from './compose.ts';
import { keptEvents, readBase } from './cut.ts';
import { STATE_PATH } from './layout.ts';
import { basePages, chainAfter, foldBatches, readIn } from './load.ts';
import { STEP_NAMES } from './page.ts';
import type { ByHash, ReadPart } from './page-part.ts';
import { answerOf, PageMismatch, pagesFor } from './pages.ts';
import type { Appended, Ledger, OwnerLedgers, Snapshot, Verification } from './port.ts';
import { readSegments, segmentsOf } from './segments.ts';
import { MAX_TRIES, pause, type Recovered, recover, reopen, reopenAfter, type Shop } from './shop.ts';
import type { CommitResult, OwnerStore, Tree, TreeChange, TreeStore } from './tree-store.ts';
import { verifyTree } from './verify.ts';

export interface TreeLedgerOptions<State> {
  /** OWNER/NAME in the ledger's own reports. */
  readonly repo: string;
  readonly now: () => Instant;
  /**
   * The number of the state's shape, 1 by default. A checkpoint written under another number is remade from the events.
   * Increase it whenever the fold gives a different state for the same events.
   */
  readonly format?: number;
  /**
   * Events whose effect on the checkpoint nobody reads there directly. If the checkpoint is large they may be written without
   * it, and a run that opens the ledger adds them. None by default.
   */
  readonly mayLag?: (event: LedgerEvent) => boolean;
  /** Which rollups are kept along with the state; none by default. */
  readonly measuring?: Measuring<State>;
  /**
   * Takes over a state of another shape, which is all that is left of events that were cut off. By default, such a ledger
   * starts with the initial state.
   */
  readonly adopt?: (state: unknown) => State;
  /** Uniform in [0, 1); spreads the retries of conflicting writers. */
  readonly random?: () => number;
  readonly sleep?: (duration: Duration) => Promise<void>;
}

const SECOND_LOOK: Duration = 20;

/** A ledger over files with compare-and-swap; layout.ts, chain.ts, segments.ts, page.ts and cut.ts describe the files. */
export function treeLedger<State>(
  store: TreeStore,
  fold: Fold<State>,
  options: TreeLedgerOptions<State>,
): Ledger<State> {
  const { format = 1, measuring = null, adopt = () => fold.initial, mayLag = () => false, repo, now } = options;
  const { random = Math.random, sleep = wait } = options;
  const shop: Shop<State> = {
    store,
    reckoning: { fold, format, measuring, adopt, mayLag },
    repo,
    now,
    random,
    sleep,
    lately: new Map(),
    held: null,
  };
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
    measures: (query) => inTurn(() => measures(shop, query)),
    events: () => streamEvents(shop),
    compact: (order) => inTurn(() => commitCompaction(shop, order)),
    verify: () => verifyStore(shop),
    rebuild: () => inTurn(() => rebuild(shop)),
    ...(store.owner === undefined ? {} : { owner: ownerLedgers(shop, store.owner, inTurn) }),
  };
}

function ownerLedgers<State>(
  shop: Shop<State>,
  owner: OwnerStore,
  inTurn: <T>(work: () => Promise<T>) => Promise<T>,
): OwnerLedgers<State> {
  return {
    read: (queries) => owner.read(queries),
    quarters: (since) => owner.quarters(since),
    append: (queries, decide) =>
      inTurn(async () => {
        let uses = await owner.read(queries);
        const commit: Commit<State> = (held, draft) => {
          const decided = canonicalJson(decide(held.checkpoint.state, uses));
          const may = (fresh: readonly OwnerUse[]): boolean => {
            uses = fresh;
            return canonicalJson(decide(held.checkpoint.state, fresh)) === decided;
          };
          return owner.commit(held.tree, draft.changes, { queries, may });
        };
        return await append(shop, (state) => decide(state, uses), commit);
      }),
  };
}

function snapshotOf<State>({ checkpoint }: Held<State>): Snapshot<State> {
  return { state: checkpoint.state, head: checkpoint.head };
}

type Commit<State> = (held: Held<State>, draft: Draft<State>) => Promise<CommitResult>;

async function append<State>(
  shop: Shop<State>,
  decide: (state: State) => readonly LedgerEvent[],
  commit: Commit<State> = (held, { changes, message }) => shop.store.commit(held.tree, changes, message),
): Promise<Appended<State>> {
  let fresh = shop.held === null;
  let held = shop.held ?? (await reopen(shop));
  for (let tries = 1; ; tries++) {
    const draft = await draftOf(shop, held, decide, tries);
    const step = draft.kind === 'draft' ? await commitDraft(shop, held, draft, { tries, commit }) : draft;
    if (step.kind === 'appended') return step.appended;
    const now = await goOn(shop, held, step, fresh);
    if (now === null) return { ...snapshotOf(held), appended: [] };
    held = now;
    fresh = true;
  }
}

/** What to decide on next; null when there is nothing to commit and nothing has changed. */
async function goOn<State>(
  shop: Shop<State>,
  held: Held<State>,
  step: { readonly kind: 'nothing' } | Recovered<State>,
  fresh: boolean,
): Promise<Held<State> | null> {
  if (step.kind === 'recovered') return step.held;
  // With nothing to commit, nobody would notice that what is held is outdated.
  const now = fresh ? held : await reopen(shop);
  return now === held ? null : now;
}

/** Commits a batch, or opens the ledger as somebody else has left it. */
async function commitDraft<State>(
  shop: Shop<State>,
  held: Held<State>,
  draft: Draft<State>,
  { tries, commit }: { readonly tries: number; readonly commit: Commit<State> },
): Promise<{ readonly kind: 'appended'; readonly appended: Appended<State> } | Recovered<State>> {
  const result = await commit(held, draft);
  if (result.kind === 'committed') {
    shop.held = draft.held(result.tree);
    return { kind: 'appended', appended: { ...snapshotOf(shop.held), appended: draft.events } };
  }
  await pause(shop, tries);
  return { kind: 'recovered', held: await reopenAfter(shop, held) };
}

async function draftOf<State>(
  shop: Shop<State>,
  held: Held<State>,
  decide: (state: State) => readonly LedgerEvent[],
  tries: number,
): Promise<(Draft<State> & { readonly kind: 'draft' }) | { readonly kind: 'nothing' } | Recovered<State>> {
  const wanted = decide(held.checkpoint.state);
  try {
    const draft = await compose(held, wanted, { reckoning: shop.reckoning, repo: shop.repo, now: shop.now() });
    return draft === null ? { kind: 'nothing' } : { kind: 'draft', ...draft };
  } catch (error) {
    return await recover(shop, held, error, tries);
  }
}

function wait(duration: Duration): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, duration);
  });
}

async function measures<State>(shop: Shop<State>, asked: MeasureQuery): Promise<readonly MeasureRow[]> {
  const query = { ...asked, from: startOf(STEP_NAMES[asked.step].bucketOf(asked.from)) };
  let held = await reopen(shop);
  for (let tries = 1; ; tries++) {
    try {
      return await rowsOf(shop, held, query);
    } catch (error) {
      held = (await recover(shop, held, error, tries)).held;
    }
  }
}

async function rowsOf<State>(
  { lately }: Shop<State>,
  { tree, pages }: Held<State>,
  query: MeasureQuery,
): Promise<readonly MeasureRow[]> {
  const answers = await Promise.all(
    pagesFor(pages.hashes, query).map((path) =>
      answerOf(pages, path, query, { read: partsOf(tree, path), lately: byHash(lately) }),
    ),
  );
  return answers.flat();
}

function partsOf(tree: Tree, path: string): ReadPart {
  const { readPart } = tree;
  let whole: Promise<Uint8Array> | null = null;
  return async (from, to) => {
    if (!tree.files.has(path)) throw new PageMismatch(path);
    if (readPart !== undefined) return await readPart(path, from, to);
    whole ??= tree.read(path);
    return (await whole).subarray(from, to);
  };
}

function byHash(lately: Map<string, Uint8Array>): ByHash {
  return { get: (hash) => lately.get(hash), keep: (hash, bytes) => keepLately(lately, hash, bytes) };
}

/** How many bytes of verified pages stay in memory: one query is seldom the last. */
const KEPT_LATELY = 256 * 1024 * 1024;

function keepLately(lately: Map<string, Uint8Array>, hash: string, page: Uint8Array): void {
  lately.delete(hash);
  lately.set(hash, page);
  let bytes = 0;
  for (const { length } of lately.values()) bytes += length;
  for (const [oldest, { length }] of lately) {
    if (bytes <= KEPT_LATELY) return;
    lately.delete(oldest);
    bytes -= length;
  }
}

async function* streamEvents<State>({ store, reckoning }: Shop<State>): AsyncGenerator<LedgerEvent> {
  const tree = await store.open();
  const base = await readBase(tree, reckoning, emptyCheckpoint(reckoning.fold.initial));
  if (base.record !== null) yield* await keptEvents(tree, base.record);
  const { books, head } = base.checkpoint;
  const batches = (await chainAfter(tree, base)).batches.filter(({ n }) => n > (head?.batch ?? 0));
  for await (const { events } of readSegments(tree, segmentsOf(batches, books))) yield* events;
}

/** Where files shift, a write in progress can look like damage. It counts once a second look finds it too. */
async function verifyStore<State>({ store, reckoning, sleep }: Shop<State>): Promise<Verification> {
  let suspected: string | null = null;
  for (let tries = 1; ; tries++) {
    const tree = await store.open();
    const mayShift = store.shifts === true && tries < MAX_TRIES;
    const verification = await verifyTree(tree, reckoning).catch((error: unknown) => {
      if (mayShift && error instanceof OutsideFailure && suspected !== `${tree.version} ${error.message}`) return error;
      throw error;
    });
    const isWrong = verification instanceof OutsideFailure;
    const found = `${tree.version} ${isWrong ? verification.message : JSON.stringify(verification.firstBad)}`;
    if (!isWrong && (verification.ok || !mayShift || found === suspected)) return verification;
    suspected = found;
    await sleep(SECOND_LOOK);
  }
}

async function rebuild<State>(shop: Shop<State>): Promise<Snapshot<State>> {
  const { reckoning } = shop;
  for (let tries = 1; ; tries++) {
    const tree = await shop.store.open();
    const base = await readBase(tree, reckoning, emptyCheckpoint(reckoning.fold.initial));
    const { batches } = await chainAfter(tree, base);
    const start = { checkpoint: base.checkpoint, pages: await basePages(tree, base) };
    const missing = batches.filter(({ n }) => n > (base.checkpoint.head?.batch ?? 0));
    const { checkpoint, pages } = await foldBatches(tree, missing, start, reckoning);
    const snapshot = { state: checkpoint.state, head: checkpoint.head };
    const wanted = [...pages.held, [STATE_PATH, encodeCheckpoint(checkpoint, reckoning.format)] as const];
    const changes = batches.length === 0 ? [] : await differing(tree, wanted);
    if (changes.length === 0) return snapshot;
    const result = await shop.store.commit(tree, changes, 'Remake the checkpoint from the events');
    shop.held = null;
    if (result.kind === 'committed') return snapshot;
    await pause(shop, tries);
  }
}

async function differing(
  tree: Tree,
  wanted: readonly (readonly [path: string, bytes: Uint8Array])[],
): Promise<readonly TreeChange[]> {
  const changes: TreeChange[] = [];
  for (const [path, bytes] of wanted) {
    const there = await readIn(tree)(path);
    if (there === null || Buffer.compare(there, bytes) !== 0) changes.push({ path, keep: 0, bytes });
  }
  return changes;
}
