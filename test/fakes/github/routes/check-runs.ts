import { type Call, param } from '../call.ts';
import { paginate } from '../paging.ts';
import { found, json, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { nodeId, repoApi, repoPage, stamp } from '../shapes/urls.ts';
import { currentAttempt, type FakeJob } from '../world.ts';

/** The check runs of a commit: the jobs of the runs on it, and what other apps found of it. */
export const checkRunRoutes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', { needs: 'checks:read' }, list),
];

async function list(call: Call): Promise<Reply> {
  const ref = param(call, 'ref');
  // Heads of pull requests may be made up.
  const isHead = call.world.pulls.some(({ headSha }) => headSha === ref);
  const head = isHead ? ref : found(await call.git.resolve(ref));
  const jobs = call.world.runs
    .filter(({ headSha }) => headSha === head)
    .flatMap((run) => currentAttempt(run).jobs.map(asCheck));
  const all = [...jobs, ...call.world.checkRuns.filter(({ headSha }) => headSha === head)];
  const { items, headers } = paginate(call, all);
  const body = { total_count: all.length, check_runs: items.map((check) => checkRunShape(call, head, check)) };
  return json(body, 200, headers);
}

/** A job is a check run of the same number; it says nothing of itself. */
function asCheck({ id, name, status, conclusion, startedAt, completedAt }: FakeJob): Check {
  return { id, name, status, conclusion, startedAt, completedAt, title: null };
}

type Check = Omit<Call['world']['checkRuns'][number], 'headSha'>;

function checkRunShape({ baseUrl, world }: Call, head: string, check: Check): Record<string, unknown> {
  const url = `${repoApi(baseUrl, world)}/check-runs/${check.id}`;
  return {
    id: check.id,
    node_id: nodeId('CR', check.id),
    head_sha: head,
    external_id: '',
    url,
    html_url: `${repoPage(world)}/runs/${check.id}`,
    details_url: `${repoPage(world)}/runs/${check.id}`,
    status: check.status,
    conclusion: check.conclusion,
    started_at: stamp(check.startedAt),
    completed_at: check.completedAt === null ? null : stamp(check.completedAt),
    output: {
      title: check.title,
      summary: null,
      text: null,
      annotations_count: 0,
      annotations_url: `${url}/annotations`,
    },
    name: check.name,
    check_suite: { id: 1 },
    app: null,
    pull_requests: [],
  };
}
