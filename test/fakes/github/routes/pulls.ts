import { type Call, param } from '../call.ts';
import { countsOf } from '../diff.ts';
import { paginate } from '../paging.ts';
import { found, json, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { pullShape, simplePullShape } from '../shapes/pulls.ts';

const P = '/repos/{owner}/{repo}/pulls';

export const pullRoutes: readonly Route[] = [
  route(`GET ${P}`, { needs: 'pull-requests:read' }, list),
  route(`GET ${P}/{pull_number}`, { needs: 'pull-requests:read' }, one),
];

/** With the numbers of its change, where its commits are there. */
async function one(call: Call): Promise<Reply> {
  const number = Number(param(call, 'pull_number'));
  const pull = found(call.world.pulls.find(({ issue }) => issue.number === number));
  const base = await call.git.readRef(`refs/heads/${pull.baseRef}`);
  const isThere = base !== null && (await call.git.hasObject(pull.headSha, 'commit'));
  const from = isThere ? await call.git.mergeBase(base, pull.headSha) : null;
  const counts = from === null ? {} : await countsOf(call.git, from, pull.headSha);
  return json({ ...pullShape(call.baseUrl, call.world, pull), ...counts });
}

/** Newest first, unless the query wants it otherwise. */
function list(call: Call): Reply {
  const state = call.query.get('state') ?? 'open';
  const head = call.query.get('head');
  const direction = call.query.get('direction') === 'asc' ? 1 : -1;
  const chosen = call.world.pulls
    .filter(({ issue }) => state === 'all' || issue.state === state)
    .filter(({ headRef }) => head === null || head === `${call.world.repo.owner}:${headRef}`)
    .sort((a, b) => direction * (a.issue.number - b.issue.number));
  const { items, headers } = paginate(call, chosen);
  return json(
    items.map((pull) => simplePullShape(call.baseUrl, call.world, pull)),
    200,
    headers,
  );
}
