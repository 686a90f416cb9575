import { attempt } from '../core/failure.ts';
import type { UnloggedStop } from '../core/halt.ts';
import { plainLine } from '../core/text.ts';
import type { Instant } from '../core/time.ts';
import type { GitHub, IssuesApi } from '../github/port.ts';
import type { Ledger } from '../ledger/port.ts';
import { declare, declaredEvent, isStanding } from '../responses/stop/declare.ts';
import { unloggedIssues } from '../responses/stop/tell.ts';
import { readRecord } from '../responses/stop/unlogged.ts';
import type { LedgerState } from './state.ts';

/** Where a stop is told, and where one is written down that no ledger can take in. */
export interface StopIssues {
  readonly api: IssuesApi;
  /** Labels of issues of ours; the first one is how they are found again. */
  readonly labels: readonly string[];
}

/**
 * The stops that no ledger could take in, from our own open issues.
 * @throws OutsideFailure
 */
export async function unloggedStops({ api, labels }: StopIssues): Promise<readonly UnloggedStop[]> {
  const found = await unloggedIssues(api, labels[0] ?? 'checkrein');
  return found.flatMap(({ body }) => readRecord(body) ?? []);
}

/** What stops are taken into the ledger with. */
export interface TakeIn {
  readonly repo: string;
  readonly now: () => Instant;
  readonly ledger: Ledger<LedgerState>;
  readonly github: Pick<GitHub, 'actions'>;
  readonly issues: StopIssues;
}

/**
 * Takes the stops that the ledger does not know into it, so that they can be resumed like any other. Answers what could not be
 * seen, one line each.
 * @throws OutsideFailure when the ledger or GitHub cannot be asked.
 */
export async function takeInUnlogged({ repo, now, ledger, github, issues }: TakeIn): Promise<readonly string[]> {
  const found = await attempt(() => unloggedStops(issues));
  if (!found.ok) {
    const { message, remedy } = found.failure;
    return [plainLine(`Whether there was a stop without a ledger could not be seen: ${message}. ${remedy}.`, 1_000)];
  }
  if (found.value.length === 0) return [];
  const remote = await github.actions.workflows();
  const at = now();
  await ledger.append(({ halt }) => {
    const fresh = found.value.filter((one) => !halt.unlogged.includes(one.key) && isStanding(one, remote));
    const last = fresh.at(-1);
    if (last === undefined) return [];
    const declaration = declare(halt, { ...last.terms, paths: [], remote, unlogged: fresh });
    return [declaredEvent(declaration, repo, at)];
  });
  return [];
}
