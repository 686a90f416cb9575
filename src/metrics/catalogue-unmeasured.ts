import type { Unit } from '../core/unit.ts';
import type { MetricDoc } from './metric-doc.ts';

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

/**
 * Metrics that already have a name, so that rules about them can be written, but that no source measures yet. A rule about one has
 * no data.
 */
export const UNMEASURED: readonly MetricDoc[] = [
  ...later('database', { '*': 'count' }, OPEN),
  ...later('telemetry', { '*': 'count' }, OPEN),
];
