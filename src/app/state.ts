import { type AlertBook, alertsFold } from '../alerts/book.ts';
import { type MarksState, marksFold } from '../alerts/marks.ts';
import { noticesFold } from '../alerts/notice-fold.ts';
import type { NoticeLog } from '../alerts/notice-log.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import type { Measuring } from '../core/measure-row.ts';
import type { Instant } from '../core/time.ts';
import type { TreeLedgerOptions } from '../ledger/tree-ledger.ts';
import { type BudgetBook, budgetBookFold } from '../metrics/budget-book.ts';
import { type CommentsState, commentsFold } from '../metrics/causal/comments.ts';
import { type DenialsState, denialsFold } from '../metrics/denials.ts';
import { type DrillsState, drillsFold } from '../metrics/drills.ts';
import { type EpisodesState, episodesFold } from '../metrics/episodes.ts';
import { type GuardJobsState, guardJobsFold } from '../metrics/guard-jobs.ts';
import { type HealthState, healthFold } from '../metrics/health/fold.ts';
import { type ImprovementsState, improvementsFold } from '../metrics/improvements.ts';
import { type MeasuresState, measuresFold, measuring } from '../metrics/measures.ts';
import { type ModelsState, modelsFold } from '../metrics/models.ts';
import { type OpinionsState, opinionsFold } from '../metrics/opinions.ts';
import { type OverridesState, overridesFold } from '../metrics/overrides.ts';
import { type RecentState, recentFold } from '../metrics/recent.ts';
import { type RecordedEvents, recordedEventsFold } from '../metrics/recorded-events.ts';
import { type Rollups, rollupFold } from '../metrics/rollup.ts';
import { withOldSamples } from '../metrics/samples.ts';
import { type ServerUsesState, serverUsesFold } from '../metrics/server-uses.ts';
import { type ShadowState, shadowFold } from '../metrics/shadow/log.ts';
import { type ViolationsState, violationsFold } from '../metrics/violations.ts';
import { type SavingsState, savingsFold } from '../metrics/waste/fold.ts';
import { repacked } from '../metrics/work-packed.ts';
import { type ResponseLog, responsesFold } from '../responses/log.ts';
import { type RemedyLog, remediesFold } from '../responses/remedy/log.ts';
import { type HaltState, haltFold } from '../responses/stop/log.ts';
import { type StopPlanLog, stopPlanFold } from '../responses/stop-plan/log.ts';
import { type ReviewLog, reviewFold } from '../review/log.ts';
import { type AgentsState, agentsFold } from '../sources/agents/fold.ts';
import { type CommandsState, commandsFold } from '../sources/comments/fold.ts';
import { type ItemsState, itemsFold } from '../sources/items/fold.ts';
import { type SourcesState, sourcesFold } from '../sources/progress.ts';
import { type PullsState, pullsFold } from '../sources/pulls/fold.ts';
import { type FilesState, filesFold } from '../sources/session-files/fold.ts';

/** Everything remembered between two runs without reading the ledger's events again. */
export interface LedgerState {
  readonly agents: AgentsState;
  readonly sources: SourcesState;
  readonly files: FilesState;
  readonly recent: RecentState;
  readonly rollups: Rollups;
  readonly measures: MeasuresState;
  readonly health: HealthState;
  readonly alerts: AlertBook;
  readonly episodes: EpisodesState;
  readonly notices: NoticeLog;
  readonly remedies: RemedyLog;
  readonly responses: ResponseLog;
  readonly halt: HaltState;
  readonly ruleStops: StopPlanLog;
  readonly drills: DrillsState;
  readonly violations: ViolationsState;
  readonly events: RecordedEvents;
  readonly items: ItemsState;
  readonly pulls: PullsState;
  readonly reviewed: ReviewLog;
  readonly savings: SavingsState;
  readonly comments: CommentsState;
  readonly denials: DenialsState;
  readonly overrides: OverridesState;
  readonly shadow: ShadowState;
  readonly models: ModelsState;
  readonly serverUses: ServerUsesState;
  readonly marks: MarksState;
  readonly budgets: BudgetBook;
  readonly commands: CommandsState;
  readonly improvements: ImprovementsState;
  readonly opinions: OpinionsState;
  readonly guardJobs: GuardJobsState;
  /** When the ledger was last compacted; before the first time, when it was first watched. */
  readonly compactedAt: Instant | null;
  /** The repository that was watched last. */
  readonly watched: string | null;
  /** How far events that had waited elsewhere were moved here: the hash of the last batch there. */
  readonly moved: string | null;
}

/** The version of the state's shape. A checkpoint of another version is rebuilt from the events. */
const STATE_FORMAT = 11;

/** What is remembered about the ledger itself. Everything else has a fold of its own. */
type Own = 'compactedAt' | 'watched' | 'moved';
type Slices = Omit<LedgerState, Own>;

/** How each slice follows from events. A slice is described at its fold. */
const FOLDS: { readonly [Name in keyof Slices]: Fold<Slices[Name]> } = {
  agents: agentsFold,
  sources: sourcesFold,
  files: filesFold,
  recent: recentFold,
  rollups: rollupFold,
  measures: measuresFold,
  health: healthFold,
  alerts: alertsFold,
  episodes: episodesFold,
  notices: noticesFold,
  remedies: remediesFold,
  responses: responsesFold,
  halt: haltFold,
  ruleStops: stopPlanFold,
  drills: drillsFold,
  violations: violationsFold,
  events: recordedEventsFold,
  items: itemsFold,
  pulls: pullsFold,
  reviewed: reviewFold,
  savings: savingsFold,
  comments: commentsFold,
  denials: denialsFold,
  overrides: overridesFold,
  shadow: shadowFold,
  models: modelsFold,
  serverUses: serverUsesFold,
  marks: marksFold,
  budgets: budgetBookFold,
  commands: commandsFold,
  improvements: improvementsFold,
  opinions: opinionsFold,
  guardJobs: guardJobsFold,
};

/** Asks each fold in turn. The compiler cannot follow a name through a list; `FOLDS` ensures that each name has its own. */
function ofEach(ask: (fold: Fold<unknown>, name: keyof Slices) => unknown): Slices {
  const names = Object.keys(FOLDS) as readonly (keyof Slices)[];
  return Object.fromEntries(names.map((name) => [name, ask(FOLDS[name], name)])) as unknown as Slices;
}

export const stateFold: Fold<LedgerState> = {
  initial: { ...ofEach(({ initial }) => initial), compactedAt: null, watched: null, moved: null },
  apply: (state, events) => ({
    ...ofEach((fold, name) => fold.apply(state[name], events)),
    compactedAt:
      events.findLast(({ kind }) => kind === 'ledger.compacted')?.at ??
      state.compactedAt ??
      events.find(({ kind }) => kind === 'watch.ran')?.at ??
      null,
    watched: events.findLast(({ kind }) => kind === 'watch.ran')?.repo ?? state.watched,
    moved: events.findLast((event) => event.kind === 'ledger.moved')?.data.head ?? state.moved,
  }),
};

/** Which rollups of measures follow from events. The store keeps them next to the state. */
const stateMeasuring: Measuring<LedgerState> = {
  rows: (before, events) => measuring.rows(before.measures, events),
  keptSince: (state) => measuring.keptSince(state.measures),
};

/**
 * Converts a state of another shape when the events it came from were cut off. New slices begin empty. Anybody who changes the
 * shape of a slice converts the old one here.
 */
function adoptState(state: unknown): LedgerState {
  const { samples, ...adopted }: LedgerState & { readonly samples?: Parameters<typeof withOldSamples>[1] } = {
    ...stateFold.initial,
    ...(typeof state === 'object' ? state : {}),
  };
  // Before format 7 it was not kept which stop the one in force goes back to.
  const halt = { ...{ origin: adopted.halt.generation }, ...adopted.halt };
  // Before format 8 the names of metrics without a place were not kept, nor how long an alert is remembered.
  const measures = { ...adopted.measures, refused: { ...{ names: [] }, ...adopted.measures.refused } };
  const alerts = { ...{ resolvedKept: stateFold.initial.alerts.resolvedKept }, ...adopted.alerts };
  // Before format 11 runs and sessions repeated their keys. Before format 10 a part of what is known of sessions was kept next to the work.
  const { budgets } = adopted;
  const work = repacked(samples === undefined ? budgets.work : withOldSamples(budgets.work, samples));
  return { ...adopted, halt, measures, alerts, budgets: { ...budgets, work } };
}

/**
 * Starts of agents are many and urgent, so the checkpoint may lag behind them. The effect of a stop, a command or a finished
 * session is always in the checkpoint as soon as it is written: the meter next to an agent reads the stop there.
 */
export function mayLag({ kind }: LedgerEvent): boolean {
  return kind === 'guard.decided' || kind === 'lease.taken' || kind === 'lease.settled';
}

/** How every ledger of this program keeps its state. */
export const STATE_TERMS: Pick<TreeLedgerOptions<LedgerState>, 'format' | 'measuring' | 'adopt'> = {
  format: STATE_FORMAT,
  measuring: stateMeasuring,
  adopt: adoptState,
};
