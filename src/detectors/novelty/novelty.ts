import { MINUTE } from '../../core/time.ts';
import { type Detector, detector } from '../detector.ts';
import { type Baseline, expectBaseline, newBaseline, type Weighed } from '../expectation/baseline.ts';
import { type ExpectedRange, type Opinion, scoreOf } from '../method.ts';
import { DAILY, newPace, type Pace, stepOf } from '../pace.ts';
import { quantileOf } from '../sorted-window.ts';
import { type Foresight, newForesight, unforeseen } from './foreseen.ts';
import { LINE, newSpeech, type Speech, worthSaying } from './speaking.ts';
import { look, newViews, VIEW_POINTS, type Views } from './views.ts';

/** The exponent of the mean: one view that is very surprised counts for more than several that are slightly surprised. */
const POWER = 3;
/** A view that looks at less time than this looks at noise, and counts for less. */
const STEADY = 5 * MINUTE;
/** The prediction from the moment before counts for half a view. */
const FORESEEN = 0.5;
/** With fewer points, there is no opinion. */
const ENOUGH = 8;
/** If no model expects anything, the bulk of what was seen is the expected range. */
const BULK = 0.99;

interface Novelty {
  readonly views: Views;
  readonly baseline: Baseline;
  readonly foresight: Foresight;
  readonly pace: Pace;
  readonly speech: Speech;
  began: number | null;
  points: number;
}

/**
 * The flagship: has anything like this been seen before? Six views of the series each say how far the newest point is from its
 * nearest neighbour in the past, and how rare such a distance is. A seventh says how far the value is from what the rhythm of the
 * series, its weekdays or its counts predict, and counts for as much as that rhythm explains. The last one asks how far it is from
 * what the moment before predicted. docs/detection.md has the full description.
 */
export const novelty: Detector = detector<Novelty>({
  name: 'novelty',
  summary: 'Has anything like this been seen before, in eight views of the series; the default.',
  heeds: [],
  begin: () => ({
    views: newViews(),
    baseline: newBaseline(),
    foresight: newForesight(),
    pace: newPace(),
    speech: newSpeech(),
    began: null,
    points: 0,
  }),
  judge(state, at, value) {
    const to = state.pace.last ?? at;
    const step = stepOf(state.pace, at);
    const expected = rangeOf(state);
    const surprises = look(state.views, value, step);
    const weighed = expectBaseline(state.baseline, at, value, step);
    const digits = together(surprises, weighed, unforeseen(state.foresight, at, value, step), step);
    const worth = worthSaying(state.speech, at, digits, step);
    state.began ??= at;
    state.points += 1;
    if (state.points <= ENOUGH) return `only ${state.points - 1} points came before`;
    return opinionOf(state, { to, digits, worth, weighed, expected });
  },
});

/** The power mean. Views that cannot tell yet count as not surprised, so that a few views do not speak for all. */
function together(
  surprises: readonly number[],
  weighed: Weighed | null,
  foreseen: number | null,
  step: number,
): number {
  let sum = weighed === null ? 0 : weighed.weight * weighed.expectation.digits ** POWER;
  let weights = 1;
  if (foreseen !== null) {
    const weight = FORESEEN * (step > 0 ? Math.min(1, step / STEADY) : 1);
    sum += weight * foreseen ** POWER;
    weights += weight;
  }
  for (const [i, digits] of surprises.entries()) {
    const weight = step > 0 ? Math.min(1, ((VIEW_POINTS[i] as number) * step) / STEADY) : 1;
    // Days are few. A nearest neighbour among a few hundred says less about one than its expected value does.
    sum += step >= DAILY ? 0 : weight * digits ** POWER;
    weights += weight;
  }
  return (sum / weights) ** (1 / POWER);
}

function rangeOf({ views }: Novelty): ExpectedRange {
  return { low: quantileOf(views.values, 1 - BULK), high: quantileOf(views.values, BULK) };
}

interface Seen {
  /** The moment of the previous point. */
  readonly to: number;
  readonly digits: number;
  readonly worth: number;
  readonly weighed: Weighed | null;
  readonly expected: ExpectedRange;
}

function opinionOf(state: Novelty, { to, digits, worth, weighed, expected }: Seen): Opinion {
  return {
    score: scoreOf(worth / LINE),
    expected: weighed === null ? expected : { low: weighed.expectation.low, high: weighed.expectation.high },
    deviation: digits,
    confidence: 1 - 10 ** -digits,
    basis: { from: state.began ?? to, to, points: state.points - 1 },
  };
}
