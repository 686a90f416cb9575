import { describe, expect, test } from 'vitest';
import type { ActionEvent } from '../../github/event.ts';
import { runsNamedBy, triggerOf } from './trigger.ts';

function event(name: string, payload: ActionEvent['payload']): ActionEvent {
  return { name, payload, repo: 'octo/garden', run: 9 };
}

const AT = '2026-11-21T10:00:00.000Z';

describe('what set a run off', () => {
  test('a schedule is as late as its nearest time before', () => {
    // Every hour at minute 17: the last one before 10:00 was 9:17.
    expect(triggerOf(event('schedule', { schedule: '17 * * * *' }), AT)).toEqual({
      name: 'schedule',
      run: 9,
      late: 43 * 60_000,
    });
  });

  test.each([
    ['workflow_run', { schedule: '17 * * * *' }],
    ['schedule', {}],
    ['schedule', { schedule: 17 }],
    ['schedule', { schedule: 'at noon' }],
  ])('how late %s with %j is, is not known', (name, payload) => {
    expect(triggerOf(event(name, payload), AT)).toEqual({ name, run: 9, late: null });
  });
});

describe('the run whose end woke us', () => {
  test('is the one that the event names', () => {
    expect(runsNamedBy({ payload: { workflow_run: { id: 8123, name: 'Nightly fixer' } } })).toEqual([8123]);
  });

  test.each([
    {},
    { workflow_run: null },
    { workflow_run: 8123 },
    { workflow_run: {} },
    { workflow_run: { id: '8123' } },
    { workflow_run: { id: -1 } },
    { workflow_run: { id: 1.5 } },
    { workflow_run: { id: 2 ** 53 } },
  ])('is none in %j', (payload) => {
    expect(runsNamedBy({ payload })).toEqual([]);
  });
});
