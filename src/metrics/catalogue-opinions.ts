import type { OpinionUse } from '../core/opinion.ts';
import type { Unit } from '../core/unit.ts';
import type { MetricDoc } from './metric-doc.ts';

const PEOPLE = 'opinion.judged';
const MODELS = 'opinion.given';

function opinions(name: keyof OpinionUse, unit: Unit, source: string, fold: string, unknownWhen: string): MetricDoc {
  return { name: `opinions.${name}`, unit, reduction: 'opinions', source, fold, unknownWhen };
}

const NEVER = 'never: where no model was asked it is 0';

/** The results of asking a model. */
export const OF_OPINIONS: readonly MetricDoc[] = [
  opinions('given', 'count', MODELS, 'Second opinions about pull requests that a model gave.', NEVER),
  opinions('findings', 'count', MODELS, 'Findings in them that named a line of the change.', NEVER),
  opinions('accepted', 'count', PEOPLE, 'Findings of which people said that they were of use.', NEVER),
  opinions('dismissed', 'count', PEOPLE, 'Findings of which people said that they were of no use.', NEVER),
  opinions(
    'acceptedShare',
    'ratio',
    PEOPLE,
    'opinions.accepted divided by the findings that people judged.',
    'nobody has judged a finding in that time',
  ),
  opinions(
    'cost',
    'usd',
    MODELS,
    'What second opinions and guesses at alerts cost together, by the price list. It is part of sessions.tokenUsage.cost too, as the agent checkrein.',
    'the cost of one of them is not known',
  ),
  opinions(
    'costPerAccepted',
    'usd',
    `${MODELS}, ${PEOPLE}`,
    'The cost of all second opinions divided by the findings that were accepted.',
    'no finding was accepted in that time, or the cost of an opinion is not known',
  ),
];

/** The value of one of them. An unknown metric would be a bug in the catalogue. */
export function opinionMetric(use: OpinionUse, metric: string): number | null {
  const name = metric.slice(metric.indexOf('.') + 1);
  const found = Object.entries(use).find(([key]) => key === name);
  if (found === undefined) throw new RangeError(`'${metric}' is no metric of opinions.`);
  return found[1];
}
