import manifest from '../../../package.json' with { type: 'json' };
import type { World } from './world.ts';

/** The version of this program, from package.json. */
export const VERSION: string = manifest.version;

/** Where people report problems with this program. */
export const REPORT_ADDRESS: string = `${manifest.homepage}/issues`;

/**
 * The web address of this version's documents: in the repository the action was taken from, as the runner names it, else in the
 * product's own.
 */
export function homeAddress(env: World['env']): string {
  const taken = env['GITHUB_ACTION_REPOSITORY'];
  if (taken === undefined || taken === '') return `${manifest.homepage}/blob/v${VERSION}`;
  return `${env['GITHUB_SERVER_URL'] ?? 'https://github.com'}/${taken}/blob/${env['GITHUB_ACTION_REF'] || 'HEAD'}`;
}
