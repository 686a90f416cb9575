import { expect, test } from 'vitest';
import { worked } from '../../test/kit/happenings.ts';
import { DAY } from '../core/time.ts';
import { measureComplaints } from '../metrics/measures.ts';
import { samplesOf } from '../metrics/samples.ts';
import { allRuns, allSessions } from '../metrics/work-packed.ts';
import { STATE_TERMS, stateFold } from './state.ts';

test('a state of format 9, of which a cut has taken the events, keeps what was known of sessions beside the work', () => {
  const at = '2026-11-20T09:00:00.000Z';
  const long = '2026-10-01T09:00:00.000Z';
  const { budgets, ...rest } = stateFold.initial;
  const session = { agent: 'fixer', workflow: 'fix.yml', run: 7, attempt: 1, at, usd: 2, tokens: 90 };
  const cut = { ...session, run: 8, cutOff: true };
  const old = {
    ...rest,
    budgets: {
      ...budgets,
      work: {
        newest: at,
        runs: {},
        sessions: { '2026-11-20': { 'session:7': { ...session, done: true }, 'session:8': cut } },
        absent: { '2026-11-20': { '9.1': { at, agent: 'fixer', skipped: false } } },
      },
    },
    samples: {
      newest: at,
      days: {
        '2026-10-01': { 'session:1': { at: long, agent: 'fixer', run: '1.2', failed: false, usd: 3, toolErrors: 1 } },
        '2026-11-20': {
          'session:7': {
            at,
            agent: 'fixer',
            run: '7.1',
            failed: false,
            usd: 2,
            tokens: 90,
            duration: 60,
            toolCalls: 4,
          },
          'session:8': { at, agent: 'fixer', run: '8.1', failed: true },
          'absent:9.1': { at, agent: 'fixer', run: '9.1', absent: true },
        },
      },
    },
  };
  const adopted = STATE_TERMS.adopt?.(JSON.parse(JSON.stringify(old)));
  expect(adopted).not.toHaveProperty('samples');
  expect(adopted === undefined ? [] : samplesOf(adopted.budgets.work, at)).toEqual([
    { at: long, agent: 'fixer', failed: false, usd: 3, toolErrors: 1 },
    { at, agent: 'fixer', failed: false, usd: 2, tokens: 90, duration: 60, toolCalls: 4 },
    { at, agent: 'fixer', failed: true },
    { at, agent: 'fixer' },
  ]);
  expect(adopted?.budgets.work.sessions['2026-10-01']?.['session:1']).toMatchObject({ run: 1, attempt: 2, usd: 3 });
  expect(adopted?.budgets.work.sessions['2026-11-20']?.['session:7']).toMatchObject({
    workflow: 'fix.yml',
    done: true,
  });
});

test('a state of format 10, of which a cut has taken the events, keeps its runs and sessions and no longer repeats their keys', () => {
  const events = [1, 2, 3].flatMap((id) => worked({ id, at: `2026-11-20T0${id}:00:00.000Z`, usd: id }));
  const now = stateFold.apply(stateFold.initial, events);
  const { work } = now.budgets;
  const full = {
    ...work,
    runs: { '2026-11-20': allRuns(work.runs) },
    sessions: { '2026-11-20': allSessions(work.sessions) },
  };
  expect(full.runs['2026-11-20']['1.1']).toMatchObject({ run: 1, attempt: 1, workflow: '.github/workflows/fixer.yml' });
  const old = { ...now, budgets: { ...now.budgets, work: full } };
  const adopted = STATE_TERMS.adopt?.(JSON.parse(JSON.stringify(old)));
  expect(JSON.stringify(adopted?.budgets.work)).toBe(JSON.stringify(work));
});

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
