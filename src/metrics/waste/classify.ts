import type { Facts } from '../../core/facts.ts';
import { type ItemMark, makerOf } from '../../core/item.ts';
import type { PullRecord } from '../../core/pull.ts';
import { after, type Duration, type Instant, MINUTE } from '../../core/time.ts';
import type { ClassedWork, WorkPiece } from '../../core/waste.ts';
import { wasOpenAlready } from '../duplicates.ts';

/** What the work of agents is judged by. */
export type WasteFacts = Pick<Facts, 'pullRequests' | 'items' | 'pulls'>;

/** A list may be reported shortly after the run that wrote it has ended. */
const SLACK: Duration = 2 * MINUTE;

/** Says what became of each piece of work. Skipped work spent nothing and is left out. Pure. */
export function classify(facts: WasteFacts, pieces: readonly WorkPiece[]): readonly ClassedWork[] {
  const own = pieces.filter(({ ended }) => ended !== 'skipped');
  const made = productsOf(facts, own);
  const makers = new Set(own.filter((piece) => (piece.changed ?? 0) > 0 || made.has(piece)).map(({ agent }) => agent));
  return own.map((piece) => {
    const products = made.get(piece) ?? NOTHING;
    const { class: kind, because } = verdictOn(facts, piece, products, makers.has(piece.agent));
    return { piece, class: kind, because, pulls: products.pulls.map(({ pull }) => pull.number) };
  });
}

interface Products {
  readonly pulls: readonly { readonly pull: PullRecord; readonly again: boolean; readonly landed: boolean }[];
  /** Whether each issue was a repetition of an open one. */
  readonly issues: readonly { readonly again: boolean }[];
}

const NOTHING: Products = { pulls: [], issues: [] };

/** Assigns each pull request and each issue to one piece of work, or to none. */
function productsOf(
  { pullRequests, items }: WasteFacts,
  pieces: readonly WorkPiece[],
): ReadonlyMap<WorkPiece, Products> {
  const made = new Map<WorkPiece, { pulls: Products['pulls'][number][]; issues: Products['issues'][number][] }>();
  const of = (piece: WorkPiece) => {
    const known = made.get(piece) ?? { pulls: [], issues: [] };
    made.set(piece, known);
    return known;
  };
  const find = finder(pieces);
  const pulls = pullRequests?.pulls ?? [];
  const standing = landedPulls(pulls);
  const opened = openedBy(pulls);
  for (const pull of pulls) {
    const piece = find(pull.agent, pull.run, pull.createdAt);
    if (piece !== null) of(piece).pulls.push({ pull, again: isAgain(opened, pull), landed: standing.has(pull.number) });
  }
  const issues = items.filter(({ kind }) => kind === 'issue');
  for (const issue of issues) {
    const piece = find(issue.agent, null, issue.createdAt);
    if (piece !== null) of(piece).issues.push({ again: wasOpenAlready(sameMaker(issues, issue), issue) });
  }
  return made;
}

function sameMaker(issues: readonly ItemMark[], issue: ItemMark): readonly ItemMark[] {
  return issues.filter((other) => makerOf(other) === makerOf(issue));
}

type Find = (agent: string | null, run: number | null, at: Instant) => WorkPiece | null;

/** By the run if it is known, else the last piece of the agent's work that was in progress. */
function finder(pieces: readonly WorkPiece[]): Find {
  const byRun = new Map(pieces.flatMap((piece) => (piece.run === null ? [] : [[piece.run, piece] as const])));
  const byAgent = new Map<string, WorkPiece[]>();
  for (const piece of pieces) {
    const own = byAgent.get(piece.agent);
    if (own === undefined) byAgent.set(piece.agent, [piece]);
    else own.push(piece);
  }
  return (agent, run, at) => {
    if (run !== null) return byRun.get(run) ?? null;
    const going = (agent === null ? [] : (byAgent.get(agent) ?? [])).filter(
      (piece) => piece.run !== null && piece.at <= at && (piece.endedAt === null || at <= after(piece.endedAt, SLACK)),
    );
    return going.at(-1) ?? null;
  };
}

type Opened = Parameters<typeof wasOpenAlready>[1];

/** Pull requests with a known title, by number of their author. */
function openedBy(pulls: readonly PullRecord[]): ReadonlyMap<number, readonly Opened[]> {
  const found = new Map<number, Opened[]>();
  for (const { number, createdAt, closedAt, standing, author } of pulls) {
    if (standing === undefined || author === null) continue;
    const own = found.get(author.id) ?? [];
    own.push({ number, createdAt, closedAt, titleHash: standing.titleHash });
    found.set(author.id, own);
  }
  return found;
}

function isAgain(opened: ReadonlyMap<number, readonly Opened[]>, pull: PullRecord): boolean {
  const { author, standing } = pull;
  if (author === null || standing === undefined) return false;
  return wasOpenAlready(opened.get(author.id) ?? [], { ...pull, titleHash: standing.titleHash });
}

/** Numbers of the pull requests that were merged and not reverted since. A revert may itself be reverted. */
export function landedPulls(pulls: readonly PullRecord[]): ReadonlySet<number> {
  const merged = pulls.filter(({ mergedAt }) => mergedAt !== null).sort((a, b) => b.number - a.number);
  const standing = new Set<number>();
  const takenBack = new Set<number>();
  // In reverse order, so that whether a revert stands is known before the pull request it reverts is looked at.
  for (const { number, reverts } of merged) {
    if (takenBack.has(number)) continue;
    standing.add(number);
    if (reverts !== null && reverts < number) takenBack.add(reverts);
  }
  return standing;
}

type Verdict = Pick<ClassedWork, 'class' | 'because'>;

function verdictOn(facts: WasteFacts, piece: WorkPiece, products: Products, isMaker: boolean): Verdict {
  const { pulls, issues } = products;
  if (pulls.some(({ landed }) => landed)) return { class: 'landed', because: 'its pull request was merged' };
  const all = [...pulls, ...issues];
  if (all.length > 0 && all.every(({ again }) => again)) {
    return { class: 'duplicate', because: 'what it opened was open already' };
  }
  if (pulls.some(({ pull }) => pull.closedAt === null)) return { class: 'open', because: 'its pull request is open' };
  if (issues.some(({ again }) => !again)) return { class: 'useful', because: 'it opened an issue' };
  if (pulls.some(({ pull }) => pull.mergedAt !== null)) {
    return { class: 'reverted', because: 'its pull request was taken back after the merge' };
  }
  if (pulls.length > 0) return { class: 'abandoned', because: 'its pull request was closed without a merge' };
  return emptyHanded(facts, piece, isMaker);
}

/** Work that opened nothing may have written comments or pushed elsewhere, so only what the record says counts. */
function emptyHanded({ pullRequests, pulls }: WasteFacts, piece: WorkPiece, isMaker: boolean): Verdict {
  if (piece.run !== null && piece.endedAt === null) return { class: 'open', because: 'it goes on' };
  if (piece.run === null) return { class: 'unknown', because: 'it belongs to no run' };
  if (pullRequests === null || pulls === null || piece.at < pullRequests.since) {
    return { class: 'unknown', because: 'what agents opened then could not be read' };
  }
  if ((piece.changed ?? 0) > 0) return { class: 'unknown', because: 'it changed files, and opened no pull request' };
  if (piece.ended === 'badly') return { class: 'no-op', because: 'it failed and left nothing' };
  if (piece.changed === null) return { class: 'unknown', because: 'no record tells what it changed' };
  if (!isMaker) return { class: 'unknown', because: 'its agent changes no files, and advice is in no record' };
  return { class: 'no-op', because: 'it changed nothing and opened nothing' };
}
