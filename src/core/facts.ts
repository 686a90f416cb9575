import type { Agent } from './agent.ts';
import type { BudgetFacts } from './budget.ts';
import type { CausalGraph } from './causal.ts';
import type { Denial } from './denial.ts';
import type { Failure } from './failure.ts';
import type { DrillRecord } from './halt-events.ts';
import type { SystemHealth } from './health.ts';
import type { ImprovementFacts } from './improvement.ts';
import type { ItemMark } from './item.ts';
import type { Labels } from './label.ts';
import type { ModelUse } from './model-use.ts';
import type { Money } from './money.ts';
import type { OpinionUse } from './opinion.ts';
import type { OwnerQuarter, OwnerUse } from './owner-use.ts';
import type { PullFacts } from './pull.ts';
import type { RunConclusion, RunStatus } from './run.ts';
import type { Series, Step } from './series.ts';
import type { LabelSets, SeriesRequest } from './series-request.ts';
import type { ServerUse } from './server-use.ts';
import type { Repeats, SessionOutcome } from './session.ts';
import type { WouldHave } from './shadow.ts';
import type { Subject } from './subject.ts';
import type { Duration, Instant } from './time.ts';
import type { Violation } from './violation.ts';
import type { SavingMark, WasteReport, WorkPiece } from './waste.ts';
import type { AbsenceReason } from './work-events.ts';

/** What is known about the telemetry of a run: not looked for yet, found, or missing for a reason. */
export type Telemetry = 'awaited' | 'recorded' | AbsenceReason;

/** The short form of a run attempt, as judges and reports use it. */
export interface RunMark {
  readonly run: number;
  readonly attempt: number;
  readonly agent: string;
  readonly workflow: string;
  readonly trigger: string;
  /** The number of the bot that set it off; left out if a person did or it is not known. */
  readonly bot?: number;
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
  /** True if its record stops before its end; left out otherwise. */
  readonly cutOff?: true;
  /** The models it used that have no price, and whether the engine reported a cost anyway; left out if there are none. */
  readonly unpriced?: { readonly models: readonly string[]; readonly reported: boolean };
  /** How many files its tools changed, judging by its calls; left out if they do not say. */
  readonly changed?: number;
  /** How often it made the same call; left out if its record does not say. */
  readonly repeats?: Repeats;
  /** Present if both are known and comparable: what the engine reported and the list price of the same tokens, in US dollars. */
  readonly compared?: { readonly reported: number; readonly computed: number };
}

/** A violation, and when it happened. */
export interface ViolationMark extends Violation {
  /** Id of its event. */
  readonly id: string;
  readonly at: Instant;
}

/** Something that a workflow or a person recorded (`checkrein record event`). */
export interface EventMark {
  /** Id of its event. */
  readonly id: string;
  /** Lower-case words with dots: `release.published`. */
  readonly type: string;
  readonly labels: Labels;
  readonly at: Instant;
}

/** An episode of an alert from when it became active, and what people said about it. */
export interface EpisodeMark {
  readonly fingerprint: string;
  readonly episode: number;
  readonly rule: string;
  readonly subject: Subject;
  readonly since: Instant;
  /** Null while it is active. */
  readonly endedAt: Instant | null;
  /** Null until somebody says what it was. */
  readonly verdict: 'incident' | 'false_alarm' | null;
}

/** How a source is doing. */
export interface SourceStatus {
  readonly source: string;
  readonly lastReadAt: Instant | null;
  /** When it was last asked, whether or not that worked; left out in ledgers that did not record it. */
  readonly lastAttemptAt?: Instant;
  /** The failure it has been in since `failingSince`; null while it reads well. */
  readonly failure: Failure | null;
  readonly failingSince: Instant | null;
}

/** One run of Checkrein itself. */
export interface Tick {
  readonly at: Instant;
  readonly trigger: string;
  readonly late: Duration | null;
}

/** A drill of the emergency stop and when it was held. */
export interface DrillMark extends DrillRecord {
  readonly at: Instant;
}

/** Everything a judge may know. Built from the ledger alone. */
export interface Facts {
  readonly repo: string;
  readonly agents: readonly Agent[];
  /** When each of them, in the same order, was first seen as an agent; empty if that was not recorded. */
  readonly agentsSince: readonly Instant[];
  /** Recent attempts of agent runs by start, oldest first (at least the last 72 hours). */
  readonly runs: readonly RunMark[];
  /** Recent sessions by start, oldest first (at least the last 72 hours). */
  readonly sessions: readonly SessionMark[];
  /** The most expensive sessions of this UTC month and the last, at most 20 per agent and month, in no order. */
  readonly dearest: readonly SessionMark[];
  /** The sources this watch still asks. One that was not asked for three days is left out. */
  readonly sources: readonly SourceStatus[];
  /** The last hundred, oldest first. */
  readonly ticks: readonly Tick[];
  /** Drills of the stop, oldest first, the last twenty per mode. */
  readonly drills: readonly DrillMark[];
  /** Violations of the last 14 days, oldest first, at most the last 500. */
  readonly violations: readonly ViolationMark[];
  /** Episodes of alerts that began in the last 90 days or are still active, in no order. */
  readonly episodes: readonly EpisodeMark[];
  /** Issues and pull requests made by bots: the open ones we saw, and those made in the last 35 days. Oldest first. */
  readonly items: readonly ItemMark[];
  /** The open pull requests among them; null if nobody could look lately. `agent` names their agent if that is known. */
  readonly pulls: readonly ItemMark[] | null;
  /** Pull requests of agents with what people said about them; null if nobody could look lately. */
  readonly pullRequests: PullFacts | null;
  /** What people were advised to change so that less is spent for nothing, oldest first. */
  readonly savings: readonly SavingMark[];
  /** The models that each agent has used, and since when. */
  readonly models: readonly ModelUse[];
  /** The MCP servers that each agent calls, and since when it has not. */
  readonly serverUses: readonly ServerUse[];
  /** Paths of the workflows that a stop keeps disabled. Their silence is no news. */
  readonly held: readonly string[];
  /** What agents changed, what it promised and how it turned out. */
  readonly changes: ImprovementFacts;
  /** Events recorded under a type of their own in the last 72 hours, oldest first, at most the last 500. */
  readonly events: readonly EventMark[];
  /** What models were asked in the last 90 days, and how useful that was. */
  readonly opinions: OpinionUse;
  /** The health of everything that Checkrein watches and relies on. */
  health(): SystemHealth;
  /**
   * The series that a rule has named in `needs`: one point per step, ending with the moment of judging.
   * @throws RangeError for a series that no rule has named, and for a metric without one.
   */
  measured(request: SeriesRequest): Series;
  /** The same label sets that `needs` was given. */
  readonly labelSets: LabelSets;
  /** What the other repositories of the same owner use, queried in advance; null if not known. */
  readonly others: readonly OwnerUse[] | null;
  /** Their use by quarter of an hour, oldest first, 35 days back; null if nobody asked or it is not known. */
  readonly othersByQuarter: readonly OwnerQuarter[] | null;
  /** Runs of agents of the last 35 days, and sessions without a run; oldest first. */
  work(): readonly WorkPiece[];
  /** What became of the work of the last 28 days. */
  waste(): WasteReport;
  /** Which agents may not start for a while, and which could not lately. */
  readonly denials: readonly Denial[];
  /** What shadow mode held back in the last 90 days, oldest first. */
  readonly wouldHave: readonly WouldHave[];
  /** What set off what in the last 35 days, as far as GitHub's data shows. */
  causal(): CausalGraph;
  /** What budgets are computed from, for the last 35 days. */
  budgets(): BudgetFacts;
  /** The series of a metric between two moments, one point per step. Hours go back 14 days, days 400. */
  series(metric: string, subject: Subject, step: Exclude<Step, 'minute'>, from: Instant, to: Instant): Series;
}
