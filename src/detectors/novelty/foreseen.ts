import { DAY, MINUTE, WEEK } from '../../core/time.ts';
import { MAD_TO_SIGMA, measure, medianOf, type Yardstick, yardstickOf } from '../expectation/expectation.ts';
import { push, quantileOf, type SortedWindow, sortedWindow } from '../sorted-window.ts';
import { newTail, surprise, type Tail } from '../tail.ts';
import { learnPair, newRegression, type Regression, weigh } from './regression.ts';

/** How many values are used to tell how large the values of a series are, and how many errors to tell how well it is predicted. */
const REMEMBERED = 2_000;
const ERRORS = 1_000;
/** The last points whose median is used. */
const LOCAL = 5;
/** Times of day and of the week are looked at in pieces of at least this length, over this many days and weeks. */
const PIECE = 5 * MINUTE;
const DAYS = 8;
const WEEKS = 4;
/** With fewer errors, it is not known how large they are. */
const ENOUGH = 30;
/** An error teaches at most as much as one of this many standard deviations. */
const MOST_TAUGHT = 4;
/** What is known about the next value is bounded to this many widths of the series. */
const MOST_KNOWN = 10;
/** No error is larger than this share of the values until it is larger than rounding. */
const LEAST_ERROR = 0.01;
const ROUNDING = 1e-9;
/** Errors that count are this many standard deviations wide: the width from the 5 % to the 95 % quantile. */
const WIDTH = 3.3;
/** Slower series have a weekday rhythm, which is predicted elsewhere. */
const DAILY = DAY / 2;

/** The values of one recurring piece of a day or a week: one median for each occurrence. */
interface Pieces {
  readonly period: number;
  readonly kept: number;
  readonly past: Map<number, number[]>;
}

interface Before {
  readonly value: number;
  /** What its time of day added to the level. */
  readonly usual: number;
}

/** What is remembered about a series in order to predict its next value. */
export interface Foresight {
  readonly values: SortedWindow;
  readonly errors: SortedWindow;
  readonly tail: Tail;
  readonly day: Pieces;
  readonly week: Pieces;
  readonly regression: Regression;
  /** The last points, oldest first. */
  readonly recent: Before[];
  /** The mean of roughly the last day. */
  level: number | null;
  points: number;
  /** The current piece of time: when it began, the sum of its values and their number. */
  piece: { readonly began: number; readonly length: number; sum: number; count: number } | null;
}

/** What is known before a value arrives: its level, and how far several simple guesses are from it. */
interface Known {
  readonly level: number;
  readonly guesses: readonly number[];
}

export function newForesight(): Foresight {
  return {
    values: sortedWindow(REMEMBERED),
    errors: sortedWindow(ERRORS),
    tail: newTail(),
    day: { period: DAY, kept: DAYS, past: new Map() },
    week: { period: WEEK, kept: WEEKS, past: new Map() },
    regression: newRegression(),
    recent: [],
    level: null,
    points: 0,
    piece: null,
  };
}

/**
 * How surprising a value is given what the moment before predicted, in digits; null for slow series. Guesses (its time of day, its
 * time of the week, the last value, the median of the last few, and how far these were from their own time of day) are weighed by a
 * ridge regression that forgets. A series that is all rhythm is predicted by its rhythm, one that wanders by where it was. Then the
 * value is learned, as no further off than a few standard deviations.
 */
export function unforeseen(foresight: Foresight, at: number, value: number, step: number): number | null {
  if (step >= DAILY) return null;
  const { values, regression, errors } = foresight;
  const yardstick = yardstickFor(values, value);
  const width = widthOf(values, yardstick);
  const { level, guesses } = know(foresight, at, yardstick, step);
  const unit = width > 0 ? width : 1;
  const known = guesses.map((guess) => Math.max(-MOST_KNOWN, Math.min(MOST_KNOWN, guess / unit)));
  const foretold = level + unit * weigh(regression, known);
  const measured = measure(yardstick, value);
  const error = measured - foretold;
  const scale = MAD_TO_SIGMA * quantileOf(errors, 0.5);
  const rounding = ROUNDING * (width + Math.abs(measured));
  const digits =
    errors.size < ENOUGH
      ? 0
      : surprise(foresight.tail, Math.abs(error) > rounding ? Math.abs(error) : 0, tolerance(yardstick, width, scale));
  const taught = errors.size < ENOUGH ? error : Math.max(-MOST_TAUGHT * scale, Math.min(MOST_TAUGHT * scale, error));
  push(errors, Math.abs(error));
  learnPair(regression, known, (foretold + taught - level) / unit);
  learn(foresight, { at, value, step, usual: guesses[0] as number });
  return digits;
}

function yardstickFor(values: SortedWindow, value: number): Yardstick {
  const least = values.size === 0 ? value : Math.min(value, quantileOf(values, 0));
  return yardstickOf(least, quantileOf(values, 0.5), quantileOf(values, 0.95) - quantileOf(values, 0.05));
}

function widthOf(values: SortedWindow, yardstick: Yardstick): number {
  if (values.size === 0) return 0;
  return measure(yardstick, quantileOf(values, 0.95)) - measure(yardstick, quantileOf(values, 0.05));
}

/** Which errors are too small to matter. */
function tolerance({ logarithmic }: Yardstick, width: number, scale: number): number {
  return Math.max(WIDTH * scale, logarithmic ? LEAST_ERROR : LEAST_ERROR * width);
}

function know({ recent, level, day, week }: Foresight, at: number, yardstick: Yardstick, step: number): Known {
  const last = recent.at(-1);
  if (level === null || last === undefined) return { level: 0, guesses: [0, 0, 0, 0, 0] };
  const own = measure(yardstick, level);
  const usual = usualOf(day, at, step, yardstick, 2);
  const weekly = usualOf(week, at, step, yardstick, 1);
  const ofDay = usual === null ? 0 : usual - own;
  const measured = recent.map((before) => measure(yardstick, before.value));
  return {
    level: own,
    guesses: [
      ofDay,
      weekly === null ? ofDay : weekly - own,
      measure(yardstick, last.value) - own,
      medianOf(measured) - own,
      medianOf(measured.map((earlier, i) => earlier - (recent[i]?.usual ?? 0))) - own,
    ],
  };
}

function pieceOf(at: number, period: number, step: number): number {
  return Math.floor((((at % period) + period) % period) / Math.max(step, PIECE));
}

/** The median of the values at this time of the day or week; null if it occurred less often than `least`. */
function usualOf(
  { period, past }: Pieces,
  at: number,
  step: number,
  yardstick: Yardstick,
  least: number,
): number | null {
  const own = past.get(pieceOf(at, period, step)) ?? [];
  return own.length < least ? null : medianOf(own.map((earlier) => measure(yardstick, earlier)));
}

interface Learned {
  readonly at: number;
  readonly value: number;
  readonly step: number;
  readonly usual: number;
}

function learn(foresight: Foresight, { at, value, step, usual }: Learned): void {
  const { values, recent } = foresight;
  push(values, value);
  recent.push({ value, usual });
  if (recent.length > LOCAL) recent.shift();
  foresight.points += 1;
  const level = foresight.level ?? value;
  const day = Math.max(LOCAL, DAY / Math.max(step, 1));
  foresight.level = level + (value - level) / Math.min(foresight.points, day);
  const length = Math.max(step, PIECE);
  const { piece } = foresight;
  const began = at - (((at % length) + length) % length);
  if (piece !== null && piece.began === began) {
    piece.sum += value;
    piece.count += 1;
    return;
  }
  if (piece !== null) for (const pieces of [foresight.day, foresight.week]) close(pieces, piece);
  foresight.piece = { began, length, sum: value, count: 1 };
}

/** Remembers a piece of time that has passed. */
function close({ period, kept, past }: Pieces, piece: NonNullable<Foresight['piece']>): void {
  const place = pieceOf(piece.began, period, piece.length);
  const own = past.get(place) ?? [];
  own.push(piece.sum / piece.count);
  if (own.length > kept) own.shift();
  past.set(place, own);
}
