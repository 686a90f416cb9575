import type { Agent } from '../../core/agent.ts';
import { attempt, type Failure, type Result } from '../../core/failure.ts';
import type { HaltScope, PullReceipt, Residue } from '../../core/halt.ts';
import { after, type Duration, type Instant, MINUTE, SECOND } from '../../core/time.ts';
import type { CommitStatus, PullsApi, RemotePull } from '../../github/port.ts';
import { AGENT_ACCOUNTS } from './accounts.ts';
import { residueOf } from './receipt.ts';

/** The context of the commit status that a stop turns red and a resume turns green. */
export const HALT_CONTEXT = 'checkrein/halt';

/** What happened to the pull requests of stopped agents. */
export interface HeldPulls {
  readonly pulls: readonly PullReceipt[];
  readonly residue: readonly Residue[];
  /**
   * Heads that this process has turned red and does not turn again. One that another process turned may be green by now,
   * through a resume of the stop that this one replaced.
   */
  readonly red: readonly string[];
}

export interface PullWork {
  readonly api: PullsApi;
  readonly scope: HaltScope;
  readonly agents: readonly Agent[];
  /** Number of the stop; null when no ledger counts it. */
  readonly generation: number | null;
  /** What was done in an earlier round, by this process or another one. */
  readonly known: readonly PullReceipt[];
  /** Heads that an earlier round of this process has turned red. */
  readonly red: readonly string[];
  readonly now: () => Instant;
}

/** A round starts on no further pull request after this time, should GitHub answer slowly. */
const LONGEST_ROUND: Duration = 2 * MINUTE;

/**
 * Keeps finished work of the stopped agents from being merged: turns auto-merge off, takes it out of the queue and sets a red
 * status on the head. Each is tried on its own. What fails is residue, and the next round tries it again.
 */
export async function holdPulls(work: PullWork): Promise<HeldPulls> {
  // No pull request could be attributed to them, so none is requested.
  if (accountsOf(work.scope, work.agents).size === 0) return { pulls: work.known, residue: [], red: work.red };
  const listed = await attempt(() => work.api.open());
  const unlisted = listed.ok ? [] : [residueOf('list', 'pull requests', listed.failure)];
  if (!listed.ok) return { pulls: work.known, residue: unlisted, red: work.red };
  const before = new Map(work.known.map((receipt) => [`${receipt.number}@${receipt.head}`, receipt]));
  const residue: Residue[] = [];
  const red = new Set(work.red);
  const until = after(work.now(), LONGEST_ROUND);
  for (const pull of leastTried(listed.value, before, work)) {
    if (work.now() >= until) return { pulls: [...before.values()], residue: [...residue, OUT_OF_TIME], red: [...red] };
    const key = `${pull.number}@${pull.head}`;
    const { receipt, failure } = await holdPull(pull, before.get(key) ?? null, red.has(pull.head), work);
    before.set(key, receipt);
    if (receipt.status === 'posted') red.add(pull.head);
    if (failure !== null) residue.push(residueOf('pull', String(pull.number), failure));
  }
  return { pulls: [...before.values()], residue, red: [...red] };
}

/** The agents' pull requests; those already tried in an earlier round come last. */
function leastTried(
  open: readonly RemotePull[],
  before: ReadonlyMap<string, PullReceipt>,
  { scope, agents }: PullWork,
): readonly RemotePull[] {
  const wanted = open.filter((one) => isOfAgents(one, scope, agents));
  const isTried = ({ number, head }: RemotePull): boolean => before.has(`${number}@${head}`);
  return [...wanted.filter((pull) => !isTried(pull)), ...wanted.filter(isTried)];
}

const OUT_OF_TIME: Residue = {
  what: 'list',
  id: 'pull requests',
  why: 'Time ran out before all pull requests of the agents were held back',
  remedy: 'The next `watch` goes on; or run `checkrein stop` once more',
};

/**
 * Only the strongest sign counts: the account that opened it, by the number and type in the API. Branch names, texts and git
 * authors can be forged, and a branch that an agent ran on may be a person's. The account that all workflows share does not
 * say which of them it was, so it counts only when all agents are stopped.
 */
export function isOfAgents({ author }: RemotePull, scope: HaltScope, agents: readonly Agent[]): boolean {
  if (author === null || author.type !== 'Bot') return false;
  return accountsOf(scope, agents).has(author.id);
}

function accountsOf(scope: HaltScope, agents: readonly Agent[]): ReadonlySet<number> {
  const theirs = AGENT_ACCOUNTS.filter(
    ({ engine: of }) => scope.kind === 'all' || (of !== null && agents.some(({ engine }) => engine === of)),
  );
  return new Set(theirs.map(({ id }) => id));
}

interface HeldPull {
  readonly receipt: PullReceipt;
  readonly failure: Failure | null;
}

async function holdPull(
  pull: RemotePull,
  before: PullReceipt | null,
  isRed: boolean,
  { api, generation }: PullWork,
): Promise<HeldPull> {
  const autoMerge = pull.autoMerge ? await attempt(() => api.disableAutoMerge(pull.node)) : null;
  const queue = pull.queued === true ? await attempt(() => api.dequeue(pull.node)) : null;
  const status = isRed ? null : await attempt(() => api.setStatus(pull.head, redStatus(generation)));
  return {
    receipt: {
      number: pull.number,
      head: pull.head,
      autoMerge: word(autoMerge, 'switched_off', before?.autoMerge ?? 'was_off'),
      queue: word(queue, 'taken_out', queueBefore(pull, before)),
      status: isRed || status?.ok === true ? 'posted' : 'failed',
    },
    failure: failureOf(autoMerge) ?? failureOf(queue) ?? failureOf(status),
  };
}

/** The receipt's word for a request: `otherwise` if none was needed. */
function word<Word>(result: Result<void> | null, done: Word, otherwise: Word): Word | 'failed' {
  if (result === null) return otherwise;
  return result.ok ? done : 'failed';
}

function failureOf(result: Result<void> | null): Failure | null {
  return result === null || result.ok ? null : result.failure;
}

function redStatus(generation: number | null): CommitStatus {
  const stop = generation === null ? 'a stop in no ledger' : `stop ${generation}`;
  const description = `Stopped by Checkrein (${stop}): not to be merged before it is resumed`;
  return { context: HALT_CONTEXT, state: 'failure', description, url: null };
}

/** What is known about the queue without a request. An earlier round may not have known it. */
function queueBefore({ queued }: RemotePull, before: PullReceipt | null): PullReceipt['queue'] {
  if (before !== null && before.queue !== 'unknown') return before.queue;
  return queued === null ? 'unknown' : 'was_out';
}

/** Whether another round may do better: something failed, or GitHub did not say whether a pull request is queued. */
export function wantsAnotherRound({ pulls, residue }: Pick<HeldPulls, 'pulls' | 'residue'>): boolean {
  return residue.length > 0 || pulls.some(({ queue }) => queue === 'unknown');
}

const ROUNDS = 3;
const PAUSE: Duration = 2 * SECOND;

/**
 * Turns the red statuses of a stop green. Failures are tried again, because nobody else does it once the stop is over.
 * Returns what could not be done.
 */
export async function releasePulls(
  api: Pick<PullsApi, 'setStatus'>,
  pulls: readonly PullReceipt[],
  generation: number,
  sleep: (duration: Duration) => Promise<void>,
): Promise<readonly Failure[]> {
  const description = `Resumed: stop ${generation} is over`;
  const status = { context: HALT_CONTEXT, state: 'success', description, url: null } as const;
  const red = new Map<string, Failure | null>(pulls.map(({ head }) => [head, null]));
  for (let round = 0; red.size > 0 && round < ROUNDS; round++) {
    if (round > 0) await sleep(PAUSE * round);
    for (const head of [...red.keys()]) {
      const result = await attempt(() => api.setStatus(head, status));
      if (result.ok) red.delete(head);
      else red.set(head, result.failure);
    }
  }
  return [...red.values()].filter((failure) => failure !== null);
}
