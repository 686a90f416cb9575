import { conclusionOf } from './actions.ts';
import type { ChecksApi, RemoteCheckRun } from './checks-port.ts';
import type { Connection } from './connection.ts';
import type { Purpose } from './failure.ts';
import { type Raw, rawObject } from './raw.ts';

const LIST: Purpose = { doing: 'list the check runs of a commit', permission: 'checks: read' };
const ROUTE = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';

/** The check runs of commits, from the REST API. */
export function checksApi({ send }: Connection): ChecksApi {
  return {
    ofCommit: async (commit) => {
      const { data } = await send(LIST, ROUTE, { ref: commit, filter: 'latest', per_page: 100 });
      const body = rawObject(data, 'a list of check runs');
      return { runs: body.list('check_runs').map(checkRunOf), total: body.number('total_count') };
    },
  };
}

function checkRunOf(raw: Raw): RemoteCheckRun {
  return {
    name: raw.text('name'),
    completed: raw.text('status') === 'completed',
    conclusion: conclusionOf(raw.textOrNull('conclusion')),
    completedAt: raw.instantOrNull('completed_at'),
    title: raw.objectOrNull('output')?.textOrNull('title') ?? null,
  };
}
