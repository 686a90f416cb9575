import type { Agent } from './agent.ts';
import type { AbsenceReason, DrillRecord } from './event.ts';
import type { Failure } from './failure.ts';
import type { Labels } from './label.ts';
import type { Money } from './money.ts';
import type { RunConclusion, RunStatus } from './run.ts';
import type { Series, Step } from './series.ts';
import type { LabelSets, SeriesRequest } from './series-request.ts';
import type { SessionOutcome } from './session.ts';
import type { Subject } from './subject.ts';
import type { Duration, Instant } from './time.ts';
import type { Violation } from './violation.ts';

/** What is known of the telemetry of a run: not looked for yet, found, or missing for a reason. */
export type Telemetry = 'awaited' | 'recorded' | AbsenceReason;

/** The short form of an attempt of a run that judges and reports work with. */
export interface RunMark {
  readonly run: number;
  readonly attempt: number;
  readonly agent: string;
  readonly workflow: string;
  readonly trigger: string;
  readonly createdAt: Instant;
  readonly startedAt: Instant;
  readonly updatedAt: Instant;
  readonly status: RunStatus;
  readonly conclusion: RunConclusion | null;
  readonly url: string;
  readonly telemetry: Telemetry;
}

/** The short form of a session. */
export interface SessionMark {
  readonly id: string;
  readonly agent: string;
  readonly run: number | null;
  readonly attempt: number | null;
  /** When it started, else when its run did. */
  readonly at: Instant;
  readonly outcome: SessionOutcome;
  readonly cost: Money;
  readonly tokens: number | null;
  readonly duration: Duration | null;
  /** True when its record stops before its end; left out otherwise. */
  readonly cutOff?: true;
  /** The models that it used and that have no price, and whether the engine reported a cost all the same; left out when there are none. */
  readonly unpriced?: { readonly models: readonly string[]; readonly reported: boolean };
  /** Where both are known and can be compared: what the engine reported, and the list price of the same tokens, in US dollars. */
  readonly compared?: { readonly reported: number; readonly computed: number };
}

/** A violation, and when it happened. */
export interface ViolationMark extends Violation {
  /** Id of its event. */
  readonly id: string;
  readonly at: Instant;
}

/** Something that a workflow or a person had recorded (`checkrein record event`). */
export interface EventMark {
  /** Id of its event. */
  readonly id: string;
  /** Lower-case words with dots: `release.published`. */
  readonly type: string;
  readonly labels: Labels;
  readonly at: Instant;
}

/** How a source fares. */
export interface SourceStatus {
  readonly source: string;
  readonly lastReadAt: Instant | null;
  /** When it was last asked, whether it read or failed; left out in ledgers that did not keep it. */
  readonly lastAttemptAt?: Instant;
  /** The failure that it has been in since `failingSince`; null while it reads well. */
  readonly failure: Failure | null;
  readonly failingSince: Instant | null;
}

/** One run of Checkrein itself. */
export interface Tick {
  readonly at: Instant;
  readonly trigger: string;
  readonly late: Duration | null;
}

/** A drill of the emergency stop, and when it was held. */
export interface DrillMark extends DrillRecord {
  readonly at: Instant;
}

/** All that a judge may know. Built from the ledger alone. */
export interface Facts {
  readonly repo: string;
  readonly agents: readonly Agent[];
  /** Recent attempts of agent runs by start, oldest first (at least the last 72 hours). */
  readonly runs: readonly RunMark[];
  /** Recent sessions by start, oldest first (at least the last 72 hours). */
  readonly sessions: readonly SessionMark[];
  /** The sessions of this UTC month and the last that cost most, at most 20 of an agent and month, in no order. */
  readonly dearest: readonly SessionMark[];
  /** Those that this watch still asks: a source that was not asked for three days is left out. */
  readonly sources: readonly SourceStatus[];
  /** Oldest first, the last hundred. */
  readonly ticks: readonly Tick[];
  /** Drills of the stop, oldest first, the last twenty of each mode. */
  readonly drills: readonly DrillMark[];
  /** Violations of the last 14 days, oldest first, the last 500 of them. */
  readonly violations: readonly ViolationMark[];
  /** What was recorded under a type of its own in the last 72 hours, oldest first, the last 500. */
  readonly events: readonly EventMark[];
  /**
   * The series that a rule has named in `needs`: one point a step, the last one being that of the moment of judging.
   * @throws RangeError for a series that no rule has named, and for a metric without one.
   */
  measured(request: SeriesRequest): Series;
  /** What `needs` was told of. */
  readonly labelSets: LabelSets;
  /** The series of a metric between two moments, one point a step; hours reach back 14 days, days 400. */
  series(metric: string, subject: Subject, step: Exclude<Step, 'minute'>, from: Instant, to: Instant): Series;
}
