import type { Route } from './router.ts';
import { administrationRoutes } from './routes/administration.ts';
import { annotationRoutes } from './routes/annotations.ts';
import { artifactRoutes } from './routes/artifacts.ts';
import { checkRunRoutes } from './routes/check-runs.ts';
import { commentRoutes } from './routes/comments.ts';
import { gitDataRoutes } from './routes/git-data.ts';
import { issueRoutes } from './routes/issues.ts';
import { labelRoutes } from './routes/labels.ts';
import { peopleRoutes } from './routes/people.ts';
import { pullRoutes } from './routes/pulls.ts';
import { rateLimitRoutes } from './routes/rate-limit.ts';
import { repositoryRoutes } from './routes/repository.ts';
import { reviewRoutes } from './routes/review.ts';
import { runRoutes } from './routes/runs.ts';
import { statusRoutes } from './routes/statuses.ts';
import { workflowRoutes } from './routes/workflows.ts';

/** Every REST endpoint the fake has; the OpenAPI subset is cut out for exactly these. Special paths first. */
export const ROUTES: readonly Route[] = [
  ...rateLimitRoutes,
  ...peopleRoutes,
  ...administrationRoutes,
  ...statusRoutes,
  ...pullRoutes,
  ...reviewRoutes,
  ...checkRunRoutes,
  ...repositoryRoutes,
  ...gitDataRoutes,
  ...workflowRoutes,
  ...runRoutes,
  ...artifactRoutes,
  ...annotationRoutes,
  ...labelRoutes,
  ...commentRoutes,
  ...issueRoutes,
];
