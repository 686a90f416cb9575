import type { Config } from '../config/schema.ts';
import type { Agent } from '../core/agent.ts';
import type { JudgedWorkflow } from '../core/event.ts';
import { protectionOf } from '../sources/agents/protective.ts';

/**
 * Tells of an agent why no stop touches its workflow; null when a stop does. A workflow that the configuration calls an agent
 * though it runs none may well be a test or a gate, so what its file was judged to be counts.
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
