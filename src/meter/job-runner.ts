import { basename } from 'node:path';
import { DAY, type Duration, HOUR, MINUTE } from '../core/time.ts';
import type { ProcessInfo, StepRunner } from './process-info.ts';
import { processOf, wordsOf } from './processes.ts';

/**
 * The process that runs the job's steps, as seen from the one that started us; the meter ends when it is gone. GitHub's own
 * runner is looked for among all ancestors of this step. For other runners it is the parent, unless that is a shell, which
 * may end with its step. In that case it is unknown, as it is in a container, where the parent is outside. A system without
 * `/proc` does not show ancestors, and is taken to run one job.
 */
export function jobRunner(parent: number): StepRunner | null {
  if (process.platform !== 'linux') return { pid: parent, born: '', oneJob: true };
  const direct = processOf(parent);
  for (let one = direct; one !== null && one.pid > 1; one = processOf(one.parent))
    if (isRunner(one)) return toStepRunner(one, true);
  return direct === null || isShell(direct) ? null : toStepRunner(direct, false);
}

function isRunner({ pid }: ProcessInfo): boolean {
  return programOf(pid).some((name) => /^Runner\.Worker(?:\.dll)?$/.test(name));
}

function isShell({ pid }: ProcessInfo): boolean {
  return /^-?(?:sh|bash|dash|ash|zsh|ksh|fish|busybox|pwsh)$/.test(programOf(pid)[0] ?? '');
}

/** A program and its arguments; an interpreter may come first. */
function programOf(pid: number): readonly string[] {
  return wordsOf(pid)
    .slice(0, 2)
    .map((word) => basename(word));
}

function toStepRunner({ pid, born }: ProcessInfo, oneJob: boolean): StepRunner {
  return { pid, born, oneJob };
}

/**
 * The longest that a job can last under GitHub's usage limits: six hours on its own machines, five days on others. No meter
 * lives longer, whatever it can find out about its job.
 */
export function longestJob(isShared: boolean): Duration {
  return (isShared ? 5 * DAY : 6 * HOUR) + 10 * MINUTE;
}
