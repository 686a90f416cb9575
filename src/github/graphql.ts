import { OutsideFailure } from '../core/failure.ts';
import { fromMs } from '../core/time.ts';
import { type Connection, ELSEWHERE, memberOf } from './connection.ts';
import { failureOf, type Purpose } from './failure.ts';
import { type Raw, rawObject } from './raw.ts';

/**
 * Asks GitHub's GraphQL API and answers the `data` of it.
 * @throws OutsideFailure also for the refusals that come with HTTP 200; an answer with any error in it counts as refused,
 * for what it holds beside the error may be incomplete.
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
