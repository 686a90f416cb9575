import type { ConnectionOptions } from '../../github/connection.ts';
import type { GitHub } from '../../github/port.ts';
import { quoted } from './quoted.ts';
import { VERSION } from './version.ts';
import { UsageError, type World } from './world.ts';

/** How often the connection itself retries a call. */
type CallLimits = Pick<ConnectionOptions, 'retries'>;

/**
 * For callers that retry themselves. A missing answer costs them half a minute instead of a whole one, since what they could do
 * meanwhile must not wait.
 */
export const STOP_CALLS: CallLimits = { retries: 1 };

/**
 * Connects to a repository with the token and the addresses in the environment.
 * @throws UsageError without a token, or with a name that is not OWNER/NAME.
 */
export async function connect(
  repo: string,
  world: World,
  maxRequests: number | null,
  limits: CallLimits = {},
): Promise<GitHub> {
  const token = world.env['GITHUB_TOKEN'] ?? world.env['GH_TOKEN'] ?? '';
  if (token === '') throw new UsageError('Reading from GitHub needs a token: set GITHUB_TOKEN in the environment.');
  if (!/^[\w.-]+\/[\w.-]+$/.test(repo)) throw new UsageError(`A repository is named OWNER/NAME, not ${quoted(repo)}.`);
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
