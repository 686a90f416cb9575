import type { Step } from './series.ts';
import type { Instant } from './time.ts';

/** Who saw the calls: the records of sessions, or a program that told of its own through `track()`. */
export type Witness = 'sessions' | 'programs';

/** What is known of the calls of a tool, or of all tools of a server, in a stretch of time. */
export interface Usage {
  readonly calls: number;
  readonly errors: number;
  /** Errors by calls; null without calls. */
  readonly errorRate: number | null;
  /** Within 1 %; null where no call was timed. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly callsPerHour: number;
  /** What all timed calls took together; null where none was timed. */
  readonly totalMs: number | null;
  /** Calls without a known time. */
  readonly untimed: number;
}

/** A tool, or a server as a whole, now and in the stretch of the same length before. */
export interface Profiled extends Usage {
  readonly witness: Witness;
  /** Null for the tools that the engine brings itself. */
  readonly server: string | null;
  /** Null for all tools of the server together; `other` for those beyond the number of labels that is kept. */
  readonly tool: string | null;
  /** Its part of the time that all timed calls of its witness took; null where it was not timed. */
  readonly share: number | null;
  /** Null where nothing was called then. */
  readonly before: Usage | null;
  readonly trend: Trend;
}

/** How it went on from the stretch before: now by then; null where one of the two is not known, or then was nothing. */
export interface Trend {
  readonly calls: number | null;
  readonly p95: number | null;
  /** The difference of the rates. */
  readonly errorRate: number | null;
}

/** What tools and servers cost in time, and where it is lost. */
export interface Profile {
  readonly from: Instant;
  readonly to: Instant;
  /** Where the stretch that it is compared with begins; it ends at `from`. */
  readonly previousFrom: Instant;
  readonly step: Step;
  /** Busiest first, by what all calls took together. */
  readonly servers: readonly Profiled[];
  readonly tools: readonly Profiled[];
  /** Tools by p95, slowest first; those with too few calls to tell are left out. */
  readonly slowest: readonly Profiled[];
  readonly bottlenecks: readonly Bottleneck[];
}

/** The two stretches of time that a profile is made of. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  readonly previousFrom: Instant;
  readonly step: Step;
}

/**
 * Where time is lost: `failing` calls fail, `slower` than before, `tail` some take far longer than most, `share` one tool takes most
 * of the time, `chatty` many short calls.
 */
export type BottleneckKind = 'failing' | 'slower' | 'tail' | 'share' | 'chatty';

/** A place where time is lost, with what shows it and what can be done. */
export interface Bottleneck {
  readonly kind: BottleneckKind;
  readonly server: string | null;
  readonly tool: string;
  /** What the numbers say, one sentence without names. */
  readonly evidence: string;
  /** What a person can do, one sentence. */
  readonly recommendation: string;
  /** What it costs: milliseconds of waiting in the stretch that may be saved, at most; null where that cannot be said. */
  readonly atStakeMs: number | null;
}
