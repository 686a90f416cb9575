import type { Config } from '../../config/schema.ts';
import type { WatchJob } from '../job.ts';
import type { World } from '../shell/world.ts';
import { channelMeans } from './channel-means.ts';
import type { Watched } from './show.ts';

/**
 * Calls the address in an environment variable, so that the service that waits for the call notices when runs stop. Null where none is set.
 * Nothing but the fact of a run is sent; the address is a secret and stands in no message.
 */
export function heartbeatOf(
  config: Pick<Config, 'heartbeat_env' | 'issues'>,
  world: Pick<World, 'env' | 'now' | 'sleep'>,
): WatchJob['heartbeat'] {
  const { heartbeat_env: env } = config;
  if (env === null) return null;
  return async () => {
    const { callAddress } = await import('../../responses/channels/heartbeat.ts');
    return await callAddress({ env }, channelMeans(world, config, null));
  };
}

/** Says that a run went well, where somebody waits for that; a run that did not is silent. */
export async function beat({ heartbeat }: WatchJob, watched: Watched): Promise<Watched> {
  if (heartbeat === null || watched.incomplete) return watched;
  const said = await heartbeat();
  if (said.ok) return watched;
  const complaint = `the heartbeat could not be sent: ${said.error}`;
  return { ...watched, view: { ...watched.view, complaints: [...watched.view.complaints, complaint] } };
}
