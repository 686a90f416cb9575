import type { Errand } from '../../core/budget.ts';
import { sha256 } from '../../core/hash.ts';
import { keptName } from '../../core/redact.ts';
import { UsageError, type World } from '../shell/world.ts';

/** What asks, without the name of its agent. */
export type Asking = Omit<Errand, 'agent'>;

/**
 * The job of GitHub Actions that this process is in, as the runner says it before the agent has begun.
 * @throws UsageError outside of one.
 */
export function jobAsking({ env }: Pick<World, 'env'>, payload: Readonly<Record<string, unknown>>): Asking {
  const run = numberIn(env['GITHUB_RUN_ID']);
  if (run === null)
    throw new UsageError('The guard stands in a job of GitHub Actions: there is no GITHUB_RUN_ID here.');
  return {
    workflow: workflowOf(env['GITHUB_WORKFLOW_REF']),
    run,
    attempt: numberIn(env['GITHUB_RUN_ATTEMPT']) ?? 1,
    job: jobOf(env),
    actor: textIn(env['GITHUB_TRIGGERING_ACTOR']),
    trigger: textIn(env['GITHUB_EVENT_NAME']),
    parent: parentIn(payload),
  };
}

/** `octo/garden/.github/workflows/x.yml@refs/heads/main` is what the runner says of the workflow. */
function workflowOf(ref: string | undefined): string | null {
  return textIn(/^[^/]+\/[^/]+\/([^@]+)@/.exec(ref ?? '')?.[1]);
}

/**
 * The id of the job, which the jobs of a matrix have in common; the runner gives each of them a number of its own, by which its
 * processes are found.
 */
function jobOf(env: World['env']): string | null {
  const job = textIn(env['GITHUB_JOB']);
  const tracking = env['RUNNER_TRACKING_ID'] ?? '';
  if (job === null || tracking === '') return job;
  return `${job}.${sha256(tracking).slice(0, 8)}`;
}

/** A run that the end of another one started has that one in its event. */
function parentIn(payload: Readonly<Record<string, unknown>>): number | null {
  const before = payload['workflow_run'];
  if (typeof before !== 'object' || before === null) return null;
  const id: unknown = Reflect.get(before, 'id');
  return Number.isSafeInteger(id) ? Number(id) : null;
}

function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null;
}

function textIn(text: string | undefined): string | null {
  return keptName(text ?? '', 200) || null;
}
