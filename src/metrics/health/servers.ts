import type { Health, HealthPart, ProbeMark, ServerHealth } from '../../core/health.ts';
import type { MeasureQuery, MeasureRow } from '../../core/measure-row.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { after, between, DAY, dayOf, hourOf, type Instant, startOf } from '../../core/time.ts';
import { measureQuantiles } from '../measure-query.ts';
import type { HealthState, ServerMark } from './fold.ts';
import { falling, healthOf, part, unknownPart } from './score.ts';

/** The measure that counts the calls of servers, failed or not. */
export const SERVER_CALLS = 'session.tool.errors';
const LATENCY = 'session.tool.latency';
const ERRORS = SERVER_CALLS;
/** With fewer calls, an error rate says nothing. */
const ENOUGH_CALLS = 10;
/** With fewer timed calls, a 95th percentile says nothing. */
const ENOUGH_TIMED = 20;
const USUAL_DAYS = 7;

/** The rollups that server health is computed from: the last 24 hours, and the seven days before today. */
export function serverQueries(now: Instant): readonly MeasureQuery[] {
  const today = startOf(dayOf(now));
  return [
    { metric: LATENCY, labels: {}, step: 'hour', from: after(now, -DAY), to: now },
    { metric: ERRORS, labels: {}, step: 'hour', from: after(now, -DAY), to: now },
    { metric: LATENCY, labels: {}, step: 'day', from: after(today, -USUAL_DAYS * DAY), to: today },
  ];
}

/** The health of every MCP server that was seen or probed in the last week, by name. */
export function serverHealth(
  { servers, probes }: HealthState,
  rows: readonly MeasureRow[],
  now: Instant,
): readonly ServerHealth[] {
  const piles = byServer(rows, now);
  const probed = Object.values(probes).flatMap((marks) => marks.findLast(isOfServer) ?? []);
  const names = new Set([...Object.keys(servers), ...piles.keys(), ...probed.map(({ name }) => name)]);
  return [...names].sort().map((name) => {
    const mark = Object.hasOwn(servers, name) ? servers[name] : undefined;
    const probe = probed.find((one) => one.name === name && between(one.at, now) <= DAY);
    return oneServer(name, { mark, probe, pile: piles.get(name) ?? NO_CALLS, now });
  });
}

type ServerProbe = Extract<ProbeMark, { readonly what: 'mcp-server' }>;

function isOfServer(mark: ProbeMark): mark is ServerProbe {
  return mark.what === 'mcp-server';
}

/** The rows of one server: times and results of the last day, and times of the week before. */
interface Pile {
  readonly times: MeasureRow[];
  readonly ends: MeasureRow[];
  readonly usual: MeasureRow[];
}

const NO_CALLS: Pile = { times: [], ends: [], usual: [] };

function byServer(rows: readonly MeasureRow[], now: Instant): ReadonlyMap<string, Pile> {
  const since = startOf(hourOf(after(now, -DAY)));
  const piles = new Map<string, Pile>();
  for (const row of rows) {
    const server = row.labels['server'];
    if (server === undefined) continue;
    const pile = piles.get(server) ?? { times: [], ends: [], usual: [] };
    piles.set(server, pile);
    if (row.step === 'day') pile.usual.push(row);
    else if (row.at >= since) (row.metric === ERRORS ? pile.ends : pile.times).push(row);
  }
  return piles;
}

interface Known {
  readonly mark: ServerMark | undefined;
  readonly probe: ServerProbe | undefined;
  readonly pile: Pile;
  readonly now: Instant;
}

function oneServer(name: string, { mark, probe, pile, now }: Known): ServerHealth {
  const calls = pile.ends.reduce((sum, { aggregate }) => sum + aggregate.count, 0);
  const errors = pile.ends.reduce((sum, { aggregate }) => sum + aggregate.sum, 0);
  const [p50 = null] = measureQuantiles(pile.times, [0.5]);
  const seen = [connectionPart(mark, now), errorPart(calls, errors), latencyPart(pile)];
  // If there is a probe, a server need not be used to be known.
  const parts = probe === undefined ? seen : [probePart(probe), ...seen.filter(({ score }) => score !== null)];
  const health: Health = healthOf(parts, p50 ?? probe?.latency ?? null);
  const errorRate = calls === 0 ? null : errors / calls;
  return { name, ...health, calls, errorRate, lastSeenAt: mark?.lastSeenAt ?? null };
}

function probePart({ ok, latency, problem }: ServerProbe): HealthPart {
  return ok
    ? part('probe', 3, 100, `It answered in ${formatQuantity(latency, 'ms')}.`)
    : part('probe', 3, 0, `It did not answer: ${problem ?? 'no reason is known'}.`);
}

/** A server that is switched off, or about which the record says nothing, is neither well nor ill. */
function connectionPart(mark: ServerMark | undefined, now: Instant): HealthPart {
  const told = (mark?.inits ?? []).filter(
    ({ at, status }) => between(at, now) <= USUAL_DAYS * DAY && !['disabled', 'unknown', 'pending'].includes(status),
  );
  if (told.length === 0) return unknownPart('connection', 3, 'No session of the last week tells whether it connected.');
  const connected = told.filter(({ status }) => status === 'connected').length;
  const score = (100 * connected) / told.length;
  return part('connection', 3, score, `It connected in ${connected} of the last ${told.length} sessions that tell.`);
}

function errorPart(calls: number, errors: number): HealthPart {
  if (calls < ENOUGH_CALLS)
    return unknownPart('errors', 3, `It was called ${calls} times in 24 hours, too few to tell.`);
  const rate = errors / calls;
  return part(
    'errors',
    3,
    falling(rate, 0, 0.5),
    `${errors} of ${calls} calls failed in 24 hours (${formatQuantity(rate, 'ratio')}).`,
  );
}

/** Compared with its own usual latency, because what is slow for one server is quick for another. */
function latencyPart({ times, usual }: Pile): HealthPart {
  const [now = null] = measureQuantiles(times, [0.95]);
  const [before = null] = measureQuantiles(usual, [0.95]);
  const enough = timed(times) >= ENOUGH_TIMED && timed(usual) >= ENOUGH_TIMED;
  if (now === null || before === null || before === 0 || !enough) {
    return unknownPart('latency', 2, 'Too few calls were timed in 24 hours or in the week before.');
  }
  const reason = `The 95th percentile is ${formatQuantity(now, 'ms')}; in the week before it was ${formatQuantity(before, 'ms')}.`;
  return part('latency', 2, falling(now / before, 1.25, 4), reason);
}

function timed(rows: readonly MeasureRow[]): number {
  return rows.reduce((sum, { aggregate }) => sum + aggregate.count, 0);
}
