import type { Actor, RunConclusion, RunStatus } from '../core/run.ts';
import { type Instant, toMs } from '../core/time.ts';
import { type Connection, nextPage } from './connection.ts';
import { downloadArtifact } from './download.ts';
import type { Purpose } from './failure.ts';
import type { ActionsApi, RemoteArtifact, RemoteJob, RemoteWorkflow, RunQuery } from './port.ts';
import { type Raw, rawObject } from './raw.ts';
import type { Page, RemoteRun } from './remote.ts';

const R = '/repos/{owner}/{repo}/actions';

function reading(doing: string): Purpose {
  return { doing, permission: 'actions: read' };
}

const LIST_WORKFLOWS = reading('list the workflows');
const LIST_RUNS = reading('list the workflow runs');
const READ_RUN = reading('read a workflow run');
const READ_ATTEMPT = reading('read an earlier attempt of a workflow run');
const LIST_JOBS = reading('list the jobs of a workflow run');
const LIST_ARTIFACTS = reading('list the artifacts');

/** The part of GitHub Actions that Checkrein reads. */
export function actionsApi(connection: Connection): ActionsApi {
  const { send, sendAll, baseUrl } = connection;
  const page = async <T>(
    purpose: Purpose,
    route: string,
    parameters: Readonly<Record<string, unknown>>,
    key: string,
    convert: (raw: Raw) => T,
  ): Promise<Page<T>> => {
    const answer = await send(purpose, route, { ...parameters, per_page: 100 });
    const body = rawObject(answer.data, `a list of ${key}`);
    return {
      items: body.list(key).map(convert),
      total: body.number('total_count'),
      hasNext: nextPage(answer.headers, baseUrl) !== null,
    };
  };
  return {
    workflows: async () =>
      (await sendAll(LIST_WORKFLOWS, `GET ${R}/workflows`, {}, 'a workflow', 'workflows')).map(workflowOf),
    runs: (query) => page(LIST_RUNS, runsRoute(query), runsParameters(query), 'workflow_runs', runOf),
    run: async (id) => runOf(rawObject((await send(READ_RUN, `GET ${R}/runs/{id}`, { id })).data, 'a workflow run')),
    attempt: async (id, attempt) => {
      const { data } = await send(READ_ATTEMPT, `GET ${R}/runs/{id}/attempts/{attempt}`, { id, attempt });
      return runOf(rawObject(data, 'a workflow run'));
    },
    jobs: async (run, attempt) =>
      (await sendAll(LIST_JOBS, `GET ${R}/runs/{run}/attempts/{attempt}/jobs`, { run, attempt }, 'a job', 'jobs')).map(
        jobOf,
      ),
    runArtifacts: async (run) =>
      (await sendAll(LIST_ARTIFACTS, `GET ${R}/runs/{run}/artifacts`, { run }, 'an artifact', 'artifacts')).map(
        artifactOf,
      ),
    artifacts: (number) => page(LIST_ARTIFACTS, `GET ${R}/artifacts`, { page: number }, 'artifacts', artifactOf),
    artifactZip: (id, maxBytes) => downloadArtifact(connection, id, maxBytes),
  };
}

function runsRoute(query: RunQuery): string {
  return query.workflowId === undefined ? `GET ${R}/runs` : `GET ${R}/workflows/{workflow}/runs`;
}

function runsParameters(query: RunQuery): Readonly<Record<string, unknown>> {
  const created = createdFilter(query);
  return {
    page: query.page,
    ...(query.workflowId === undefined ? {} : { workflow: query.workflowId }),
    ...(created === null ? {} : { created }),
  };
}

function createdFilter({ createdFrom, createdTo }: RunQuery): string | null {
  if (createdFrom === undefined && createdTo === undefined) return null;
  return `${createdFrom === undefined ? '*' : wholeSecond(createdFrom, 0)}..${createdTo === undefined ? '*' : wholeSecond(createdTo, 999)}`;
}

/** GitHub has a resolution of seconds. The filter's milliseconds are rounded so that both ends stay inside. */
function wholeSecond(instant: Instant, add: number): string {
  return `${new Date(toMs(instant) + add).toISOString().slice(0, 19)}Z`;
}

/** GitHub sometimes answers `.github/workflows/a.yml@refs/heads/main`. */
function withoutRef(path: string): string {
  const at = path.indexOf('@');
  return at === -1 ? path : path.slice(0, at);
}

function workflowOf(raw: Raw): RemoteWorkflow {
  return {
    id: raw.number('id'),
    name: raw.text('name'),
    path: withoutRef(raw.text('path')),
    state: raw.text('state'),
  };
}

/** One workflow run as GitHub sends it. */
export function runOf(raw: Raw): RemoteRun {
  const createdAt = raw.instant('created_at');
  const pulls = raw.has('pull_requests') ? raw.list('pull_requests').map((pull) => pull.number('number')) : [];
  return {
    id: raw.number('id'),
    attempt: raw.has('run_attempt') ? raw.number('run_attempt') : 1,
    workflowId: raw.number('workflow_id'),
    path: withoutRef(raw.text('path')),
    trigger: raw.text('event'),
    actor: actorOf(raw.objectOrNull('actor')),
    status: statusOf(raw.text('status')),
    conclusion: conclusionOf(raw.textOrNull('conclusion')),
    createdAt,
    startedAt: raw.instantOrNull('run_started_at') ?? createdAt,
    updatedAt: raw.instant('updated_at'),
    url: raw.text('html_url'),
    ...(pulls.length === 0 ? {} : { pulls }),
  };
}

function jobOf(raw: Raw): RemoteJob {
  const conclusion = conclusionOf(raw.textOrNull('conclusion'));
  return {
    name: raw.text('name'),
    status: statusOf(raw.text('status')),
    conclusion,
    createdAt: raw.instantOrNull('created_at'),
    startedAt: raw.instantOrNull('started_at'),
    completedAt: raw.instantOrNull('completed_at'),
    began:
      conclusion === 'cancelled' ? hasBegunStep(raw) : conclusion !== 'skipped' && conclusion !== 'action_required',
    whole: isWhole(raw),
    steps: stepsOf(raw).map((step) => ({
      name: step.text('name'),
      conclusion: conclusionOf(step.textOrNull('conclusion')),
    })),
  };
}

function stepsOf(raw: Raw): readonly Raw[] {
  return raw.has('steps') ? raw.list('steps') : [];
}

function isWhole(raw: Raw): boolean | null {
  const steps = stepsOf(raw);
  return steps.length === 0 ? null : steps.every((step) => step.text('status') === 'completed');
}

/** GitHub gives a cancelled job a start time even if it never left the queue, so its steps decide. */
function hasBegunStep(raw: Raw): boolean {
  return stepsOf(raw).some((step) => !['queued', 'pending'].includes(step.text('status')));
}

function artifactOf(raw: Raw): RemoteArtifact {
  const run = raw.objectOrNull('workflow_run');
  return {
    id: raw.number('id'),
    name: raw.text('name'),
    bytes: raw.number('size_in_bytes'),
    digest: raw.textOrNull('digest'),
    expired: raw.flag('expired'),
    createdAt: raw.instant('created_at'),
    run: run?.has('id') ? run.number('id') : null,
  };
}

/** An actor in the REST API; null for accounts that are gone. */
export function actorOf(raw: Raw | null): Actor | null {
  if (raw === null) return null;
  const type = raw.textOrNull('type');
  const known = type === 'User' || type === 'Bot' || type === 'Organization';
  return { id: raw.number('id'), login: raw.text('login'), type: known ? type : 'unknown' };
}

const STATUSES: ReadonlySet<string> = new Set<RunStatus>([
  'queued',
  'requested',
  'waiting',
  'pending',
  'in_progress',
  'completed',
]);

/** A status that we do not know counts as not finished: the run is looked at again. */
function statusOf(status: string): RunStatus {
  return STATUSES.has(status) ? (status as RunStatus) : 'pending';
}

const CONCLUSIONS: ReadonlySet<string> = new Set<RunConclusion>([
  'success',
  'failure',
  'neutral',
  'cancelled',
  'skipped',
  'stale',
  'timed_out',
  'action_required',
  'startup_failure',
]);

/** Null for a conclusion that we do not know. */
export function conclusionOf(conclusion: string | null): RunConclusion | null {
  return conclusion !== null && CONCLUSIONS.has(conclusion) ? (conclusion as RunConclusion) : null;
}
