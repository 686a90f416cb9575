import type { Instant } from '../../../../src/core/time.ts';
import type { World } from '../world.ts';

/** An opaque global id in the form of GitHub's. */
export function nodeId(prefix: string, id: number | string): string {
  return `${prefix}_${Buffer.from(String(id)).toString('base64url')}`;
}

/** GitHub writes moments without milliseconds. */
export function stamp(instant: Instant): string {
  return `${instant.slice(0, 19)}Z`;
}

/** Where the API of the repository starts. */
export function repoApi(baseUrl: string, world: World): string {
  return `${baseUrl}/repos/${world.repo.owner}/${world.repo.name}`;
}

/** Where the pages of the repository start. */
export function repoPage(world: World): string {
  return `https://github.com/${world.repo.owner}/${world.repo.name}`;
}
