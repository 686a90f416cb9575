import type { RestEndpointMethodTypes } from '@octokit/rest';
import { bodyOf, type Call, param } from '../call.ts';
import { paginate } from '../paging.ts';
import { empty, found, json, Refusal, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { nodeId, stamp } from '../shapes/urls.ts';

const R = '/repos/{owner}/{repo}';

/** What a job's own token is refused: variables, environments, and the big switch of an admin. */
export const administrationRoutes: readonly Route[] = [
  route(`GET ${R}/actions/variables`, { needs: 'variables:read' }, (call) => {
    const { items, total, headers } = paginate(call, [...call.world.variables.keys()]);
    return json({ total_count: total, variables: items.map((name) => variableShape(call, name)) }, 200, headers);
  }),
  route(`POST ${R}/actions/variables`, { needs: 'variables:write' }, createVariable),
  route(`GET ${R}/actions/variables/{name}`, { needs: 'variables:read' }, (call) =>
    json(variableShape(call, knownVariable(call))),
  ),
  route(`PATCH ${R}/actions/variables/{name}`, { needs: 'variables:write' }, changeVariable),
  route(`DELETE ${R}/actions/variables/{name}`, { needs: 'variables:write' }, (call) => {
    call.world.variables.delete(knownVariable(call));
    return empty();
  }),
  route(`PUT ${R}/environments/{environment_name}`, { needs: 'environments:write' }, (call) => {
    const name = param(call, 'environment_name');
    const url = `${call.baseUrl}${call.path}`;
    const at = stamp(call.now);
    const ids = { id: call.world.repo.id, node_id: nodeId('EN', name) };
    return json({ ...ids, name, url, html_url: url, created_at: at, updated_at: at, deployment_branch_policy: null });
  }),
  route(`PUT ${R}/actions/permissions`, { needs: 'administration:write' }, () => empty()),
];

function knownVariable(call: Call): string {
  const name = param(call, 'name').toUpperCase();
  return found(call.world.variables.has(name) ? name : null);
}

function createVariable(call: Call): Reply {
  const { name, value } = bodyOf<RestEndpointMethodTypes['actions']['createRepoVariable']['parameters']>(call);
  const known = name.toUpperCase();
  if (call.world.variables.has(known)) throw new Refusal(409, `Already exists - Variable already exists`);
  call.world.variables.set(known, value);
  return json({}, 201);
}

function changeVariable(call: Call): Reply {
  const { value } = bodyOf<{ readonly value?: string }>(call);
  if (value !== undefined) call.world.variables.set(knownVariable(call), value);
  return empty();
}

function variableShape(call: Call, name: string) {
  const at = stamp(call.now);
  return { name, value: call.world.variables.get(name) ?? '', created_at: at, updated_at: at };
}
