import { expect, test } from 'vitest';
import { DAY } from '../core/time.ts';
import { measureComplaints } from '../metrics/measures.ts';
import { STATE_TERMS, stateFold } from './state.ts';

test('a state of format 7, of which a cut has taken the events, is taken over with what it did not know', () => {
  const { measures, alerts, ...rest } = stateFold.initial;
  const { resolvedKept: _, ...oldAlerts } = alerts;
  const newest = '2026-11-20T09:00:00.000Z';
  const old = {
    ...rest,
    alerts: oldAlerts,
    measures: { ...measures, newest, refused: { day: '2026-11-20', count: 2 } },
  };
  const { events: _none, ...before } = old;
  const adopted = STATE_TERMS.adopt?.(JSON.parse(JSON.stringify(before)));
  expect(adopted?.events).toEqual(stateFold.initial.events);
  expect(adopted?.alerts.resolvedKept).toBe(30 * DAY);
  expect(adopted === undefined ? [] : measureComplaints(adopted.measures)).toEqual([
    expect.stringContaining('2 are not kept'),
  ]);
});
