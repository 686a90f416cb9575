import { actionsApi } from './actions.ts';
import { buildsApi } from './builds.ts';
import { checksApi } from './checks.ts';
import { type ConnectionOptions, openConnection } from './connection.ts';
import { contentsApi } from './contents.ts';
import { controlApi } from './control.ts';
import { gitDataApi } from './git-data.ts';
import { glanceApi } from './glance.ts';
import { issuesApi } from './issues.ts';
import { itemsApi } from './items.ts';
import { peopleApi } from './people.ts';
import type { GitHub } from './port.ts';
import { pullReviewsApi } from './pull-reviews.ts';
import { pullsApi } from './pulls.ts';
import { reviewApi } from './review.ts';
import { rollbackApi } from './rollback.ts';
import { variablesApi } from './variables.ts';

/**
 * One repository on GitHub behind the port. Sends nothing before the first call.
 * @throws OutsideFailure when the token or the repository name is invalid.
 */
export function connectGitHub(options: ConnectionOptions): GitHub {
  const connection = openConnection(options);
  return {
    repo: options.repo,
    actions: actionsApi(connection),
    builds: buildsApi(connection),
    checks: checksApi(connection),
    contents: contentsApi(connection),
    git: gitDataApi(connection, options.repo),
    issues: issuesApi(connection, options.repo),
    items: itemsApi(connection),
    control: controlApi(connection),
    people: peopleApi(connection),
    pulls: pullsApi(connection, options.repo),
    pullReviews: pullReviewsApi(connection, options.repo),
    review: reviewApi(connection),
    rollback: rollbackApi(connection, options.repo),
    variables: variablesApi(connection),
    glances: glanceApi(connection, options.repo),
    usage: connection.meter.usage,
  };
}
