import { type Money, UNKNOWN_MONEY } from '../../core/money.ts';
import { detailOf, type SessionReading } from '../../core/session.ts';
import { sizeOfInput, type TokenKinds, withTotal } from './claude/usage.ts';

/** Totals that may continue when their session is resumed, so that a later record includes an earlier one. */
export interface RunningTotals {
  readonly tokens: TokenKinds;
  readonly usd: number | null;
  /** The least that the run itself used. */
  readonly own: TokenKinds;
}

/** A reading whose totals may be running ones. */
export interface Running {
  readonly reading: SessionReading;
  readonly running?: RunningTotals | undefined;
}

/**
 * Counts what each run used only once. Totals are taken as a continuation if they include those of an earlier record of their
 * session plus what their own run is known to have used. Other totals started over and stay as they are.
 */
export function withoutEarlierRuns<T extends Running>(records: readonly T[]): readonly T[] {
  const sessions = new Map<string, T[]>();
  for (const record of records) {
    const { engineSession } = record.reading;
    if (record.running === undefined || engineSession === null) continue;
    const ofSession = sessions.get(engineSession);
    if (ofSession === undefined) sessions.set(engineSession, [record]);
    else ofSession.push(record);
  }
  const rest = new Map<T, T>();
  for (const ofSession of sessions.values()) {
    const counting = ofSession.sort(bySize);
    counting.forEach((record, index) => {
      const before = continuedBy(counting, index);
      if (before?.running !== undefined)
        rest.set(record, { ...record, running: undefined, reading: restOf(record.reading, before.running) });
    });
  }
  return records.map((record) => rest.get(record) ?? record);
}

/** The largest of the smaller records that this one goes on from. */
function continuedBy(records: readonly Running[], index: number): Running | undefined {
  const record = records[index];
  for (let place = index - 1; place >= 0; place--) {
    const other = records[place];
    if (record !== undefined && other !== undefined && goesOnFrom(other, record)) return other;
  }
  return undefined;
}

function bySize(a: Running, b: Running): number {
  return (a.running === undefined ? 0 : sizeOf(a.running)) - (b.running === undefined ? 0 : sizeOf(b.running));
}

function sizeOf({ tokens }: RunningTotals): number {
  return sizeOfInput(tokens) + (tokens.output ?? 0);
}

function goesOnFrom(before: Running, after: Running): boolean {
  if (before.running === undefined || after.running === undefined) return false;
  const [earlier, later] = [before.reading.startedAt, after.reading.startedAt];
  if (earlier !== null && later !== null && later < earlier) return false;
  if ((after.running.usd ?? 0) < (before.running.usd ?? 0)) return false;
  const { tokens, own } = after.running;
  return KINDS.every((kind) => (tokens[kind] ?? 0) - (before.running?.tokens[kind] ?? 0) >= (own[kind] ?? 0));
}

const KINDS = ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const;

/**
 * What is new in a reading compared to earlier totals. The time spent on responses and the price of all tokens are known only as
 * sums.
 */
function restOf(reading: SessionReading, before: RunningTotals): SessionReading {
  const tokens = withTotal({
    input: less(reading.tokens.input, before.tokens.input),
    output: less(reading.tokens.output, before.tokens.output),
    cacheRead: less(reading.tokens.cacheRead, before.tokens.cacheRead),
    cacheWrite5m: less(reading.tokens.cacheWrite5m, before.tokens.cacheWrite5m),
    cacheWrite1h: less(reading.tokens.cacheWrite1h, before.tokens.cacheWrite1h),
  });
  const detail = {
    ...detailOf(reading),
    apiDuration: null,
    computedCost: UNKNOWN_MONEY,
    computedState: 'unknown',
  } as const;
  return {
    ...reading,
    tokens,
    cost: lessMoney(reading.cost, before.usd),
    reportedCost: lessMoney(reading.reportedCost, before.usd),
    // Nothing says that the totals continued. They only look like it.
    state: { ...reading.state, tokens: 'estimate', cost: reading.cost.usd === null ? 'unknown' : 'estimate' },
    detail,
  };
}

function less(all: number | null, before: number | null): number | null {
  return all === null ? null : Math.max(0, all - (before ?? 0));
}

function lessMoney(all: Money, before: number | null): Money {
  return all.usd === null || before === null ? UNKNOWN_MONEY : { ...all, usd: all.usd - before };
}
