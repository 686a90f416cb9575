import type { MeasureQuery, MeasureRow } from '../../core/measure-row.ts';
import type { Profile, Profiled, Stretch, Trend, Usage, Witness } from '../../core/profile.ts';
import { after, between, DAY, type Duration, dayOf, HOUR, hourOf, type Instant, startOf } from '../../core/time.ts';
import { measureQuantiles } from '../measure-query.ts';
import { bottlenecksOf } from './bottlenecks.ts';

/** With fewer timed calls, a 95th percentile says nothing. */
const ENOUGH_CALLS = 20;
const MOST_SLOW = 10;

/**
 * The stretch of length `length` that ends at `now`, in whole buckets: hours up to two days, days beyond. It includes the bucket
 * that `now` is in.
 */
export function stretchOf(now: Instant, length: Duration): Stretch {
  const daily = length > 2 * DAY;
  const unit = daily ? DAY : HOUR;
  const buckets = Math.max(1, Math.round(length / unit));
  const from = after(startOf((daily ? dayOf : hourOf)(now)), (1 - buckets) * unit);
  return { from, to: now, previousFrom: after(from, -buckets * unit), step: daily ? 'day' : 'hour' };
}

const METRICS: Readonly<Record<Witness, { readonly latency: string; readonly errors: string }>> = {
  sessions: { latency: 'session.tool.latency', errors: 'session.tool.errors' },
  programs: { latency: 'tool.latency', errors: 'tool.errors' },
};

/** The rollups that a profile is made from; with `server`, only those of one server. */
export function profileQueries({ previousFrom: from, to, step }: Stretch, server: string | null): MeasureQuery[] {
  const labels = server === null ? {} : { server };
  return Object.values(METRICS)
    .flatMap(({ latency, errors }) => [latency, errors])
    .map((metric) => ({ metric, labels, step, from, to }));
}

/** Profiles the rows of `profileQueries`. Pure; the order of the rows does not matter. */
export function profile(rows: readonly MeasureRow[], stretch: Stretch): Profile {
  const witnesses = Object.keys(METRICS) as Witness[];
  const tools = witnesses.flatMap((witness) => profiledBy(rows, witness, stretch, toolKey));
  const servers = witnesses.flatMap((witness) => profiledBy(rows, witness, stretch, serverKey));
  const slowest = tools
    .filter(({ calls, untimed, p95Ms }) => p95Ms !== null && calls - untimed >= ENOUGH_CALLS)
    .sort((a, b) => (b.p95Ms ?? 0) - (a.p95Ms ?? 0))
    .slice(0, MOST_SLOW);
  return {
    ...stretch,
    servers: servers.sort(busiestFirst),
    tools: tools.sort(busiestFirst),
    slowest,
    bottlenecks: bottlenecksOf(tools),
  };
}

interface Key {
  readonly server: string | null;
  readonly tool: string | null;
}

function toolKey({ labels }: MeasureRow): Key {
  const tool = labels['tool'] ?? (labels['other'] === undefined ? 'unknown' : 'other');
  return { server: labels['server'] ?? null, tool };
}

/** The engine's built-in tools belong to no server. */
function serverKey({ labels }: MeasureRow): Key | null {
  const server = labels['server'];
  return server === undefined ? null : { server, tool: null };
}

interface Pile {
  readonly key: Key;
  readonly now: MeasureRow[];
  readonly before: MeasureRow[];
}

function profiledBy(
  rows: readonly MeasureRow[],
  witness: Witness,
  stretch: Stretch,
  keyOf: (row: MeasureRow) => Key | null,
): Profiled[] {
  const { latency, errors } = METRICS[witness];
  const piles = new Map<string, Pile>();
  for (const row of rows) {
    if ((row.metric !== latency && row.metric !== errors) || row.at >= stretch.to) continue;
    const key = keyOf(row);
    if (key === null) continue;
    const name = JSON.stringify([key.server, key.tool]);
    const pile = piles.get(name) ?? { key, now: [], before: [] };
    piles.set(name, pile);
    if (row.at >= stretch.from) pile.now.push(row);
    else if (row.at >= stretch.previousFrom) pile.before.push(row);
  }
  const hours = between(stretch.from, stretch.to) / HOUR;
  const used = [...piles.values()].flatMap(({ key, now, before }) => {
    const usage = usageOf(now, witness, hours);
    return usage.calls === 0 ? [] : [{ key, usage, before: usageOf(before, witness, hoursBefore(stretch)) }];
  });
  const whole = used.reduce((sum, { usage }) => sum + (usage.totalMs ?? 0), 0);
  return used.map(({ key, usage, before }) => ({
    witness,
    ...key,
    ...usage,
    share: usage.totalMs === null || whole === 0 ? null : usage.totalMs / whole,
    before: before.calls === 0 ? null : before,
    trend: trendOf(usage, before),
  }));
}

function hoursBefore({ previousFrom, from }: Stretch): number {
  return between(previousFrom, from) / HOUR;
}

function usageOf(rows: readonly MeasureRow[], witness: Witness, hours: number): Usage {
  const { latency, errors } = METRICS[witness];
  const times = rows.filter(({ metric }) => metric === latency);
  const ends = rows.filter(({ metric }) => metric === errors);
  const timed = times.reduce((sum, { aggregate }) => sum + aggregate.count, 0);
  const calls = Math.max(
    ends.reduce((sum, { aggregate }) => sum + aggregate.count, 0),
    timed + times.reduce((sum, { aggregate }) => sum + aggregate.unknown, 0),
  );
  const failed = ends.reduce((sum, { aggregate }) => sum + aggregate.sum, 0);
  const [p50Ms = null, p95Ms = null, p99Ms = null] = measureQuantiles(times, [0.5, 0.95, 0.99]);
  return {
    calls,
    errors: failed,
    errorRate: calls === 0 ? null : failed / calls,
    p50Ms,
    p95Ms,
    p99Ms,
    callsPerHour: hours > 0 ? calls / hours : 0,
    totalMs: timed === 0 ? null : times.reduce((sum, { aggregate }) => sum + aggregate.sum, 0),
    untimed: calls - timed,
  };
}

function trendOf(now: Usage, before: Usage): Trend {
  return {
    calls: ratio(now.callsPerHour, before.callsPerHour),
    p95: ratio(now.p95Ms, before.p95Ms),
    errorRate: now.errorRate === null || before.errorRate === null ? null : now.errorRate - before.errorRate,
  };
}

function ratio(now: number | null, before: number | null): number | null {
  return now === null || before === null || before === 0 ? null : now / before;
}

function busiestFirst(a: Profiled, b: Profiled): number {
  return (b.totalMs ?? 0) - (a.totalMs ?? 0) || b.calls - a.calls;
}
