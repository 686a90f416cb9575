import { expect, test } from 'vitest';
import { factsAfter, sessionRecorded, watchRan } from '../../../test/kit/happenings.ts';
import { agentSubject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';
import { wasSeenWhole } from './told-yesterday.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';
const seen = (looked: Instant | null, session: Instant): boolean => {
  const events = [
    sessionRecorded({ run: 1, at: session }),
    ...(looked === null ? [] : [watchRan(looked)]),
    watchRan(NOW),
  ];
  return wasSeenWhole(factsAfter(events, { now: NOW }), agentSubject('fixer'), NOW);
};

test('a look in the evening has seen the work of the day, one before it has not, and no look sees nothing', () => {
  expect(seen('2026-11-20T20:00:00.000Z', '2026-11-20T15:00:00.000Z')).toBe(true);
  expect(seen('2026-11-20T08:00:00.000Z', '2026-11-20T15:00:00.000Z')).toBe(false);
  expect(seen('2026-11-20T15:01:00.000Z', '2026-11-20T15:00:00.000Z')).toBe(false);
  expect(seen(null, '2026-11-20T15:00:00.000Z')).toBe(false);
});
