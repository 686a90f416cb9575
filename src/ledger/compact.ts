import type { LedgerEvent } from '../core/event.ts';
import { sha256 } from '../core/hash.ts';
import { after, DAY, dayOf, type Instant, latest } from '../core/time.ts';
import { type Books, isCutAway, withoutDays } from './books.ts';
import type { Batch, Span } from './chain.ts';
import { emptyCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import type { Held } from './compose.ts';
import { type Base, type CutRecord, encodeRecord, keptEvents, markOf, readBase, statementOf } from './cut.ts';
import { encodeEvent } from './event-line.ts';
import { type Findings, NO_FINDINGS } from './findings.ts';
import { chainFileNumber, chainFileOf, chainFiles, cutFolder, dayOfPartition, pathOfDay } from './layout.ts';
import { basePages, foldBatches, loadChainFile, type Reckoned, readIn } from './load.ts';
import { addRows } from './pages.ts';
import type { CompactOrder, Head } from './port.ts';
import type { Reckoning } from './reckoning.ts';
import { readSegments, segmentsOf } from './segments.ts';
import type { Tree, TreeChange } from './tree-store.ts';

/** What a compaction is about to do. */
export interface CompactPlan<State> {
  /** The event that records it. */
  readonly event: LedgerEvent;
  /** The ledger to which that event is appended, without what is removed. */
  readonly held: Held<State>;
  /** In addition to what the append itself changes. */
  readonly changes: readonly TreeChange[];
  readonly cut: Head | null;
  readonly dropped: number;
}

/** What compacting needs to know besides the order. */
export interface CompactMoment<State> {
  readonly reckoning: Reckoning<State>;
  readonly repo: string;
  readonly now: Instant;
}

/** Decides what to remove. Nothing is written. */
export async function planCompaction<State>(
  held: Held<State>,
  order: CompactOrder<State>,
  moment: CompactMoment<State>,
): Promise<CompactPlan<State>> {
  const { reckoning } = moment;
  const rollupsSince = laterSince(order.rollupsSince, held, reckoning);
  const wanted = { ...order, rollupsSince };
  const base = await readBase(held.tree, reckoning, emptyCheckpoint(reckoning.fold.initial));
  const batches = await batchesBefore(held.tree, base, order);
  const made = batches.length === 0 ? null : await makeCut(held, base, batches, wanted, moment);
  const books = made === null ? held.checkpoint.books : made.books;
  const { cut } = books;
  const event: LedgerEvent = {
    v: 1,
    id: `compacted:${moment.now}:${order.by}`,
    kind: 'ledger.compacted',
    at: moment.now,
    seen: moment.now,
    repo: moment.repo,
    subject: { kind: 'checkrein', name: 'ledger' },
    data: {
      keptSince: rollupsSince,
      alertsKept: order.alertsKept,
      cut: cut === null ? null : { batch: cut.batch, hash: cut.hash, record: cut.record },
      dropped: made?.dropped ?? 0,
    },
  };
  return {
    event,
    held: withFindings({ ...held, checkpoint: { ...held.checkpoint, books } }, made?.findings ?? NO_FINDINGS),
    changes: [...(made?.changes ?? []), ...strayFiles(held.tree, books)],
    cut: cut === null ? null : { batch: cut.batch, hash: cut.hash },
    dropped: made?.dropped ?? 0,
  };
}

/** What was dropped is not restored, so the kept range never starts earlier than before. */
function laterSince<State>(
  wanted: CompactOrder<State>['rollupsSince'],
  { checkpoint: { state } }: Held<State>,
  { measuring }: Reckoning<State>,
): CompactOrder<State>['rollupsSince'] {
  const now = measuring?.keptSince(state) ?? { minute: '', hour: '', day: '' };
  return {
    minute: latest(now.minute, wanted.minute),
    hour: latest(now.hour, wanted.hour),
    day: latest(now.day, wanted.day),
  };
}

function withFindings<State>(held: Held<State>, { damages, quarantined }: Findings): Held<State> {
  const { findings } = held;
  return {
    ...held,
    findings: {
      damages: [...findings.damages, ...damages],
      quarantined: [...findings.quarantined, ...quarantined],
    },
  };
}

/**
 * The batches after a base that are older than a moment, up to the first that is not. A clock that ran fast delays a cut, but
 * never removes what is new.
 */
async function batchesBefore<State>(
  tree: Tree,
  { checkpoint: { head } }: Base<State>,
  { eventsSince, slack }: CompactOrder<State>,
): Promise<readonly Batch[]> {
  const known = head?.batch ?? 0;
  const found: Batch[] = [];
  for (const file of chainFiles(tree.files.keys()).filter((number) => number >= chainFileOf(known + 1))) {
    for (const batch of (await loadChainFile(tree, file)).batches) {
      if (batch.n <= known) continue;
      if (batch.at >= eventsSince || (found.length === 0 && batch.at >= after(eventsSince, -slack))) return found;
      found.push(batch);
    }
  }
  return found;
}

interface Cut {
  readonly books: Books;
  readonly changes: readonly TreeChange[];
  readonly findings: Findings;
  readonly dropped: number;
}

async function makeCut<State>(
  held: Held<State>,
  base: Base<State>,
  batches: readonly Batch[],
  order: CompactOrder<State>,
  moment: CompactMoment<State>,
): Promise<Cut> {
  const { tree, checkpoint: live } = held;
  const start = { checkpoint: base.checkpoint, pages: await basePages(tree, base) };
  const folded = await foldBatches(tree, batches, start, moment.reckoning);
  const horizon = horizonOf(batches, order.eventsSince, moment.now);
  const { covered } = folded.checkpoint.books;
  const gone = new Set(
    Object.keys(covered).filter((day) => day <= horizon && live.books.covered[day] === covered[day]),
  );
  const reckoned = await trimmed(folded, gone, order);
  const kept = await keptOf(tree, base, batches, order.keeps(live.state));
  const stateBytes = encodeCheckpoint(reckoned.checkpoint, moment.reckoning.format);
  const events = (base.record?.events ?? 0) + folded.events;
  const record = signedRecord(order, {
    v: 1,
    cut: lastOf(batches),
    at: moment.now,
    announced: (live.head?.batch ?? 0) + 1,
    horizon,
    state: sha256(stateBytes),
    kept: { sha256: sha256(kept.bytes), events: kept.count },
    carried: await carriedSpans(tree, reckoned.checkpoint.books),
    events,
    recent: recentHashes(base.record, batches),
    before: base.hash,
  });
  const recordBytes = encodeRecord(record);
  const folder = cutFolder(record.cut.batch);
  const added = [
    { path: `${folder}/record.json`, bytes: recordBytes },
    { path: `${folder}/state.json`, bytes: stateBytes },
    { path: `${folder}/kept.ndjson`, bytes: kept.bytes },
    ...[...reckoned.pages.held].map(([path, bytes]) => ({ path: `${folder}/${path}`, bytes })),
  ];
  return {
    books: withoutDays(live.books, gone, markOf(record, sha256(recordBytes))),
    changes: added.map((file) => ({ ...file, keep: 0 })),
    findings: folded.findings,
    dropped: folded.events + (base.record?.kept.events ?? 0) - kept.count,
  };
}

function signedRecord<State>({ sign }: CompactOrder<State>, record: CutRecord): CutRecord {
  return sign === undefined ? record : { ...record, signature: sign(statementOf(record)) };
}

/** Never today, because events are still being written to it. */
function horizonOf(batches: readonly Batch[], before: Instant, now: Instant): string {
  const days = [dayOf(batches.at(-1)?.at ?? before), dayOf(before), dayOf(after(now, -DAY))];
  return days.sort()[0] ?? '';
}

function lastOf(batches: readonly Batch[]): Head {
  const last = batches.at(-1);
  if (last === undefined) throw new Error('a cut needs a batch to cut after');
  return { batch: last.n, hash: last.hash };
}

/** The checkpoint of a cut, without removed partitions and expired rollups. Its own mark comes from its record. */
async function trimmed<State>(
  { checkpoint, pages }: Reckoned<State>,
  gone: ReadonlySet<string>,
  { rollupsSince }: CompactOrder<State>,
): Promise<Reckoned<State>> {
  const left = await addRows(pages, [], rollupsSince, async () => null);
  const books = { ...withoutDays(checkpoint.books, gone, NO_MARK), cut: null };
  return { checkpoint: { ...checkpoint, books, pages: left.hashes }, pages: left };
}

const NO_MARK = { batch: 0, hash: '', record: '', horizon: '' };

async function keptOf<State>(
  tree: Tree,
  base: Base<State>,
  batches: readonly Batch[],
  keeps: (event: LedgerEvent) => boolean,
): Promise<{ readonly bytes: Uint8Array; readonly count: number }> {
  const events = base.record === null ? [] : (await keptEvents(tree, base.record)).filter(keeps);
  for await (const segment of readSegments(tree, segmentsOf(batches, base.checkpoint.books))) {
    for (const event of segment.events) if (keeps(event)) events.push(event);
  }
  return { bytes: Buffer.from(events.map((event) => `${encodeEvent(event)}\n`).join('')), count: events.length };
}

async function carriedSpans(tree: Tree, { covered }: Books): Promise<readonly Span[]> {
  const spans: Span[] = [];
  for (const [day, to] of Object.entries(covered).sort()) {
    const path = pathOfDay(day);
    const bytes = (await readIn(tree)(path)) ?? new Uint8Array();
    spans.push({ path, from: 0, to, sha256: sha256(bytes.subarray(0, to)) });
  }
  return spans;
}

/** A process that holds a ledger for more batches than this beyond what is kept must open it again. */
const RECENT_HASHES = 250;

function recentHashes(before: CutRecord | null, batches: readonly Batch[]): readonly string[] {
  return [...(before?.recent ?? []), ...batches.map(({ hash }) => hash)].slice(-RECENT_HASHES);
}

/** Files of a cut, or of the chain and partitions before it, that no longer belong to the ledger. */
function strayFiles(tree: Tree, books: Books): readonly TreeChange[] {
  const { cut } = books;
  if (cut === null) return [];
  const first = chainFileOf(cut.batch + 1);
  const folder = `${cutFolder(cut.batch)}/`;
  const isStray = (path: string): boolean => {
    const day = dayOfPartition(path);
    if (day !== null) return isCutAway(books, day);
    const file = chainFileNumber(path);
    return file === null ? path.startsWith('cut/') && !path.startsWith(folder) : file < first;
  };
  return [...tree.files.keys()].filter(isStray).map((path) => ({ path, keep: 0, bytes: null }));
}
