import { canonicalJson } from '../core/canonical.ts';
import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Measure, Spread } from '../core/measure.ts';
import type { Aggregate } from '../core/series.ts';
import type { ToolUse } from '../core/session.ts';
import { sketchOf } from '../core/sketch.ts';
import { type Instant, minuteOf, parseInstant, startOf } from '../core/time.ts';
import { sessionMoment } from './attempt.ts';
import { isRecordedEvent } from './recorded-events.ts';
import { amountsOf } from './row.ts';

/** One metric with one label set at a moment, before it is filed under its buckets. */
export interface Measured {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The first moment of its minute. */
  readonly at: Instant;
  readonly aggregate: Aggregate;
  readonly spread: Spread | null;
}

/** What an event measures, and how much of it could not be believed. */
export interface Reading {
  readonly measured: readonly Measured[];
  readonly refused: number;
}

const NOTHING: Reading = { measured: [], refused: 0 };

/** Metrics under these names come only from events of their own, so that no program can add to what sessions cost. */
const OWN = ['session.', 'event.'];

/** Reads what an event measures. */
export function readingOf(event: LedgerEvent): Reading {
  switch (event.kind) {
    case 'session.recorded':
      return { measured: ofSession(event), refused: 0 };
    case 'metrics.recorded': {
      const { measures } = event.data;
      const sound = measures.filter(isSound);
      const measured = sound.map(({ minute, ...rest }) => ({ ...rest, at: minute }));
      return { measured, refused: measures.length - sound.length };
    }
    case 'event.recorded':
      return ofRecordedEvent(event);
    default:
      return NOTHING;
  }
}

/** Its own labels are left out. The marks of the last days have them, and a series for each would be too many. */
function ofRecordedEvent({ at, data: { type, labels } }: EventOf<'event.recorded'>): Reading {
  if (!isRecordedEvent(type, labels)) return { measured: [], refused: 1 };
  const minute = startOf(minuteOf(at));
  return { measured: [{ metric: 'event.recorded', labels: { type }, at: minute, ...single(1) }], refused: 0 };
}

function ofSession(event: EventOf<'session.recorded'>): readonly Measured[] {
  const { session } = event.data;
  const at = startOf(minuteOf(sessionMoment(event)));
  const labels = session.agent === null ? {} : { agent: session.agent };
  const amounts = amountsOf(session);
  const amount = (metric: string, value: number | null): Measured => ({ metric, labels, at, ...single(value) });
  return [
    amount('session.cost', amounts.cost),
    amount('session.tokens', amounts.tokens),
    amount('session.duration', amounts.duration),
    ...session.tools.filter(({ calls }) => calls > 0).flatMap((tool) => ofTool(tool, at)),
  ];
}

function single(value: number | null): Pick<Measured, 'aggregate' | 'spread'> {
  if (value === null) return { aggregate: { count: 0, sum: 0, min: 0, max: 0, unknown: 1 }, spread: null };
  const { zeros, bins } = sketchOf([value]) ?? { zeros: 0, bins: [] };
  return { aggregate: { count: 1, sum: value, min: value, max: value, unknown: 0 }, spread: { zeros, bins } };
}

/** Each call is an observation: 1 if it failed, else 0. Its duration is another if the record has times. */
function ofTool({ server, tool, calls, errors, latency: found }: ToolUse, at: Instant): readonly Measured[] {
  // In a forged sketch, bins that are far apart would fill the memory.
  const latency = found !== null && isSpread(found, { ...found, unknown: 0 }) ? found : null;
  const labels = server === null ? { tool } : { server, tool };
  const failed = { count: calls, sum: errors, min: errors < calls ? 0 : 1, max: errors > 0 ? 1 : 0, unknown: 0 };
  const unknown = Math.max(0, calls - (latency?.count ?? 0));
  const times: Pick<Measured, 'aggregate' | 'spread'> =
    latency === null
      ? { aggregate: { count: 0, sum: 0, min: 0, max: 0, unknown }, spread: null }
      : {
          aggregate: { count: latency.count, sum: latency.sum, min: latency.min, max: latency.max, unknown },
          spread: { zeros: latency.zeros, bins: latency.bins },
        };
  return [
    { metric: 'session.tool.errors', labels, at, aggregate: failed, spread: null },
    { metric: 'session.tool.latency', labels, at, ...times },
  ];
}

const METRIC = /^(?=.{1,80}$)[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*$/;
const MOST_LABELS = 8;
const LONGEST_LABEL = 200;
/** Bin numbers of values from 1e-18 to 1e18. Beyond these a sketch would waste memory. */
const FARTHEST_BIN = 2_100;

/** Anybody who can append to the ledger may have written anything. What is not a measure is left out, and counted. */
function isSound({ metric, labels, minute, aggregate, spread }: Measure): boolean {
  return (
    typeof metric === 'string' &&
    METRIC.test(metric) &&
    !OWN.some((start) => metric.startsWith(start)) &&
    areLabels(labels) &&
    typeof minute === 'string' &&
    parseInstant(minute) === minute &&
    startOf(minuteOf(minute)) === minute &&
    isAggregate(aggregate) &&
    (spread === null || isSpread(spread, aggregate))
  );
}

function areLabels(labels: unknown): boolean {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) return false;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(labels);
  return (
    entries.length <= MOST_LABELS &&
    entries.every(([name, value]) => /^[a-z][a-z0-9_]{0,39}$/.test(name) && isShort(value)) &&
    canonicalJson(labels).length <= MOST_LABELS * LONGEST_LABEL
  );
}

function isShort(value: unknown): boolean {
  return typeof value === 'string' && value.length <= LONGEST_LABEL;
}

function isAggregate(value: unknown): value is Aggregate {
  if (typeof value !== 'object' || value === null) return false;
  const { count, sum, min, max, unknown } = value as Readonly<Record<keyof Aggregate, unknown>>;
  return isCount(count) && isCount(unknown) && [sum, min, max].every(Number.isFinite) && Number(min) <= Number(max);
}

function isSpread(value: Spread, { count, min }: Aggregate): boolean {
  if (typeof value !== 'object' || !isCount(value.zeros) || !Array.isArray(value.bins) || min < 0) return false;
  let before = Number.NEGATIVE_INFINITY;
  let total = value.zeros;
  for (const pair of value.bins) {
    if (!Array.isArray(pair) || pair.length !== 2) return false;
    const [bin, times] = pair;
    if (!Number.isSafeInteger(bin) || Math.abs(bin) > FARTHEST_BIN || bin <= before || !isCount(times)) return false;
    before = bin;
    total += times;
  }
  return total === count;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
