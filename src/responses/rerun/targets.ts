import type { Agent } from '../../core/agent.ts';
import type { Alert } from '../../core/alert.ts';
import type { RunMark } from '../../core/facts.ts';
import type { RemedyRun } from '../../core/notice-record.ts';
import { FED_BY_RERUNS } from '../../core/notice-terms.ts';
import { between, DAY, type Duration, type Instant } from '../../core/time.ts';

/** GitHub refuses to re-run what first ran longer ago than this (Actions docs, "Re-running workflows and jobs"). */
const OLDEST: Duration = 30 * DAY;

/** What is known of the runs that an alert may name. */
export interface RerunScene {
  readonly agents: readonly Agent[];
  /** Recent attempts of runs, in no order. */
  readonly runs: readonly RunMark[];
  readonly maxAttempts: number;
  readonly now: Instant;
  /** Why an agent is left alone; null when it is not. */
  readonly spared: (agent: Agent) => string | null;
}

/**
 * The runs among the evidence of an alert that may be run again, in that order: those of its subject whose last attempt
 * failed. Excluded are runs that somebody cancelled, that never began, or whose rule counts starts.
 */
export function rerunTargets(alert: Alert, scene: RerunScene): readonly RemedyRun[] {
  if (FED_BY_RERUNS.includes(alert.name)) return [];
  const ids = [...new Set(alert.facts.evidence.runs.map(({ run }) => run))];
  const last = lastAttempts(scene.runs, new Set(ids));
  return ids.flatMap((id) => {
    const mark = last.get(id);
    if (mark === undefined || !isOfSubject(alert, mark, scene) || !mayRunAgain(mark, scene)) return [];
    return [{ run: mark.run, attempt: mark.attempt, agent: mark.agent }];
  });
}

function lastAttempts(runs: readonly RunMark[], wanted: ReadonlySet<number>): ReadonlyMap<number, RunMark> {
  const last = new Map<number, RunMark>();
  for (const mark of runs) {
    if (!wanted.has(mark.run)) continue;
    const before = last.get(mark.run);
    if (before === undefined || before.attempt < mark.attempt) last.set(mark.run, mark);
  }
  return last;
}

function isOfSubject({ subject }: Alert, mark: RunMark, { agents, spared }: RerunScene): boolean {
  const isMeant = subject.kind === 'agent' ? subject.name === mark.agent : subject.kind === 'repository';
  const agent = agents.find(({ name }) => name === mark.agent);
  return isMeant && agent !== undefined && spared(agent) === null;
}

function mayRunAgain({ status, conclusion, attempt, createdAt }: RunMark, { maxAttempts, now }: RerunScene): boolean {
  const failed = status === 'completed' && (conclusion === 'failure' || conclusion === 'timed_out');
  return failed && attempt < maxAttempts && between(createdAt, now) < OLDEST;
}

/** Whether a run is too old for GitHub to run it again. */
export function isTooOld(createdAt: Instant, now: Instant): boolean {
  return between(createdAt, now) >= OLDEST;
}
