import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MeasureRow } from '../core/measure-row.ts';
import { packSpread } from '../core/packed-spread.ts';
import { sketchOf } from '../core/sketch.ts';
import { HOUR, type Instant, MINUTE, after as shifted } from '../core/time.ts';
import { addRows, answerOf, changedRollups, NO_PAGES, type Pages, pagesFor, readPage } from './pages.ts';

const START = '2026-11-20T22:00:00.000Z';
const KEEP_ALL = { minute: '', hour: '', day: '' };
const FORGETS = { get: () => undefined, keep: () => undefined };
const NOWHERE = async (): Promise<null> => null;

function row(change: Partial<MeasureRow> = {}, value = 2): MeasureRow {
  return {
    metric: 'tool.latency',
    labels: { server: 'github', tool: 'get_issue' },
    step: 'hour',
    at: START,
    aggregate: { count: 1, sum: value, min: value, max: value, unknown: 0 },
    spread: packSpread(sketchOf([value]) ?? { zeros: 0, bins: [] }),
    ...change,
  };
}

const query = {
  metric: 'tool.latency',
  labels: {},
  step: 'hour' as const,
  from: '2026-11-01T00:00:00.000Z',
  to: '2026-12-01T00:00:00.000Z',
};

async function ask(pages: Pages, asked: Partial<Parameters<typeof pagesFor>[1]> = {}): Promise<readonly MeasureRow[]> {
  const full = { ...query, ...asked };
  const found = pagesFor(pages.hashes, full).map(async (path) =>
    answerOf(pages, path, full, { read: async () => new Uint8Array(), lately: FORGETS }),
  );
  return (await Promise.all(found)).flat();
}

describe('pages of rollups', () => {
  test('lie by hour, day and month, and what lies wholly before what is kept is dropped', async () => {
    const rows = (['minute', 'hour', 'day'] as const).map((step) =>
      row({ step, at: step === 'day' ? '2026-11-20T00:00:00.000Z' : START }),
    );
    const pages = await addRows(NO_PAGES, rows, KEEP_ALL, NOWHERE);
    expect(Object.keys(pages.hashes).sort()).toEqual([
      'rollups/day/2026-11-2.ndjson',
      'rollups/hour/2026-11-20.ndjson',
      'rollups/minute/2026-11-20T22.ndjson',
    ]);
    const since = {
      minute: '2026-11-20T23:00:00.000Z',
      hour: '2026-11-20T23:00:00.000Z',
      day: '2026-12-01T00:00:00.000Z',
    };
    const left = await addRows(pages, [], since, NOWHERE);
    expect(Object.keys(left.hashes)).toEqual(['rollups/hour/2026-11-20.ndjson']);
    expect([...left.unwritten]).toEqual(['rollups/hour/2026-11-20.ndjson']);
  });

  test('merge rows of the same bucket, and answer by metric and by some of the labels', async () => {
    const pages = await addRows(
      NO_PAGES,
      [
        row({}, 2),
        row({}, 6),
        row({ labels: { server: 'github', tool: 'list' } }, 4),
        row({ labels: { server: 'jira' } }, 1),
        row({ metric: 'tool.latency.other' }),
        row({ metric: 'tool' }),
      ],
      KEEP_ALL,
      NOWHERE,
    );
    const found = await ask(pages, { labels: { server: 'github' } });
    expect(found.map(({ labels, aggregate }) => [labels['tool'], aggregate.count, aggregate.sum])).toEqual([
      ['get_issue', 2, 8],
      ['list', 1, 4],
    ]);
    expect(await ask(pages)).toHaveLength(3);
    expect(await ask(pages, { labels: { server: 'gitlab' } })).toEqual([]);
    expect(await ask(pages, { metric: 'tool.lat' })).toEqual([]);
  });

  test('answer only for the time that is asked for, across pages', async () => {
    const rows = Array.from({ length: 72 }, (_, n) => row({ at: shifted(START, n * HOUR) }));
    const pages = await addRows(NO_PAGES, rows, KEEP_ALL, NOWHERE);
    const from = shifted(START, 10 * HOUR);
    const found = await ask(pages, { from, to: shifted(from, 30 * HOUR) });
    expect(found.map(({ at }) => at).sort()).toEqual(Array.from({ length: 30 }, (_, n) => shifted(from, n * HOUR)));
  });

  test('keep labels as they are, whatever they hold', async () => {
    const labels = { tool: 'a\tb\n","x":[1]}\u2028\u{1f600}', __proto__x: 'constructor' };
    const pages = await addRows(NO_PAGES, [row({ labels }), row({ labels })], KEEP_ALL, NOWHERE);
    expect(await ask(pages, { labels })).toMatchObject([{ labels, aggregate: { count: 2 } }]);
  });

  test('a row without a known value, or with a negative one, has no spread to tell', async () => {
    const unknown = row({ aggregate: { count: 0, sum: 0, min: 0, max: 0, unknown: 1 }, spread: null });
    const negative = row({ aggregate: { count: 1, sum: -1, min: -1, max: -1, unknown: 0 }, spread: null });
    const one = await addRows(NO_PAGES, [unknown, row({}, 3)], KEEP_ALL, NOWHERE);
    expect(await ask(one)).toMatchObject([{ aggregate: { count: 1, min: 3, unknown: 1 }, spread: { zeros: 0 } }]);
    const two = await addRows(one, [negative], KEEP_ALL, NOWHERE);
    expect(await ask(two)).toMatchObject([{ aggregate: { count: 2, min: -1, sum: 2 }, spread: null }]);
  });

  test('a page that is not the one of the checkpoint is not read', async () => {
    const { hashes } = await addRows(NO_PAGES, [row()], KEEP_ALL, NOWHERE);
    const path = 'rollups/hour/2026-11-20.ndjson';
    const stale = { ...NO_PAGES, hashes };
    await expect(readPage(stale, path, NOWHERE)).rejects.toThrow(path);
    await expect(readPage(stale, path, async () => Buffer.from('{}'))).rejects.toThrow(path);
  });

  test('tell which rows are new in an edition', async () => {
    const path = 'rollups/hour/2026-11-20.ndjson';
    const before = await addRows(NO_PAGES, [row(), row({ labels: { server: 'jira' } })], KEEP_ALL, NOWHERE);
    const now = await addRows(before, [row(), row({ at: shifted(START, HOUR) })], KEEP_ALL, NOWHERE);
    const bytes = (pages: Pages): Uint8Array => pages.held.get(path) ?? new Uint8Array();
    const changed = changedRollups(path, bytes(before), bytes(now));
    expect(changed.map(({ at, aggregate }) => [at, aggregate.count])).toEqual([
      [START, 2],
      [shifted(START, HOUR), 1],
    ]);
    expect(changedRollups(path, null, bytes(before))).toHaveLength(2);
    expect(changedRollups('state.json', null, bytes(before))).toEqual([]);
  });

  test('are the same bytes however the rows come in batches', async () => {
    const rows = fc.array(
      fc
        .record({
          server: fc.constantFrom('a', 'b'),
          minutes: fc.integer({ min: 0, max: 300 }),
          value: fc.constantFrom(0, 0.1, 0.2, 3, 1e9),
        })
        .map(({ server, minutes, value }) =>
          row({ labels: { server }, step: 'minute', at: shifted(START, minutes * MINUTE) }, value),
        ),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(rows, fc.nat(30), async (all, cut) => {
        const once = await addRows(NO_PAGES, all, KEEP_ALL, NOWHERE);
        const first = await addRows(NO_PAGES, all.slice(0, cut), KEEP_ALL, NOWHERE);
        const twice = await addRows(first, all.slice(cut), KEEP_ALL, NOWHERE);
        expect(twice.hashes).toEqual(once.hashes);
      }),
    );
  });
});

test.each([
  ['2026-11-01', '2026-11-0', '2026-11-10'],
  ['2026-11-09', '2026-11-0', '2026-11-10'],
  ['2026-11-19', '2026-11-1', '2026-11-20'],
  ['2026-11-30', '2026-11-3', '2026-12-01'],
  ['2026-12-31', '2026-12-3', '2027-01-01'],
  ['2027-02-28', '2027-02-2', '2027-03-01'],
  ['2028-02-29', '2028-02-2', '2028-03-01'],
])('the day %s lies on the page %s, which is kept until %s is what is kept first', async (day, page, end) => {
  const pages = await addRows(NO_PAGES, [row({ step: 'day', at: `${day}T00:00:00.000Z` })], KEEP_ALL, NOWHERE);
  const path = `rollups/day/${page}.ndjson`;
  expect(Object.keys(pages.hashes)).toEqual([path]);
  const last = shifted(`${end}T00:00:00.000Z`, -1);
  const until = (day: Instant): Promise<Pages> => addRows(pages, [], { ...KEEP_ALL, day }, NOWHERE);
  expect(Object.keys((await until(last)).hashes)).toEqual([path]);
  expect(Object.keys((await until(shifted(last, 1))).hashes)).toEqual([]);
  const wanted = { step: 'day' as const, from: `${day}T00:00:00.000Z`, to: shifted(`${day}T00:00:00.000Z`, 1) };
  expect(await ask(pages, wanted)).toHaveLength(1);
});
