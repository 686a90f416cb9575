import type { Step } from './series.ts';
import type { Instant } from './time.ts';

/** Who saw the calls: session records, or a program that reported its own through `track()`. */
export type Witness = 'sessions' | 'programs';

/** What is known about the calls of a tool, or of all tools of a server, in a stretch of time. */
export interface Usage {
  readonly calls: number;
  readonly errors: number;
  /** Errors divided by calls; null without calls. */
  readonly errorRate: number | null;
  /** Within 1 %; null if no call was timed. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly callsPerHour: number;
  /** Total duration of all timed calls; null if none was timed. */
  readonly totalMs: number | null;
  /** Calls without a known duration. */
  readonly untimed: number;
}

/** A tool, or a server as a whole, now and in the preceding stretch of the same length. */
export interface Profiled extends Usage {
  readonly witness: Witness;
  /** Null for the engine's built-in tools. */
  readonly server: string | null;
  /** Null for all tools of the server together; `other` for those beyond the number of labels that is kept. */
  readonly tool: string | null;
  /** Its share of the time that all timed calls of its witness took; null if it was not timed. */
  readonly share: number | null;
  /** Null if nothing was called then. */
  readonly before: Usage | null;
  readonly trend: Trend;
}

/** The change since the previous stretch, as a ratio of now to then; null if one of the two is not known or then was 0. */
export interface Trend {
  readonly calls: number | null;
  readonly p95: number | null;
  /** The difference of the rates. */
  readonly errorRate: number | null;
}

/** How much time tools and servers take, and where it is lost. */
export interface Profile {
  readonly from: Instant;
  readonly to: Instant;
  /** Start of the stretch it is compared with, which ends at `from`. */
  readonly previousFrom: Instant;
  readonly step: Step;
  /** By total duration of all calls, the busiest first. */
  readonly servers: readonly Profiled[];
  readonly tools: readonly Profiled[];
  /** Tools by p95, the slowest first. Those with too few calls to judge are left out. */
  readonly slowest: readonly Profiled[];
  readonly bottlenecks: readonly Bottleneck[];
}

/** The two stretches of time of a profile. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  readonly previousFrom: Instant;
  readonly step: Step;
}

/**
 * Where time is lost: `failing` calls fail, `slower` than before, `tail` some take far longer than most, `share` one tool takes
 * most of the time, `chatty` many short calls.
 */
export type BottleneckKind = 'failing' | 'slower' | 'tail' | 'share' | 'chatty';

/** A place where time is lost, with the evidence and what can be done. */
export interface Bottleneck {
  readonly kind: BottleneckKind;
  readonly server: string | null;
  readonly tool: string;
  /** What the numbers say, in one sentence without names. */
  readonly evidence: string;
  /** What a person can do, one sentence. */
  readonly recommendation: string;
  /** What it costs: the most milliseconds of waiting that could be saved in the stretch; null if that cannot be told. */
  readonly atStakeMs: number | null;
}
