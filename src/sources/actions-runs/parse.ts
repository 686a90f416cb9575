import type { Agent } from '../../core/agent.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { WorkflowRun } from '../../core/run.ts';
import { agentSubject } from '../../core/subject.ts';
import { type Instant, parseInstant } from '../../core/time.ts';
import type { Watermark } from '../../core/work-events.ts';
import type { RemoteRun } from '../../github/remote.ts';
import { readWatermark, type SourceMoment } from '../progress.ts';

/** How far the runs of one workflow were read. */
export interface WorkflowProgress {
  readonly workflow: string;
  /** GitHub's number of the workflow. */
  readonly id: number;
  /** Every run created up to here was read. */
  readonly through: Instant;
  /** False while the history is still being read; `through` is then the end of the last finished stretch. */
  readonly caughtUp: boolean;
}

/** Reads the watermark of this source. What cannot be understood is left out: that workflow is then read anew. */
export function parseProgress(watermark: Watermark | null): readonly WorkflowProgress[] {
  const entries = readWatermark(watermark);
  return Array.isArray(entries) ? entries.flatMap((entry) => progressOf(entry)) : [];
}

function progressOf(entry: unknown): readonly WorkflowProgress[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const { workflow, id, through, caughtUp } = entry as Readonly<Record<string, unknown>>;
  const instant = parseInstant(through);
  if (typeof workflow !== 'string' || typeof id !== 'number' || instant === null) return [];
  return [{ workflow, id, through: instant, caughtUp: caughtUp === true }];
}

/** The watermark in the form in which `parseProgress` reads it. */
export function formatProgress(progress: readonly WorkflowProgress[]): Watermark {
  return JSON.stringify([...progress].sort((a, b) => (a.workflow < b.workflow ? -1 : 1)));
}

/** What an attempt of a run is for the ledger: `run.completed` when it has ended, `run.started` before. */
export function runEvent(remote: RemoteRun, agent: Agent, { repo, now }: SourceMoment): LedgerEvent {
  const base = { v: 1, at: remote.startedAt, seen: now, repo, subject: agentSubject(agent.name) } as const;
  const id = `run:${remote.id}:${remote.attempt}`;
  const data = { run: workflowRun(remote, agent) };
  return remote.status === 'completed'
    ? { ...base, id, kind: 'run.completed', data }
    : { ...base, id: `${id}:started`, kind: 'run.started', data };
}

function workflowRun(remote: RemoteRun, agent: Agent): WorkflowRun {
  const { id, attempt, trigger, actor, status, conclusion, createdAt, startedAt, updatedAt, url } = remote;
  const [pull, ...others] = remote.pulls ?? [];
  return {
    id,
    attempt,
    workflow: agent.workflow,
    agent: agent.name,
    trigger,
    actor,
    status,
    conclusion,
    createdAt,
    startedAt,
    updatedAt,
    url,
    ...(pull === undefined || others.length > 0 ? {} : { pull }),
  };
}
