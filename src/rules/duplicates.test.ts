import { describe, expect, test } from 'vitest';
import { factsAfter } from '../../test/kit/happenings.ts';
import type { ItemMark } from '../core/item.ts';
import { DAY, HOUR, type Instant, after as shifted } from '../core/time.ts';
import { type DuplicatesOptions, duplicates } from './duplicates.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';
const DEFAULTS = duplicates.options.parse({}) as unknown as DuplicatesOptions;

function mark(number: number, more: Partial<ItemMark> = {}): ItemMark {
  const createdAt = shifted(NOW, (number - 20) * HOUR);
  return {
    number,
    kind: 'issue',
    author: { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' },
    app: null,
    createdAt,
    updatedAt: createdAt,
    closedAt: null,
    mergedAt: null,
    titleHash: 'aaaaaaaaaaaaaaaa',
    agent: 'fixer',
    ...more,
  };
}

function judge(items: readonly ItemMark[], pulls: readonly ItemMark[] | null = []) {
  return duplicates.judge({ ...factsAfter([], { now: NOW }), items, pulls }, DEFAULTS, NOW);
}

describe('duplicates', () => {
  test('three issues of one title, all open: two are duplicates, and their numbers are told', () => {
    const [found] = judge([mark(1), mark(2), mark(3)]);
    expect(found).toMatchObject({
      outcome: 'violated',
      severity: 'warning',
      value: 2,
      subject: { kind: 'agent', name: 'fixer' },
    });
    expect(found?.reason).toContain('The last: #2, #3.');
  });

  test('one duplicate is not told yet', () => {
    expect(judge([mark(1), mark(2)])).toMatchObject([{ outcome: 'ok', value: 1 }]);
  });

  test('a daily report that closes the last one first is none', () => {
    const items = [1, 2, 3, 4].map((n) => mark(n, { closedAt: n === 4 ? null : shifted(NOW, (n - 20) * HOUR + 1) }));
    expect(judge(items)).toMatchObject([{ outcome: 'ok', value: 0 }]);
  });

  test('the same title of two bots, or of an issue and a pull request, is no duplicate', () => {
    const other = { author: { id: 9, login: 'other[bot]', type: 'Bot' as const } };
    const items = [mark(1), mark(2, other), mark(3, { kind: 'pull' }), mark(4, { ...other, kind: 'pull' })];
    expect(judge(items).map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('what was opened before the window is old news', () => {
    const items = [1, 2, 3].map((n) => mark(n, { createdAt: shifted(NOW, (n - 30) * DAY) }));
    expect(judge(items)).toMatchObject([{ outcome: 'ok', value: 0 }]);
  });

  test('where nobody could look it is unknown, yet what is known to be wrong stays so', () => {
    expect(judge([], null)).toMatchObject([{ outcome: 'unknown' }]);
    expect(judge([mark(1), mark(2)], null)).toMatchObject([{ outcome: 'unknown' }]);
    expect(judge([mark(1), mark(2), mark(3)], null)).toMatchObject([{ outcome: 'violated' }]);
    expect(judge([], [])).toMatchObject([{ outcome: 'ok' }]);
  });

  test('runs of two agents at once: the story is the repository’s', () => {
    const items = [mark(1), mark(2), mark(3, { agent: null })];
    expect(judge(items)).toMatchObject([{ outcome: 'violated', subject: { kind: 'repository' } }]);
  });
});
