import { DAY, toMs } from '../../core/time.ts';
import { expectCount, isCount, unitOf } from '../../detectors/expectation/counts.ts';
import type { Expectation } from '../../detectors/expectation/expectation.ts';
import { expectRate } from '../../detectors/expectation/rates.ts';
import { expectDay } from '../../detectors/expectation/weekly.ts';
import type { AnomalyOptions } from './options.ts';
import { directionOf, ratioOf, type Verdict } from './verdict.ts';
import { type Reading, usualValue, type Watched } from './watched.ts';

/** Squares of larger numbers would overflow when added. */
const LARGEST = 1e150;

/** A reading whose value is known. */
type Known = Reading & { readonly value: number };

function known(reading: Reading): reading is Known {
  return reading.value !== null && Number.isFinite(reading.value) && Math.abs(reading.value) <= LARGEST;
}

function usual(reading: Reading, kind: Watched['kind']): Known | null {
  const asUsual = { ...reading, value: usualValue(reading, kind) };
  return known(asUsual) ? asUsual : null;
}

/**
 * What is expected of the day at `index` given the days before it, using the distribution that suits the series: beta-binomial for
 * rates, negative binomial for counts, levels and weekdays for amounts (docs/detection.md). A sentence if that is not known.
 */
export function judgeDay(watched: Watched, index: number, { min_days, min_sessions }: Floors): Verdict | string {
  const { readings, kind } = watched;
  const reading = readings[index];
  const past = readings.slice(0, index).flatMap((one) => usual(one, kind) ?? []);
  if (reading === undefined || !known(reading)) return 'nothing is known of the day';
  const from = past[0]?.at;
  const to = past.at(-1)?.at;
  if (from === undefined || to === undefined || past.length < min_days) {
    return `${past.length} days are known before it; ${min_days} are needed`;
  }
  if (past.reduce((sum, { all }) => sum + all, 0) < min_sessions)
    return `fewer than ${min_sessions} observations are known`;
  const found = expect(watched, reading, past);
  if (found === null) return 'nothing is known to compare it with';
  const goesOn = index === readings.length - 1;
  if (reading.unknown > 0 && reading.value < found.middle) return 'some of it is not known, so that it may be more';
  return {
    at: reading.at,
    goesOn,
    method: found.method,
    value: reading.value,
    middle: found.middle,
    expected: { low: watched.twoSided ? found.low : null, high: found.high },
    deviation: found.deviation,
    digits: found.digits,
    basis: { from, to, points: past.length },
  };
}

type Floors = Pick<AnomalyOptions, 'min_days' | 'min_sessions'>;

function expect(
  { kind }: Watched,
  reading: Known,
  past: readonly Known[],
): (Expectation & { readonly method: string }) | null {
  const values = past.map(({ value }) => value);
  if (kind === 'rate') {
    const expectation = expectRate(past, reading);
    return expectation === null ? null : { ...expectation, method: 'beta-binomial' };
  }
  const unit = kind === 'mean' ? null : unitOf([...values, reading.value]);
  if (unit !== null && isCount(values, unit)) {
    return { ...expectCount(values, reading.value, unit), method: 'negative-binomial' };
  }
  const days = past.map(({ at }) => Math.floor(toMs(at) / DAY));
  return { ...expectDay({ days, amounts: values }, toMs(reading.at), reading.value), method: 'weekday-robust' };
}

/** An earlier day counts as equally severe if it had nine tenths of the digits. */
const AS_SEVERE = 0.9;

/**
 * What happened before is less newsworthy: subtracts from a verdict's digits those for how often earlier days were about as far off
 * in the same direction. A series that its model fits badly thus asks for more by itself.
 */
export function newsOf(watched: Watched, verdict: Verdict, floors: Floors, least: number): number {
  if (verdict.digits < least) return verdict.digits;
  const direction = directionOf(verdict);
  let before = 0;
  for (const [index, { at }] of watched.readings.entries()) {
    if (at >= verdict.at) break;
    const earlier = judgeDay(watched, index, floors);
    if (typeof earlier === 'string' || directionOf(earlier) !== direction) continue;
    if (earlier.digits >= AS_SEVERE * verdict.digits && ratioOf(earlier) >= AS_SEVERE * ratioOf(verdict)) before += 1;
  }
  return verdict.digits - Math.log10(1 + before);
}
