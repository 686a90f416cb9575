import { expect, test } from 'vitest';
import type { RunMark } from '../../core/facts.ts';
import { after, HOUR, type Instant, MINUTE } from '../../core/time.ts';
import { runsToAskAgain } from './unfinished.ts';

const NOW = '2026-11-21T09:00:00.000Z' as Instant;

function marks(count: number, more: Partial<RunMark> = {}): readonly RunMark[] {
  return Array.from({ length: count }, (_, index) => ({
    run: index + 1,
    attempt: 1,
    agent: 'fix',
    workflow: '.github/workflows/fix.yml',
    trigger: 'schedule',
    createdAt: after(NOW, -index * MINUTE),
    startedAt: after(NOW, -index * MINUTE),
    updatedAt: NOW,
    status: 'waiting',
    conclusion: null,
    url: '',
    telemetry: 'awaited',
    ...more,
  }));
}

test('runs that have ended are not asked about', () => {
  expect(runsToAskAgain(marks(3, { status: 'completed', conclusion: 'success' }), NOW)).toEqual([]);
});

test('a few runs are all asked about, newest first, each once', () => {
  const again = marks(3).map((mark) => ({ ...mark, attempt: 2 }));
  expect(runsToAskAgain([...marks(3), ...again], NOW)).toEqual([1, 2, 3]);
});

test('many cost twelve requests, and within some hours everyone had a turn', () => {
  const many = marks(50);
  const asked = new Set<number>();
  for (let hour = 0; hour < 11; hour++) {
    const ids = runsToAskAgain(many, after(NOW, hour * HOUR));
    expect(ids.slice(0, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new Set(ids).size).toBe(12);
    for (const id of ids) asked.add(id);
  }
  expect(asked.size).toBe(50);
});
