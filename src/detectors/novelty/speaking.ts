import { HOUR } from '../../core/time.ts';
import { DAILY } from '../pace.ts';

/** From so many digits on, a point is worth a report. */
export const LINE = 1.2;
/** Beyond so many points, each must be rarer: the longer one watches, the more that is rare is seen. */
const FREE = 150;
const SPENT = 0.5;
/** What was reported before is less news: earlier reports count when they were at least this severe. */
const ALIKE = 0.9;
const HABIT = 0.5;
/** After a report there is rest for so many points, but no longer than this. */
const REST_POINTS = 120;
const REST_TIME = 10 * HOUR;
/** Rest is broken by what is so much worse. */
const WORSE = 1.1;
/** What is left of a surprise that is not worth a report now. */
const HUSHED = 0.1;
/** The severest reports are remembered, to tell what is news. */
const REMEMBERED = 200;

/** What was said about a series before. */
export interface Speech {
  points: number;
  readonly reports: number[];
  last: { readonly at: number; readonly point: number; readonly severity: number } | null;
}

export function newSpeech(): Speech {
  return { points: 0, reports: [], last: null };
}

/**
 * How many digits of a surprise are worth saying now: the line or more is a report, which is remembered. Of days there is no habit:
 * what is expected of them has learned from the earlier ones already.
 * @param step the usual time between two points
 */
export function worthSaying(speech: Speech, at: number, digits: number, step: number): number {
  speech.points += 1;
  const severity = digits - SPENT * Math.log10(Math.max(1, speech.points / FREE));
  const alike = speech.reports.filter((earlier) => earlier >= ALIKE * severity).length;
  const habit = step >= DAILY ? 0 : HABIT * Math.log10(1 + alike);
  const worth = Math.max(0, severity - habit);
  if (worth < LINE) return worth;
  if (isResting(speech, at) && severity < WORSE * (speech.last?.severity ?? 0)) return HUSHED * worth;
  remember(speech, at, severity);
  return worth;
}

function isResting({ last, points }: Speech, at: number): boolean {
  return last !== null && points - last.point < REST_POINTS && at - last.at < REST_TIME;
}

function remember(speech: Speech, at: number, severity: number): void {
  speech.last = { at, point: speech.points, severity };
  speech.reports.push(severity);
  if (speech.reports.length > REMEMBERED) speech.reports.splice(speech.reports.indexOf(Math.min(...speech.reports)), 1);
}
