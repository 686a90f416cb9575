import { quantileSorted } from 'simple-statistics';
import { type Detector, detector } from './detector.ts';
import { type Opinion, type Sensitivity, scoreOf } from './method.ts';

/** How many times the usual silence is too long. A single missing reading does not count. */
const LIMITS: Readonly<Record<Sensitivity, number>> = { low: 6, medium: 4, high: 3 };
/** The usual silence is as long as this share of the past ones, so that weekends count as usual. */
const USUAL = 0.95;
const LEAST_SILENCES = 8;
const KEPT = 200;

interface State {
  readonly limit: number;
  /** The lengths of past silences between two signs of life, the newest last. */
  readonly silences: number[];
  began: number | null;
  lastLife: number | null;
}

/**
 * Something that used to report has gone silent: zeros, missing values or no points for much longer than usual. A sign of life is a
 * value that is not zero; the silence before it is learned.
 */
export const dormancy: Detector = detector<State>({
  name: 'dormancy',
  summary: 'Silent (zero or missing) for more than 6, 4 or 3 times its usual silence.',
  heeds: ['sensitivity'],
  begin: ({ sensitivity }) => ({ limit: LIMITS[sensitivity], silences: [], began: null, lastLife: null }),
  judge: (state, at, value) => (value === 0 ? silent(state, at) : alive(state, at)),
  judgeMissing: (state, at) => silent(state, at),
});

function alive(state: State, at: number): Opinion | string {
  const opinion = silent(state, at);
  state.began ??= at;
  if (state.lastLife !== null && at > state.lastLife) state.silences.push(at - state.lastLife);
  if (state.silences.length > KEPT) state.silences.shift();
  state.lastLife = at;
  // It reports, so whatever the silence was, it is over.
  return typeof opinion === 'string' ? opinion : { ...opinion, score: 0 };
}

function silent({ limit, silences, began, lastLife }: State, at: number): Opinion | string {
  if (began === null || lastLife === null) return 'it has shown no sign of life yet';
  if (silences.length < LEAST_SILENCES) return `${silences.length} silences are known; ${LEAST_SILENCES} are needed`;
  const sorted = [...silences].sort((a, b) => a - b);
  const usual = quantileSorted(sorted, USUAL);
  const ratio = (at - lastLife) / usual;
  return {
    score: scoreOf(ratio / limit),
    // The expected value is a sign of life: anything but zero. The length of the silence is in the deviation.
    expected: null,
    deviation: ratio,
    confidence: sorted.filter((silence) => silence < at - lastLife).length / sorted.length,
    basis: { from: began, to: lastLife, points: silences.length + 1 },
  };
}
