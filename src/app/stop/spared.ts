import type { Config } from '../../config/schema.ts';
import type { Agent } from '../../core/agent.ts';
import type { JudgedWorkflow } from '../../core/judged-workflow.ts';
import type { Spared } from '../../responses/stop/targets.ts';
import { protectionOf } from '../../sources/agents/protective.ts';
import type { World } from '../shell/world.ts';

/**
 * Returns a function that says why no stop touches an agent's workflow; null when a stop does. A workflow that is configured as
 * an agent but runs none may well be a test or a gate, so the judgement of its file counts.
 */
export function sparedBy(config: Config, files: readonly JudgedWorkflow[]): (agent: Agent) => string | null {
  const judged = new Map(files.map((file) => [file.path, file]));
  return ({ name, workflow, means }) => {
    const runsAgent = means !== 'configured';
    const protection = protectionOf({ path: workflow, name, uses: [], runsAgent }, config.stop.protective);
    if (protection.protective) return protection.reason;
    return runsAgent ? null : (judged.get(workflow)?.protects ?? null);
  };
}

/** Whom a stop by this process never touches: the workflow it runs in, and what protects the repository. */
export function sparedFrom(config: Config, files: readonly JudgedWorkflow[], env: World['env']): Spared {
  const spared = sparedBy(config, files);
  return { ownWorkflow: ownWorkflow(env), isProtective: (agent) => spared(agent) !== null };
}

/** The workflow this process runs in; null when there is none. */
export function ownWorkflow({ GITHUB_WORKFLOW_REF: ref }: World['env']): string | null {
  // The runner names it as `octo/garden/.github/workflows/x.yml@refs/heads/main`.
  return /^[^/]+\/[^/]+\/([^@]+)@/.exec(ref ?? '')?.[1] ?? null;
}
