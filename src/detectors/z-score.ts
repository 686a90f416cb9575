import { errorFunction, mean, sampleStandardDeviation } from 'simple-statistics';
import { type Detector, detector } from './detector.ts';
import { basisOf, forget, isConstant, learn, newRecent, type Recent, tooFew } from './look-back.ts';
import { type Opinion, type Sensitivity, scoreOf } from './method.ts';

/** How many standard deviations from the mean are too many. */
const LIMITS: Readonly<Record<Sensitivity, number>> = { low: 3, medium: 2.5, high: 2 };
/** With fewer points the mean and the standard deviation are those of chance. */
const LEAST_POINTS = 10;

interface State {
  readonly recent: Recent;
  readonly limit: number;
}

/** The plain z-score: (value − mean) / standard deviation of the look-back. */
export const zScore: Detector = detector<State>({
  name: 'z-score',
  summary: 'More than 3.0, 2.5 or 2.0 standard deviations from the mean of the look-back.',
  heeds: ['sensitivity', 'lookBack'],
  begin: ({ lookBack, sensitivity }) => ({ recent: newRecent(lookBack), limit: LIMITS[sensitivity] }),
  judge({ recent, limit }, at, value) {
    forget(recent, at);
    const opinion = tooFew(recent, LEAST_POINTS) ?? opinionOf(recent, limit, at, value);
    learn(recent, at, value);
    return opinion;
  },
});

function opinionOf(recent: Recent, limit: number, at: number, value: number): Opinion | string {
  if (isConstant(recent)) return 'all points in the look-back are the same';
  const middle = mean(recent.values);
  const sigma = sampleStandardDeviation(recent.values);
  const z = (value - middle) / sigma;
  return {
    score: scoreOf(Math.abs(z) / limit),
    expected: { low: middle - limit * sigma, high: middle + limit * sigma },
    deviation: z,
    confidence: errorFunction(Math.abs(z) / Math.SQRT2),
    basis: basisOf(recent, at),
  };
}
