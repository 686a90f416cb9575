import type { Config } from '../../config/schema.ts';
import type { Agent } from '../../core/agent.ts';
import { type Failure, OutsideFailure } from '../../core/failure.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Spared } from '../../responses/stop/targets.ts';
import { type GatheredAgents, gatherAgents } from '../../sources/agents/fetch.ts';
import { type AgentsState, agentsFold, everKnown } from '../../sources/agents/fold.ts';
import type { World } from '../shell/world.ts';
import { sparedFrom } from './spared.ts';
import type { TakeIn } from './unlogged.ts';

interface Place {
  readonly github: GitHub;
  readonly config: Config;
  readonly env: World['env'];
  readonly now: Instant;
}

/** The agents of a repository at this moment, as far as they could be seen. */
export interface AgentsNow {
  readonly found: GatheredAgents;
  /** Agents the ledger knows that are no longer on the default branch. */
  readonly bygone: readonly Agent[];
  readonly spared: Spared;
  /** Why not all of them may be known; null when they are. */
  readonly failure: Failure | null;
}

/** Looks up the agents on GitHub, in addition to those the ledger knows. */
export async function agentsNow({ github, config, env, now }: Place, known: AgentsState): Promise<AgentsNow> {
  const found = await gatherAgents({ github, now, state: known, configured: config.agents });
  const failures = found.events.flatMap((event) => (event.kind === 'source.failed' ? [event.data.failure] : []));
  const { files } = agentsFold.apply(known, found.events);
  const bygone = bygoneAgents(found.agents, known, now);
  return { found, bygone, spared: sparedFrom(config, files, env), failure: failures[0] ?? null };
}

/** A file that is gone from the default branch may still run from other branches, and what it started goes on. */
function bygoneAgents(found: readonly Agent[], known: AgentsState, now: Instant): readonly Agent[] {
  const paths = new Set(found.map(({ workflow }) => workflow));
  return everKnown(known, now).filter(({ workflow }) => !paths.has(workflow));
}

/**
 * The lookup for callers that only ask who there is, and must not take some for all.
 * @throws OutsideFailure when not all of them can be seen.
 */
export function knownFrom(place: Omit<Place, 'now'> & { readonly now: () => Instant }): TakeIn['known'] {
  return async ({ agents }) => {
    const { found, bygone, spared, failure } = await agentsNow({ ...place, now: place.now() }, agents);
    if (failure !== null) throw new OutsideFailure(failure);
    return { agents: [...found.agents, ...bygone], spared };
  };
}
