import { context } from '@actions/github';

/** The event that started the workflow, as the runner wrote it down. */
export interface ActionEvent {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Id of the workflow run that we are in. */
  readonly run: number | null;
  /** `OWNER/NAME`; empty outside a workflow. */
  readonly repo: string;
}

/** Reads the event of this run from where the runner put it. */
export function readActionEvent(repo: string): ActionEvent {
  const { eventName, payload, runId } = context;
  return { name: eventName, payload, run: Number.isSafeInteger(runId) ? runId : null, repo };
}
