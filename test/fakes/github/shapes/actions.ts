import type { RestEndpointMethodTypes } from '@octokit/rest';
import { after, DAY, type Duration } from '../../../../src/core/time.ts';
import type { FakeArtifact, FakeAttempt, FakeJob, FakeRun, FakeWorkflow, World } from '../world.ts';
import { userShape } from './people.ts';
import { minimalRepoShape } from './repo.ts';
import { nodeId, repoApi, repoPage, stamp } from './urls.ts';

type Actions = RestEndpointMethodTypes['actions'];
export type WorkflowPayload = Actions['getWorkflow']['response']['data'];
export type RunPayload = Actions['getWorkflowRun']['response']['data'];
export type JobPayload = Actions['getJobForWorkflowRun']['response']['data'];
export type ArtifactPayload = Actions['getArtifact']['response']['data'];

export function workflowShape(baseUrl: string, world: World, workflow: FakeWorkflow): WorkflowPayload {
  return {
    id: workflow.id,
    node_id: nodeId('W', workflow.id),
    name: workflow.name,
    path: workflow.path,
    state: workflow.state,
    created_at: stamp(workflow.createdAt),
    updated_at: stamp(workflow.createdAt),
    url: `${repoApi(baseUrl, world)}/actions/workflows/${workflow.id}`,
    html_url: `${repoPage(world)}/blob/${world.repo.defaultBranch}/${workflow.path}`,
    badge_url: `${repoPage(world)}/workflows/${encodeURIComponent(workflow.name)}/badge.svg`,
  };
}

/** One attempt of a run; `created_at` stays that of the run, `run_started_at` is the attempt's. */
export function runShape(baseUrl: string, world: World, run: FakeRun, attempt: FakeAttempt): RunPayload {
  const url = `${repoApi(baseUrl, world)}/actions/runs/${run.id}`;
  const suite = run.id + 1_000_000_000;
  const repository = minimalRepoShape(baseUrl, world);
  const isFirst = attempt.attempt === 1;
  return {
    id: run.id,
    name: run.workflow.name,
    node_id: nodeId('WFR', run.id),
    check_suite_id: suite,
    check_suite_node_id: nodeId('CS', suite),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: world.switches.runPathHasRef ? `${run.workflow.path}@${world.repo.defaultBranch}` : run.workflow.path,
    run_number: run.runNumber,
    run_attempt: attempt.attempt,
    referenced_workflows: run.calls.map(({ path }) => ({
      path: `${world.repo.owner}/${world.repo.name}/${path}@${run.headSha}`,
      sha: run.headSha,
    })),
    event: run.event,
    display_title: run.displayTitle,
    status: attempt.status,
    conclusion: attempt.conclusion,
    workflow_id: run.workflow.id,
    pull_requests: [],
    created_at: stamp(run.createdAt),
    updated_at: stamp(attempt.updatedAt),
    run_started_at: stamp(attempt.startedAt),
    actor: userShape(baseUrl, run.actor),
    triggering_actor: userShape(baseUrl, attempt.triggeringActor),
    url,
    html_url: `${repoPage(world)}/actions/runs/${run.id}`,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    check_suite_url: `${repoApi(baseUrl, world)}/check-suites/${suite}`,
    previous_attempt_url: isFirst ? null : `${url}/attempts/${attempt.attempt - 1}`,
    workflow_url: `${repoApi(baseUrl, world)}/actions/workflows/${run.workflow.id}`,
    head_commit: {
      id: run.headSha,
      tree_id: run.headSha,
      message: run.displayTitle,
      timestamp: stamp(run.createdAt),
      author: { name: run.actor.login, email: `${run.actor.login}@users.noreply.github.com` },
      committer: { name: 'GitHub', email: 'noreply@github.com' },
    },
    repository,
    head_repository: run.fromFork ? { ...repository, id: repository.id + 1, fork: true } : repository,
  };
}

export function jobShape(baseUrl: string, world: World, run: FakeRun, attempt: FakeAttempt, job: FakeJob): JobPayload {
  const api = repoApi(baseUrl, world);
  const started = job.status !== 'queued';
  return {
    id: job.id,
    run_id: run.id,
    run_url: `${api}/actions/runs/${run.id}`,
    run_attempt: attempt.attempt,
    node_id: nodeId('CR', job.id),
    workflow_name: run.workflow.name,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    url: `${api}/actions/jobs/${job.id}`,
    html_url: `${repoPage(world)}/actions/runs/${run.id}/job/${job.id}`,
    check_run_url: `${api}/check-runs/${job.id}`,
    name: job.name,
    status: job.status,
    conclusion: job.conclusion,
    created_at: stamp(job.createdAt),
    started_at: stamp(job.startedAt),
    completed_at: job.completedAt === null ? null : stamp(job.completedAt),
    steps: job.steps.map((step, index) => ({
      name: step.name,
      status: step.status,
      conclusion: step.conclusion,
      number: index + 1,
      started_at: step.status === 'queued' ? null : stamp(job.startedAt),
      completed_at: step.status === 'completed' ? stamp(job.completedAt ?? job.startedAt) : null,
    })),
    labels: [...job.labels],
    runner_id: started ? 1 : null,
    runner_name: started ? 'GitHub Actions 1' : null,
    runner_group_id: started ? 2 : null,
    runner_group_name: started ? 'GitHub Actions' : null,
  };
}

/** Artifacts are kept for 90 days. */
const RETENTION: Duration = 90 * DAY;

export function artifactShape(baseUrl: string, world: World, artifact: FakeArtifact): ArtifactPayload {
  const url = `${repoApi(baseUrl, world)}/actions/artifacts/${artifact.id}`;
  return {
    id: artifact.id,
    node_id: nodeId('AR', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.zip.byteLength,
    url,
    archive_download_url: `${url}/zip`,
    expired: artifact.expired,
    digest: artifact.digest,
    created_at: stamp(artifact.createdAt),
    updated_at: stamp(artifact.createdAt),
    expires_at: stamp(after(artifact.createdAt, RETENTION)),
    workflow_run: {
      id: artifact.run.id,
      repository_id: world.repo.id,
      head_repository_id: artifact.run.fromFork ? world.repo.id + 1 : world.repo.id,
      ...(artifact.run.headBranch === null ? {} : { head_branch: artifact.run.headBranch }),
      head_sha: artifact.run.headSha,
    },
  };
}
