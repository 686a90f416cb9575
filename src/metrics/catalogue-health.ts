import type { MetricDoc } from './metric-doc.ts';

const PARTS = ['database', 'telemetry', 'mcpServers', 'githubActions'] as const;

/** The metrics below `health`, not below `metrics`; docs/health.md explains what each consists of. */
export const HEALTH: readonly MetricDoc[] = PARTS.flatMap((part): readonly MetricDoc[] => [
  {
    name: `${part}.status`,
    unit: 'count',
    values: ['healthy', 'degraded', 'unhealthy'],
    reduction: 'now',
    source: 'health.probed, session.recorded, run.completed, source.read',
    fold: 'How it fares by its score: healthy from 80 of 100, unhealthy below 50.',
    unknownWhen: 'less than half of what the score rests on is known',
  },
  {
    name: `${part}.latency`,
    unit: 'ms',
    reduction: 'now',
    source: 'health.probed, session.recorded',
    fold: 'The typical time that it takes to answer.',
    unknownWhen: 'no answer was timed',
  },
]);
