import type { Unit } from '../core/unit.ts';
import type { MetricDoc } from './metric-doc.ts';

const SOURCE = 'pull.seen, review.given';
const UNREAD = 'the pull requests could not be read for a day';

function now(name: string, fold: string): MetricDoc {
  return {
    name: `reviews.${name}`,
    unit: 'count',
    reduction: 'review queue',
    source: SOURCE,
    fold,
    unknownWhen: UNREAD,
  };
}

function decided(name: string, unit: Unit, fold: string, unknownWhen: string): MetricDoc {
  return {
    name: `reviews.${name}`,
    unit,
    reduction: 'reviews',
    source: SOURCE,
    fold,
    unknownWhen: `${UNREAD}; ${unknownWhen}`,
  };
}

const NONE_IN = 'or none was in the period';

/** About the pull requests of agents and how people respond to them. */
export const OF_REVIEWS: readonly MetricDoc[] = [
  now(
    'open',
    'Open pull requests of agents, drafts among them; where the pull requests cannot be read but the issues and pull requests of bots can, those that a bot opened while one agent alone was at work, and the others of the same bot.',
  ),
  now(
    'pending',
    'The open ones that wait for people: no drafts, and nobody has approved or asked for changes since the last commit, or who did is asked again. Where only reviews.open is known, that.',
  ),
  decided(
    'approved',
    'count',
    'Heads of pull requests that people approved, or merged without a review. Bots count for nothing, nor do dismissed reviews.',
    'else 0',
  ),
  decided(
    'rejected',
    'count',
    'Heads of pull requests for which people asked for changes, or that they closed without a merge.',
    'else 0',
  ),
  decided(
    'averageReviewTime',
    'ms',
    'Mean time from when a pull request was ready (opened, or out of its draft) to the first decision of a person, of those first decided in the period.',
    NONE_IN,
  ),
  decided(
    'averageFirstResponse',
    'ms',
    'Mean time from when a pull request was ready to the first review of a person, of whatever kind, or to its merge or closing by one.',
    NONE_IN,
  ),
  decided(
    'averageRounds',
    'count',
    'Mean number of heads that people reviewed, of the pull requests that were closed or merged in the period.',
    NONE_IN,
  ),
];
