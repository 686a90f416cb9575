import { type Call, param } from '../call.ts';
import { paginate } from '../paging.ts';
import { found, json, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { pullShape, simplePullShape } from '../shapes/pulls.ts';

const P = '/repos/{owner}/{repo}/pulls';

export const pullRoutes: readonly Route[] = [
  route(`GET ${P}`, { needs: 'pull-requests:read' }, list),
  route(`GET ${P}/{pull_number}`, { needs: 'pull-requests:read' }, (call) => {
    const number = Number(param(call, 'pull_number'));
    const pull = found(call.world.pulls.find((one) => one.issue.number === number));
    return json(pullShape(call.baseUrl, call.world, pull));
  }),
];

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
