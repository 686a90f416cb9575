import { json } from '../reply.ts';
import { type Route, route } from '../router.ts';

export const rateLimitRoutes: readonly Route[] = [
  route('GET /rate_limit', { needs: 'anyone' }, ({ rates, token, now }) => {
    const core = rates.overview(token, 'core', now);
    return json({
      resources: {
        core,
        search: { limit: 30, remaining: 30, reset: core.reset, used: 0 },
        graphql: rates.overview(token, 'graphql', now),
      },
      rate: core,
    });
  }),
];
