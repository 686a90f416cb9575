import { type Detector, detector } from './detector.ts';
import { type Baseline, expectBaseline, newBaseline } from './expectation/baseline.ts';
import type { Expectation } from './expectation/expectation.ts';
import { type Opinion, type Sensitivity, scoreOf } from './method.ts';
import { newPace, type Pace, stepOf } from './pace.ts';

/** From this many digits on, it is a report: one ordinary point in 300, 100 and 30. */
const LINES: Readonly<Record<Sensitivity, number>> = { low: 2.5, medium: 2, high: 1.5 };
/** A smaller ratio to the expected value is no incident, however steady the series. */
const LEAST_RATIO = 1.5;

interface State {
  readonly baseline: Baseline;
  readonly pace: Pace;
  readonly line: number;
  began: number | null;
}

/** Far from what the weekday, the hour or the counts of the series predict; see docs/detection.md. */
export const robust: Detector = detector<State>({
  name: 'robust',
  summary: 'Far from what is expected at this weekday or hour; counts by their own distribution.',
  heeds: ['sensitivity'],
  begin: ({ sensitivity }) => ({
    baseline: newBaseline(),
    pace: newPace(),
    line: LINES[sensitivity],
    began: null,
  }),
  judge(state, at, value) {
    const to = state.pace.last ?? at;
    const weighed = expectBaseline(state.baseline, at, value, stepOf(state.pace, at));
    state.began ??= at;
    if (weighed === null) return 'too few points came before to expect anything';
    return opinionOf(weighed.expectation, state.line, { from: state.began, to, value });
  },
});

function opinionOf(
  expectation: Expectation,
  line: number,
  { from, to, value }: { from: number; to: number; value: number },
): Opinion {
  const { digits, low, high, deviation, points } = expectation;
  const enough = isEnough(expectation.middle, value);
  return {
    score: scoreOf((enough ? digits : Math.min(digits, line * 0.9)) / line),
    expected: { low, high },
    deviation,
    confidence: 1 - 10 ** -digits,
    basis: { from, to, points },
  };
}

/** Amounts must be 1.5 times too large or too small. What has no ratio is judged only by its probability. */
function isEnough(middle: number, value: number): boolean {
  if (middle <= 0 || value < 0) return true;
  return value >= middle * LEAST_RATIO || value <= middle / LEAST_RATIO;
}
