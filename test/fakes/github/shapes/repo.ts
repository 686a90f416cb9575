import type { RestEndpointMethodTypes } from '@octokit/rest';
import { userNamed, type World } from '../world.ts';
import { userShape } from './people.ts';
import { nodeId, repoApi, repoPage } from './urls.ts';

export type RepoPayload = RestEndpointMethodTypes['repos']['get']['response']['data'];
export type MinimalRepoPayload = RestEndpointMethodTypes['actions']['getWorkflowRun']['response']['data']['repository'];

/** The repository as it stands inside of runs and statuses. */
export function minimalRepoShape(baseUrl: string, world: World): MinimalRepoPayload {
  const { repo } = world;
  const owner = userNamed(world, repo.owner);
  return {
    id: repo.id,
    node_id: nodeId('R', repo.id),
    name: repo.name,
    full_name: `${repo.owner}/${repo.name}`,
    private: repo.isPrivate,
    owner: userShape(baseUrl, owner),
    html_url: repoPage(world),
    description: null,
    fork: false,
    url: repoApi(baseUrl, world),
    ...linksOf(repoApi(baseUrl, world)),
  };
}

function linksOf(api: string) {
  return {
    archive_url: `${api}/{archive_format}{/ref}`,
    assignees_url: `${api}/assignees{/user}`,
    blobs_url: `${api}/git/blobs{/sha}`,
    branches_url: `${api}/branches{/branch}`,
    collaborators_url: `${api}/collaborators{/collaborator}`,
    comments_url: `${api}/comments{/number}`,
    commits_url: `${api}/commits{/sha}`,
    compare_url: `${api}/compare/{base}...{head}`,
    contents_url: `${api}/contents/{+path}`,
    contributors_url: `${api}/contributors`,
    deployments_url: `${api}/deployments`,
    downloads_url: `${api}/downloads`,
    events_url: `${api}/events`,
    forks_url: `${api}/forks`,
    git_commits_url: `${api}/git/commits{/sha}`,
    git_refs_url: `${api}/git/refs{/sha}`,
    git_tags_url: `${api}/git/tags{/sha}`,
    hooks_url: `${api}/hooks`,
    issue_comment_url: `${api}/issues/comments{/number}`,
    issue_events_url: `${api}/issues/events{/number}`,
    issues_url: `${api}/issues{/number}`,
    keys_url: `${api}/keys{/key_id}`,
    labels_url: `${api}/labels{/name}`,
    languages_url: `${api}/languages`,
    merges_url: `${api}/merges`,
    milestones_url: `${api}/milestones{/number}`,
    notifications_url: `${api}/notifications{?since,all,participating}`,
    pulls_url: `${api}/pulls{/number}`,
    releases_url: `${api}/releases{/id}`,
    stargazers_url: `${api}/stargazers`,
    statuses_url: `${api}/statuses/{sha}`,
    subscribers_url: `${api}/subscribers`,
    subscription_url: `${api}/subscription`,
    tags_url: `${api}/tags`,
    teams_url: `${api}/teams`,
    trees_url: `${api}/git/trees{/sha}`,
  };
}

/** The answer of `GET /repos/{owner}/{repo}`. */
export function repoShape(baseUrl: string, world: World): RepoPayload {
  const minimal = minimalRepoShape(baseUrl, world);
  const openIssues = world.issues.filter((issue) => issue.state === 'open').length;
  return {
    ...minimal,
    ...COUNTS,
    // The full repository leaves out three values that the minimal one may lack too.
    security_and_analysis: null,
    license: null,
    clone_url: `${repoPage(world)}.git`,
    git_url: `git://github.com/${world.repo.owner}/${world.repo.name}.git`,
    ssh_url: `git@github.com:${world.repo.owner}/${world.repo.name}.git`,
    svn_url: repoPage(world),
    mirror_url: null,
    homepage: null,
    language: null,
    default_branch: world.repo.defaultBranch,
    visibility: world.repo.isPrivate ? 'private' : 'public',
    has_issues: world.repo.hasIssues,
    open_issues: openIssues,
    open_issues_count: openIssues,
    code_of_conduct: { key: 'other', name: 'Other', url: minimal.url, html_url: null },
    permissions: { admin: false, maintain: false, push: false, triage: false, pull: true },
  } satisfies RepoPayload;
}

const COUNTS = {
  forks: 0,
  forks_count: 0,
  stargazers_count: 0,
  watchers: 0,
  watchers_count: 0,
  network_count: 0,
  subscribers_count: 0,
  size: 1,
  has_projects: false,
  has_wiki: false,
  has_pages: false,
  has_downloads: true,
  has_discussions: false,
  archived: false,
  disabled: false,
  is_template: false,
  pushed_at: '2026-01-01T00:00:00Z',
  created_at: '2025-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
} as const;
