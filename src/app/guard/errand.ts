import type { Errand } from '../../core/budget.ts';
import { sha256 } from '../../core/hash.ts';
import { keptName } from '../../core/redact.ts';
import { UsageError, type World } from '../shell/world.ts';

/** Who is asking, without the name of its agent. */
export type Asking = Omit<Errand, 'agent'>;

/**
 * The GitHub Actions job of this process, as the runner described it before the agent began.
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

/** The runner names the workflow as `octo/garden/.github/workflows/x.yml@refs/heads/main`. */
function workflowOf(ref: string | undefined): string | null {
  return textIn(/^[^/]+\/[^/]+\/([^@]+)@/.exec(ref ?? '')?.[1]);
}

/** The id of the job. All jobs of a matrix share it; the runner gives each of them its own number, by which its processes are found. */
function jobOf(env: World['env']): string | null {
  const job = textIn(env['GITHUB_JOB']);
  const tracking = env['RUNNER_TRACKING_ID'] ?? '';
  if (job === null || tracking === '') return job;
  return `${job}.${sha256(tracking).slice(0, 8)}`;
}

/** A run started by the end of another run has that run in its event. */
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
