import type { RestEndpointMethodTypes } from '@octokit/rest';
import { actorOf, bodyOf, type Call, param } from '../call.ts';
import { addComment } from '../issues.ts';
import { paginate } from '../paging.ts';
import { json, Refusal, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { commentShape, reactionShape } from '../shapes/issues.ts';
import { stamp } from '../shapes/urls.ts';
import type { FakeComment, FakeIssue, FakeReaction } from '../world.ts';
import { issueOf, refuseLongBody } from './issues.ts';

const I = '/repos/{owner}/{repo}/issues';
const READ = ['issues:read', 'pull-requests:read'] as const;
const WRITE = ['issues:write', 'pull-requests:write'] as const;

export const commentRoutes: readonly Route[] = [
  route(`GET ${I}/comments`, { needs: READ }, listAll),
  route(`GET ${I}/comments/{comment_id}`, { needs: READ }, (call) => {
    const { issue, comment } = commentOf(call);
    return json(commentShape(call.baseUrl, call.world, issue, comment));
  }),
  route(`PATCH ${I}/comments/{comment_id}`, { needs: WRITE, content: true }, edit),
  route(`POST ${I}/comments/{comment_id}/reactions`, { needs: WRITE, content: true }, react),
  route(`GET ${I}/{issue_number}/comments`, { needs: READ }, list),
  route(`POST ${I}/{issue_number}/comments`, { needs: WRITE, content: true }, create),
];

function commentOf(call: Call): { issue: FakeIssue; comment: FakeComment } {
  const id = Number(param(call, 'comment_id'));
  for (const issue of call.world.issues) {
    const comment = issue.comments.find((one) => one.id === id);
    if (comment) return { issue, comment };
  }
  throw new Refusal(404, 'Not Found');
}

function list(call: Call): Reply {
  const issue = issueOf(call);
  const since = call.query.get('since');
  const chosen = issue.comments.filter((one) => since === null || Date.parse(one.updatedAt) >= Date.parse(since));
  const { items, headers } = paginate(call, chosen);
  return json(
    items.map((comment) => commentShape(call.baseUrl, call.world, issue, comment)),
    200,
    headers,
  );
}

/** The comments of all issues and pull requests; a permission for one kind opens only that kind. */
function listAll(call: Call): Reply {
  const since = call.query.get('since');
  const key = call.query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const direction = call.query.get('direction') === 'desc' ? -1 : 1;
  const { permissions } = call.token;
  const chosen = call.world.issues
    .filter(
      ({ isPullRequest }) =>
        permissions[isPullRequest ? 'pull-requests' : 'issues'] !== undefined || permissions.issues !== undefined,
    )
    .flatMap((issue) => issue.comments.map((comment) => ({ issue, comment })))
    .filter(({ comment }) => since === null || Date.parse(stamp(comment.updatedAt)) >= Date.parse(since))
    .sort(
      (a, b) => direction * (Date.parse(a.comment[key]) - Date.parse(b.comment[key]) || a.comment.id - b.comment.id),
    );
  const { items, headers } = paginate(call, chosen);
  return json(
    items.map(({ issue, comment }) => commentShape(call.baseUrl, call.world, issue, comment)),
    200,
    headers,
  );
}

function create(call: Call): Reply {
  const issue = issueOf(call);
  const { body } = bodyOf<RestEndpointMethodTypes['issues']['createComment']['parameters']>(call);
  if (issue.locked) throw new Refusal(403, 'Unable to create comment because issue is locked.');
  refuseLongBody(body);
  const comment = addComment(call.world, issue, { body, author: actorOf(call), viaApp: call.token.app, at: call.now });
  return json(commentShape(call.baseUrl, call.world, issue, comment), 201);
}

function edit(call: Call): Reply {
  const { issue, comment } = commentOf(call);
  const { body } = bodyOf<RestEndpointMethodTypes['issues']['updateComment']['parameters']>(call);
  const isOwn = comment.author.id === actorOf(call).id;
  if (!isOwn && call.token.kind === 'github_token' && !call.world.switches.editsForeignComments) {
    throw new Refusal(403, 'Resource not accessible by integration');
  }
  refuseLongBody(body);
  comment.body = body;
  comment.updatedAt = call.now;
  comment.editor = actorOf(call);
  comment.lastEditedAt = call.now;
  return json(commentShape(call.baseUrl, call.world, issue, comment));
}

/** The same reaction twice is one reaction: 200 the second time. */
function react(call: Call): Reply {
  const { comment } = commentOf(call);
  const { content } = bodyOf<RestEndpointMethodTypes['reactions']['createForIssueComment']['parameters']>(call);
  const user = actorOf(call);
  const known = comment.reactions.find((one) => one.user.id === user.id && one.content === content);
  const reaction: FakeReaction = known ?? { id: call.world.nextId(), user, content, createdAt: call.now };
  if (!known) comment.reactions.push(reaction);
  return json(reactionShape(call.baseUrl, reaction), known ? 200 : 201);
}
