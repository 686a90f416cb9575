import { attempt } from '../../core/failure.ts';
import type { PullReceipt, UnloggedStop } from '../../core/halt.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub, IssuesApi, RemoteWorkflow } from '../../github/port.ts';
import type { Ledger } from '../../ledger/port.ts';
import { believed, type Sight } from '../../responses/stop/believe.ts';
import { declare, declaredEvent, isStanding, type StopWish } from '../../responses/stop/declare.ts';
import type { HaltState } from '../../responses/stop/log.ts';
import { HALT_CONTEXT } from '../../responses/stop/pulls.ts';
import { isProven, type RecordKey } from '../../responses/stop/seal.ts';
import { unloggedIssues } from '../../responses/stop/tell.ts';
import { readRecord } from '../../responses/stop/unlogged.ts';
import type { LedgerState } from '../state.ts';

/** Where stops are reported, and where those that no ledger can take in are recorded. */
export interface StopIssues {
  readonly api: IssuesApi;
  /** Labels of our issues. The first one is used to find them again. */
  readonly labels: readonly string[];
  /** What signs and proves the records in them; null when nobody has set a key. */
  readonly key: RecordKey | null;
}

/** A stop as described in an issue, no matter who wrote it. */
interface ClaimedStop {
  readonly record: UnloggedStop;
  readonly isSigned: boolean;
}

/** What our open issues say about stops that no ledger could take in. */
export interface Claims {
  readonly stops: readonly ClaimedStop[];
  /** Numbers of the issues that do not count, because there is a key and it does not prove them. */
  readonly unproven: readonly number[];
}

/**
 * The stops that no ledger could take in, from our own open issues.
 * @throws OutsideFailure
 */
export async function claimedStops({ api, labels, key }: StopIssues, repo: string): Promise<Claims> {
  const stops: ClaimedStop[] = [];
  const unproven: number[] = [];
  for (const { number, body } of await unloggedIssues(api, labels[0] ?? 'checkrein')) {
    const record = readRecord(body);
    const isSigned = key !== null && isProven(body, repo, key);
    if (record === null) continue;
    if (key === null || isSigned) stops.push({ record, isSigned });
    else unproven.push(number);
  }
  return { stops, unproven };
}

/** What claims are checked against. */
export interface Witness extends Pick<Sight, 'agents' | 'spared' | 'now'> {
  /** Null when GitHub could not be asked: then nothing is believed for now. */
  readonly remote: readonly RemoteWorkflow[] | null;
  readonly pulls: GitHub['pulls'];
}

/**
 * The part of the claims that is believed.
 * @throws OutsideFailure when it cannot be seen which pull requests are held back.
 */
export async function believedStops(
  stops: Claims['stops'],
  { remote, pulls, ...known }: Witness,
): Promise<readonly UnloggedStop[]> {
  if (stops.length === 0 || remote === null) return [];
  const red = await redHeads(
    pulls,
    stops.flatMap(({ record }) => record.pulls),
  );
  return stops.map(({ record, isSigned }) => believed(record, isSigned, { ...known, remote, red }));
}

/** At most this many are looked at: a stop must not wait for made-up claims. */
const MOST_HEADS = 200;
const AT_ONCE = 10;

/** The heads of claimed pull requests that have our red status, limited to open ones if those can be listed. */
async function redHeads(pulls: GitHub['pulls'], claimed: readonly PullReceipt[]): Promise<ReadonlySet<string>> {
  if (claimed.length === 0) return new Set();
  const listed = await attempt(() => pulls.open());
  const open = listed.ok ? new Set(listed.value.map(({ number, head }) => `${number}@${head}`)) : null;
  const meant = claimed.filter(({ number, head }) => open === null || open.has(`${number}@${head}`));
  const heads = [...new Set(meant.map(({ head }) => head))].slice(0, MOST_HEADS);
  const red = new Set<string>();
  for (let from = 0; from < heads.length; from += AT_ONCE) {
    const some = heads.slice(from, from + AT_ONCE);
    const states = await Promise.all(some.map((head) => pulls.status(head, HALT_CONTEXT)));
    for (const [i, head] of some.entries()) if (states[i] === 'failure') red.add(head);
  }
  return red;
}

/** What is needed to take stops into the ledger. */
export interface TakeIn {
  readonly repo: string;
  readonly now: () => Instant;
  readonly ledger: Ledger<LedgerState>;
  readonly github: Pick<GitHub, 'actions' | 'pulls'>;
  readonly issues: StopIssues;
  /**
   * The existing agents, and those a stop never touches.
   * @throws OutsideFailure when not all of them can be seen.
   */
  readonly known: (state: LedgerState) => Promise<Pick<Sight, 'agents' | 'spared'>>;
}

/** The result of looking for stops that the ledger does not know. */
export interface TakenIn {
  /** True when the ledger has taken one in. */
  readonly taken: boolean;
  /** Numbers of the issues that were not believed because they lack a signature. */
  readonly unproven: readonly number[];
}

/**
 * Takes stops that the ledger does not know into it, so that they can be continued and resumed like any other.
 * @throws OutsideFailure when the ledger or GitHub cannot be asked.
 */
export async function takeInUnlogged({ repo, now, ledger, github, issues, known }: TakeIn): Promise<TakenIn> {
  const { stops, unproven } = await claimedStops(issues, repo);
  if (stops.length === 0) return { taken: false, unproven };
  const { state } = await ledger.read();
  const remote = await github.actions.workflows();
  const at = now();
  const found = await believedStops(stops, { ...(await known(state)), remote, pulls: github.pulls, now: at });
  const { appended } = await ledger.append(({ halt }) => {
    const wish = takeInWish(halt, found, remote);
    return wish === null ? [] : [declaredEvent(declare(halt, wish), repo, at)];
  });
  return { taken: appended.length > 0, unproven };
}

/** Null when they contain nothing new. The stop in force keeps its owner: a record only adds to what it holds. */
function takeInWish(
  state: HaltState,
  found: readonly UnloggedStop[],
  remote: readonly RemoteWorkflow[],
): StopWish | null {
  const fresh = found.filter(
    (one) => !state.unlogged.includes(one.key) && isStanding(one, remote) && isNews(one, state),
  );
  const last = fresh.at(-1);
  if (last === undefined) return null;
  const { halt } = state;
  const terms = halt === null ? last.terms : { ...halt, joins: halt.generation };
  return { ...terms, paths: [], remote, unlogged: fresh };
}

/** Whether a stop made from this record would hold anything that the stop in force does not. */
function isNews({ terms: { scope }, held, pulls }: UnloggedStop, state: HaltState): boolean {
  if (scope.kind === 'agents' && scope.names.length === 0) return false;
  if (state.halt === null) return true;
  const known = new Set(state.held.filter(({ before }) => before === 'active').map(({ path }) => path));
  const red = new Set(state.pulls.map(({ head }) => head));
  return (
    held.some(({ path, before }) => before === 'active' && !known.has(path)) || pulls.some(({ head }) => !red.has(head))
  );
}

/** What to report about the issues that were not believed. */
export function unprovenWords(issues: readonly number[]): readonly string[] {
  if (issues.length === 0) return [];
  const numbers = issues.slice(0, MOST_NUMBERS).map((number) => `#${number}`);
  return [
    `${numbers.join(', ')} tells of a stop that is not in the ledger, but the key in CHECKREIN_SIGNING_KEY does not prove it, so ` +
      'nothing was taken over from it. Where it is true, stop once more and see what was active before; then close the issue.',
  ];
}

/** A longer list of numbers helps nobody. */
const MOST_NUMBERS = 10;
