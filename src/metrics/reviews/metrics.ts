import type { Facts } from '../../core/facts.ts';
import type { Subject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';
import { agentPulls } from '../agent-pulls.ts';
import type { Window } from '../period.ts';
import { reviewedPulls } from './answers.ts';
import { waitingNow } from './queue.ts';
import { type ReviewFigures, reviewFigures } from './reviews.ts';

/** `reviews.open` or `reviews.pending` of the repository or of an agent; null while not known. */
export function queueMetric(facts: Facts, metric: string, subject: Subject, now: Instant): number | null {
  const { pullRequests } = facts;
  const open = agentPulls(facts);
  const pulls =
    metric === 'reviews.pending' && pullRequests !== null ? waitingNow(reviewedPulls(pullRequests), now) : open;
  const own = subject.kind === 'agent' ? pulls?.filter(({ agent }) => agent === subject.name) : pulls;
  return own?.length ?? null;
}

/**
 * One of the other metrics of `reviews` over a stretch of time; null while not known.
 * @throws RangeError for any other name, which would be a bug in the catalogue.
 */
export function reviewMetric(
  { pullRequests }: Facts,
  metric: string,
  subject: Subject,
  { from, to }: Pick<Window, 'from' | 'to'>,
): number | null {
  if (pullRequests === null) return null;
  const agent = subject.kind === 'agent' ? subject.name : null;
  const figures = reviewFigures(pullRequests, { agent, from, to });
  const name = metric.replace(/^reviews\./, '');
  if (!isFigure(name, figures)) throw new RangeError(`'${metric}' is no metric of reviews.`);
  return figures[name];
}

function isFigure(name: string, figures: ReviewFigures): name is keyof ReviewFigures {
  return Object.hasOwn(figures, name);
}
