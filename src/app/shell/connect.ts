import type { ConnectionOptions } from '../../github/connection.ts';
import type { GitHub } from '../../github/port.ts';
import { VERSION } from './version.ts';
import { UsageError, type World } from './world.ts';

/** How often a call is tried again by the connection itself. */
type CallLimits = Pick<ConnectionOptions, 'retries'>;

/**
 * For those who try again themselves: an answer that does not come costs them half a minute and not a whole one, for what they
 * could do meanwhile must not wait.
 */
export const STOP_CALLS: CallLimits = { retries: 1 };

/**
 * Connects to a repository with the token and the addresses of the environment.
 * @throws UsageError without a token or with a name that is no OWNER/NAME.
 */
export async function connect(
  repo: string,
  world: World,
  maxRequests: number | null,
  limits: CallLimits = {},
): Promise<GitHub> {
  const token = world.env['GITHUB_TOKEN'] ?? world.env['GH_TOKEN'] ?? '';
  if (token === '') throw new UsageError('Reading from GitHub needs a token: set GITHUB_TOKEN in the environment.');
  if (!/^[\w.-]+\/[\w.-]+$/.test(repo)) throw new UsageError(`A repository is named OWNER/NAME, not '${repo}'.`);
  const { connectGitHub } = await import('../../github/client.ts');
  const graphqlUrl = world.env['GITHUB_GRAPHQL_URL'];
  return connectGitHub({
    token,
    repo,
    baseUrl: world.env['GITHUB_API_URL'] ?? 'https://api.github.com',
    userAgent: `checkrein/${VERSION}`,
    ...(graphqlUrl === undefined ? {} : { graphqlUrl }),
    ...limits,
    ...(maxRequests === null ? {} : { budget: { maxRequests } }),
  });
}
