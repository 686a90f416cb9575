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
  /** GitHub's id of the workflow. */
  readonly id: number;
  /** Every run created up to this moment was read. */
  readonly through: Instant;
  /** False while the history is still being read. `through` is then the end of the last finished window. */
  readonly caughtUp: boolean;
}

/** Reads the watermark of this source. Entries that cannot be parsed are left out, and those workflows are read anew. */
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

/** Writes the watermark for `parseProgress`. */
export function formatProgress(progress: readonly WorkflowProgress[]): Watermark {
  return JSON.stringify([...progress].sort((a, b) => (a.workflow < b.workflow ? -1 : 1)));
}

/** The ledger event for an attempt of a run: `run.completed` if it has ended, otherwise `run.started`. */
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
