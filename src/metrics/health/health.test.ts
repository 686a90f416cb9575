import { describe, expect, test } from 'vitest';
import { factsAfter, REPO, runCompleted, sessionRecorded, watchRan } from '../../../test/kit/happenings.ts';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { Probe } from '../../core/health.ts';
import type { MeasureRow } from '../../core/measure-row.ts';
import { packSpread } from '../../core/packed-spread.ts';
import { type ServerStatus, type ToolUse, UNKNOWN_DETAIL } from '../../core/session.ts';
import { sketchOf } from '../../core/sketch.ts';
import { DAY, HOUR, type Instant, MINUTE, SECOND, after as shifted } from '../../core/time.ts';
import { healthFold } from './fold.ts';
import { falling, fallingLog, healthOf, part, unknownPart } from './score.ts';
import { serverHealth } from './servers.ts';
import { systemHealth } from './system.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';

describe('a score', () => {
  test('is the mean of what is known, by weight', () => {
    expect(healthOf([part('a', 3, 100, ''), part('b', 1, 60, '')], null)).toMatchObject({
      score: 90,
      status: 'healthy',
    });
    expect(healthOf([part('a', 1, 100, ''), part('b', 1, 40, '')], null)).toMatchObject({
      score: 70,
      status: 'degraded',
    });
    expect(healthOf([part('a', 1, 40, '')], 7)).toMatchObject({ score: 40, status: 'unhealthy', latencyMs: 7 });
  });

  test('is unknown where less than half of what it rests on is known, and never 0 for that', () => {
    const unknown = { score: null, status: 'unknown' };
    expect(healthOf([], null)).toMatchObject(unknown);
    expect(healthOf([unknownPart('a', 3, ''), part('b', 2, 100, '')], null)).toMatchObject(unknown);
    expect(healthOf([unknownPart('a', 2, ''), part('b', 2, 100, '')], null)).toMatchObject({ score: 100 });
  });

  test('is at most 40 where something weighty has failed wholly', () => {
    expect(healthOf([part('a', 3, 0, ''), part('b', 3, 100, ''), part('c', 3, 100, '')], null)).toMatchObject({
      score: 40,
      status: 'unhealthy',
    });
    expect(healthOf([part('a', 1, 0, ''), part('b', 3, 100, '')], null)).toMatchObject({ score: 75 });
  });

  test('falls in a line, or by the logarithm, between good and bad', () => {
    expect([0, 1, 2, 3, 9].map((value) => falling(value, 1, 3))).toEqual([100, 100, 50, 0, 0]);
    expect([0, 1, 10, 100, 1e9].map((value) => fallingLog(value, 1, 100))).toEqual([100, 100, 50, 0, 0]);
  });
});

function withServers(
  nth: number,
  at: Instant,
  servers: Readonly<Record<string, ServerStatus>>,
  tools: readonly ToolUse[] = [],
): EventOf<'session.recorded'> {
  const event = sessionRecorded({ run: nth, at });
  const detail = { ...UNKNOWN_DETAIL, servers: Object.entries(servers).map(([name, status]) => ({ name, status })) };
  return { ...event, data: { session: { ...event.data.session, detail, tools } } };
}

function probed(at: Instant, probes: readonly Probe[]): EventOf<'health.probed'> {
  const subject = { kind: 'checkrein', name: 'health' } as const;
  return { v: 1, id: `health:${at}`, kind: 'health.probed', at, seen: at, repo: REPO, subject, data: { probes } };
}

const stateOf = (events: readonly LedgerEvent[]) => healthFold.apply(healthFold.initial, events);

describe('what is kept', () => {
  test('is the same however the events are cut into batches', () => {
    const events = [
      withServers(1, shifted(NOW, -3 * HOUR), { github: 'connected' }),
      probed(shifted(NOW, -2 * HOUR), [{ what: 'database', ok: true, latency: 12, problem: null }]),
      withServers(2, shifted(NOW, -HOUR), { github: 'failed', jira: 'connected' }),
    ];
    const whole = stateOf(events);
    expect(events.reduce((state, event) => healthFold.apply(state, [event]), healthFold.initial)).toEqual(whole);
    expect(whole.servers['github']?.inits.map(({ status }) => status)).toEqual(['connected', 'failed']);
  });

  test('is at most twenty of a kind, a week and 200 names, those seen last', () => {
    const many = Array.from({ length: 30 }, (_, i) =>
      withServers(i, shifted(NOW, -i * MINUTE), { github: 'connected' }),
    );
    expect(stateOf(many).servers['github']?.inits).toHaveLength(20);
    const old = [withServers(1, shifted(NOW, -8 * DAY), { old: 'connected' }), withServers(2, NOW, { new: 'failed' })];
    expect(Object.keys(stateOf(old).servers)).toEqual(['new']);
    const names = Array.from({ length: 250 }, (_, i) =>
      withServers(i, shifted(NOW, i * SECOND), { [`s${i}`]: 'failed' }),
    );
    const kept = Object.keys(stateOf(names).servers);
    expect(kept).toHaveLength(200);
    expect(kept).toContain('s249');
    expect(kept).not.toContain('s0');
  });

  test('takes a name that objects give a meaning for a name', () => {
    const state = stateOf([
      withServers(1, NOW, Object.fromEntries([['constructor', 'connected' as const]])),
      withServers(2, NOW, Object.fromEntries([['__proto__', 'failed' as const]])),
    ]);
    expect(serverHealth(state, [], NOW).map(({ name }) => name)).toContain('constructor');
  });
});

/** The calls of a server in one bucket. */
function calls(at: Instant, step: 'hour' | 'day', times: readonly number[], errors = 0): MeasureRow[] {
  const { zeros = 0, bins = [], ...sums } = sketchOf(times) ?? { count: 0, sum: 0, min: 0, max: 0 };
  const head = { labels: { server: 'github', tool: 'search' }, step, at };
  const ends = { count: times.length, sum: errors, min: 0, max: 1, unknown: 0 };
  return [
    {
      ...head,
      metric: 'session.tool.latency',
      aggregate: { ...sums, unknown: 0 },
      spread: packSpread({ zeros, bins }),
    },
    ...(step === 'hour' ? [{ ...head, metric: 'session.tool.errors', aggregate: ends, spread: null }] : []),
  ];
}

const HOUR_AGO = '2026-11-21T11:00:00.000Z';
const THREE_DAYS_AGO = '2026-11-18T00:00:00.000Z';
const thirty = (ms: number) => Array.from({ length: 30 }, () => ms);

describe('an MCP server', () => {
  const connected = stateOf([withServers(1, HOUR_AGO, { github: 'connected' })]);
  const one = (rows: readonly MeasureRow[], state = connected) => serverHealth(state, rows, NOW)[0];

  test('is well when it connects, does not fail and is as fast as usual', () => {
    const rows = [...calls(HOUR_AGO, 'hour', thirty(200)), ...calls(THREE_DAYS_AGO, 'day', thirty(200))];
    expect(one(rows)).toMatchObject({ name: 'github', score: 100, status: 'healthy', calls: 30, errorRate: 0 });
    expect(one(rows)?.latencyMs).toBeCloseTo(200, -1);
  });

  test('loses two points for each hundredth of its calls that fails', () => {
    // 30 % of the calls: 40 of 100 for errors, 100 for the connection, both of weight 3, latency unknown.
    expect(one(calls(HOUR_AGO, 'hour', thirty(200), 9))).toMatchObject({
      score: 70,
      status: 'degraded',
      errorRate: 0.3,
    });
  });

  test('is unwell when it fails half of the time, whatever else it does', () => {
    expect(one(calls(HOUR_AGO, 'hour', thirty(200), 15))).toMatchObject({ score: 40, status: 'unhealthy' });
  });

  test('is held against its own usual time', () => {
    // Four times as slow: 0 for the latency of weight 2, 100 for the others of weight 3 each: 600 / 8.
    const rows = [...calls(HOUR_AGO, 'hour', thirty(820)), ...calls(THREE_DAYS_AGO, 'day', thirty(200))];
    expect(one(rows)).toMatchObject({ score: 75, status: 'degraded' });
  });

  test('is unknown when it was hardly called and no session tells whether it connected', () => {
    const seen = stateOf([
      withServers(1, HOUR_AGO, {}, [{ server: 'github', tool: 'search', calls: 1, errors: 0, latency: null }]),
    ]);
    expect(one(calls(HOUR_AGO, 'hour', [200]), seen)).toMatchObject({ score: null, status: 'unknown', calls: 1 });
    expect(one([], stateOf([withServers(1, HOUR_AGO, { github: 'disabled' })]))).toMatchObject({ status: 'unknown' });
  });

  test('that a probe could not reach is unwell, until a later probe can, and a day later nothing is known of it', () => {
    const down: Probe = {
      what: 'mcp-server',
      name: 'github',
      ok: false,
      latency: null,
      tools: null,
      problem: 'it took too long',
    };
    const up: Probe = { ...down, ok: true, latency: 80, tools: 3, problem: null };
    const events = [withServers(1, HOUR_AGO, { github: 'connected' }), probed(HOUR_AGO, [down])];
    expect(one([], stateOf(events))).toMatchObject({ score: 40, status: 'unhealthy' });
    expect(one([], stateOf([...events, probed(NOW, [up])]))).toMatchObject({ score: 100, latencyMs: 80 });
    expect(serverHealth(stateOf([probed(HOUR_AGO, [down])]), [], shifted(NOW, 2 * DAY))).toMatchObject([
      { status: 'unknown' },
    ]);
  });
});

describe('the whole', () => {
  const nothing = { rows: null, agents: [], runs: [], sessions: [], violations: [], sources: [], ticks: [], now: NOW };

  test('of which nothing is known is unknown in every part', () => {
    const { score, components } = systemHealth({ ...nothing, state: healthFold.initial });
    expect(score).toBeNull();
    expect(Object.values(components).map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'unknown'));
  });

  test('tells how the ledger answers, by the last reading and the usual time', () => {
    const reading = (at: Instant, ok: boolean, latency: number | null) =>
      probed(at, [{ what: 'database', ok, latency, problem: ok ? null : 'unavailable' }]);
    const database = (events: readonly LedgerEvent[]) =>
      systemHealth({ ...nothing, state: stateOf(events) }).components.database;
    expect(database([reading(HOUR_AGO, true, 200)])).toMatchObject({ score: 100, latencyMs: 200 });
    expect(database([reading(HOUR_AGO, true, 200), reading(NOW, false, null)])).toMatchObject({ status: 'unhealthy' });
    expect(database([reading(shifted(NOW, -2 * DAY), true, 200)])).toMatchObject({ status: 'unknown' });
    // 30 s is the slowest that counts: 100 of weight 3 and 0 of weight 1.
    expect(database([reading(HOUR_AGO, true, 30_000)])).toMatchObject({ score: 75, status: 'degraded' });
  });

  test('tells how long jobs wait, how late we are and what is left of the API', () => {
    const state = stateOf([probed(NOW, [{ what: 'github-actions', run: 1, queue: 30 * MINUTE, requestsLeft: 500 }])]);
    const ticks = [{ at: HOUR_AGO, trigger: 'schedule', late: 6 * HOUR }];
    const { githubActions } = systemHealth({ ...nothing, state, ticks }).components;
    // 0 by weight 2, 0 by weight 1, 50 by weight 1.
    expect(githubActions).toMatchObject({ score: 13, status: 'unhealthy', latencyMs: 30 * MINUTE });
  });

  test('tells of agents by how their sessions end, what records they leave and what they violate', () => {
    const session = (run: number, outcome: 'completed' | 'failed') => sessionRecorded({ run, at: HOUR_AGO, outcome });
    const events = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((run) => [
      runCompleted({ id: run, at: HOUR_AGO }),
      session(run, run <= 4 ? 'failed' : 'completed'),
    ]);
    const facts = factsAfter([...events, watchRan(NOW)], { now: NOW, agents: ['fixer', 'idle'] });
    const { agents, components } = facts.health();
    // Half failed: 37.5 of weight 3; records and safety are well: 100 of weights 1 and 2.
    expect(agents).toMatchObject([
      { name: 'fixer', score: 69, status: 'degraded' },
      { name: 'idle', score: null, status: 'unknown' },
    ]);
    expect(components.agents).toMatchObject({ score: 69 });
    expect(components.telemetry).toMatchObject({ score: 100 });
  });
});
