import type { RestEndpointMethodTypes } from '@octokit/rest';
import { bodyOf, type Call, param } from '../call.ts';
import { labelNamed } from '../issues.ts';
import { paginate } from '../paging.ts';
import { found, json, Refusal, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { labelShape } from '../shapes/issues.ts';
import { issueOf } from './issues.ts';

const R = '/repos/{owner}/{repo}';

export const labelRoutes: readonly Route[] = [
  route(`GET ${R}/labels`, { needs: 'issues:read' }, (call) => {
    const { items, headers } = paginate(call, call.world.labels);
    return json(
      items.map((label) => labelShape(call.baseUrl, call.world, label)),
      200,
      headers,
    );
  }),
  route(`POST ${R}/labels`, { needs: 'issues:write', content: true }, create),
  route(`GET ${R}/labels/{name}`, { needs: 'issues:read' }, (call) => {
    const name = param(call, 'name').toLowerCase();
    const label = found(call.world.labels.find((one) => one.name.toLowerCase() === name));
    return json(labelShape(call.baseUrl, call.world, label));
  }),
  route(
    `POST ${R}/issues/{issue_number}/labels`,
    { needs: ['issues:write', 'pull-requests:write'], content: true },
    add,
  ),
  route(`DELETE ${R}/issues/{issue_number}/labels/{name}`, { needs: ['issues:write', 'pull-requests:write'] }, remove),
];

function create(call: Call): Reply {
  const { name, color = 'ededed' } = bodyOf<RestEndpointMethodTypes['issues']['createLabel']['parameters']>(call);
  if (call.world.labels.some((label) => label.name.toLowerCase() === name.toLowerCase())) {
    throw new Refusal(422, 'Validation Failed', {
      errors: [{ resource: 'Label', code: 'already_exists', field: 'name' }],
    });
  }
  const label = { id: call.world.nextId(), name, color };
  call.world.labels.push(label);
  return json(labelShape(call.baseUrl, call.world, label), 201);
}

function add(call: Call): Reply {
  const issue = issueOf(call);
  const { labels = [] } = bodyOf<{ labels?: readonly string[] }>(call);
  issue.labels = [...new Set([...issue.labels, ...labels.map((name) => labelNamed(call.world, name))])];
  return json(issue.labels.map((label) => labelShape(call.baseUrl, call.world, label)));
}

function remove(call: Call): Reply {
  const issue = issueOf(call);
  const name = param(call, 'name').toLowerCase();
  const kept = issue.labels.filter((label) => label.name.toLowerCase() !== name);
  if (kept.length === issue.labels.length) throw new Refusal(404, 'Label does not exist');
  issue.labels = kept;
  return json(kept.map((label) => labelShape(call.baseUrl, call.world, label)));
}
