import type { Unit } from '../core/finding.ts';
import type { MetricDoc } from './catalogue.ts';

function later(group: string, names: Readonly<Record<string, Unit>>, what: string): readonly MetricDoc[] {
  return Object.entries(names).map(([name, unit]) => ({
    name: `${group}.${name}`,
    unit,
    reduction: 'none',
    source: 'none yet',
    fold: what,
    unknownWhen: 'always: no source measures it yet',
  }));
}

const OPEN = 'Names that a source will bring.';

/** What has its name already, so that rules about it can be written, and what no source measures yet. A rule about it has no data. */
export const UNMEASURED: readonly MetricDoc[] = [
  ...later(
    'analysis',
    {
      insightsGenerated: 'count',
      patternsIdentified: 'count',
      recommendationsProposed: 'count',
      confidenceScores: 'ratio',
    },
    'What agents that analyse a repository have found.',
  ),
  ...later(
    'improvements',
    { proposed: 'count', validated: 'count', deployed: 'count', rolledBack: 'count', performanceGain: 'ratio' },
    'Changes that agents proposed, by how far they came.',
  ),
  ...later(
    'rollbacks',
    { automatic: 'count', manual: 'count', successRate: 'ratio', averageRecoveryTime: 'ms' },
    'Changes of agents that were taken back.',
  ),
  ...later('codeQuality', { '*': 'count' }, OPEN),
  ...later('mcpOptimization', { '*': 'count' }, OPEN),
  ...later('developerExperience', { '*': 'count' }, OPEN),
  ...later('database', { '*': 'count' }, OPEN),
  ...later('telemetry', { '*': 'count' }, OPEN),
];
