import { CATALOGUE, windowWords } from '../../src/metrics/catalogue.ts';
import { HEALTH } from '../../src/metrics/catalogue-health.ts';
import { MEASURES } from '../../src/metrics/measure-catalogue.ts';
import { MOST_LABEL_SETS, MOST_METRICS } from '../../src/metrics/measures.ts';
import type { MetricDoc } from '../../src/metrics/metric-doc.ts';
import { GENERATED, table } from './table.ts';

function metricTable(docs: readonly MetricDoc[], above: string): string {
  return table(
    ['metric', 'unit', 'becomes one value by', 'over', 'comes from', 'what it is', 'is unknown when'],
    docs.map((metric) => [
      `\`${above}${metric.name}\``,
      metric.values?.join(', ') ?? metric.unit,
      metric.reduction,
      windowWords(metric),
      metric.source,
      metric.fold,
      metric.unknownWhen,
    ]),
  );
}

/** docs/metrics.md */
export function metricsPage(): string {
  return [
    '# Metrics',
    GENERATED,
    'What is measured, for the repository and for each agent, by hour and by day. `watch --json` shows them below `metrics`. A ' +
      'value that is not known is `null`, never 0.',
    metricTable(CATALOGUE, 'metrics.'),
    '## Health',
    'What rules may ask below `health`.',
    metricTable(HEALTH, 'health.'),
    '## Measures',
    'What sessions and programs measured is kept as rollups by minute, hour and day (`retention` in [config.md](config.md) says how long): for each ' +
      'set of labels the count of the known observations, their sum, the least, the greatest, and how many were unknown. Where quantiles are kept, ' +
      'each is within 1 % of a value of that rank; not where one of the values is negative. `checkrein.rollups` in PostgreSQL holds them too ([sql.md](sql.md)). ' +
      `At most ${MOST_METRICS} metrics with ${MOST_LABEL_SETS.toLocaleString('en')} sets of labels each are kept apart; further sets are counted together under the label \`other\`, and \`watch\` says so.`,
    table(
      ['measure', 'unit', 'labels', 'comes from', 'an observation is', 'is unknown when', 'quantiles'],
      MEASURES.map((measure) => [
        measure.name === '*' ? 'names of your own' : `\`${measure.name}\``,
        measure.unit,
        measure.labels,
        measure.source,
        measure.observation,
        measure.unknownWhen,
        measure.hasQuantiles ? 'yes' : 'no',
      ]),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}
