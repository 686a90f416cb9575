/*
 * Measures: what sessions, tools, workflows and programs measured, by minute, hour and day.
 *
 *   measuresFold      keeps what the state of a ledger must know about them: which labels there are, and what is kept.
 *   measuring         says which rows (core/measure-row.ts) events add. The store keeps the rows, not the state: in files
 *                     next to it (ledger/pages.ts) or in a table. They are merged one by one, in the order of events.
 *   measureSeries     a Series from rows that a store returned.
 *   measureQuantiles  quantiles from the same rows.
 */
import { canonicalJson } from '../core/canonical.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import type { MeasureRow, Measuring } from '../core/measure-row.ts';
import { packSpread } from '../core/packed-spread.ts';
import type { Step } from '../core/series.ts';
import { after, DAY, type Duration, dayOf, hourOf, type Instant, minuteOf, startOf } from '../core/time.ts';
import { witnessed } from './attempt.ts';
import { MEASURES } from './measure-catalogue.ts';
import { type Measured, readingOf } from './measured.ts';

/** What is known about all measures, without their values. */
export interface MeasuresState {
  /** The moment reached by the newest measure. Retention is counted from here. */
  readonly newest: Instant | null;
  /** By metric, the UTC day on which each label set (as canonical JSON) was last measured. */
  readonly labels: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By metric, the UTC day on which labels were last folded into `other` because there are too many. */
  readonly folded: Readonly<Record<string, string>>;
  /**
   * How many measures of a UTC day could not be believed or exceeded the number of metrics, and some of their names. For the last
   * day with any.
   */
  readonly refused: { readonly day: string; readonly count: number; readonly names: readonly string[] };
  /** By step, the moment from which rows are kept; '' keeps everything. */
  readonly keptSince: Readonly<Record<Step, Instant>>;
}

/** At most this many label sets are kept apart for one metric. The rest are counted together under the label `other`. */
export const MOST_LABEL_SETS = 1_000;
/** At most this many metrics are kept besides those of our own catalogue. Measures of others are refused. */
export const MOST_METRICS = 200;
/**
 * Names from a spool may take up at most this many of them, because anything that runs in an agent's job may write to one. The rest
 * is for those who call `record metric` themselves.
 */
export const MOST_FROM_SPOOLS = 100;
/** How many of the names that were refused are listed. */
const MOST_TOLD = 5;
const OWN_METRICS: ReadonlySet<string> = new Set(MEASURES.map(({ name }) => name));
/** The label for everything beyond the limit. */
export const OTHER_LABELS: Readonly<Record<string, string>> = { other: 'true' };
/** Label sets give up their place if they were not measured for this long. */
const LABELS_KEPT: Duration = 30 * DAY;

const STEPS: Readonly<Record<Step, (instant: Instant) => string>> = { minute: minuteOf, hour: hourOf, day: dayOf };

/** Keeps which labels each metric has. */
export const measuresFold: Fold<MeasuresState> = {
  initial: {
    newest: null,
    labels: {},
    folded: {},
    refused: { day: '', count: 0, names: [] },
    keptSince: { minute: '', hour: '', day: '' },
  },
  apply: (state, events) => walk(state, events).state,
};

/** Which rows events add. */
export const measuring: Measuring<MeasuresState> = {
  rows: (before, events) => walk(before, events).rows,
  keptSince: (state) => state.keptSince,
};

/** What people should know about measures that are not kept as they were given, one sentence each. */
export function measureComplaints({ newest, folded, refused }: MeasuresState): readonly string[] {
  const today = dayOf(newest ?? '');
  const metrics = Object.keys(folded).filter((metric) => folded[metric] === today);
  const overflow = metrics.map(
    (metric) =>
      `The measure ${metric} has more than ${MOST_LABEL_SETS} sets of labels: those that came last are counted together as other. Give it fewer labels.`,
  );
  if (refused.day !== today || refused.count === 0) return overflow;
  const crowded =
    refused.names.length === 0
      ? ''
      : `: there are too many names of metrics (${MOST_METRICS}, of them ${MOST_FROM_SPOOLS} from spools), among others for ${refused.names.join(', ')}`;
  return [
    ...overflow,
    `Of the measures of ${today}, ${refused.count} are not kept${crowded || ': they are no measures'}.`,
  ];
}

interface Draft {
  newest: Instant | null;
  readonly labels: Record<string, Record<string, string>>;
  readonly folded: Record<string, string>;
  refused: MeasuresState['refused'];
  keptSince: MeasuresState['keptSince'];
  readonly rows: MeasureRow[];
  /** Metrics whose labels are a copy already. */
  readonly own: Set<string>;
}

function walk(
  state: MeasuresState,
  events: readonly LedgerEvent[],
): { readonly state: MeasuresState; readonly rows: readonly MeasureRow[] } {
  const relevant = events.filter(isRelevant);
  if (relevant.length === 0) return { state, rows: [] };
  const draft: Draft = {
    newest: state.newest,
    labels: { ...state.labels },
    folded: { ...state.folded },
    refused: state.refused,
    keptSince: state.keptSince,
    rows: [],
    own: new Set(),
  };
  for (const event of relevant) learn(draft, event);
  const { newest, labels, folded, refused, keptSince, rows } = draft;
  return { state: { newest, labels, folded, refused, keptSince }, rows };
}

const READ: ReadonlySet<LedgerEvent['kind']> = new Set([
  'session.recorded',
  'metrics.recorded',
  'event.recorded',
  'ledger.compacted',
]);

function isRelevant({ kind }: LedgerEvent): boolean {
  return READ.has(kind);
}

function learn(draft: Draft, event: LedgerEvent): void {
  if (event.kind === 'ledger.compacted') {
    draft.keptSince = event.data.keptSince;
    return;
  }
  advance(draft, witnessed(event));
  const { measured, refused } = readingOf(event);
  refuse(draft, refused);
  const most = event.id.startsWith(BY_HAND) ? MOST_METRICS : MOST_FROM_SPOOLS;
  for (const one of measured) file(draft, one, most);
}

/** How the ids of metrics recorded by name begin. */
const BY_HAND = 'metric:';

/** Forgets labels as days pass. This depends only on the events, so that batches do not matter. */
function advance(draft: Draft, moment: Instant): void {
  const before = draft.newest;
  if (before !== null && moment <= before) return;
  draft.newest = moment;
  if (before !== null && dayOf(before) === dayOf(moment)) return;
  const oldest = dayOf(after(moment, -LABELS_KEPT));
  for (const metric of Object.keys(draft.labels)) forgetLabels(draft, metric, oldest);
  for (const [metric, day] of Object.entries(draft.folded)) if (day < oldest) delete draft.folded[metric];
}

function forgetLabels(draft: Draft, metric: string, oldest: string): void {
  for (const [labels, day] of Object.entries(draft.labels[metric] ?? {})) {
    if (day < oldest) delete ownLabels(draft, metric)[labels];
  }
  if (Object.keys(draft.labels[metric] ?? {}).length === 0) delete draft.labels[metric];
}

function ownLabels(draft: Draft, metric: string): Record<string, string> {
  const known = Object.hasOwn(draft.labels, metric) ? draft.labels[metric] : undefined;
  if (known !== undefined && draft.own.has(metric)) return known;
  const copy = { ...known };
  draft.labels[metric] = copy;
  draft.own.add(metric);
  return copy;
}

function file(draft: Draft, { metric, labels, at, aggregate, spread }: Measured, most: number): void {
  const kept = placeOf(draft, metric, labels, most);
  if (kept === null) {
    refuse(draft, 1, metric);
    return;
  }
  const packed = spread === null ? null : packSpread(spread);
  for (const step of ['minute', 'hour', 'day'] as const) {
    const start = startOf(STEPS[step](at));
    if (start < draft.keptSince[step]) continue;
    draft.rows.push({ metric, labels: kept, step, at: start, aggregate, spread: packed });
  }
}

function refuse(draft: Draft, count: number, crowded: string | null = null): void {
  if (count === 0) return;
  const day = dayOf(draft.newest ?? '');
  const before: MeasuresState['refused'] = draft.refused.day === day ? draft.refused : { day, count: 0, names: [] };
  const isNew = crowded !== null && before.names.length < MOST_TOLD && !before.names.includes(crowded);
  draft.refused = { day, count: before.count + count, names: isNew ? [...before.names, crowded] : before.names };
}

function foreignMetrics({ labels }: Draft): number {
  let count = 0;
  for (const metric of Object.keys(labels)) if (!OWN_METRICS.has(metric)) count++;
  return count;
}

/** The labels under which a measure is kept; null if it is one metric too many. */
function placeOf(draft: Draft, metric: string, labels: Measured['labels'], most: number): Measured['labels'] | null {
  const today = dayOf(draft.newest ?? '');
  const known = Object.hasOwn(draft.labels, metric) ? draft.labels[metric] : undefined;
  if (known === undefined && !OWN_METRICS.has(metric) && foreignMetrics(draft) >= most) return null;
  const key = canonicalJson(labels);
  if (known?.[key] === today) return labels;
  if (known?.[key] === undefined && Object.keys(known ?? {}).length >= MOST_LABEL_SETS) {
    draft.folded[metric] = today;
    return OTHER_LABELS;
  }
  ownLabels(draft, metric)[key] = today;
  return labels;
}
