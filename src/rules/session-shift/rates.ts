import type { Series } from '../../core/series.ts';
import { after, DAY, type Duration, type Instant } from '../../core/time.ts';
import { expectRate, type Trials } from '../../detectors/expectation/rates.ts';

/** The trials of one hour that had any. */
interface Hour extends Trials {
  readonly at: Instant;
}

/** A rate that is higher than before over some consecutive hours. */
export interface RateShift {
  readonly hits: number;
  readonly all: number;
  /** What was usual before. */
  readonly usual: number;
  /**
   * −log10 of the probability of this many hits at earlier rates, less that of the active hours of a usual day, because an agent
   * that works around the clock gives chance that many more opportunities.
   */
  readonly digits: number;
}

/** What a rate must reach before its probability is computed. */
export interface RateFloors {
  readonly hits: number;
  readonly rate: number;
  /** The fewest earlier trials needed to know anything. */
  readonly before: number;
}

/** Hours this young are judged; older ones are what they are compared with. */
const YOUNG: Duration = 2 * DAY;
/** The days before those, out of the two weeks requested. */
const DAYS_BEFORE = 12;
/** How long a report stays, so that it remains one story. */
const FRESH: Duration = DAY;
/** How many active hours are combined. */
const LENGTHS: readonly number[] = [1, 2, 3, 4, 6, 8, 12];
/** A rate must be this many times the usual, however improbable a smaller rise is. */
const LEAST_RATIO = 2;

/**
 * The least probable rise of a rate over the last hours, by the beta-binomial distribution of the hours before; null if none
 * reaches the floors, a sentence if too little is known.
 */
export function rateShift(
  { points }: Pick<Series, 'points'>,
  floors: RateFloors,
  now: Instant,
): RateShift | null | string {
  const hours = points.flatMap(({ at, aggregate }): Hour[] =>
    aggregate !== null && aggregate.count > 0 ? [{ at, all: aggregate.count, hits: aggregate.sum }] : [],
  );
  const young = after(now, -YOUNG);
  const before = hours.filter(({ at }) => at < young);
  const known = before.reduce((sum, { all }) => sum + all, 0);
  if (known < floors.before) return `${known} before the last two days are known; ${floors.before} are needed`;
  const fresh = after(now, -FRESH);
  const occasions = Math.log10(Math.max(1, before.length / DAYS_BEFORE));
  const last = hours.slice(before.length);
  const rows = last.flatMap(({ at }, place) =>
    at < fresh
      ? []
      : LENGTHS.filter((length) => length <= place + 1).map((length) => last.slice(place + 1 - length, place + 1)),
  );
  return rows.reduce<RateShift | null>((worst, row) => {
    const shift = judge(row, before, floors);
    const digits = (shift?.digits ?? 0) - occasions;
    return shift !== null && digits > (worst?.digits ?? 0) ? { ...shift, digits } : worst;
  }, null);
}

function judge(row: readonly Hour[], before: readonly Hour[], floors: RateFloors): RateShift | null {
  const hits = row.reduce((sum, hour) => sum + hour.hits, 0);
  const all = row.reduce((sum, hour) => sum + hour.all, 0);
  if (hits < floors.hits || hits < floors.rate * all) return null;
  const expected = expectRate(before, { hits, all });
  if (expected === null || hits < LEAST_RATIO * expected.middle * all) return null;
  return { hits, all, usual: expected.middle, digits: expected.digits };
}
