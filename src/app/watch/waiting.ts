import type { EventOf, LedgerEvent } from '../../core/event.ts';
import { attempt, type Failure, OutsideFailure } from '../../core/failure.ts';
import type { Head, Ledger } from '../../ledger/port.ts';
import { gather } from '../gather/gather.ts';
import { remember } from '../gather/remember.ts';
import type { WatchJob } from '../job.ts';
import type { LedgerState } from '../state.ts';
import { beat } from '../tell/heartbeat.ts';
import type { Watched } from '../tell/show.ts';
import { watch } from '../watch.ts';
import { notedWrites } from './noted-writes.ts';
import { keepTold, takeInTold } from './told-alone.ts';
import { type ToldWithoutLedger, tellWithoutLedger } from './without-ledger.ts';

/** The branch where events wait while the ledger's database is away. */
export const WAITING_BRANCH = 'checkrein-waiting';

/** What a run did that could not use its ledger. Nothing was judged, since the history is not available. */
export interface Kept {
  readonly repo: string;
  /** Why the ledger could not be read or written. */
  readonly failure: Failure;
  /** Where the events wait. */
  readonly place: string;
  /** How many events were added there. */
  readonly added: number;
  readonly complaints: readonly string[];
}

/** How a run ended: whole, or with its events set aside. */
export type WatchEnd =
  | { readonly kind: 'watched'; readonly watched: Watched }
  | { readonly kind: 'kept'; readonly kept: Kept };

/**
 * One run of `watch`, which reports when it went well. If its ledger cannot be read or written, the channels get a message before
 * it fails. If that ledger is a database, what the sources bring is set aside in a branch of the repository, and the first run
 * that can use the database again moves it there. If there is nowhere to set it aside, an issue remembers who was told, and the
 * first run that has the ledger again tells them that it is over.
 * @throws OutsideFailure when there is no such branch to fall back to, or when it cannot be written either.
 */
export async function watchOrKeep(begun: WatchJob): Promise<WatchEnd> {
  const { ledger, unwritten, hasWritten } = notedWrites(begun.ledger);
  const job: WatchJob = { ...begun, ledger };
  const { waiting } = job;
  const done = await attempt(async () => {
    if (waiting !== null) await moveWaiting(ledger, waiting, job);
    await takeInTold(job);
    return await beat(job, await watch(job));
  });
  if (done.ok) return { kind: 'watched', watched: done.value };
  const { failure } = done;
  const told = await tellWithoutLedger(job, failure, unwritten());
  // What a run has begun to write, the next one continues.
  if (waiting !== null && told.isAway && !hasWritten()) {
    return { kind: 'kept', kept: await keep(job, waiting, failure, told) };
  }
  const also = [...told.complaints, ...(await keepTold(job, told.alone))].map((line) => `. Also, ${line}`).join('');
  throw new OutsideFailure({ ...failure, message: `${failure.message}${also}` });
}

async function keep(
  job: WatchJob,
  waiting: Ledger<LedgerState>,
  failure: Failure,
  told: ToldWithoutLedger,
): Promise<Kept> {
  const kept = await attempt(async () => {
    const { state } = await waiting.read();
    const gathered = await gather(job, state, []);
    const { appended } = await remember({ ...job, ledger: waiting }, gathered);
    // Those who heard that it began must hear that it is over.
    const also = await waiting.append(() => told.events);
    const complaints = [...gathered.complaints, ...told.complaints];
    return { added: appended.length + also.appended.length, complaints };
  });
  if (kept.ok) {
    // Keeps the next run from telling them again. They hear that it is over from the waiting events, whether or not this can be written.
    await keepTold(job, told.alone);
    return { repo: job.repo, failure, place: waiting.place, ...kept.value };
  }
  const second = kept.failure;
  const also = (await keepTold(job, told.alone)).map((line) => `. Also, ${line}`).join('');
  throw new OutsideFailure({
    ...failure,
    message: `${failure.message}. What was gathered could not be put by in ${waiting.place} either: ${second.message}${also}`,
    remedy: `${failure.remedy}. For the branch: ${second.remedy}. What was gathered now is gathered again by the next run`,
  });
}

/**
 * Moves what waits into the ledger, once: the last event says how far. What is there already is left out, so a run that dies
 * halfway, or two at once, duplicate nothing. What waits stays where it is.
 */
async function moveWaiting(
  ledger: Ledger<LedgerState>,
  waiting: Ledger<LedgerState>,
  { repo, now }: Pick<WatchJob, 'repo' | 'now'>,
): Promise<void> {
  const { state } = await ledger.read();
  const found = await attempt(() => waiting.read());
  // If this run cannot read the branch, the next one will. The ledger itself is there.
  const head = found.ok ? found.value.head : null;
  if (head === null || state.moved === head.hash) return;
  const events: LedgerEvent[] = [];
  for await (const event of waiting.events()) if (!isOwnReport(event)) events.push(event);
  const moved = movedEvent(waiting.place, head, events.length, { repo, now });
  await ledger.append((current) => (current.moved === head.hash ? [] : [...events, moved]));
}

/** What the branch reports about itself concerns its own files. */
function isOwnReport({ kind }: LedgerEvent): boolean {
  return kind === 'ledger.quarantined' || kind === 'ledger.damaged';
}

function movedEvent(
  from: string,
  head: Head,
  events: number,
  { repo, now }: Pick<WatchJob, 'repo' | 'now'>,
): EventOf<'ledger.moved'> {
  return {
    v: 1,
    id: `moved:${head.hash}`,
    kind: 'ledger.moved',
    at: now,
    seen: now,
    repo,
    subject: { kind: 'checkrein', name: 'ledger' },
    data: { from, head: head.hash, events },
  };
}
