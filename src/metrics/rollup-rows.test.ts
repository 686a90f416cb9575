import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryEvents, frozen } from '../../test/kit/arbitrary-events.ts';
import { sessionAbsent, sessionRecorded } from '../../test/kit/happenings.ts';
import type { RollupRow } from '../core/rollup-row.ts';
import { rollupFold } from './rollup.ts';
import { rollupRows } from './rollup-rows.ts';

const keyOf = ({ metric, step, at, labels }: RollupRow): string => JSON.stringify([metric, step, at, labels]);

/** What a table holds after rows were written over it. */
function written(table: ReadonlyMap<string, RollupRow>, rows: readonly RollupRow[]): ReadonlyMap<string, RollupRow> {
  const next = new Map(table);
  for (const row of rows) {
    if (row.aggregate === null) next.delete(keyOf(row));
    else next.set(keyOf(row), row);
  }
  return next;
}

describe('rollups as rows', () => {
  test('nothing changed gives no row, and an equal state that was read anew neither', () => {
    const state = rollupFold.apply(rollupFold.initial, [
      sessionRecorded({ run: 7, at: '2026-11-20T10:15:00.000Z', usd: 2.5 }),
    ]);
    expect(rollupRows(state, state)).toEqual([]);
    expect(rollupRows(state, structuredClone(state))).toEqual([]);
    expect(rollupRows(null, rollupFold.initial)).toEqual([]);
  });

  test('a session gives its amounts by hour and by day under its agent', () => {
    const at = '2026-11-20T10:15:00.000Z';
    const rows = rollupRows(
      null,
      rollupFold.apply(rollupFold.initial, [sessionRecorded({ run: 7, usd: 2.5, agent: 'fixer', at, startedAt: at })]),
    );
    const cost = rows.filter(({ metric }) => metric === 'sessions.tokenUsage.cost');
    expect(cost.map(({ step, at: from, labels, aggregate }) => [step, from, labels, aggregate?.sum])).toEqual([
      ['hour', '2026-11-20T10:00:00.000Z', { agent: 'fixer' }, 2.5],
      ['day', '2026-11-20T00:00:00.000Z', { agent: 'fixer' }, 2.5],
    ]);
  });

  test('a correction that empties a row takes it away', () => {
    const absent = sessionAbsent({ run: 1, attempt: 1, agent: 'fixer', at: '2026-11-20T10:00:00.000Z' });
    const record = sessionRecorded({
      run: 1,
      attempt: 1,
      agent: 'fixer',
      at: '2026-11-20T12:00:00.000Z',
      startedAt: '2026-11-20T12:00:00.000Z',
    });
    const before = rollupFold.apply(rollupFold.initial, [absent]);
    const gone = rollupRows(before, rollupFold.apply(before, [record])).filter(({ aggregate }) => aggregate === null);
    expect(gone.length).toBeGreaterThan(0);
    expect(new Set(gone.map(({ step, at }) => `${step} ${at}`))).toEqual(new Set(['hour 2026-11-20T10:00:00.000Z']));
  });

  test('changes written one after another leave the same rows as all of the last state, but for what grew too old', () => {
    fc.assert(
      fc.property(arbitraryEvents, fc.nat(40), (events, cut) => {
        const before = frozen(rollupFold.apply(rollupFold.initial, events.slice(0, cut)));
        const now = frozen(rollupFold.apply(before, events.slice(cut)));
        const table = written(written(new Map(), rollupRows(null, before)), rollupRows(before, now));
        for (const [key, row] of written(new Map(), rollupRows(null, now))) expect(table.get(key)).toEqual(row);
      }),
    );
  });
});
