import type { GitHub } from '../../github/port.ts';
import type { WatchJob } from '../job.ts';
import { connect } from '../shell/connect.ts';
import { type LoadedConfig, loadLocalConfig, loadRemoteConfig } from '../shell/load-config.ts';
import { presentMoment } from '../shell/present-moment.ts';
import type { World } from '../shell/world.ts';
import type { WatchOrder } from './order.ts';

/** Everything one run needs, and what a person should look at in the configuration. */
export interface PreparedWatch {
  readonly job: WatchJob;
  readonly warnings: readonly string[];
}

/**
 * Opens what a run works on. Nothing is written yet. Most of the program is loaded after the first request.
 * @throws UsageError when the order or the configuration cannot be carried out.
 */
export async function prepareWatch(order: WatchOrder, world: World): Promise<PreparedWatch> {
  const now = presentMoment(order.now, world);
  const github = order.repo === null ? null : await connect(order.repo, world, null);
  const { config, warnings } = await loadConfig(order, github);
  const { openJob } = await import('./open-job.ts');
  const { job, remark } = await openJob(order, { world, now, github, config });
  return { job, warnings: remark === null ? warnings : [...warnings, remark] };
}

function loadConfig(order: WatchOrder, github: GitHub | null): Promise<LoadedConfig> {
  if ('remote' in order.config && github !== null) return loadRemoteConfig(github, order.config.remote);
  return loadLocalConfig('local' in order.config ? order.config.local : null);
}
