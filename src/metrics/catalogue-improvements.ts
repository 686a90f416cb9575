import type { Unit } from '../core/unit.ts';
import type { MetricDoc } from './metric-doc.ts';

const UNSEEN = 'no pull request of an agent was ever read';

function figure(name: string, unit: Unit, source: string, fold: string, unknownWhen: string = UNSEEN): MetricDoc {
  return { name, unit, reduction: 'improvements', source, fold, unknownWhen };
}

/** The results of agents' changes over the last 90 days. */
export const OF_IMPROVEMENTS: readonly MetricDoc[] = [
  figure(
    'improvements.proposed',
    'count',
    'pull.seen, improvement.proposed',
    'Pull requests of agents that were opened.',
  ),
  figure(
    'improvements.validated',
    'count',
    'improvement.validated',
    'Those whose checks and review have passed on their head.',
  ),
  figure(
    'improvements.deployed',
    'count',
    'improvement.deployed',
    'Those that came into force: by their merge, or by the deployment that a workflow recorded.',
  ),
  figure('improvements.rolledBack', 'count', 'rollback.merged', 'Those that were taken back.'),
  figure(
    'improvements.performanceGain',
    'ratio',
    'improvement.judged, improvement.held',
    'Mean gain of the metric that was promised, as a share of what it was before, over the verdicts "better" that have not expired.',
    `${UNSEEN}, or no change has the verdict "better"`,
  ),
  figure(
    'improvements.costSavings',
    'usd',
    'improvement.judged, improvement.held',
    'US dollars a day that sessions cost less than before, over the verdicts "better" that have not expired; what such a change costs more is taken off.',
    `${UNSEEN}, or no change has the verdict "better", or their cost is not known`,
  ),
  figure(
    'rollbacks.automatic',
    'count',
    'rollback.opened, rollback.merged',
    'Rollbacks that Checkrein proposed by itself and a person merged.',
  ),
  figure('rollbacks.manual', 'count', 'rollback.opened, rollback.merged', 'Rollbacks that a person asked for or made.'),
  figure(
    'rollbacks.successRate',
    'ratio',
    'rollback.ended',
    'The share of merged rollbacks after which the metric came back to where it was.',
    `${UNSEEN}, or no rollback has ended`,
  ),
  figure(
    'rollbacks.averageRecoveryTime',
    'ms',
    'rollback.ended',
    'Mean time from when a rollback was asked for until the metric was back.',
    `${UNSEEN}, or no rollback has brought the metric back`,
  ),
];
