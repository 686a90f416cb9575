import { MAX_NAME, plainLine } from '../../core/text.ts';
import type { Invocation } from './flags.ts';
import { UsageError } from './world.ts';

/**
 * The value of `--agent`; null when it was not given.
 * @throws UsageError when it could be no agent's name, not even that of one that was found in a workflow file.
 */
export function agentOption(invocation: Invocation): string | null {
  const agent = invocation.value('agent');
  if (agent === null || plainLine(agent) === agent) return agent;
  throw new UsageError(`--agent wants a name of at most ${MAX_NAME} printable characters.`);
}
