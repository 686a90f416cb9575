import { medianAbsoluteDeviation, medianSorted } from 'simple-statistics';
import { type Detector, detector } from './detector.ts';
import { type Opinion, type Sensitivity, scoreOf } from './method.ts';

/** The sum of departures at which the level is considered changed, in standard deviations. */
const LIMITS: Readonly<Record<Sensitivity, number>> = { low: 12, medium: 8, high: 5 };
/** Departures smaller than this many standard deviations are ignored: half of the smallest shift worth finding. */
const ALLOWANCE = 0.5;
/** One point adds at most this much, because a change of level takes several points. */
const MOST_AT_ONCE = 3;
/** The level is that of this many points since the last change; with fewer than the second number, nothing is said. */
const REFERENCE = 60;
const LEAST_POINTS = 14;
const MAD_TO_SIGMA = 1.4826;

interface State {
  readonly limit: number;
  /** The points since the last change that the level is learned from. */
  reference: number[];
  level: { readonly middle: number; readonly sigma: number } | null;
  up: number;
  down: number;
  since: number;
  last: number;
}

/**
 * Sums of departures from the level, upwards and downwards: E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954).
 * Level and scale are the median and median absolute deviation of the first points since the last change. After a change it learns
 * anew.
 */
export const changePoint: Detector = detector<State>({
  name: 'change-point',
  summary: 'The level has changed and stays there, by sums of small departures.',
  heeds: ['sensitivity'],
  begin: ({ sensitivity }) => ({ limit: LIMITS[sensitivity], level: null, last: 0, ...afresh(0) }),
  judge(state, at, value) {
    if (state.reference.length === 0) state.since = at;
    const opinion = opinionOf(state, value);
    if (state.reference.length < REFERENCE) {
      state.reference.push(value);
      state.level = state.reference.length < LEAST_POINTS ? null : levelOf(state.reference);
    }
    state.last = at;
    if (Math.max(state.up, state.down) >= state.limit) Object.assign(state, { level: null, ...afresh(at) });
    return opinion;
  },
});

function afresh(at: number): Pick<State, 'reference' | 'up' | 'down' | 'since'> {
  return { reference: [], up: 0, down: 0, since: at };
}

function levelOf(values: readonly number[]): { middle: number; sigma: number } | null {
  const sigma = MAD_TO_SIGMA * medianAbsoluteDeviation([...values]);
  return sigma > 0 ? { middle: medianSorted([...values].sort((a, b) => a - b)), sigma } : null;
}

function opinionOf(state: State, value: number): Opinion | string {
  const { level, limit, reference } = state;
  if (level === null) {
    return reference.length < LEAST_POINTS
      ? `${reference.length} points since the last change; ${LEAST_POINTS} are needed`
      : 'most points since the last change are the same, so that nothing is known of their spread';
  }
  const departure = Math.max(-MOST_AT_ONCE, Math.min(MOST_AT_ONCE, (value - level.middle) / level.sigma));
  state.up = Math.max(0, state.up + departure - ALLOWANCE);
  state.down = Math.max(0, state.down - departure - ALLOWANCE);
  const sum = Math.max(state.up, state.down);
  return {
    score: scoreOf(sum / limit),
    expected: { low: level.middle - 3 * level.sigma, high: level.middle + 3 * level.sigma },
    deviation: state.up >= state.down ? sum : -sum,
    // Siegmund's approximation of how rarely the sum gets this far by chance.
    confidence: 1 - Math.exp(-2 * ALLOWANCE * sum),
    basis: { from: state.since, to: state.last, points: reference.length },
  };
}
