import { context } from '@actions/github';

/** The event that started the workflow, as recorded by the runner. */
export interface ActionEvent {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Id of our own workflow run. */
  readonly run: number | null;
  /** `OWNER/NAME`; empty outside a workflow. */
  readonly repo: string;
}

/** Reads the event of this run from where the runner stored it. */
export function readActionEvent(repo: string): ActionEvent {
  const { eventName, payload, runId } = context;
  return { name: eventName, payload, run: Number.isSafeInteger(runId) ? runId : null, repo };
}
