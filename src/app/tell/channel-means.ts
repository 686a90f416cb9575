import type { Config } from '../../config/schema.ts';
import type { Deliverer } from '../../core/notice.ts';
import { type Duration, MINUTE, SECOND } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Means } from '../../responses/channels/channel.ts';
import type { World } from '../shell/world.ts';

/** How long one call to a receiver may take. */
const TIMEOUT: Duration = 10 * SECOND;

/** How long a run waits in total for receivers that ask for it. Longer waits are left to the next run. */
const PATIENCE: Duration = MINUTE;

/** What channels need on this machine. */
export function channelMeans(
  { env, now, sleep }: Pick<World, 'env' | 'now' | 'sleep'>,
  { issues }: Pick<Config, 'issues'>,
  github: Pick<GitHub, 'issues' | 'people'> | null,
): Means {
  const [label = 'checkrein'] = issues.labels;
  return {
    fetch: (url, request) => fetch(url, request),
    secret: (name) => env[name] ?? null,
    clock: now,
    sleep,
    timeout: TIMEOUT,
    patience: PATIENCE,
    github: github === null ? null : { issues: github.issues, people: github.people, label },
  };
}

/** Sends the messages of one run. The channels are loaded with the first message, since most runs send none. */
export function channelDeliverer(
  config: Pick<Config, 'channels' | 'issues'>,
  world: Pick<World, 'env' | 'now' | 'sleep'>,
  github: Pick<GitHub, 'issues' | 'people'> | null,
): Deliverer {
  let loaded: Promise<Deliverer> | null = null;
  const load = async (): Promise<Deliverer> => {
    const { deliverer } = await import('../../responses/channels/deliverer.ts');
    return deliverer(config.channels, channelMeans(world, config, github));
  };
  return async (notice, previous, isAgain) => {
    loaded ??= load();
    return await (await loaded)(notice, previous, isAgain);
  };
}
