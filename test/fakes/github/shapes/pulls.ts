import type { FakePull } from '../pulls.ts';
import type { World } from '../world.ts';
import { issueShape } from './issues.ts';
import { userShape } from './people.ts';
import { repoShape } from './repo.ts';
import { nodeId, repoApi, repoPage, stamp } from './urls.ts';

/** The id that GraphQL knows a pull request by. */
export function pullNode(pull: FakePull): string {
  return nodeId('PR', pull.issue.id);
}

/** One pull request with all that the answer for a single one holds. */
export function pullShape(baseUrl: string, world: World, pull: FakePull): Record<string, unknown> {
  return {
    ...simplePullShape(baseUrl, world, pull),
    ...COUNTS,
    merged: pull.mergedAt !== null,
    comments: pull.issue.comments.length,
  };
}

/** One pull request as lists hold it. */
export function simplePullShape(baseUrl: string, world: World, pull: FakePull): Record<string, unknown> {
  const { issue } = pull;
  const of = issueShape(baseUrl, world, issue);
  const url = `${repoApi(baseUrl, world)}/pulls/${issue.number}`;
  return {
    id: issue.id,
    node_id: pullNode(pull),
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    body: issue.body,
    user: of.user,
    labels: issue.labels.map((label) => ({
      ...label,
      node_id: nodeId('LA', label.id),
      url,
      description: '',
      default: false,
    })),
    assignee: of.assignee,
    assignees: of.assignees,
    requested_reviewers: [],
    milestone: null,
    draft: pull.isDraft,
    created_at: of.created_at,
    updated_at: of.updated_at,
    closed_at: of.closed_at,
    merged_at: pull.mergedAt === null ? null : stamp(pull.mergedAt),
    merge_commit_sha: null,
    author_association: of.author_association,
    auto_merge: autoMergeShape(baseUrl, pull),
    head: tip(baseUrl, world, pull.headRef, pull.headSha, pull.fromFork),
    base: tip(baseUrl, world, pull.baseRef, '0'.repeat(40)),
    ...linksOf(
      url,
      `${repoApi(baseUrl, world)}/issues/${issue.number}`,
      `${repoPage(world)}/pull/${issue.number}`,
      pull,
    ),
  };
}

function autoMergeShape(baseUrl: string, { autoMerge, issue }: FakePull) {
  if (autoMerge === null) return null;
  const enabled_by = userShape(baseUrl, autoMerge.by);
  return { enabled_by, merge_method: 'squash', commit_title: issue.title, commit_message: '' };
}

function tip(baseUrl: string, world: World, ref: string, sha: string, isFork = false) {
  const own = repoShape(baseUrl, world);
  const repo = isFork ? { ...own, id: world.repo.id + 1, fork: true } : own;
  return { label: `${world.repo.owner}:${ref}`, ref, sha, repo, user: repo.owner };
}

function linksOf(url: string, issueUrl: string, page: string, { headSha }: FakePull) {
  const links = {
    url,
    html_url: page,
    issue_url: issueUrl,
    comments_url: `${issueUrl}/comments`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits`,
    statuses_url: `${url.replace(/\/pulls\/.*$/, '')}/statuses/${headSha}`,
  };
  const link = (href: string) => ({ href });
  return {
    ...links,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    _links: {
      self: link(links.url),
      html: link(links.html_url),
      issue: link(links.issue_url),
      comments: link(links.comments_url),
      review_comments: link(links.review_comments_url),
      review_comment: link(links.review_comment_url),
      commits: link(links.commits_url),
      statuses: link(links.statuses_url),
    },
  };
}

const COUNTS = {
  additions: 1,
  deletions: 0,
  changed_files: 1,
  commits: 1,
  review_comments: 0,
  maintainer_can_modify: false,
  mergeable: true,
  mergeable_state: 'clean',
  merged_by: null,
};
