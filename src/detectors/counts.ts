import { type Detector, detector } from './detector.ts';
import { expectCount, isCount, unitOf } from './expectation/counts.ts';
import { type Opinion, type Sensitivity, scoreOf } from './method.ts';

/** From this many digits on, it is a report: one ordinary point in 300, 100 and 30. */
const LINES: Readonly<Record<Sensitivity, number>> = { low: 2.5, medium: 2, high: 1.5 };
/** How many points are looked back at. */
const KEPT = 200;
const LEAST_POINTS = 7;

interface State {
  readonly moments: number[];
  readonly values: number[];
  readonly line: number;
}

/** Failures per day, denials per hour: many of them are zero, and rare events have no meaningful standard deviation. */
export const counts: Detector = detector<State>({
  name: 'counts',
  summary: 'Too many of something that is counted, by the distribution that counts have (negative binomial).',
  heeds: ['sensitivity'],
  begin: ({ sensitivity }) => ({ moments: [], values: [], line: LINES[sensitivity] }),
  judge(state, at, value) {
    const opinion = opinionOf(state, value);
    state.moments.push(at);
    state.values.push(value);
    if (state.values.length > KEPT) {
      state.moments.shift();
      state.values.shift();
    }
    return opinion;
  },
});

function opinionOf({ moments, values, line }: State, value: number): Opinion | string {
  const [from] = moments;
  const to = moments.at(-1);
  if (from === undefined || to === undefined || values.length < LEAST_POINTS) {
    return `${values.length} points came before; ${LEAST_POINTS} are needed`;
  }
  const unit = unitOf([...values, value]);
  if (unit === null || !isCount(values, unit)) return 'the values are amounts, no counts';
  const { low, high, deviation, digits, points } = expectCount(values, value, unit);
  return {
    score: scoreOf(digits / line),
    expected: { low, high },
    deviation,
    confidence: 1 - 10 ** -digits,
    basis: { from, to, points },
  };
}
