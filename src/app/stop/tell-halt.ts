import { attempt } from '../../core/failure.ts';
import type { CountedReceipt, Resumption, StopReceipt } from '../../core/halt.ts';
import { inertLine } from '../../core/text.ts';
import { between, DAY, type Duration } from '../../core/time.ts';
import type { IssuesApi } from '../../github/port.ts';
import { type HaltState, isWhole } from '../../responses/stop/log.ts';
import { sealOf } from '../../responses/stop/seal.ts';
import { tellHalt } from '../../responses/stop/tell.ts';
import { recordLine, unloggedOf } from '../../responses/stop/unlogged.ts';
import { MAX_ISSUE_RECEIPT, receiptMarkdown, scopeWords } from '../../surfaces/receipt.ts';
import { resumptionsMarkdown } from '../../surfaces/resumption.ts';
import type { WatchJob } from '../job.ts';
import type { LedgerState } from '../state.ts';
import { isDrill } from './canary.ts';
import type { StopIssues } from './unlogged.ts';
import type { Upheld } from './upheld.ts';

/** A stop from its beginning to its end, as its issue describes it. */
export interface HaltStory {
  readonly receipt: CountedReceipt;
  readonly resumptions: readonly Resumption[];
  /** Paths of the workflows that are still stopped. */
  readonly held: readonly string[];
  readonly isOver: boolean;
  /** Keys of the stops that no ledger could take in and that have been taken over. */
  readonly takenOver: readonly string[];
}

/** Where a story is written. */
export interface HaltPlace {
  readonly repo: string;
  /** Where the ledger is, for people. */
  readonly ledger: string;
  /** Labels of our issues. */
  readonly labels: readonly string[];
}

/** The story of the last stop the ledger knows; null without one, and while it has no receipt. */
export function storyOf({ halt, receipt, resumptions, held, unlogged }: HaltState): HaltStory | null {
  if (receipt === null) return null;
  const paths = held.map(({ path }) => path);
  return { receipt, resumptions, held: paths, isOver: halt === null, takenOver: unlogged };
}

/**
 * Writes the issue of a stop, open while it is in force. It is made from the story alone, so that every run writes the same.
 * Returns its address; null when a later stop has reported it, or there is nothing to close.
 * @throws OutsideFailure
 */
export async function tellOfHalt(issues: IssuesApi, story: HaltStory, place: HaltPlace): Promise<string | null> {
  const { receipt, resumptions, held, isOver, takenOver } = story;
  const { repo, ledger, labels } = place;
  const whole = isWhole(receipt);
  const resumed = resumptionsMarkdown(resumptions, held, isOver);
  const text = receiptMarkdown(receipt, { repo, ledger, whole, notes: [] }, MAX_ISSUE_RECEIPT - resumed.length);
  const { generation, scope } = receipt.halt;
  const issue = await tellHalt(issues, {
    name: { kind: 'counted', generation },
    title: `${titleWord(story, whole)}: ${inertLine(scopeWords(scope), 120)} (stop ${generation})`,
    body: [resumed, text, isOver ? '' : WHAT_NOW].filter((part) => part !== '').join('\n'),
    labels,
    state: isOver ? 'closed' : 'open',
    takenOver,
  });
  return issue?.url ?? null;
}

/**
 * Writes the issue of a stop that no ledger could take in, with a record of what it found, so that a later process can bring it
 * back. Always open: nobody counts it, so nothing can say that it is over. Returns its address.
 * @throws OutsideFailure
 */
export async function tellUnlogged(
  { api, labels, key }: StopIssues,
  receipt: StopReceipt,
  by: string,
  { repo, ledger }: Omit<HaltPlace, 'labels'>,
): Promise<string | null> {
  const unlogged = unloggedOf(receipt, by);
  const record = recordLine(unlogged, key === null ? null : sealOf(repo, key));
  const whole = isWhole(receipt);
  const text = receiptMarkdown(receipt, { repo, ledger, whole, notes: [] }, MAX_ISSUE_RECEIPT - record.length);
  const issue = await tellHalt(api, {
    name: { kind: 'unlogged', key: unlogged.key },
    title: `Stop not complete: ${inertLine(scopeWords(receipt.halt.scope), 120)} (not in the ledger)`,
    body: [record, text, WITHOUT_LEDGER].filter((part) => part !== '').join('\n'),
    labels,
    state: 'open',
    takenOver: [],
  });
  return issue?.url ?? null;
}

const WITHOUT_LEDGER = [
  '### What now',
  '',
  '1. See why the ledger could not be written, and put it right.',
  '2. Stop once more, which takes this stop over into the ledger; or let a lead resume, which does the same and brings back what was active before.',
  '3. Leave this issue open until then: it is where Checkrein reads what was active before. What was brought back by hand is left alone.',
  '',
].join('\n');

function titleWord({ resumptions, isOver }: HaltStory, whole: boolean): string {
  if (isOver) return 'Resumed';
  if (resumptions.length > 0) return 'Resumed in part';
  return whole ? 'Stopped' : 'Stop not complete';
}

const WHAT_NOW = [
  '### What now',
  '',
  '1. Where something is left to do, do it, or stop once more: a stop goes on where the last one ended.',
  '2. Remove the cause.',
  '3. Let a lead resume: `checkrein resume --repo OWNER/NAME`, or the action with the command `resume`; one agent first with a canary.',
  '',
].join('\n');

const NOTHING: Upheld = { complaints: [], incomplete: false, done: false };

/** How long after its end a stop is still reported, in case the one who ended it could not. */
const TOLD_FOR: Duration = DAY;

/**
 * Updates the issue of the stop from the ledger, no matter who stopped: a rule, a person whose process died, or a process that
 * may not write issues. Costs nothing when there is no stop.
 */
export async function tellStandingHalt(job: WatchJob, { halt: state }: LedgerState): Promise<Upheld> {
  const story = storyOf(state);
  const { issues, ledger, repo, config, now } = job;
  // A drill writes its own report.
  if (issues === null || story === null || isDrill(story.receipt.halt)) return NOTHING;
  const ended = story.resumptions.at(-1)?.at ?? story.receipt.halt.at;
  if (story.isOver && between(ended, now) > TOLD_FOR) return NOTHING;
  const told = await attempt(() =>
    tellOfHalt(issues, story, { repo, ledger: ledger.place, labels: config.issues.labels }),
  );
  if (told.ok) return NOTHING;
  const { message, remedy } = told.failure;
  const complaint = `The issue of stop ${state.generation} could not be written: ${message}. ${remedy}.`;
  return { ...NOTHING, complaints: [complaint], incomplete: true };
}
