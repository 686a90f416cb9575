import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { FakeComment, FakeIssue, FakeLabel, FakeReaction, World } from '../world.ts';
import { appShape, userShape } from './people.ts';
import { nodeId, repoApi, repoPage, stamp } from './urls.ts';

export type IssuePayload = RestEndpointMethodTypes['issues']['get']['response']['data'];
export type CommentPayload = RestEndpointMethodTypes['issues']['getComment']['response']['data'];
export type LabelPayload = RestEndpointMethodTypes['issues']['getLabel']['response']['data'];
export type ReactionPayload = RestEndpointMethodTypes['reactions']['createForIssueComment']['response']['data'];

export function labelShape(baseUrl: string, world: World, label: FakeLabel): LabelPayload {
  return {
    id: label.id,
    node_id: nodeId('LA', label.id),
    url: `${repoApi(baseUrl, world)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    description: null,
    color: label.color,
    default: false,
  };
}

export function issueShape(baseUrl: string, world: World, issue: FakeIssue): IssuePayload {
  const api = repoApi(baseUrl, world);
  const url = `${api}/issues/${issue.number}`;
  const page = `${repoPage(world)}/${issue.isPullRequest ? 'pull' : 'issues'}/${issue.number}`;
  const assignees = issue.assignees.map((user) => userShape(baseUrl, user));
  return {
    id: issue.id,
    node_id: nodeId('I', issue.id),
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: page,
    number: issue.number,
    state: issue.state,
    state_reason: issue.stateReason,
    title: issue.title,
    body: issue.body,
    user: userShape(baseUrl, issue.author),
    labels: issue.labels.map((label) => labelShape(baseUrl, world, label)),
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    locked: issue.locked,
    active_lock_reason: null,
    comments: issue.comments.length,
    ...(issue.isPullRequest ? { pull_request: pullLinks(`${api}/pulls/${issue.number}`, page), draft: false } : {}),
    closed_at: issue.closedAt === null ? null : stamp(issue.closedAt),
    created_at: stamp(issue.createdAt),
    updated_at: stamp(issue.updatedAt),
    closed_by: issue.closedBy === null ? null : userShape(baseUrl, issue.closedBy),
    author_association: issue.author.type === 'Bot' ? 'NONE' : 'CONTRIBUTOR',
    performed_via_github_app: issue.viaApp === null ? null : appShape(baseUrl, issue.viaApp, issue.author),
  };
}

function pullLinks(url: string, page: string) {
  return { url, html_url: page, diff_url: `${page}.diff`, patch_url: `${page}.patch`, merged_at: null };
}

export function commentShape(baseUrl: string, world: World, issue: FakeIssue, comment: FakeComment): CommentPayload {
  const api = repoApi(baseUrl, world);
  return {
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    url: `${api}/issues/comments/${comment.id}`,
    html_url: `${repoPage(world)}/issues/${issue.number}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${issue.number}`,
    body: comment.body,
    user: userShape(baseUrl, comment.author),
    created_at: stamp(comment.createdAt),
    updated_at: stamp(comment.updatedAt),
    author_association: comment.author.type === 'Bot' ? 'NONE' : 'CONTRIBUTOR',
    performed_via_github_app: comment.viaApp === null ? null : appShape(baseUrl, comment.viaApp, comment.author),
  };
}

export function reactionShape(baseUrl: string, reaction: FakeReaction): ReactionPayload {
  return {
    id: reaction.id,
    node_id: nodeId('RE', reaction.id),
    user: userShape(baseUrl, reaction.user),
    content: reaction.content,
    created_at: stamp(reaction.createdAt),
  };
}
