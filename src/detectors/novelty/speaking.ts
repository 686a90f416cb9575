import { HOUR } from '../../core/time.ts';
import { DAILY } from '../pace.ts';

/** From this many digits on, a point is worth a report. */
export const LINE = 1.2;
/** Beyond this many points, each must be rarer, because the longer one watches, the more rare events one sees. */
const FREE = 150;
const SPENT = 0.5;
/**
 * What was seen and reported counts for about this many points. Otherwise a series that is watched for long would hardly ever be
 * reported.
 */
const MEMORY = 10_000;
/** What was reported before is less newsworthy. Earlier reports count if they were at least this severe. */
const ALIKE = 0.9;
const HABIT = 0.5;
/** After a report there is a pause of this many points, but no longer than this. */
const REST_POINTS = 60;
const REST_TIME = 10 * HOUR;
/** Something this much worse ends the pause. */
const WORSE = 1.3;
/** What is left of a surprise that is not worth a report now. */
const HUSHED = 0.1;
/** This many last reports are remembered, to tell what is news. */
const REMEMBERED = 200;

interface Report {
  readonly at: number;
  readonly point: number;
  readonly severity: number;
}

/** What was reported about a series before, oldest first. */
export interface Speech {
  points: number;
  readonly reports: Report[];
}

export function newSpeech(): Speech {
  return { points: 0, reports: [] };
}

/**
 * How many digits of a surprise are worth reporting now. The line or more is a report, which is remembered. Habits do not count for
 * days, because their expectation has already learned from the earlier ones.
 * @param step the usual time between two points
 */
export function worthSaying(speech: Speech, at: number, digits: number, step: number): number {
  speech.points += 1;
  const watched = Math.min(speech.points, MEMORY);
  const severity = digits - SPENT * Math.log10(Math.max(1, watched / FREE));
  const habit = step >= DAILY ? 0 : HABIT * Math.log10(1 + earlierAlike(speech, severity));
  const worth = Math.max(0, severity - habit);
  if (worth < LINE) return worth;
  const last = speech.reports.at(-1);
  if (last !== undefined && isResting(last, speech.points, at) && severity < WORSE * last.severity)
    return HUSHED * worth;
  speech.reports.push({ at, point: speech.points, severity });
  if (speech.reports.length > REMEMBERED) speech.reports.shift();
  return worth;
}

/** How many earlier reports were about as severe. They are forgotten gradually, so this says how often that happens. */
function earlierAlike({ reports, points }: Speech, severity: number): number {
  let alike = 0;
  for (const earlier of reports) {
    if (earlier.severity >= ALIKE * severity) alike += Math.exp((earlier.point - points) / MEMORY);
  }
  return alike;
}

function isResting(last: Report, point: number, at: number): boolean {
  return point - last.point < REST_POINTS && at - last.at < REST_TIME;
}
