import { describe, expect, test } from 'vitest';
import { factsAfter, runCompleted, sessionRecorded, worked } from '../../test/kit/happenings.ts';
import { budgetRaised } from '../../test/kit/leases.ts';
import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Finding } from '../core/finding.ts';
import { DAY, HOUR, after as later } from '../core/time.ts';
import type { Budget } from './budget.ts';
import { budgetRule } from './budget-rule.ts';
import { standingOf } from './standing.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const TODAY = '2026-11-21T09:30:00.000Z';
const BASE: Budget = { name: 'b', period: 'day', usd: 10, warn_at: [0.5] };

/** A run for somebody, which another run may have started, and its session. */
function workFor(id: number, login: string | null, usd: number, parent?: number, at = TODAY): readonly LedgerEvent[] {
  const run = runCompleted({ id, at, trigger: parent === undefined ? 'schedule' : 'workflow_run' });
  const actor = login === null ? null : { id: 1, login, type: 'User' as const };
  const told: EventOf<'run.completed'> = {
    ...run,
    data: { run: { ...run.data.run, actor, ...(parent === undefined ? {} : { parent }) } },
  };
  return [told, sessionRecorded({ run: id, at, usd })];
}

function stand(events: readonly LedgerEvent[], budget: Partial<Budget>, now = NOW) {
  const { name, spend, others, terms } = standingOf(factsAfter(events, { now }), { ...BASE, ...budget }, now);
  return { name, known: spend.known, unplaced: spend.unplaced, others, limit: terms.limit };
}

function judged(events: readonly LedgerEvent[], budget: Partial<Budget>, now = NOW): Finding | undefined {
  return budgetRule.judge(factsAfter(events, { now }), { enabled: true, budgets: [{ ...BASE, ...budget }] }, now)[0];
}

describe('how a budget stands', () => {
  const people = [...workFor(1, 'ana', 3), ...workFor(2, 'ben', 12), ...workFor(3, 'ben', 1), ...workFor(4, 'cai', 11)];

  test.each<[string, Partial<Budget>, Partial<ReturnType<typeof stand>>]>([
    ['one person', { scope: { actor: 'ana' } }, { name: 'ana', known: 3 }],
    ['each person', { scope: { actor: '*' } }, { name: 'ben', known: 13, others: 1 }],
    ['a workflow', { scope: { workflow: '.github/workflows/fixer.yml' } }, { known: 27 }],
    ['another workflow', { scope: { workflow: '.github/workflows/triage.yml' } }, { known: 0 }],
    ['each agent', { scope: { agent: '*' } }, { name: 'fixer', known: 27 }],
    ['each session', { scope: 'session', period: undefined }, { name: 'session:2:1:0', known: 12, others: 1 }],
    ['the organisation', { scope: 'organisation' }, { known: 27 }],
    ['runs', { usd: undefined, runs: 10 }, { known: 4 }],
    ['tokens', { usd: undefined, tokens: 1_000 }, { known: 4_800 }],
    // Each run of the kit lasts four minutes.
    ['minutes', { usd: undefined, minutes: 100 }, { known: 16 }],
  ])('of %s counts what is theirs', (_what, budget, expected) => {
    expect(stand(people, budget)).toMatchObject(expected);
  });

  test('of a chain counts the runs that started each other, from the first', () => {
    const chain = [
      ...workFor(1, 'ana', 3),
      ...workFor(2, 'bot', 4, 1),
      ...workFor(3, 'bot', 5, 2),
      ...workFor(9, 'ana', 6),
    ];
    expect(stand(chain, { scope: 'chain' })).toMatchObject({ name: '1', known: 12, others: 0 });
    expect(judged(chain, { scope: 'chain' })?.reason).toContain(
      'The chain of runs that begins with 1 spent $12.00 of $10.00',
    );
  });

  test('of a chain that closes on itself ends, and is one chain', () => {
    const circle = [...workFor(1, 'a', 3, 3), ...workFor(2, 'a', 4, 1), ...workFor(3, 'a', 5, 2)];
    expect(stand(circle, { scope: 'chain' })).toMatchObject({ name: '1', known: 12 });
  });

  test('of people is not known where GitHub did not say for whom a run was', () => {
    const events = [...workFor(1, 'ana', 3), ...workFor(2, null, 5)];
    expect(stand(events, { scope: { actor: 'ana' } })).toMatchObject({ known: 3, unplaced: 1 });
    expect(judged(events, { scope: { actor: 'ana' } })).toMatchObject({ outcome: 'unknown' });
    expect(judged(workFor(1, 'ana', 30), { scope: { actor: 'ana' } })).toMatchObject({ outcome: 'violated' });
  });

  test('of each of many people is not known, and not nothing, where it is known of nobody', () => {
    const events = workFor(1, null, 50);
    expect(stand(events, { scope: { actor: '*' } })).toMatchObject({ name: null, known: 0, unplaced: 1 });
    expect(judged(events, { scope: { actor: '*' } })).toMatchObject({
      outcome: 'unknown',
      reason: expect.stringContaining('Nobody spent any of $10.00 on 2026-11-21 (0 %); of 1 piece of work'),
    });
  });

  test('of an organisation is broken by one repository, and never proven by it', () => {
    expect(judged(people, { scope: 'organisation' })).toMatchObject({ outcome: 'violated', severity: 'critical' });
    expect(judged(people, { scope: 'organisation', usd: 500 })).toMatchObject({ outcome: 'unknown' });
  });

  test('of open pull requests is not known', () => {
    expect(judged([], { usd: undefined, open_pull_requests: 3 })).toMatchObject({ outcome: 'unknown', value: null });
  });

  test('counts a rolling window up to now, and a day by the clock of its zone', () => {
    const events = [
      ...worked({ id: 1, at: '2026-11-20T13:00:00.000Z', usd: 2 }),
      ...worked({ id: 2, at: TODAY, usd: 1 }),
    ];
    expect(stand(events, { period: { rolling: DAY } }).known).toBe(3);
    expect(stand(events, { period: { rolling: 3 * HOUR } }).known).toBe(1);
    expect(stand(events, { period: 'day' }).known).toBe(1);
    // In Auckland the 21st begins at 11:00 UTC on the 20th; at noon UTC it is the 22nd there.
    expect(stand(events, { time_zone: 'Pacific/Auckland' }).known).toBe(0);
    expect(stand(events, { time_zone: 'Pacific/Auckland' }, '2026-11-21T10:00:00.000Z').known).toBe(3);
  });

  test('has the limit of a raise while it lasts, and its own before and after', () => {
    const events = [...worked({ id: 1, at: TODAY, usd: 9 }), budgetRaised('b', 20, '2026-11-21T10:00:00.000Z', HOUR)];
    expect(stand(events, {}, '2026-11-21T09:59:00.000Z').limit).toBe(10);
    expect(stand(events, {}, '2026-11-21T10:30:00.000Z').limit).toBe(20);
    expect(stand(events, {}, '2026-11-21T11:00:00.000Z').limit).toBe(10);
    // It was given for dollars.
    expect(stand(events, { usd: undefined, tokens: 5 }, '2026-11-21T10:30:00.000Z').limit).toBe(5);
  });

  test('is told with who raised it, and until when', () => {
    const events = [...worked({ id: 1, at: TODAY, usd: 19 }), budgetRaised('b', 20, TODAY, 4 * HOUR)];
    expect(judged(events, {})?.reason).toContain('(95 %), as raised by lea until 2026-11-21 13:30 UTC');
  });
});

describe('a forecast', () => {
  const month = Array.from({ length: 20 }, (_, day) =>
    worked({ id: day + 1, at: later('2026-11-01T09:00:00.000Z', day * DAY), usd: 10 }),
  ).flat();

  test('says when the limit is reached, in the issue', () => {
    const finding = judged(month, { name: 'm', period: 'month', usd: 250, warn_at: [0.5] });
    const table = finding?.outcome === 'violated' ? finding.evidence.facts : [];
    // Twenty days of ten dollars, and ten days to come.
    expect(table).toContainEqual({
      label: 'Forecast to the end of the period',
      value: expect.closeTo(300, 5),
      unit: 'usd',
    });
  });

  test('does not change with the clock while nothing happens', () => {
    const at = (now: string) => judged(month, { name: 'm', period: 'month', usd: 250 }, now);
    expect(at('2026-11-21T18:00:00.000Z')).toEqual(at('2026-11-21T08:00:00.000Z'));
  });
});
