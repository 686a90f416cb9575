import type { LedgerEvent } from '../../core/event.ts';
import type { RunMark } from '../../core/facts.ts';
import type { GuardStep } from '../../core/judged-workflow.ts';
import { agentSubject } from '../../core/subject.ts';
import type { RemoteJob } from '../../github/port.ts';
import type { SourceMoment } from '../progress.ts';
import { violationEvent } from '../violations/judge.ts';
import type { ExpectedGuards } from './guard-book.ts';
import { DECISION_GONE } from './judge.ts';

/** GitHub's account of an attempt for which neither the ledger nor an artifact has any trace of a guard. */
export interface UnheardMatter {
  readonly mark: RunMark;
  readonly expected: ExpectedGuards;
  readonly jobs: readonly RemoteJob[];
}

/**
 * The violation of a run whose guard let its agent work according to GitHub's list of steps, although there is no trace of that
 * guard. Somebody with write access to the ledger's branch has reset it and removed the record as well. No violation if the guard
 * did not succeed, if no agent worked after it, or if the file names other steps than those that ran.
 */
export function unheardGuards(
  { mark, expected, jobs }: UnheardMatter,
  { repo, now }: SourceMoment,
): readonly LedgerEvent[] {
  const { agent, steps } = expected;
  if (!jobs.some((job) => steps.some((step) => workedBehind(job, step)))) return [];
  const { run, attempt } = mark;
  const base = { v: 1, at: mark.updatedAt, seen: now, repo, subject: agentSubject(agent) } as const;
  return [
    violationEvent({ ...base, id: `guard:${run}:${attempt}:unheard` }, { kind: 'tampering', agent, run, attempt }, [
      DECISION_GONE,
    ]),
  ];
}

function workedBehind({ name, steps }: RemoteJob, guard: GuardStep): boolean {
  if (name !== guard.job && !name.startsWith(`${guard.job} `)) return false;
  const at = steps.findIndex((step) => step.name === guard.step && step.conclusion === 'success');
  return at !== -1 && steps.slice(at + 1).some((step) => guard.agents.includes(step.name) && hasWorked(step));
}

function hasWorked({ conclusion }: RemoteJob['steps'][number]): boolean {
  return conclusion === 'success' || conclusion === 'failure';
}
