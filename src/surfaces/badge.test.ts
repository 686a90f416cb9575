import { expect, test } from 'vitest';
import type { DrillMark } from '../core/facts.ts';
import { drillBadge } from './badge.ts';

const GOOD: DrillMark = {
  at: '2026-11-21T09:30:00.000Z',
  mode: 'live',
  ok: true,
  timeToDetect: 12_000,
  timeToStop: 42_000,
  timeToRecover: 3_000,
  detail: 'its canary was started, stopped and resumed',
};

test.each<[string, DrillMark | null, string, string]>([
  ['a good drill', GOOD, '42 s, 2026-11-21', 'brightgreen'],
  ['a slow one', { ...GOOD, timeToStop: 402_000 }, '6 min 42 s, 2026-11-21', 'brightgreen'],
  ['a failed one', { ...GOOD, ok: false }, 'failed, 2026-11-21', 'red'],
  ['one that did not come so far', { ...GOOD, timeToStop: null }, 'failed, 2026-11-21', 'red'],
  ['none', null, 'never held', 'lightgrey'],
])('the badge of %s', (_name, last, message, color) => {
  expect(drillBadge(last)).toEqual({ schemaVersion: 1, label: 'stop drill', message, color });
});
