import type { Config } from '../../config/schema.ts';
import type { WatchJob } from '../job.ts';
import type { World } from '../shell/world.ts';
import { channelMeans } from './channel-means.ts';
import type { Watched } from './show.ts';

/**
 * Calls the address in an environment variable, so that the service waiting for the call notices when runs stop. Null when none
 * is set. Only the fact of a run is sent. The address is a secret and appears in no message.
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

/** Reports that a run went well, if somebody waits for that. A run that did not go well stays silent. */
export async function beat({ heartbeat }: WatchJob, watched: Watched): Promise<Watched> {
  if (heartbeat === null || watched.incomplete) return watched;
  const said = await heartbeat();
  if (said.ok) return watched;
  const complaint = `the heartbeat could not be sent: ${said.error}`;
  return { ...watched, view: { ...watched.view, complaints: [...watched.view.complaints, complaint] } };
}
