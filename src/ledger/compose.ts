import type { LedgerEvent } from '../core/event.ts';
import { sha256 } from '../core/hash.ts';
import type { Instant } from '../core/time.ts';
import { isCutAway, keepBooks } from './books.ts';
import { type Batch, encodeBatch, NO_HASH, type Part, type Span, sealBatch } from './chain.ts';
import { type Checkpoint, encodeCheckpoint } from './checkpoint.ts';
import { decodeEventLine, encodeEvent } from './event-line.ts';
import { joinFindings, NO_FINDINGS, reportEvents, reportsAmong } from './findings.ts';
import { findForeign, type Inspected, inspectPartition } from './inspect.ts';
import { chainFileOf, chainPath, dayOfPartition, partitionPath, README_PATH, STATE_PATH } from './layout.ts';
import { endsWithNewline } from './lines.ts';
import { type Loaded, type Reckoned, readIn, reckon } from './load.ts';
import type { Pages } from './pages.ts';
import { README_TEXT } from './readme.ts';
import type { Reckoning } from './reckoning.ts';
import { maySkip } from './stale.ts';
import type { Tree, TreeChange } from './tree-store.ts';

/** A ledger as it was loaded, plus what was read since. Kept between appends so that nothing is read twice. */
export interface Held<State> extends Loaded<State> {
  readonly inspected: ReadonlyMap<string, Inspected>;
  /** The chain file that is known to end with a whole line. */
  readonly cleanChain: string | null;
}

/** What a ledger needs to know to write. */
export interface Writing<State> {
  readonly reckoning: Reckoning<State>;
  readonly repo: string;
  readonly now: Instant;
}

/** The next batch, ready to be committed. */
export interface Draft<State> {
  readonly events: readonly LedgerEvent[];
  readonly changes: readonly TreeChange[];
  readonly message: string;
  /** How the ledger is held once `tree` contains the changes. */
  held(tree: Tree): Held<State>;
}

interface Entry {
  readonly path: string;
  readonly line: string;
  readonly event: LedgerEvent;
}

/** Turns events into the next batch; null when there is nothing to add. */
export async function compose<State>(
  held: Held<State>,
  wanted: readonly LedgerEvent[],
  writing: Writing<State>,
): Promise<Draft<State> | null> {
  const { books } = held.checkpoint;
  // Events of a day that was cut away are either known already, or too late to be distinguished from known ones.
  const entries = distinct(wanted)
    .map(encodeEntry)
    .filter(({ path }) => !isCutAway(books, dayOfPartition(path) ?? ''));
  const inspected = new Map(held.inspected);
  await inspectAll(held, inspected, entries);
  const fresh = entries.filter(({ path, event }) => inspected.get(path)?.ids.has(event.id) !== true);
  const foreign = await findForeign(held.tree, books, held.chain);
  const reports = (): readonly Entry[] => {
    const all = [held.findings, { damages: [], quarantined: foreign.quarantined }];
    for (const { findings } of inspected.values()) all.push(findings);
    return reportEvents(joinFindings(all), books.reported, writing.repo, writing.now).map(encodeEntry);
  };
  // The reports go into today's partition. It is inspected for that, which may itself add a report.
  await inspectAll(held, inspected, reports());
  const added = [...fresh, ...reports()];
  if (added.length === 0 && foreign.spans.length === 0) return null;
  return await draftBatch(held, inspected, added, foreign.spans, writing);
}

function distinct(events: readonly LedgerEvent[]): readonly LedgerEvent[] {
  const byId = new Map<string, LedgerEvent>();
  for (const event of events) if (!byId.has(event.id)) byId.set(event.id, event);
  return [...byId.values()];
}

/** The event of an entry is what will be read back, so that a fold sees the same event now and in a rebuild. */
function encodeEntry(event: LedgerEvent): Entry {
  const line = encodeEvent(event);
  const read = decodeEventLine(line);
  if (read.kind !== 'event') {
    throw new Error(`cannot keep event ${event.id}: ${read.kind === 'bad' ? read.reason : 'its kind is not known'}`);
  }
  return { path: partitionPath(read.event.at), line, event: read.event };
}

async function inspectAll<State>(
  held: Held<State>,
  inspected: Map<string, Inspected>,
  entries: readonly Entry[],
): Promise<void> {
  const paths = new Set(entries.map(({ path }) => path).filter((path) => !inspected.has(path)));
  await Promise.all([...paths].map(async (path) => inspected.set(path, await inspectPartition(held, path))));
}

interface Draftboard {
  readonly changes: TreeChange[];
  readonly parts: Part[];
  readonly events: LedgerEvent[];
  readonly inspected: Map<string, Inspected>;
}

async function draftBatch<State>(
  held: Held<State>,
  inspected: Map<string, Inspected>,
  added: readonly Entry[],
  foreign: readonly Span[],
  writing: Writing<State>,
): Promise<Draft<State>> {
  const board: Draftboard = { changes: [], parts: [], events: [], inspected };
  for (const [path, entries] of byPartition(added)) addPart(held.tree, path, entries, board);
  const { head, books } = held.checkpoint;
  const n = (head?.batch ?? 0) + 1;
  const { parts, events } = board;
  const batch = sealBatch({ n, at: writing.now, prev: head?.hash ?? NO_HASH, parts, foreign });
  const before = { state: held.checkpoint.state, pages: held.pages };
  const { state, pages } = await reckon(before, events, writing.reckoning, readIn(held.tree));
  const checkpoint: Checkpoint<State> = {
    head: { batch: n, hash: batch.hash },
    books: keepBooks(books, [batch], reportsAmong(events)),
    state,
    pages: pages.hashes,
  };
  const ofPages = pageChanges(held, pages);
  const skips = ofPages.length === 0 && maySkip(held, batch, events, writing.reckoning);
  board.changes.push(await chainChange(held, batch));
  if (!skips) {
    board.changes.push({ path: STATE_PATH, keep: 0, bytes: encodeCheckpoint(checkpoint, writing.reckoning.format) });
  }
  board.changes.push(...ofPages);
  if (!held.tree.files.has(README_PATH)) {
    board.changes.push({ path: README_PATH, keep: 0, bytes: Buffer.from(README_TEXT) });
  }
  return {
    events,
    changes: board.changes,
    message: `Batch ${n}: ${events.length} ${events.length === 1 ? 'event' : 'events'}`,
    held: (tree) => ({
      ...afterBatch(held, batch, { checkpoint, pages }, board.inspected, tree),
      stands: skips ? held.stands : n,
    }),
  };
}

/** Partitions by day, each with its events in the given order, which is the order in which they are read back. */
function byPartition(entries: readonly Entry[]): readonly (readonly [string, readonly Entry[]])[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.path);
    if (group === undefined) groups.set(entry.path, [entry]);
    else group.push(entry);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

function addPart(tree: Tree, path: string, entries: readonly Entry[], board: Draftboard): void {
  const before = board.inspected.get(path);
  const from = tree.files.get(path) ?? 0;
  const text = entries.map(({ line }) => `${line}\n`).join('');
  const bytes = Buffer.from(before?.endsWithNewline === false ? `\n${text}` : text);
  board.changes.push({ path, keep: from, bytes });
  board.parts.push({ path, from, to: from + bytes.length, sha256: sha256(bytes), events: entries.length });
  const ids = new Set(before?.ids);
  for (const { event } of entries) {
    ids.add(event.id);
    board.events.push(event);
  }
  board.inspected.set(path, { ids, endsWithNewline: true, findings: NO_FINDINGS });
}

async function chainChange<State>(held: Held<State>, batch: Batch): Promise<TreeChange> {
  const path = chainPath(chainFileOf(batch.n));
  const keep = held.tree.files.get(path) ?? 0;
  const whole = keep === 0 || held.cleanChain === path || endsWithNewline(await held.tree.read(path));
  return { path, keep, bytes: Buffer.from(`${whole ? '' : '\n'}${encodeBatch(batch)}\n`) };
}

/** The pages that the files do not have yet, and those that are no longer kept. */
export function pageChanges<State>({ checkpoint, tree }: Loaded<State>, pages: Pages): readonly TreeChange[] {
  const gone = Object.keys(checkpoint.pages).filter((path) => pages.hashes[path] === undefined && tree.files.has(path));
  return [
    ...[...pages.unwritten].map((path) => ({ path, keep: 0, bytes: pages.held.get(path) ?? new Uint8Array() })),
    ...gone.map((path) => ({ path, keep: 0, bytes: null })),
  ];
}

/** What was written last is likely to be written next, so only that stays in memory. */
function writtenPages({ hashes, held, unwritten }: Pages): Pages {
  return { hashes, held: new Map([...held].filter(([path]) => unwritten.has(path))), unwritten: new Set() };
}

function afterBatch<State>(
  held: Held<State>,
  batch: Batch,
  { checkpoint, pages }: Reckoned<State>,
  inspected: ReadonlyMap<string, Inspected>,
  tree: Tree,
): Omit<Held<State>, 'stands'> {
  const strays = held.chain.strays.map((stray) => ({ ...stray, last: false }));
  return {
    tree,
    checkpoint,
    pages: writtenPages(pages),
    chain: { ...held.chain, batches: [...held.chain.batches, batch], strays },
    findings: held.findings,
    inspected,
    cleanChain: chainPath(chainFileOf(batch.n)),
  };
}
