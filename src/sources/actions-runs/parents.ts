import type { LedgerEvent } from '../../core/event.ts';
import type { RunMark } from '../../core/facts.ts';
import type { JudgedWorkflow } from '../../core/judged-workflow.ts';
import type { WorkflowRun } from '../../core/run.ts';
import { between, type Duration, MINUTE, SECOND } from '../../core/time.ts';

/** A run started by another one's end is created within this time of it. */
const AT_ONCE: Duration = MINUTE;
/** GitHub may record an end slightly after it announces it. */
const EARLY: Duration = 5 * SECOND;

/**
 * Adds to runs what started them, where that is certain. GitHub does not say which run's end started a `workflow_run`. But if its
 * file names the workflows it follows, all of those are agents whose runs we read, and exactly one of their runs had just ended, it
 * was that one.
 */
export function withParents(
  events: readonly LedgerEvent[],
  known: readonly RunMark[],
  files: readonly JudgedWorkflow[],
): readonly LedgerEvent[] {
  const ended = new Map<number, Ended>();
  for (const { run, status, workflow, updatedAt } of known) {
    if (status === 'completed') ended.set(run, { run, workflow, updatedAt });
  }
  for (const event of events) {
    if (event.kind !== 'run.completed') continue;
    const { id, workflow, updatedAt } = event.data.run;
    ended.set(id, { run: id, workflow, updatedAt });
  }
  return events.map((event): LedgerEvent => {
    if (event.kind !== 'run.started' && event.kind !== 'run.completed') return event;
    const parent = parentOf(event.data.run, [...ended.values()], files);
    return parent === null ? event : { ...event, data: { run: { ...event.data.run, parent } } };
  });
}

type Ended = Pick<RunMark, 'run' | 'workflow' | 'updatedAt'>;

function parentOf(run: WorkflowRun, ended: readonly Ended[], files: readonly JudgedWorkflow[]): number | null {
  if (run.trigger !== 'workflow_run' || run.attempt > 1) return null;
  const paths = followedBy(run.workflow, files);
  const fits = ended.filter(({ workflow, updatedAt, run: id }) => {
    const since = between(updatedAt, run.createdAt);
    return id !== run.id && paths.has(workflow) && since >= -EARLY && since <= AT_ONCE;
  });
  const [only, ...others] = fits;
  return only === undefined || others.length > 0 ? null : only.run;
}

/** The files of the workflows that a workflow follows. Empty if we do not read one of them, or if its name is ambiguous. */
function followedBy(path: string, files: readonly JudgedWorkflow[]): ReadonlySet<string> {
  const names = files.find((file) => file.path === path)?.follows ?? [];
  const followed = names.map((name) => files.filter((file) => file.sign !== null && nameOf(file) === name));
  return new Set(followed.every(({ length }) => length === 1) ? followed.flat().map((file) => file.path) : []);
}

/** GitHub uses the path as the name of a workflow without one. */
function nameOf({ name, path }: JudgedWorkflow): string {
  return name ?? path;
}
