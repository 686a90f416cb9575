import { type AlertBook, alertsFold } from '../alerts/book.ts';
import { type MarksState, marksFold } from '../alerts/marks.ts';
import { noticesFold } from '../alerts/notice-fold.ts';
import type { NoticeLog } from '../alerts/notice-log.ts';
import type { Fold } from '../core/fold.ts';
import type { Measuring } from '../core/measure-row.ts';
import type { Instant } from '../core/time.ts';
import type { TreeLedgerOptions } from '../ledger/tree-ledger.ts';
import { type BudgetBook, budgetBookFold } from '../metrics/budget-book.ts';
import { type CommentsState, commentsFold } from '../metrics/causal/comments.ts';
import { type DenialsState, denialsFold } from '../metrics/denials.ts';
import { type DrillsState, drillsFold } from '../metrics/drills.ts';
import { type EpisodesState, episodesFold } from '../metrics/episodes.ts';
import { type HealthState, healthFold } from '../metrics/health/fold.ts';
import { type MeasuresState, measuresFold, measuring } from '../metrics/measures.ts';
import { type ModelsState, modelsFold } from '../metrics/models.ts';
import { type OverridesState, overridesFold } from '../metrics/overrides.ts';
import { type RecentState, recentFold } from '../metrics/recent.ts';
import { type RecordedEvents, recordedEventsFold } from '../metrics/recorded-events.ts';
import { type Rollups, rollupFold } from '../metrics/rollup.ts';
import { type ShadowState, shadowFold } from '../metrics/shadow/log.ts';
import { type ViolationsState, violationsFold } from '../metrics/violations.ts';
import { type ResponseLog, responsesFold } from '../responses/log.ts';
import { type RemedyLog, remediesFold } from '../responses/remedy/log.ts';
import { type HaltState, haltFold } from '../responses/stop/log.ts';
import { type StopPlanLog, stopPlanFold } from '../responses/stop-plan/log.ts';
import { type AgentsState, agentsFold } from '../sources/agents/fold.ts';
import { type CommandsState, commandsFold } from '../sources/comments/fold.ts';
import { type ItemsState, itemsFold } from '../sources/items/fold.ts';
import { type SourcesState, sourcesFold } from '../sources/progress.ts';
import { type FilesState, filesFold } from '../sources/session-files/fold.ts';

/** All that is remembered between two runs without reading the ledger's events again. */
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
  readonly comments: CommentsState;
  readonly denials: DenialsState;
  readonly shadow: ShadowState;
  readonly overrides: OverridesState;
  readonly models: ModelsState;
  readonly marks: MarksState;
  readonly budgets: BudgetBook;
  readonly commands: CommandsState;
  /** When the ledger was compacted last; before the first time, when it was watched first. */
  readonly compactedAt: Instant | null;
  /** The repository that was watched last. */
  readonly watched: string | null;
  /** Up to where events that had waited elsewhere were moved here: the hash of the last batch there. */
  readonly moved: string | null;
}

/** Counts the shapes of the state: a checkpoint of another shape is remade from the events. */
const STATE_FORMAT = 9;

export const stateFold: Fold<LedgerState> = {
  initial: {
    agents: agentsFold.initial,
    sources: sourcesFold.initial,
    files: filesFold.initial,
    recent: recentFold.initial,
    rollups: rollupFold.initial,
    measures: measuresFold.initial,
    health: healthFold.initial,
    alerts: alertsFold.initial,
    episodes: episodesFold.initial,
    notices: noticesFold.initial,
    remedies: remediesFold.initial,
    responses: responsesFold.initial,
    halt: haltFold.initial,
    ruleStops: stopPlanFold.initial,
    drills: drillsFold.initial,
    violations: violationsFold.initial,
    events: recordedEventsFold.initial,
    items: itemsFold.initial,
    comments: commentsFold.initial,
    denials: denialsFold.initial,
    shadow: shadowFold.initial,
    overrides: overridesFold.initial,
    models: modelsFold.initial,
    marks: marksFold.initial,
    budgets: budgetBookFold.initial,
    commands: commandsFold.initial,
    compactedAt: null,
    watched: null,
    moved: null,
  },
  apply: (state, events) => ({
    agents: agentsFold.apply(state.agents, events),
    sources: sourcesFold.apply(state.sources, events),
    files: filesFold.apply(state.files, events),
    recent: recentFold.apply(state.recent, events),
    rollups: rollupFold.apply(state.rollups, events),
    measures: measuresFold.apply(state.measures, events),
    health: healthFold.apply(state.health, events),
    alerts: alertsFold.apply(state.alerts, events),
    episodes: episodesFold.apply(state.episodes, events),
    notices: noticesFold.apply(state.notices, events),
    remedies: remediesFold.apply(state.remedies, events),
    responses: responsesFold.apply(state.responses, events),
    halt: haltFold.apply(state.halt, events),
    ruleStops: stopPlanFold.apply(state.ruleStops, events),
    drills: drillsFold.apply(state.drills, events),
    violations: violationsFold.apply(state.violations, events),
    events: recordedEventsFold.apply(state.events, events),
    items: itemsFold.apply(state.items, events),
    comments: commentsFold.apply(state.comments, events),
    denials: denialsFold.apply(state.denials, events),
    shadow: shadowFold.apply(state.shadow, events),
    overrides: overridesFold.apply(state.overrides, events),
    models: modelsFold.apply(state.models, events),
    marks: marksFold.apply(state.marks, events),
    budgets: budgetBookFold.apply(state.budgets, events),
    commands: commandsFold.apply(state.commands, events),
    compactedAt:
      events.findLast(({ kind }) => kind === 'ledger.compacted')?.at ??
      state.compactedAt ??
      events.find(({ kind }) => kind === 'watch.ran')?.at ??
      null,
    watched: events.findLast(({ kind }) => kind === 'watch.ran')?.repo ?? state.watched,
    moved: events.findLast((event) => event.kind === 'ledger.moved')?.data.head ?? state.moved,
  }),
};

/** Which rollups of measures follow from events; the store keeps them beside the state. */
const stateMeasuring: Measuring<LedgerState> = {
  rows: (before, events) => measuring.rows(before.measures, events),
  keptSince: (state) => measuring.keptSince(state.measures),
};

/**
 * Takes over the state of another shape, where the events that it came from were cut off. Slices that are new begin empty.
 * Whoever changes the shape of a slice translates the old one here.
 */
function adoptState(state: unknown): LedgerState {
  const adopted: LedgerState = { ...stateFold.initial, ...(typeof state === 'object' ? state : {}) };
  // Before format 7 nobody kept which stop the one in force goes back to.
  const halt = { ...{ origin: adopted.halt.generation }, ...adopted.halt };
  // Before format 8 nobody kept which names of metrics found no place, nor how long an alert is remembered.
  const measures = { ...adopted.measures, refused: { ...{ names: [] }, ...adopted.measures.refused } };
  const alerts = { ...{ resolvedKept: stateFold.initial.alerts.resolvedKept }, ...adopted.alerts };
  return { ...adopted, halt, measures, alerts };
}

/** How every ledger of this program keeps its state. */
export const STATE_TERMS: Pick<TreeLedgerOptions<LedgerState>, 'format' | 'measuring' | 'adopt'> = {
  format: STATE_FORMAT,
  measuring: stateMeasuring,
  adopt: adoptState,
};
