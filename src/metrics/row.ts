import type { RunConclusion } from '../core/run.ts';
import type { Aggregate } from '../core/series.ts';
import { detailOf, type Session, type SessionOutcome } from '../core/session.ts';
import type { ViolationKind } from '../core/violation.ts';

/** What is counted in a bucket. */
export type Counter =
  | 'runs.started'
  | 'runs.completed'
  | 'runs.failed'
  | 'runs.cancelled'
  | 'runs.skipped'
  | 'estimated'
  | `violations.${ViolationKind}`
  | SessionOutcome;

/** What is summed in a bucket. */
export type Amount =
  | 'input'
  | 'output'
  | 'cacheRead'
  | 'cacheWrite'
  | 'tokens'
  | 'cost'
  | 'duration'
  | 'apiDuration'
  | 'toolCalls'
  | 'toolErrors'
  | 'denials';

/** Count, sum, minimum, maximum and number of unknown observations: an `Aggregate` in its shortest form. */
export type Tally = readonly [count: number, sum: number, min: number, max: number, unknown: number];

/** One subject in one bucket of time, kept as short as possible. */
export interface Row {
  readonly n: Readonly<Partial<Record<Counter, number>>>;
  readonly v: Readonly<Partial<Record<Amount, Tally>>>;
}

/** A row that may be written to while it is being folded. */
export interface RowDraft {
  readonly n: Partial<Record<Counter, number>>;
  readonly v: Partial<Record<Amount, Tally>>;
}

export const AMOUNTS: readonly Amount[] = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'tokens',
  'cost',
  'duration',
  'apiDuration',
  'toolCalls',
  'toolErrors',
  'denials',
];

const OUTCOMES: readonly SessionOutcome[] = [
  'completed',
  'failed',
  'cancelled',
  'timed_out',
  'stopped_by_limit',
  'unknown',
];

/** Adds to a counter of a row; the counter disappears at zero. */
export function count(row: RowDraft, counter: Counter, by: 1 | -1): void {
  const sum = (row.n[counter] ?? 0) + by;
  if (sum > 0) row.n[counter] = sum;
  else delete row.n[counter];
}

/** Adds one observation to an amount of a row; `null` is one whose value is not known. */
export function observe(row: RowDraft, amount: Amount, value: number | null): void {
  const [n, sum, min, max, unknown] = row.v[amount] ?? [0, 0, 0, 0, 0];
  if (value === null) row.v[amount] = [n, sum, min, max, unknown + 1];
  else row.v[amount] = [n + 1, sum + value, n === 0 ? value : Math.min(min, value), Math.max(max, value), unknown];
}

/** Takes back one unknown observation. */
export function forgetUnknown(row: RowDraft, amount: Amount): void {
  const [n, sum, min, max, unknown] = row.v[amount] ?? [0, 0, 0, 0, 0];
  if (n === 0 && unknown <= 1) delete row.v[amount];
  else row.v[amount] = [n, sum, min, max, Math.max(0, unknown - 1)];
}

/** What a session adds to each amount. Negative and infinite numbers come from broken or forged records and count as not known. */
export function amountsOf(session: Session): Readonly<Record<Amount, number | null>> {
  const { tokens, duration, tools } = session;
  const seesTools = session.state.tools !== 'unknown';
  const { cacheWrite5m: short, cacheWrite1h: long } = tokens;
  return {
    input: believable(tokens.input),
    output: believable(tokens.output),
    cacheRead: believable(tokens.cacheRead),
    cacheWrite: short === null || long === null ? null : believable(short + long),
    tokens: believable(tokens.total),
    cost: spentUsd(session.cost),
    duration: believable(duration),
    apiDuration: believable(detailOf(session).apiDuration),
    toolCalls: seesTools ? believable(tools.reduce((sum, { calls }) => sum + calls, 0)) : null,
    toolErrors: seesTools ? believable(tools.reduce((sum, { errors }) => sum + errors, 0)) : null,
    denials: believable(session.denials),
  };
}

/** The dollars that a cost takes from a budget. A flat plan's quota costs no money; `null` if not known. */
export function spentUsd(cost: Session['cost']): number | null {
  return cost.basis === 'quota' ? 0 : believable(cost.usd);
}

function believable(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && value >= 0 ? value : null;
}

/** The counter that the end of a run adds to, in addition to `runs.completed`. */
export function counterOf(conclusion: RunConclusion | null): Counter | null {
  switch (conclusion) {
    case 'failure':
    case 'startup_failure':
    case 'timed_out':
      return 'runs.failed';
    case 'cancelled':
      return 'runs.cancelled';
    case 'skipped':
      return 'runs.skipped';
    case 'success':
    case 'neutral':
    case 'stale':
    case 'action_required':
    case null:
      return null;
    default:
      return conclusion satisfies never;
  }
}

const VIOLATIONS: readonly Counter[] = [
  'violations.readOnly',
  'violations.scope',
  'violations.resource',
  'violations.timeout',
  'violations.tampering',
];

type Derive = (row: Row) => Aggregate | null;

/** How each metric is read from a row. */
const DERIVE: Readonly<Record<string, Derive>> = {
  'runs.started': (row) => among(row, ['runs.started'], ['runs.started']),
  'runs.completed': (row) => among(row, ['runs.completed'], ['runs.completed']),
  'runs.failed': (row) => among(row, ['runs.failed'], ['runs.completed']),
  'runs.cancelled': (row) => among(row, ['runs.cancelled'], ['runs.completed']),
  'runs.skipped': (row) => among(row, ['runs.skipped'], ['runs.completed']),
  'sessions.total': (row) => among(row, OUTCOMES, OUTCOMES),
  'sessions.completed': (row) => outcome(row, ['completed']),
  'sessions.failed': (row) => outcome(row, ['failed', 'timed_out']),
  'sessions.timedOut': (row) => outcome(row, ['timed_out']),
  'sessions.cancelled': (row) => outcome(row, ['cancelled']),
  'sessions.stoppedByLimit': (row) => outcome(row, ['stopped_by_limit']),
  'sessions.failureRate': (row) => outcome(row, ['failed', 'timed_out']),
  'sessions.estimated': (row) => among(row, ['estimated'], OUTCOMES),
  'sessions.averageDuration': amount('duration'),
  'sessions.averageApiDuration': amount('apiDuration'),
  'sessions.toolCalls': amount('toolCalls'),
  'sessions.toolErrors': amount('toolErrors'),
  'sessions.denials': amount('denials'),
  'sessions.tokenUsage.input': amount('input'),
  'sessions.tokenUsage.output': amount('output'),
  'sessions.tokenUsage.cacheRead': amount('cacheRead'),
  'sessions.tokenUsage.cacheWrite': amount('cacheWrite'),
  'sessions.tokenUsage.total': amount('tokens'),
  'sessions.tokenUsage.cost': amount('cost'),
  'violations.readOnlyViolations': (row) => among(row, ['violations.readOnly'], VIOLATIONS),
  'violations.scopeViolations': (row) => among(row, ['violations.scope'], VIOLATIONS),
  'violations.resourceLimitViolations': (row) => among(row, ['violations.resource'], VIOLATIONS),
  'violations.timeoutViolations': (row) => among(row, ['violations.timeout'], VIOLATIONS),
  'violations.tamperingViolations': (row) => among(row, ['violations.tampering'], VIOLATIONS),
  'violations.total': (row) => among(row, VIOLATIONS, VIOLATIONS),
};

/** The metrics that are kept by hour and day. */
export const ROLLED_UP: readonly string[] = Object.keys(DERIVE);

/** True for a metric that is kept by hour and day. */
export function isRolledUp(metric: string): boolean {
  return Object.hasOwn(DERIVE, metric);
}

/**
 * The aggregate of a metric in a row; `null` if nothing was observed. Without a known value, all its numbers are 0.
 * @throws RangeError for a metric that is not kept by hour and day, because a misspelt name must not read as "nothing happened".
 */
export function readRow(metric: string, row: Row): Aggregate | null {
  const derive = Object.hasOwn(DERIVE, metric) ? DERIVE[metric] : undefined;
  if (derive === undefined) throw new RangeError(`There is no series of the metric '${metric}'.`);
  return derive(row);
}

/** Each session with a known outcome is an observation: 1 if its outcome is one of `wanted`, else 0. */
function outcome(row: Row, wanted: readonly SessionOutcome[]): Aggregate | null {
  const known = OUTCOMES.filter((each) => each !== 'unknown');
  return among(row, wanted, known, row.n.unknown ?? 0);
}

function among(row: Row, wanted: readonly Counter[], all: readonly Counter[], unknown = 0): Aggregate | null {
  const total = (counters: readonly Counter[]): number =>
    counters.reduce((sum, counter) => sum + (row.n[counter] ?? 0), 0);
  const hits = total(wanted);
  const known = total(all);
  if (known + unknown === 0) return null;
  if (known === 0) return nothingKnown(unknown);
  return { count: known, sum: hits, min: hits === known ? 1 : 0, max: hits > 0 ? 1 : 0, unknown };
}

function amount(name: Amount): Derive {
  return (row) => {
    const tally = row.v[name];
    if (tally === undefined) return null;
    const [n, sum, min, max, unknown] = tally;
    return n === 0 ? nothingKnown(unknown) : { count: n, sum, min, max, unknown };
  };
}

function nothingKnown(unknown: number): Aggregate {
  return { count: 0, sum: 0, min: 0, max: 0, unknown };
}
