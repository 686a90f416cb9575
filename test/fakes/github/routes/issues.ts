import type { RestEndpointMethodTypes } from '@octokit/rest';
import { actorOf, bodyOf, type Call, param } from '../call.ts';
import { addIssue, labelNamed } from '../issues.ts';
import { paginate } from '../paging.ts';
import { found, invalid, json, Refusal, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { issueShape } from '../shapes/issues.ts';
import type { FakeIssue, FakeUser } from '../world.ts';

const I = '/repos/{owner}/{repo}/issues';
type Issues = RestEndpointMethodTypes['issues'];

/** Longer bodies are refused. */
const BODY_LIMIT = 65_536;

export const issueRoutes: readonly Route[] = [
  route(`GET ${I}`, { needs: 'issues:read' }, list),
  route(`POST ${I}`, { needs: 'issues:write', content: true }, create),
  route(`GET ${I}/{issue_number}`, { needs: ['issues:read', 'pull-requests:read'] }, (call) =>
    json(issueShape(call.baseUrl, call.world, issueOf(call))),
  ),
  route(`PATCH ${I}/{issue_number}`, { needs: ['issues:write', 'pull-requests:write'], content: true }, update),
];

/** The issue or pull request of the path; 410 where issues are switched off. */
export function issueOf(call: Call): FakeIssue {
  refuseWithoutIssues(call);
  const number = Number(param(call, 'issue_number'));
  const issue = found(call.world.issues.find((one) => one.number === number && one.gone !== 'moved'));
  if (issue.gone === 'deleted') throw new Refusal(410, 'This issue was deleted');
  const { permissions } = call.token;
  // Permission for pull requests opens only those.
  if (permissions.issues === undefined && !issue.isPullRequest) {
    throw new Refusal(403, 'Resource not accessible by integration');
  }
  return issue;
}

function refuseWithoutIssues(call: Call): void {
  if (!call.world.repo.hasIssues) throw new Refusal(410, 'Issues has been disabled in this repository.');
}

/** GitHub counts characters. */
export function refuseLongBody(body: string | null | undefined): void {
  if (body && body.length > BODY_LIMIT) {
    throw invalid('Issue', 'body', `body is too long (maximum is ${BODY_LIMIT} characters)`);
  }
}

function list(call: Call): Reply {
  refuseWithoutIssues(call);
  const { query } = call;
  const state = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '').split(',').filter((name) => name !== '');
  const creator = query.get('creator');
  const since = query.get('since');
  const chosen = call.world.issues
    .filter(({ gone }) => gone === null)
    .filter((issue) => state === 'all' || issue.state === state)
    .filter((issue) => labels.every((name) => hasLabel(issue, name)))
    .filter((issue) => creator === null || issue.author.login === creator)
    .filter((issue) => since === null || Date.parse(issue.updatedAt) >= Date.parse(since))
    .sort(order(query));
  const { items, headers } = paginate(call, chosen);
  return json(
    items.map((issue) => issueShape(call.baseUrl, call.world, issue)),
    200,
    headers,
  );
}

function hasLabel(issue: FakeIssue, name: string): boolean {
  return issue.labels.some((label) => label.name.toLowerCase() === name.toLowerCase());
}

function order(query: URLSearchParams): (a: FakeIssue, b: FakeIssue) => number {
  const key = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const direction = query.get('direction') === 'asc' ? 1 : -1;
  return (a, b) => direction * (Date.parse(a[key]) - Date.parse(b[key]) || a.number - b.number);
}

function create(call: Call): Reply {
  refuseWithoutIssues(call);
  const { title, body, labels = [], assignees = [] } = bodyOf<Issues['create']['parameters']>(call);
  refuseLongBody(body);
  const issue = addIssue(call.world, {
    title: String(title),
    body: body ?? null,
    labels: labels.map(labelText),
    assignees: assignees.map((login) => assignee(call, login)),
    author: actorOf(call),
    viaApp: call.token.app,
    at: call.now,
  });
  return json(issueShape(call.baseUrl, call.world, issue), 201, {
    location: `${call.baseUrl}${call.path}/${issue.number}`,
  });
}

function labelText(label: string | { name?: string | null }): string {
  return typeof label === 'string' ? label : (label.name ?? '');
}

function assignee(call: Call, login: string): FakeUser {
  const user = call.world.users.find((one) => one.login === login);
  if (!user) throw invalid('Issue', 'assignees', 'assignees is invalid');
  return user;
}

function update(call: Call): Reply {
  const issue = issueOf(call);
  const { title, body, state, state_reason, labels, assignees } = bodyOf<Issues['update']['parameters']>(call);
  refuseLongBody(body);
  if (title !== undefined && title !== null) issue.title = String(title);
  if (body !== undefined) issue.body = body;
  if (labels !== undefined) issue.labels = labels.map((label) => labelNamed(call.world, labelText(label)));
  if (assignees !== undefined) issue.assignees = assignees.map((login) => assignee(call, login));
  if (state !== undefined && state !== issue.state) moveTo(call, issue, state);
  if (state_reason && issue.state === (state_reason === 'reopened' ? 'open' : 'closed'))
    issue.stateReason = state_reason;
  issue.updatedAt = call.now;
  return json(issueShape(call.baseUrl, call.world, issue));
}

function moveTo(call: Call, issue: FakeIssue, state: 'open' | 'closed'): void {
  issue.state = state;
  issue.stateReason = state === 'open' ? 'reopened' : 'completed';
  issue.closedAt = state === 'open' ? null : call.now;
  issue.closedBy = state === 'open' ? null : actorOf(call);
}
