import { fromMs, toMs } from '../core/time.ts';
import type { Judgement, Method, Opinion, Reading, Settings } from './method.ts';

/** One series under watch. Feed it the readings in chronological order. */
export interface Watcher {
  judge(reading: Reading): Judgement;
  /** Everything remembered about the series: bounded, and plain data. */
  readonly memory: unknown;
}

/** A method that can be started on any number of series. */
export interface Detector {
  readonly name: string;
  readonly summary: string;
  /** The settings that affect it. */
  readonly heeds: readonly (keyof Settings)[];
  watch(settings: Settings): Watcher;
}

/** Squares of larger numbers would overflow when added, so these are judged as this number. */
const LARGEST = 1e150;

/**
 * This many consecutive readings, each later than the previous one yet before the latest that was seen, mean that the clock was set
 * back.
 */
const CLOCK_SET_BACK = 5;

interface Clock {
  last: number;
  lastLate: number;
  late: number;
}

/** Wraps a method in the checks that all methods need: missing, unreadable and repeated readings, and clocks that go back. */
export function detector<State>(method: Method<State>): Detector {
  const { name, summary, heeds } = method;
  return { name, summary, heeds, watch: (settings) => watch(method, settings) };
}

function watch<State>(method: Method<State>, settings: Settings): Watcher {
  const state = method.begin(settings);
  const clock: Clock = { last: Number.NEGATIVE_INFINITY, lastLate: Number.POSITIVE_INFINITY, late: 0 };
  const judge = ({ at, value }: Reading): Judgement => {
    const ms = toMs(at);
    const fault = faultOf(clock, ms);
    if (fault !== null) return unknown(method.name, fault);
    if (value === null || !Number.isFinite(value)) {
      if (method.judgeMissing === undefined) return unknown(method.name, 'the value is missing');
      return answer(method.name, null, method.judgeMissing(state, ms));
    }
    const bounded = Math.max(-LARGEST, Math.min(LARGEST, value));
    return answer(method.name, value, method.judge(state, ms, bounded));
  };
  return { judge, memory: { clock, state } };
}

/** What is wrong with the moment of a reading; null if it can be judged. */
function faultOf(clock: Clock, ms: number): string | null {
  if (!Number.isFinite(ms)) return 'the moment cannot be read';
  if (ms === clock.last) return 'a reading of this moment was judged before';
  if (ms > clock.last) {
    Object.assign(clock, { last: ms, late: 0, lastLate: Number.POSITIVE_INFINITY });
    return null;
  }
  clock.late = ms > clock.lastLate ? clock.late + 1 : 1;
  clock.lastLate = ms;
  if (clock.late < CLOCK_SET_BACK) return 'a later reading was judged before';
  Object.assign(clock, { last: ms, late: 0, lastLate: Number.POSITIVE_INFINITY });
  return null;
}

function unknown(method: string, reason: string): Judgement {
  return { kind: 'unknown', score: 0, method, reason };
}

function answer(method: string, value: number | null, opinion: Opinion | string): Judgement {
  if (typeof opinion === 'string') return unknown(method, opinion);
  const { score, expected, deviation, confidence, basis } = opinion;
  return {
    kind: 'judged',
    method,
    score,
    value,
    expected,
    deviation,
    confidence,
    basis: { from: fromMs(basis.from), to: fromMs(basis.to), points: basis.points },
  };
}
