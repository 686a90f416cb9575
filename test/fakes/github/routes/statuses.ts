import type { RestEndpointMethodTypes } from '@octokit/rest';
import { actorOf, bodyOf, type Call, param } from '../call.ts';
import { paginate } from '../paging.ts';
import { found, json, Refusal, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { userShape } from '../shapes/people.ts';
import { minimalRepoShape } from '../shapes/repo.ts';
import { nodeId, repoApi, stamp } from '../shapes/urls.ts';
import type { FakeStatus } from '../world.ts';

const R = '/repos/{owner}/{repo}';

/** After so many for one commit and context, more are refused. */
const STATUS_LIMIT = 1_000;

export const statusRoutes: readonly Route[] = [
  route(`POST ${R}/statuses/{sha}`, { needs: 'statuses:write', content: true }, create),
  route(`GET ${R}/commits/{ref}/status`, { needs: 'statuses:read' }, combined),
];

type Create = RestEndpointMethodTypes['repos']['createCommitStatus']['parameters'];

async function create(call: Call): Promise<Reply> {
  const sha = param(call, 'sha');
  if (!(await call.git.hasObject(sha, 'commit'))) throw new Refusal(422, `No commit found for SHA: ${sha}`);
  const { state, context = 'default', description, target_url } = bodyOf<Create>(call);
  const { statuses } = call.world;
  const same = statuses.filter((one) => one.sha === sha && one.context.toLowerCase() === context.toLowerCase());
  if (same.length >= STATUS_LIMIT) {
    throw new Refusal(422, 'Validation Failed', {
      errors: [
        {
          resource: 'Status',
          code: 'custom',
          message: 'This SHA and context has reached the maximum number of statuses.',
        },
      ],
    });
  }
  const status: FakeStatus = {
    id: call.world.nextId(),
    sha,
    state,
    context,
    description: description ?? null,
    targetUrl: target_url ?? null,
    creator: actorOf(call),
    createdAt: call.now,
  };
  statuses.push(status);
  return json({ ...statusShape(call, status), creator: userShape(call.baseUrl, status.creator) }, 201);
}

function statusShape(call: Call, status: FakeStatus) {
  return {
    url: `${repoApi(call.baseUrl, call.world)}/statuses/${status.sha}`,
    avatar_url: null,
    id: status.id,
    node_id: nodeId('SC', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: stamp(status.createdAt),
    updated_at: stamp(status.createdAt),
  };
}

async function combined(call: Call): Promise<Reply> {
  const sha = found(await call.git.resolve(param(call, 'ref')));
  const newest = new Map<string, FakeStatus>();
  for (const status of call.world.statuses) if (status.sha === sha) newest.set(status.context.toLowerCase(), status);
  const all = [...newest.values()];
  const { items, headers } = paginate(call, all);
  const api = repoApi(call.baseUrl, call.world);
  const body = {
    state: combinedState(all),
    sha,
    total_count: all.length,
    statuses: items.map((status) => statusShape(call, status)),
    repository: minimalRepoShape(call.baseUrl, call.world),
    commit_url: `${api}/commits/${sha}`,
    url: `${api}/commits/${sha}/status`,
  };
  return json(body, 200, headers);
}

/** No status at all reads as pending. */
function combinedState(statuses: readonly FakeStatus[]): 'failure' | 'pending' | 'success' {
  if (statuses.some(({ state }) => state === 'error' || state === 'failure')) return 'failure';
  if (statuses.length === 0 || statuses.some(({ state }) => state === 'pending')) return 'pending';
  return 'success';
}
