import { describe, expect, test } from 'vitest';
import { factsAfter } from '../../test/kit/happenings.ts';
import { leaseRequest, leaseTaken } from '../../test/kit/leases.ts';
import { factsWithPulls, pullSeen } from '../../test/kit/pulls.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { ItemMark } from '../core/item.ts';
import { DAY, HOUR, after as later } from '../core/time.ts';
import type { Budget } from './budget.ts';
import { budgetRule } from './budget-rule.ts';
import { judgeLease } from './lease.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const EIGHT: Budget = { name: 'review', period: 'day', open_pull_requests: 4, warn_at: [0.5] };
const BOT = { id: 7, login: 'fixer[bot]', type: 'Bot' as const };

function pull(number: number, agent: string | null, wish: Partial<ItemMark> = {}): ItemMark {
  const createdAt = later(NOW, -number * DAY);
  return {
    ...{
      number,
      kind: 'pull',
      author: BOT,
      app: null,
      createdAt,
      updatedAt: createdAt,
      closedAt: null,
      mergedAt: null,
    },
    ...{ titleHash: '', agent, ...wish },
  };
}

function factsWith(pulls: readonly ItemMark[] | null, events: readonly LedgerEvent[] = []): Facts {
  const facts = factsAfter(events, { now: NOW, agents: ['fixer', 'triage'] });
  return { ...facts, items: pulls ?? [], pulls };
}

function judged(pulls: readonly ItemMark[] | null, budget: Partial<Budget> = {}): Finding | undefined {
  return budgetRule.judge(factsWith(pulls), { enabled: true, budgets: [{ ...EIGHT, ...budget }] }, NOW)[0];
}

describe('a budget of open pull requests', () => {
  const four = [1, 2, 3].map((number) => pull(number, 'fixer')).concat(pull(40, 'triage'));

  test('is broken by as many as are open, whenever they were opened, and names the oldest', () => {
    const finding = judged(four);
    expect(finding).toMatchObject({ outcome: 'violated', severity: 'critical', value: 4, limit: 4, unit: 'count' });
    expect(finding?.reason).toBe('The agents of octo/repo left 4 of at most 4 open pull requests (100 %).');
    // It does not end with the day.
    expect(finding).not.toHaveProperty('period');
    const evidence = finding?.outcome === 'violated' ? finding.evidence : null;
    expect(evidence?.facts[3]).toEqual({ label: 'Pull request 40 of triage, open for', value: 40 * DAY, unit: 'ms' });
    expect(evidence?.facts).toHaveLength(3 + 4);
  });

  test.each<[string, readonly ItemMark[] | null, Partial<Budget>, Partial<Finding>, RegExp]>([
    [
      'of one agent counts its own',
      four,
      { agent: 'fixer' },
      { outcome: 'violated', severity: 'warning', value: 3 },
      /^fixer left 3/,
    ],
    [
      'of a workflow counts those of its agent',
      four,
      { scope: { workflow: '.github/workflows/triage.yml' } },
      { outcome: 'ok', value: 1 },
      /left 1/,
    ],
    ['of each agent is about the one with most', four, { scope: { agent: '*' } }, { value: 3 }, /^fixer left 3/],
    [
      'is not known while nobody can look',
      null,
      {},
      { outcome: 'unknown', value: null },
      /which pull requests are open is not known/,
    ],
    ['holds when none is open', [], {}, { outcome: 'ok', value: 0 }, /left 0 of at most 4/],
    [
      'leaves out those of a bot that never worked for an agent',
      [pull(1, null, { author: { ...BOT, id: 99 } })],
      {},
      { outcome: 'ok', value: 0 },
      /left 0/,
    ],
    [
      'is not proven where an agent may have made one more',
      [pull(1, 'fixer'), pull(2, null)],
      {},
      { outcome: 'unknown', value: 1 },
      /of 1 open pull request nobody knows whether an agent made it/,
    ],
    [
      'of people is not known',
      [pull(1, 'fixer')],
      { scope: { actor: 'ana' } },
      { outcome: 'unknown' },
      /nobody knows which actor made it/,
    ],
    [
      'of an organisation is not known',
      [pull(1, 'fixer')],
      { scope: 'organisation' },
      { outcome: 'unknown' },
      /other repositories/,
    ],
  ])('%s', (_name, pulls, budget, expected, reason) => {
    const finding = judged(pulls, budget);
    expect(finding).toMatchObject(expected);
    expect(finding?.reason).toMatch(reason);
  });

  test('gives a lease while there is room beside what open leases may open, and then no more', () => {
    const three = four.slice(0, 3);
    const ask = (facts: Facts) => judgeLease(facts, [EIGHT], leaseRequest(9), NOW);
    const answer = ask(factsWith(three));
    expect(answer).toMatchObject({ kind: 'warn', left: [{ unit: 'open_pull_requests', left: 0, limit: 4 }] });
    expect(ask(factsWith(null))).toMatchObject({ kind: 'unknown', lease: null });
    expect(ask(factsWith(four))).toMatchObject({ kind: 'deny' });
    const other = judgeLease(factsWith(three), [EIGHT], leaseRequest(8), later(NOW, -HOUR / 2));
    if (other.lease === null) throw new Error('there was room');
    expect(ask(factsWith(three, [leaseTaken(other.lease)]))).toMatchObject({ kind: 'deny', lease: null });
  });

  test('counts who made it by all signs where pull requests are read, and holds agents while people are behind', () => {
    const open = [1, 2, 3, 4].map((number) => pullSeen({ number, createdAt: later(NOW, -number * HOUR) }));
    const maybe = pullSeen({ number: 5, createdAt: NOW, standing: { verdict: 'maybe' } });
    const ask = (events: readonly LedgerEvent[]) =>
      judgeLease(factsWithPulls(events, NOW), [EIGHT], leaseRequest(9), NOW);
    expect(ask([...open, maybe])).toMatchObject({ kind: 'deny' });
    // A merge makes room.
    const merged = pullSeen({ number: 1, createdAt: later(NOW, -HOUR), mergedAt: NOW });
    expect(ask([...open, merged])).toMatchObject({ kind: 'warn', left: [{ unit: 'open_pull_requests', left: 0 }] });
  });
});
