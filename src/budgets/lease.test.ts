import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsAfter, noFacts, runCompleted, runStarted, sessionAbsent, worked } from '../../test/kit/happenings.ts';
import { budgetRaised, leaseRequest, leaseSettled, leaseTaken } from '../../test/kit/leases.ts';
import type { LedgerEvent } from '../core/event.ts';
import { DAY, HOUR, after as later, MINUTE } from '../core/time.ts';
import type { Budget } from './budget.ts';
import { judgeLease, type LeaseAnswer, type LeaseRequest } from './lease.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const TODAY = '2026-11-21T09:30:00.000Z';
const DAY_BUDGET: Budget = { name: 'repo-day', period: 'day', usd: 10, warn_at: [0.5, 0.8] };

function ask(
  events: readonly LedgerEvent[],
  request: LeaseRequest,
  budgets: readonly Budget[] = [DAY_BUDGET],
  now = NOW,
) {
  return judgeLease(factsAfter(events, { now }), budgets, request, now);
}

function lease(answer: LeaseAnswer) {
  if (answer.lease === null) throw new Error(`expected a lease, got ${answer.kind}: ${answer.reason}`);
  return answer.lease;
}

const spent = (usd: number, id = 1, agent = 'fixer') => worked({ id, agent, at: TODAY, usd });

describe('a lease', () => {
  test('is taken where there is room, and says how much is left and how much it reserved', () => {
    const answer = ask(spent(1), leaseRequest(9));
    expect(answer.kind).toBe('allow');
    expect(answer.reason).toBe(
      'The budget repo-day holds $1.00 of $10.00; $7.00 is left beside this session of fixer, on 2026-11-21. Reserved: $2.00, the most that a session may use.',
    );
    expect(answer.left).toEqual([{ budget: 'repo-day', unit: 'usd', left: 7, limit: 10 }]);
    expect(lease(answer)).toMatchObject({ id: 'lease:9:1:fixer', reserved: { usd: 2 }, until: later(NOW, HOUR) });
  });

  test('warns at the stages of the budget, counting what it reserves', () => {
    expect(ask(spent(2.9), leaseRequest(9)).kind).toBe('allow');
    expect(ask(spent(3), leaseRequest(9)).kind).toBe('warn');
    expect(ask(spent(8), leaseRequest(9)).kind).toBe('warn');
  });

  test('is denied where what it may take goes beyond the limit, with the reason in plain words', () => {
    const answer = ask(spent(8.5), leaseRequest(9));
    expect(answer).toMatchObject({ kind: 'deny', lease: null });
    expect(answer.reason).toBe(
      'The budget repo-day holds $8.50 of $10.00: there is no room for the $2.00 that it may take.',
    );
  });

  test('counts what open leases hold, what was settled, and what runs without a record may cost', () => {
    const first = lease(ask([], leaseRequest(1)));
    const second = lease(ask([leaseTaken(first)], leaseRequest(2)));
    const events = [leaseTaken(first), leaseTaken(second), leaseSettled(first.id, NOW, { usd: 0.5 })];
    expect(ask(events, leaseRequest(3)).left).toMatchObject([{ left: 10 - 0.5 - 2 - 2 }]);
    expect(ask(events, leaseRequest(3)).reason).toContain('($2.00 of it reserved)');
    const habit = [1, 2, 3, 4, 5].flatMap((n) => worked({ id: 100 + n, at: `2026-11-1${n}T09:00:00.000Z`, usd: 3 }));
    const silent = [...habit, sessionAbsent({ run: 50, at: TODAY })];
    // One session at the 95th percentile of five at 3 dollars; the request reserves its limit of 2.
    expect(ask(silent, leaseRequest(3)).left).toMatchObject([{ left: 10 - 3 - 2 }]);
  });

  test('reserves what 19 of 20 sessions stay below, bounded by what a session may use', () => {
    const habit = [1, 2, 3, 4, 5].flatMap((n) => worked({ id: 100 + n, at: `2026-11-1${n}T09:00:00.000Z`, usd: 1 }));
    const answer = ask(habit, leaseRequest(9));
    expect(lease(answer).reserved.usd).toBe(1);
    expect(answer.reason).toContain('Reserved: $1.00, what 19 of 20 sessions of fixer stay below.');
    const session: Budget = { name: 'one', scope: 'session', usd: 0.4, warn_at: [] };
    expect(lease(ask(habit, leaseRequest(9), [DAY_BUDGET, session])).reserved.usd).toBe(0.4);
  });

  test('counts the record of a session instead of its settlement, once there is one', () => {
    const taken = leaseTaken(lease(ask([], leaseRequest(1), [DAY_BUDGET], TODAY)));
    const settled = leaseSettled('lease:1:1:fixer', later(TODAY, MINUTE), { usd: 1.5 });
    const record = worked({ id: 1, at: later(TODAY, MINUTE), usd: 1.5 });
    for (const events of [
      [taken, settled],
      [taken, settled, ...record],
      [taken, ...record],
    ]) {
      expect(ask(events, leaseRequest(3)).left).toMatchObject([{ left: 10 - 1.5 - 2 }]);
    }
  });

  test.each([
    ['its time is over', [], later(NOW, HOUR)],
    ['its run has ended as skipped', [runCompleted({ id: 1, at: NOW, conclusion: 'skipped' })], later(NOW, MINUTE)],
  ])('comes back when %s', (_why, events, now) => {
    const taken = leaseTaken(lease(ask([], leaseRequest(1, { limits: { usd: 9 } }))));
    expect(ask([taken], leaseRequest(2), [DAY_BUDGET], later(NOW, MINUTE)).kind).toBe('deny');
    expect(ask([taken, ...events], leaseRequest(2), [DAY_BUDGET], now).kind).toBe('allow');
  });

  test('is taken once: asked for again it is the same, after its end it is none', () => {
    const taken = leaseTaken(lease(ask([], leaseRequest(1, { limits: { usd: 9 } }))));
    expect(lease(ask([taken], leaseRequest(1)))).toEqual(taken.data.lease);
    expect(ask([taken], leaseRequest(1), [DAY_BUDGET], later(NOW, HOUR)).kind).toBe('deny');
  });

  test('does not count its own run as one that goes on beside it', () => {
    const habit = [1, 2, 3, 4, 5].flatMap((n) => worked({ id: 100 + n, at: `2026-11-1${n}T09:00:00.000Z`, usd: 4 }));
    const going = [...habit, runStarted({ id: 9, at: TODAY })];
    expect(ask(going, leaseRequest(9, { limits: {} })).left).toMatchObject([{ left: 6 }]);
    expect(ask(going, leaseRequest(10, { limits: {} })).left).toMatchObject([{ left: 2 }]);
  });

  test.each<[string, readonly LedgerEvent[], Partial<LeaseRequest>, Partial<Budget>, RegExp]>([
    ['an agent without a limit or a past', [], { limits: {} }, {}, /fewer than 5 sessions of known use/],
    ['a session of unknown cost', [sessionAbsent({ run: 50, at: TODAY })], {}, {}, /1 session used an unknown amount/],
    ['an organisation', [], {}, { scope: 'organisation' }, /other repositories/],
    ['a chain whose beginning nobody knows', [], { trigger: 'workflow_run' }, { scope: 'chain' }, /which chain/],
    ['an actor that the API did not name', [], { actor: null }, { scope: { actor: '*' } }, /which actor/],
    [
      'open pull requests',
      [],
      {},
      { usd: undefined, open_pull_requests: 3 },
      /which pull requests are open is not known/,
    ],
  ])('is not known for %s', (_what, events, request, budget, reason) => {
    const answer = ask(events, leaseRequest(9, request), [{ ...DAY_BUDGET, ...budget }]);
    expect(answer).toMatchObject({ kind: 'unknown', lease: null });
    expect(answer.reason).toMatch(reason);
  });

  test('is not known while no source was ever read, and denied all the same where the limit is reached', () => {
    expect(judgeLease(noFacts(NOW), [DAY_BUDGET], leaseRequest(9), NOW).kind).toBe('unknown');
    const blind = factsAfter(spent(10), { now: NOW, sources: [] });
    expect(judgeLease(blind, [DAY_BUDGET], leaseRequest(9), NOW).kind).toBe('deny');
  });

  test('needs room in every budget that it falls under, and takes from all of them or from none', () => {
    const budgets: readonly Budget[] = [
      { ...DAY_BUDGET, usd: 100 },
      { ...DAY_BUDGET, name: 'fixer', agent: 'fixer', usd: 5 },
      { ...DAY_BUDGET, name: 'other', agent: 'triage', usd: 1 },
      { ...DAY_BUDGET, name: 'ana', scope: { actor: 'ana' }, usd: 50 },
      { ...DAY_BUDGET, name: 'runs', usd: undefined, runs: 3 },
    ];
    const first = ask([], leaseRequest(1), budgets);
    expect(first.left.map(({ budget, left }) => [budget, left])).toEqual([
      ['repo-day', 98],
      ['fixer', 3],
      ['ana', 48],
      ['runs', 2],
    ]);
    const two = [
      leaseTaken(lease(first)),
      leaseTaken(lease(ask([leaseTaken(lease(first))], leaseRequest(2), budgets))),
    ];
    expect(ask(two, leaseRequest(3), budgets)).toMatchObject({ kind: 'deny', lease: null });
    // Those of another agent leave the fixer's allowance alone, but the runs and the repository's money are shared.
    expect(
      ask(two, leaseRequest(3, { agent: 'gardener' }), budgets).left.map(({ budget, left }) => [budget, left]),
    ).toEqual([
      ['repo-day', 94],
      ['ana', 44],
      ['runs', 0],
    ]);
  });

  test('follows a chain from run to run, whatever the agents are', () => {
    const chain: Budget = { name: 'loops', scope: 'chain', period: 'day', runs: 2, warn_at: [] };
    const first = leaseTaken(lease(ask([], leaseRequest(1), [chain])));
    const child = leaseRequest(2, { agent: 'triage', trigger: 'workflow_run', parent: 1 });
    const second = leaseTaken(lease(ask([first], child, [chain])));
    const grandchild = leaseRequest(3, { trigger: 'workflow_run', parent: 2 });
    expect(ask([first, second], grandchild, [chain])).toMatchObject({ kind: 'deny' });
    expect(ask([first, second], leaseRequest(4), [chain])).toMatchObject({ kind: 'allow' });
  });

  test('has the room of a raise while it lasts', () => {
    const raised = [...spent(9.5), budgetRaised('repo-day', 20, TODAY, 4 * HOUR)];
    const answer = ask(raised, leaseRequest(9));
    expect(answer).toMatchObject({ kind: 'warn', left: [{ limit: 20 }] });
    expect(answer.reason).toContain('raised by lea');
    expect(ask(raised, leaseRequest(9), [DAY_BUDGET], later(TODAY, 4 * HOUR)).kind).toBe('deny');
  });

  test('never goes beyond an allowance, in whatever order requests, ends and deaths come', () => {
    const step = fc.record({
      act: fc.constantFrom('ask', 'ask', 'settle', 'record', 'end', 'wait'),
      run: fc.integer({ min: 1, max: 8 }),
      usd: fc.constantFrom(0, 0.5, 1, 2),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let events: readonly LedgerEvent[] = [];
        let now = '2026-11-21T01:00:00.000Z';
        const taken = new Map<number, string>();
        const costs = new Map<number, number>();
        for (const { act, run, usd } of steps) {
          now = later(now, act === 'wait' ? 2 * HOUR : MINUTE);
          if (now > '2026-11-21T23:00:00.000Z') break;
          const id = `lease:${run}:1:fixer`;
          const isOver = events.some((event) => event.id === `${id}:settled` || event.id === `run:${run}:1`);
          if (act === 'ask' && !taken.has(run)) {
            const answer = ask(events, leaseRequest(run), [DAY_BUDGET], now);
            if (answer.lease === null) continue;
            taken.set(run, now);
            costs.set(run, 2);
            events = [...events, leaseTaken(answer.lease)];
          } else if (act === 'settle' && taken.has(run) && !isOver) {
            costs.set(run, usd);
            events = [...events, leaseSettled(id, now, { usd })];
          } else if (act === 'record' && taken.has(run) && !isOver) {
            costs.set(run, usd);
            events = [...events, ...worked({ id: run, at: taken.get(run) ?? now, usd })];
          } else if (act === 'end' && taken.has(run) && !isOver) {
            // It died before it did anything.
            costs.set(run, 0);
            events = [...events, runCompleted({ id: run, at: taken.get(run) ?? now, conclusion: 'skipped' })];
          }
          // Work that is neither over nor beyond its lease's life may still cost all that was reserved for it.
          const most = [...costs].reduce((sum, [each, cost]) => {
            const over = events.some(
              (event) => event.id === `lease:${each}:1:fixer:settled` || event.id === `run:${each}:1`,
            );
            return over || now < later(taken.get(each) ?? now, HOUR) ? sum + cost : sum;
          }, 0);
          expect(most).toBeLessThanOrEqual(10);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('of yesterday holds nothing of today', () => {
    const taken = leaseTaken(lease(ask([], leaseRequest(1, { lives: 2 * DAY, limits: { usd: 9 } }))));
    expect(ask([taken], leaseRequest(2), [DAY_BUDGET], later(NOW, DAY)).left).toMatchObject([{ left: 8 }]);
  });
});
