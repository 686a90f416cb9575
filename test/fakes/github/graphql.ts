import type { Call } from './call.ts';
import { json, type Reply } from './reply.ts';

/** A query the fake understands, found by its text: enough for the few fixed queries that Checkrein sends. */
interface Query {
  readonly pattern: RegExp;
  answer(call: Call): Record<string, unknown>;
}

const QUERIES: readonly Query[] = [
  // The viewer of a job's token keeps `[bot]`; authors of content lose it.
  { pattern: /\bviewer\s*\{\s*login\s*\}/, answer: (call) => ({ viewer: { login: call.token.user.login } }) },
];

/** GraphQL says no with HTTP 200. */
export function graphqlError(type: string, message: string): Reply {
  return json({ data: null, errors: [{ type, message }] });
}

/** Null when the fake does not know the query. */
export function graphqlReply(call: Call): Reply | null {
  const query = (call.body as { query?: unknown } | null)?.query;
  if (typeof query !== 'string')
    return json({ message: 'A query attribute must be specified and must be a string.' }, 400);
  const known = QUERIES.find(({ pattern }) => pattern.test(query));
  return known ? json({ data: known.answer(call) }) : null;
}
