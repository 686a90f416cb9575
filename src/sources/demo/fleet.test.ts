import { describe, expect, test } from 'vitest';
import { dice } from '../../core/dice.ts';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { Session } from '../../core/session.ts';
import { between, dayOf, type Instant, toMs } from '../../core/time.ts';
import { demoFleet } from './fleet.ts';

const UNTIL: Instant = '2026-11-20T18:00:00.000Z';

function month(seed = 1, until = UNTIL): readonly LedgerEvent[] {
  return demoFleet({ seed, until, days: 30 }).events;
}

function sessionsOf(events: readonly LedgerEvent[], agent: string): readonly Session[] {
  return events.flatMap((event) =>
    event.kind === 'session.recorded' && event.data.session.agent === agent ? [event.data.session] : [],
  );
}

function spend(sessions: readonly Session[]): number {
  return sessions.reduce((sum, session) => sum + (session.cost.usd ?? 0), 0);
}

function runsOf(events: readonly LedgerEvent[], agent: string): readonly EventOf<'run.completed'>[] {
  return events.filter((event) => event.kind === 'run.completed').filter((event) => event.data.run.agent === agent);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

describe('the month', () => {
  test('is the same for the same seed and another one for another seed', () => {
    expect(month(1)).toEqual(month(1));
    expect(month(2)).not.toEqual(month(1));
  });

  test('is told in the order in which it was learned, each event once, nothing after its end', () => {
    const events = month();
    const seen = events.map((event) => event.seen);
    expect(seen).toEqual([...seen].sort());
    expect(seen.at(-1) ?? '').not.toBe('');
    expect((seen.at(-1) ?? '') <= UNTIL).toBe(true);
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
    expect(events.every((event) => event.at <= event.seen)).toBe(true);
    expect(dayOf(seen[0] ?? '')).toBe('2026-10-22');
  });

  test('a longer look adds to a shorter one only what was learned since', () => {
    const later = demoFleet({ seed: 1, until: '2026-11-20T20:00:00.000Z', days: 30 }).events;
    expect(later.filter((event) => event.seen <= UNTIL)).toEqual(month());
  });

  test('shows five agents on three engines, each observed before it runs', () => {
    const { agents, events } = demoFleet({ seed: 1, until: UNTIL, days: 30 });
    expect(agents).toHaveLength(5);
    expect(new Set(agents.map((agent) => agent.engine))).toEqual(new Set(['claude', 'codex', 'gemini']));
    expect(events.slice(0, 5).every((event) => event.kind === 'agent.observed')).toBe(true);
  });

  test('the event of a run keeps its moment from start to end', () => {
    const starts = new Map(
      month().flatMap((event) => (event.kind === 'run.started' ? [[event.data.run.id, event.at]] : [])),
    );
    for (const run of month().filter((event) => event.kind === 'run.completed')) {
      expect(starts.get(run.data.run.id)).toBe(run.at);
      expect(run.at).toBe(run.data.run.startedAt);
    }
  });
});

describe.each([1, 2, 3, 42])('the stories of seed %i', (seed) => {
  const events = month(seed);

  test('one agent starts itself about every 90 seconds on the last day and spends about eight times the usual', () => {
    const sessions = sessionsOf(events, 'nightly-fixer');
    const days = [...new Set(sessions.map((session) => dayOf(session.startedAt ?? '')))];
    const usual = median(
      days.slice(0, -1).map((day) => spend(sessions.filter((one) => dayOf(one.startedAt ?? '') === day))),
    );
    const last = spend(sessions.filter((session) => dayOf(session.startedAt ?? '') === '2026-11-20'));
    expect(last / usual).toBeGreaterThan(6);
    expect(last / usual).toBeLessThan(12);
    const starts = runsOf(events, 'nightly-fixer').filter((run) => run.data.run.trigger === 'issue_comment');
    const gaps = starts.slice(1).map((run, index) => between(starts[index]?.at ?? '', run.at));
    expect(median(gaps)).toBeGreaterThan(80_000);
    expect(median(gaps)).toBeLessThan(100_000);
  });

  test('one agent fails mostly from day 22 on, and hardly before', () => {
    const runs = runsOf(events, 'test-healer');
    const rate = (some: readonly EventOf<'run.completed'>[]): number =>
      some.filter((run) => run.data.run.conclusion === 'failure').length / some.length;
    expect(rate(runs.filter((run) => dayOf(run.at) < '2026-11-12'))).toBeLessThan(0.2);
    expect(rate(runs.filter((run) => dayOf(run.at) >= '2026-11-12'))).toBeGreaterThan(0.6);
  });

  test('one agent is not heard of from day 25 on', () => {
    const runs = runsOf(events, 'docs-gardener');
    expect(dayOf(runs.at(-1)?.at ?? '')).toBe('2026-11-14');
  });

  test('some runs leave no account, and one session is cut off with an estimated cost', () => {
    expect(events.filter((event) => event.kind === 'session.absent').length).toBeGreaterThan(5);
    const cutOff = sessionsOf(events, 'pr-reviewer').filter((session) => session.outcome === 'timed_out');
    expect(cutOff.map(({ cost, endedAt, turns, state }) => [cost.basis, endedAt, turns, state.tokens])).toEqual([
      ['estimated', null, null, 'lower_bound'],
    ]);
  });

  test('the weekend is quiet', () => {
    const weekend = runsOf(events, 'pr-reviewer').filter((run) => [0, 6].includes(new Date(toMs(run.at)).getUTCDay()));
    expect(weekend.length / runsOf(events, 'pr-reviewer').length).toBeLessThan(0.15);
  });
});

test('asked early in the day, the loop was the day before', () => {
  const loop = runsOf(month(1, '2026-11-20T03:00:00.000Z'), 'nightly-fixer').filter(
    (run) => run.data.run.trigger === 'issue_comment',
  );
  expect(new Set(loop.map((run) => dayOf(run.at)))).toEqual(new Set(['2026-11-19']));
});

describe('dice', () => {
  test('the first numbers of a seed never change', () => {
    const one = dice(1);
    // The published mulberry32 generator gives these for state 1.
    expect([one.next(), one.next(), one.next()]).toEqual([
      0.6270739405881613, 0.002735721180215478, 0.5274470399599522,
    ]);
  });

  test('numbers stay in their range and spread over it', () => {
    const many = dice(7);
    const throws = Array.from({ length: 6_000 }, () => many.whole(1, 6));
    for (const side of [1, 2, 3, 4, 5, 6]) {
      const count = throws.filter((one) => one === side).length;
      // Six standard deviations around 1,000.
      expect(Math.abs(count - 1_000)).toBeLessThan(175);
    }
    expect(new Set(throws).size).toBe(6);
    expect(median(Array.from({ length: 999 }, () => many.skewed(0.5)))).toBeCloseTo(1, 0);
  });
});
