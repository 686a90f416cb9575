import { errorFunction } from 'simple-statistics';
import { type Detector, detector } from './detector.ts';
import { medianOf } from './expectation/expectation.ts';
import { type Opinion, type Sensitivity, scoreOf } from './method.ts';

/** By what share of the median the series must have grown or shrunk over the window. */
const LIMITS: Readonly<Record<Sensitivity, number>> = { low: 1, medium: 0.5, high: 0.25 };
/** How many points are looked at: four whole weeks of days. */
const WINDOW = 28;
/** Beyond this z the slope is not chance. */
const SURE = 3;

interface State {
  readonly limit: number;
  readonly moments: number[];
  readonly values: number[];
}

/**
 * A slope that is not chance (M. G. Kendall, Rank Correlation Methods, 1955, with H. B. Mann's test) and is large: the incomplete
 * method of H. Theil, "A rank-invariant method of linear and polynomial regression analysis" (1950), over the window, relative to
 * the median.
 */
export const trend: Detector = detector<State>({
  name: 'trend',
  summary: 'The last 28 points rise or fall steadily, and by much.',
  heeds: ['sensitivity'],
  begin: ({ sensitivity }) => ({ limit: LIMITS[sensitivity], moments: [], values: [] }),
  judge({ limit, moments, values }, at, value) {
    moments.push(at);
    values.push(value);
    if (values.length > WINDOW) {
      moments.shift();
      values.shift();
    }
    return values.length < WINDOW
      ? `${values.length} points; ${WINDOW} are needed`
      : opinionOf(values, limit, { from: moments[0] as number, to: at, points: WINDOW });
  },
});

function opinionOf(values: readonly number[], limit: number, basis: Opinion['basis']): Opinion | string {
  const middle = medianOf(values.map(Math.abs));
  if (!(middle > 0)) return 'most points are zero, so that no share of them can be taken';
  const { slope, z } = steadiness(values);
  const growth = (slope * (values.length - 1)) / middle;
  const ratio = Math.min(Math.abs(growth) / limit, Math.abs(z) / SURE);
  const level = medianOf(values);
  return {
    score: scoreOf(ratio),
    expected: { low: level - (limit * middle) / 2, high: level + (limit * middle) / 2 },
    deviation: growth,
    confidence: errorFunction(Math.abs(z) / Math.SQRT2),
    basis,
  };
}

/** Theil's slope per point, from pairs half a window apart, and the z of Mann and Kendall with its correction for ties. */
function steadiness(values: readonly number[]): { slope: number; z: number } {
  const apart = WINDOW / 2;
  const slopes = values.slice(apart).map((later, i) => (later - (values[i] as number)) / apart);
  let score = 0;
  for (let j = 1; j < values.length; j += 1) {
    for (let i = 0; i < j; i += 1) score += Math.sign((values[j] as number) - (values[i] as number));
  }
  const variance = varianceOf(values);
  const z = variance > 0 ? (score - Math.sign(score)) / Math.sqrt(variance) : 0;
  return { slope: medianOf(slopes), z };
}

function varianceOf(values: readonly number[]): number {
  const groups = new Map<number, number>();
  for (const value of values) groups.set(value, (groups.get(value) ?? 0) + 1);
  const term = (n: number): number => n * (n - 1) * (2 * n + 5);
  let ties = 0;
  for (const size of groups.values()) ties += term(size);
  return (term(values.length) - ties) / 18;
}
