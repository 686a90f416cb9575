import { OutsideFailure } from '../core/failure.ts';
import { fromMs } from '../core/time.ts';
import { type Connection, ELSEWHERE, memberOf } from './connection.ts';
import { failureOf, type Purpose } from './failure.ts';
import { type Raw, rawObject } from './raw.ts';

/**
 * Queries GitHub's GraphQL API and returns the `data`.
 * @throws OutsideFailure also for refusals that come with HTTP 200. Any error in an answer counts as a refusal, because the
 * rest may be incomplete.
 */
export async function askGraphql(
  { send, graphqlUrl }: Connection,
  purpose: Purpose,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Raw> {
  const { data, headers } = await send(purpose, `POST ${graphqlUrl}`, { query, variables, ...ELSEWHERE });
  const errors = memberOf(data, 'errors');
  if (errors !== undefined && errors !== null && !(Array.isArray(errors) && errors.length === 0)) {
    throw new OutsideFailure(failureOf({ response: { headers, data } }, purpose, fromMs(Date.now())));
  }
  return rawObject(data, 'what was asked of GraphQL').object('data');
}
