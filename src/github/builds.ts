import type { Instant } from '../core/time.ts';
import { conclusionOf, runOf } from './actions.ts';
import type { BuildsApi, RemoteAnnotation, RemoteBuildJob, RemoteStep } from './builds-port.ts';
import { type Connection, nextPage } from './connection.ts';
import type { Purpose } from './failure.ts';
import { type Raw, rawList, rawObject } from './raw.ts';

const R = '/repos/{owner}/{repo}';

const LIST: Purpose = { doing: 'list the finished workflow runs', permission: 'actions: read' };
const JOBS: Purpose = { doing: 'list the jobs of a workflow run', permission: 'actions: read' };
const ANNOTATIONS: Purpose = { doing: 'read the annotations of a job', permission: 'checks: read' };

/** The part of GitHub Actions that shows how builds are doing. */
export function buildsApi({ send, sendAll, baseUrl }: Connection): BuildsApi {
  return {
    ended: async (createdFrom, page) => {
      const query = { status: 'completed', created: `>=${wholeSecond(createdFrom)}`, per_page: 100, page };
      const answer = await send(LIST, `GET ${R}/actions/runs`, query);
      const body = rawObject(answer.data, 'a list of workflow runs');
      return {
        items: body.list('workflow_runs').map(runOf),
        total: body.number('total_count'),
        hasNext: nextPage(answer.headers, baseUrl) !== null,
      };
    },
    jobs: async (run, attempt) => {
      const route = `GET ${R}/actions/runs/{run}/attempts/{attempt}/jobs`;
      return (await sendAll(JOBS, route, { run, attempt }, 'a job', 'jobs')).map(jobOf);
    },
    annotations: async (job) => {
      const { data } = await send(ANNOTATIONS, `GET ${R}/check-runs/{job}/annotations`, { job, per_page: 100 });
      return rawList(data, 'an annotation').flatMap((raw) => annotationOf(raw) ?? []);
    },
  };
}

const LEVELS = ['failure', 'warning', 'notice'] as const;

/** Null for a level that GitHub does not document. */
function annotationOf(raw: Raw): RemoteAnnotation | null {
  const level = LEVELS.find((known) => known === raw.textOrNull('annotation_level'));
  const message = raw.textOrNull('message') ?? '';
  return level === undefined ? null : { level, path: raw.textOrNull('path') ?? '', message };
}

function wholeSecond(instant: Instant): string {
  return `${instant.slice(0, 19)}Z`;
}

function jobOf(raw: Raw): RemoteBuildJob {
  return {
    id: raw.number('id'),
    name: raw.text('name'),
    conclusion: conclusionOf(raw.textOrNull('conclusion')),
    createdAt: raw.instantOrNull('created_at'),
    startedAt: raw.instantOrNull('started_at'),
    completedAt: raw.instantOrNull('completed_at'),
    steps: raw.has('steps') ? raw.list('steps').map(stepOf) : [],
  };
}

function stepOf(raw: Raw): RemoteStep {
  return {
    name: raw.text('name'),
    conclusion: conclusionOf(raw.textOrNull('conclusion')),
    startedAt: raw.instantOrNull('started_at'),
    completedAt: raw.instantOrNull('completed_at'),
  };
}
