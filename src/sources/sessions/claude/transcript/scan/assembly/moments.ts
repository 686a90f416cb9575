import { isDigit, letterAt, ZERO } from './letters';

/** So many letters has a moment in our own form: `2026-11-21T09:30:00.000Z`. */
export const MOMENT: usize = 24;

/** The letters that stand between the digits of a moment. */
const FORM: string = '0000-00-00T00:00:00.000Z';

/** True for a moment in our own form, as most are; a 29th of February and other spellings are left to the calendar of the language. */
export function isMoment(from: usize): bool {
  for (let index = 0; index < 24; index++) {
    const letter = letterAt(from + index);
    const formed = <u8>FORM.charCodeAt(index);
    if (formed === ZERO ? !isDigit(letter) : letter !== formed) return false;
  }
  const month = twoDigits(from + 5);
  const day = twoDigits(from + 8);
  if (month < 1 || month > 12 || day < 1 || day > sureDays(month)) return false;
  return twoDigits(from + 11) <= 23 && twoDigits(from + 14) <= 59 && twoDigits(from + 17) <= 59;
}

function twoDigits(at: usize): u32 {
  return (letterAt(at) - ZERO) * 10 + (letterAt(at + 1) - ZERO);
}

/** The days that a month has in every year. */
function sureDays(month: u32): u32 {
  if (month === 2) return 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Whether one moment lies before another: their letters are in the order of time. */
export function isBefore(a: usize, b: usize): bool {
  for (let at: usize = 0; at < MOMENT; at += 8) {
    const first = bswap(load<u64>(a + at));
    const second = bswap(load<u64>(b + at));
    if (first !== second) return first < second;
  }
  return false;
}
