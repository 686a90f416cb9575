import { letterAt, ZERO } from './letters';

/** The length of a moment in our own form: `2026-11-21T09:30:00.000Z`. */
export const MOMENT: usize = 24;

/** True for a moment in our own form, as most are. 29 February and other spellings are left to the host's calendar. */
export function isMoment(from: usize): bool {
  if (!isFormed(from)) return false;
  const month = twoDigits(from + 5);
  const day = twoDigits(from + 8);
  if (month < 1 || month > 12 || day < 1 || day > sureDays(month)) return false;
  return twoDigits(from + 11) <= 23 && twoDigits(from + 14) <= 59 && twoDigits(from + 17) <= 59;
}

/** Checks that digits and separators are where a moment has them, in the first sixteen letters and in the last sixteen. */
function isFormed(from: usize): bool {
  // In the pattern a zero means any digit: subtracting it leaves less than ten only for digits.
  const date = i8x16(0x30, 0x30, 0x30, 0x30, 0x2d, 0x30, 0x30, 0x2d, 0x30, 0x30, 0x54, 0x30, 0x30, 0x3a, 0x30, 0x30);
  const time = i8x16(0x30, 0x30, 0x54, 0x30, 0x30, 0x3a, 0x30, 0x30, 0x3a, 0x30, 0x30, 0x2e, 0x30, 0x30, 0x30, 0x5a);
  return v128.any_true(v128.or(unlike(v128.load(from), date), unlike(v128.load(from, 8), time))) === false;
}

/** Marks which of sixteen letters differ from the pattern, where a zero in the pattern accepts any digit. */
function unlike(letters: v128, form: v128): v128 {
  const most = v128.and(i8x16.eq(form, i8x16.splat(ZERO)), i8x16.splat(9));
  return i8x16.gt_u(i8x16.sub(letters, form), most);
}

function twoDigits(at: usize): u32 {
  return (letterAt(at) - ZERO) * 10 + (letterAt(at + 1) - ZERO);
}

/** The days that a month has in every year. */
function sureDays(month: u32): u32 {
  if (month === 2) return 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Whether one moment lies before another. Their spelling sorts by time. */
export function isBefore(a: usize, b: usize): bool {
  for (let at: usize = 0; at < MOMENT; at += 8) {
    const first = bswap(load<u64>(a + at));
    const second = bswap(load<u64>(b + at));
    if (first !== second) return first < second;
  }
  return false;
}
