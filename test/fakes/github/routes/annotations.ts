import { type Call, param } from '../call.ts';
import { paginate } from '../paging.ts';
import { found, json, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { repoPage } from '../shapes/urls.ts';

/** The check run of a job has the number of the job. */
export const annotationRoutes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', { needs: 'checks:read' }, list),
];

function list(call: Call): Reply {
  const id = Number(param(call, 'check_run_id'));
  const jobs = call.world.runs.flatMap(({ attempts }) => attempts.flatMap((attempt) => attempt.jobs));
  const job = found(jobs.find((one) => one.id === id));
  const { items, headers } = paginate(call, job.annotations);
  const annotations = items.map(({ level, message, path = '.github' }) => ({
    path,
    start_line: 1,
    end_line: 1,
    start_column: null,
    end_column: null,
    annotation_level: level,
    title: '',
    message,
    raw_details: '',
    blob_href: `${repoPage(call.world)}/blob/main/${path}`,
  }));
  return json(annotations, 200, headers);
}
