import { letterAt, ZERO } from '../../scan/assembly/letters';

/** No moment. */
export const NEVER: i64 = i64.MIN_VALUE;

/** The letters of the latest day, in two parts, and its days since 1970: most moments are on the day of the one before. */
let latestMonth: u64 = 0;
let latestDay: u16 = 0;
let latestDays: i64 = 0;

/** Milliseconds since 1970 of a moment in our own form, or `NEVER` for none. */
export function toMs(at: usize): i64 {
  if (at === 0) return NEVER;
  const minutes = (daysAt(at) * 24 + digits(at + 11, 2)) * 60 + digits(at + 14, 2);
  return (minutes * 60 + digits(at + 17, 2)) * 1_000 + digits(at + 20, 3);
}

function daysAt(at: usize): i64 {
  const month = load<u64>(at);
  const day = load<u16>(at, 8);
  if (month !== latestMonth || day !== latestDay) {
    latestMonth = month;
    latestDay = day;
    latestDays = daysTo(digits(at, 4), digits(at + 5, 2), digits(at + 8, 2));
  }
  return latestDays;
}

function digits(at: usize, count: usize): i64 {
  let number: i64 = 0;
  for (let index: usize = 0; index < count; index++) number = number * 10 + (letterAt(at + index) - ZERO);
  return number;
}

/**
 * Days since 1970 in the Gregorian calendar, counted in cycles of 400 years that begin in March (Howard Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms").
 */
function daysTo(year: i64, month: i64, day: i64): i64 {
  const years = month <= 2 ? year - 1 : year;
  const cycle = (years >= 0 ? years : years - 399) / 400;
  const ofCycle = years - cycle * 400;
  const ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return cycle * 146_097 + ofCycle * 365 + ofCycle / 4 - ofCycle / 100 + ofYear - 719_468;
}
