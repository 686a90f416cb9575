import type { Hypothesis } from './improvement.ts';
import { DAY, type Duration, formatDuration, parseDuration } from './time.ts';

/** A promise as written. */
export interface HypothesisWords {
  readonly metric: string;
  readonly direction: string;
  /** `20%`; left out = any change. */
  readonly by?: string | undefined;
  /** `14d`; left out = as configured. */
  readonly within?: string | undefined;
  readonly guard: readonly string[];
  readonly agent?: string | undefined;
}

/** Sessions are kept for 60 days: four weeks before a change and four after it. */
const SHORTEST: Duration = 2 * DAY;
const LONGEST: Duration = 28 * DAY;
const MOST_GUARDS = 5;
/** Nothing can fall by more than 100 %, so only rises can promise more. */
const MOST_UP = 10;

const METRIC = /^[a-z][a-z\d_]*(?:\.[a-z][a-z\d_]*)*$/i;
const AGENT = /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,79}$/u;
const LONGEST_METRIC = 100;

/**
 * Checks a promise. An agent may have written it, so no part of it is repeated unless it has a form of ours.
 * @returns a sentence that says what is wrong, if anything is.
 */
export function readHypothesis(words: HypothesisWords, usualWindow: Duration): Hypothesis | string {
  const { metric, direction } = words;
  if (!isMetric(metric)) return 'The name of a metric was expected, such as sessions.tokenUsage.cost.';
  if (direction !== 'down' && direction !== 'up') return "'down' or 'up' was expected after the metric.";
  const by = words.by === undefined ? null : shareOf(words.by, direction);
  if (typeof by === 'string') return by;
  const within = words.within === undefined ? usualWindow : lengthOf(words.within);
  if (typeof within === 'string') return within;
  if (words.guard.length > MOST_GUARDS) return `At most ${MOST_GUARDS} metrics can be guarded.`;
  if (!words.guard.every(isMetric)) return "Names of metrics were expected after 'guard'.";
  if (words.agent !== undefined && !AGENT.test(words.agent)) return "The name of an agent was expected after 'of'.";
  return { metric, direction, by, within, guardrails: [...new Set(words.guard)], agent: words.agent ?? null };
}

function isMetric(name: string): boolean {
  return name.length <= LONGEST_METRIC && METRIC.test(name);
}

function shareOf(text: string, direction: 'down' | 'up'): number | string {
  const [, digits] = /^(\d{1,4}(?:\.\d{1,2})?)\s*%$/.exec(text) ?? [];
  const share = digits === undefined ? 0 : Number(digits) / 100;
  const most = direction === 'down' ? 1 : MOST_UP;
  return share > 0 && share <= most ? share : `A share such as 20% was expected, of at most ${most * 100}%.`;
}

function lengthOf(text: string): Duration | string {
  const length = text.length > 20 ? null : parseDuration(text.toLowerCase());
  if (length !== null && length >= SHORTEST && length <= LONGEST) return length;
  return `A time from ${formatDuration(SHORTEST)} to ${formatDuration(LONGEST)} such as 14d was expected after 'within'.`;
}
