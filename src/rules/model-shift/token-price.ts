import type { Facts } from '../../core/facts.ts';
import type { Point } from '../../core/series.ts';
import { agentSubject } from '../../core/subject.ts';
import { after, DAY, type Duration, HOUR, type Instant } from '../../core/time.ts';
import { medianOf } from '../../detectors/expectation/expectation.ts';

/** The price of a token since a moment. */
export interface TokenPrice {
  /** The median as a multiple of the earlier one. */
  readonly times: number;
  /** Whether that is clearly more than in each hour before, so that one session is enough evidence. */
  readonly isUnheardOf: boolean;
}

/** How long hourly sums are kept. */
const HOURS: Duration = 14 * DAY;
/** The fewest earlier hours with known cost and tokens needed to say what is usual. */
const LEAST_HOURS = 5;
/** A cold cache makes tokens more expensive too, but not this much more than ever before. */
const BEYOND_EVER = 1.2;

/**
 * How many times as much a token costs since a moment, as the median over sessions. Sessions differ in size far more than in the
 * price of their tokens, so one or two of them show what their means would show after twenty. Null if not known.
 */
export function tokenPriceSince(facts: Facts, agent: string, since: Instant, now: Instant): TokenPrice | null {
  const hours = pricesByHour(facts, agent, now);
  const before = hours.filter(({ at }) => after(at, HOUR) <= since).map(({ price }) => price);
  const later = pricesSince(facts, agent, since);
  const known = later.length > 0 ? later : hours.filter(({ at }) => at >= since).map(({ price }) => price);
  const usual = medianOf(before);
  if (before.length < LEAST_HOURS || known.length === 0 || usual <= 0) return null;
  const price = medianOf(known);
  return { times: price / usual, isUnheardOf: price >= BEYOND_EVER * Math.max(...before) };
}

function pricesByHour(facts: Facts, agent: string, now: Instant): readonly { at: Instant; price: number }[] {
  const hours = (metric: string): readonly Point[] =>
    facts.series(metric, agentSubject(agent), 'hour', after(now, -HOURS), after(now, 1)).points;
  const tokens = hours('sessions.tokenUsage.total');
  return hours('sessions.tokenUsage.cost').flatMap(({ at, aggregate }, i) => {
    const used = tokens[i]?.aggregate?.sum ?? 0;
    return aggregate !== null && aggregate.unknown === 0 && used > 0 ? [{ at, price: aggregate.sum / used }] : [];
  });
}

/**
 * Individually, from the remembered sessions, because the hour in which a model appeared also contains sessions of the one before.
 */
function pricesSince({ sessions }: Facts, agent: string, since: Instant): readonly number[] {
  return sessions.flatMap(({ agent: whose, at, cost: { usd }, tokens }) =>
    whose === agent && at >= since && usd !== null && tokens !== null && tokens > 0 ? [usd / tokens] : [],
  );
}
