import type { RestEndpointMethodTypes } from '@octokit/rest';
import { actorOf, bodyOf, type Call, param } from '../call.ts';
import { listedState } from '../lag.ts';
import { paginate } from '../paging.ts';
import { empty, found, json, Refusal, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { cancelNow, startRun } from '../runs.ts';
import { workflowShape } from '../shapes/actions.ts';
import { repoApi, repoPage } from '../shapes/urls.ts';
import type { FakeWorkflow, World } from '../world.ts';

const W = '/repos/{owner}/{repo}/actions/workflows';

export const workflowRoutes: readonly Route[] = [
  route(`GET ${W}`, { needs: 'actions:read' }, list),
  route(`GET ${W}/{workflow_id}`, { needs: 'actions:read' }, (call) =>
    json(workflowShape(call.baseUrl, call.world, workflowOf(call))),
  ),
  route(`PUT ${W}/{workflow_id}/disable`, { needs: 'actions:write' }, disable),
  route(`PUT ${W}/{workflow_id}/enable`, { needs: 'actions:write' }, enable),
  route(`POST ${W}/{workflow_id}/dispatches`, { needs: 'actions:write', content: true }, dispatch),
];

/** A workflow by its number or by the name of its file. */
export function workflowOf(call: Call): FakeWorkflow {
  const wanted = param(call, 'workflow_id');
  return found(call.world.workflows.find((one) => String(one.id) === wanted || one.path.split('/').at(-1) === wanted));
}

function list(call: Call): Reply {
  const { items, total, headers } = paginate(call, call.world.workflows);
  const workflows = items.map((workflow) => ({
    ...workflowShape(call.baseUrl, call.world, workflow),
    state: listedState(call.world, workflow, call.now),
  }));
  return json({ total_count: total, workflows }, 200, headers);
}

function disable(call: Call): Reply {
  const workflow = workflowOf(call);
  workflow.state = 'disabled_manually';
  if (call.world.switches.disableEndsRuns) {
    for (const run of runsOf(call.world, workflow)) cancelNow(run, call.now);
  }
  return empty();
}

function enable(call: Call): Reply {
  workflowOf(call).state = 'active';
  return empty();
}

async function dispatch(call: Call): Promise<Reply> {
  const workflow = workflowOf(call);
  const body = bodyOf<RestEndpointMethodTypes['actions']['createWorkflowDispatch']['parameters']>(call);
  if (workflow.state !== 'active' && !call.world.switches.dispatchesDisabled) {
    throw new Refusal(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  }
  const branch = body.ref.replace(/^refs\/heads\//, '');
  const headSha = await call.git.readRef(`refs/heads/${branch}`);
  if (headSha === null) throw new Refusal(422, `No ref found for: ${body.ref}`);
  const run = startRun(call.world, workflow, {
    event: 'workflow_dispatch',
    branch,
    headSha,
    actor: actorOf(call),
    at: call.now,
  });
  if (body['return_run_details'] !== true) return empty();
  return json({
    workflow_run_id: run.id,
    run_url: `${repoApi(call.baseUrl, call.world)}/actions/runs/${run.id}`,
    html_url: `${repoPage(call.world)}/actions/runs/${run.id}`,
  });
}

function runsOf(world: World, workflow: FakeWorkflow) {
  return world.runs.filter((run) => run.workflow === workflow);
}
