import type { SessionOutcome } from './session.ts';
import type { Instant } from './time.ts';

export type RunStatus = 'queued' | 'requested' | 'waiting' | 'pending' | 'in_progress' | 'completed';

export type RunConclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'stale'
  | 'timed_out'
  | 'action_required'
  | 'startup_failure';

/**
 * What a finished workflow run or check with this conclusion proves about what it checked: 1 for good, 0 for bad, null for nothing.
 */
export const PROVES: Readonly<Record<RunConclusion, 1 | 0 | null>> = {
  success: 1,
  failure: 0,
  timed_out: 0,
  startup_failure: 0,
  neutral: null,
  cancelled: null,
  skipped: null,
  stale: null,
  action_required: null,
};

/** Who a run acts for, as reported by GitHub's API; never taken from names or git authors. */
export interface Actor {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization' | 'unknown';
}

/** One attempt of a GitHub Actions run. */
export interface WorkflowRun {
  readonly id: number;
  readonly attempt: number;
  /** Path of the workflow file without a `@ref` tail. */
  readonly workflow: string;
  readonly agent: string;
  readonly trigger: string;
  readonly actor: Actor | null;
  /** The run that started this one, if that is known for sure. */
  readonly parent?: number;
  /** Number of the pull request it is about, if GitHub names exactly one. */
  readonly pull?: number;
  readonly status: RunStatus;
  readonly conclusion: RunConclusion | null;
  readonly createdAt: Instant;
  /** When this attempt started. For a re-run this is later than `createdAt`. */
  readonly startedAt: Instant;
  readonly updatedAt: Instant;
  readonly url: string;
}

/** What the end of a run says about the agent in it. A successful run does not prove a successful agent. */
export function outcomeOfRun(conclusion: RunConclusion | null): SessionOutcome {
  switch (conclusion) {
    case 'success':
      return 'completed';
    case 'failure':
    case 'startup_failure':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    case 'timed_out':
      return 'timed_out';
    case 'neutral':
    case 'skipped':
    case 'stale':
    case 'action_required':
    case null:
      return 'unknown';
    default:
      return conclusion satisfies never;
  }
}
