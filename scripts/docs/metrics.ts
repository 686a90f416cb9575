import { CATALOGUE } from '../../src/metrics/catalogue.ts';
import { GENERATED, table } from './table.ts';

/** docs/metrics.md */
export function metricsPage(): string {
  return [
    '# Metrics',
    GENERATED,
    'What is measured, for the repository and for each agent, by hour and by day. `watch --json` shows them below `metrics`. A ' +
      'value that is not known is `null`, never 0.',
    table(
      ['metric', 'unit', 'becomes one number by', 'comes from', 'what it is', 'is unknown when'],
      CATALOGUE.map((metric) => [
        `\`${metric.name}\``,
        metric.unit,
        metric.reduction,
        metric.source,
        metric.fold,
        metric.unknownWhen,
      ]),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}
