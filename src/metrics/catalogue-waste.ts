import type { Unit } from '../core/unit.ts';
import { WASTED, type WasteReport, WORK_CLASSES, type WorkClass } from '../core/waste.ts';
import type { MetricDoc } from './metric-doc.ts';

const SOURCE = 'run.completed, session.recorded, session.absent, pull.seen, item.seen';
const NO_WORK = 'no agent has worked in that time';

/** The name of a metric and how it is read from the report. */
interface OfWaste {
  readonly name: string;
  readonly unit: Unit;
  readonly fold: string;
  readonly unknownWhen: string;
  readonly read: (total: WasteReport['total']) => number | null;
}

function share(kind: WorkClass): OfWaste {
  return {
    name: `waste.share.${kind === 'no-op' ? 'noOp' : kind}`,
    unit: 'ratio',
    fold: `Pieces of work of the class ${kind} divided by all of them. A run with all its attempts is one, as is a session of no run.`,
    unknownWhen: NO_WORK,
    read: ({ pieces, byClass }) => (pieces === 0 ? null : byClass[kind].pieces / pieces),
  };
}

/** Null if a cost of any of these classes is not known, or if it is not known of any work what became of it. */
function spentForNothing(total: WasteReport['total']): number | null {
  const { byClass } = total;
  if (total.pieces > 0 && decidedOf(total) === 0) return null;
  return [...WASTED].reduce<number | null>((sum, kind) => {
    const { usd } = byClass[kind];
    return sum === null || usd === null ? null : sum + usd;
  }, 0);
}

/** The pieces of work whose outcome is known. */
function decidedOf({ pieces, byClass }: WasteReport['total']): number {
  return pieces - byClass.open.pieces - byClass.unknown.pieces;
}

function wastedShare(total: WasteReport['total']): number | null {
  const { byClass } = total;
  const decided = decidedOf(total);
  const wasted = [...WASTED].reduce((sum, kind) => sum + byClass[kind].pieces, 0);
  return decided === 0 ? null : wasted / decided;
}

const METRICS: readonly OfWaste[] = [
  {
    name: 'waste.costPerLanded',
    unit: 'usd',
    fold: 'All that was spent on the work of that time, whatever became of it, divided by waste.landed. With work of unknown cost a lower bound.',
    unknownWhen: 'nothing landed, no cost is known, or the pull requests could not be read for a day',
    read: ({ usdPerLanded }) => usdPerLanded,
  },
  {
    name: 'waste.landed',
    unit: 'count',
    fold: 'Pull requests of agents that were made in that time, were merged and stand.',
    unknownWhen: 'the pull requests could not be read for a day',
    read: ({ landed }) => landed,
  },
  {
    name: 'waste.spentForNothing',
    unit: 'usd',
    fold: 'What work of the classes no-op, duplicate, abandoned and reverted cost.',
    unknownWhen:
      'no cost of one of these classes is known, though there was such work; or of no piece of work it is known what became of it',
    read: spentForNothing,
  },
  {
    name: 'waste.wastedShare',
    unit: 'ratio',
    fold: 'Pieces of work of these classes divided by those whose class is neither open nor unknown.',
    unknownWhen: 'of no piece of work it is known what became of it',
    read: wastedShare,
  },
  ...WORK_CLASSES.map(share),
];

/** What became of the work of agents. */
export const OF_WASTE: readonly MetricDoc[] = METRICS.map(({ name, unit, fold, unknownWhen }) => {
  return { name, unit, reduction: 'waste', source: SOURCE, fold, unknownWhen };
});

/**
 * One number of the report for all agents together.
 * @throws RangeError for a metric that is not in `OF_WASTE`.
 */
export function wasteMetric({ total }: WasteReport, name: string): number | null {
  const found = METRICS.find((metric) => metric.name === name);
  if (found === undefined) throw new RangeError(`'${name}' is no metric of waste.`);
  return found.read(total);
}
