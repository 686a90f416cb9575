import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addSummary, type MeasureQuery, type MeasureRow, startSummary, summaryOfSum } from '../core/measure-row.ts';
import { packSpread } from '../core/packed-spread.ts';
import { sketchOf } from '../core/sketch.ts';
import { type Instant, MINUTE, after as shifted } from '../core/time.ts';
import { addRows, answerOf, changedRollups, NO_PAGES, type Pages, pagesFor } from './pages.ts';

const START: Instant = '2026-11-20T22:00:00.000Z';
const PATH = 'rollups/minute/2026-11-20T22.ndjson';
const KEEP_ALL = { minute: '', hour: '', day: '' };
const NOWHERE = async (): Promise<null> => null;

function row(tool: number, minute: number, value: number, server = 'github'): MeasureRow {
  return {
    metric: 'tool.latency',
    labels: { server, tool: `tool-${tool}` },
    step: 'minute',
    at: shifted(START, minute * MINUTE),
    aggregate: { count: 1, sum: value, min: value, max: value, unknown: 0 },
    spread: packSpread(sketchOf([value]) ?? { zeros: 0, bins: [] }),
  };
}

const QUERY: MeasureQuery = {
  ...{ metric: 'tool.latency', labels: {}, step: 'minute', from: START, to: shifted(START, 60 * MINUTE) },
  together: true,
};

const add = (pages: Pages, rows: readonly MeasureRow[]): Promise<Pages> => addRows(pages, rows, KEEP_ALL, NOWHERE);

/** The answer, and how many bytes of the page were read for it. */
async function ask(pages: Pages, query: MeasureQuery) {
  let bytes = 0;
  const page = pages.held.get(PATH) ?? new Uint8Array();
  const read = async (from: number, to: number): Promise<Uint8Array> => {
    const part = page.subarray(from, to);
    bytes += part.length;
    return part;
  };
  const lately = { get: () => undefined, keep: () => undefined };
  const onDisk = { ...pages, held: new Map() };
  const found = pagesFor(pages.hashes, query).map((path) => answerOf(onDisk, path, query, { read, lately }));
  return { rows: (await Promise.all(found)).flat(), bytes };
}

function byBucket(rows: readonly MeasureRow[]) {
  const buckets = new Map<Instant, ReturnType<typeof startSummary>>();
  for (const each of rows) {
    const sum = buckets.get(each.at) ?? startSummary();
    buckets.set(each.at, sum);
    addSummary(sum, each);
  }
  return [...buckets].sort().map(([at, sum]) => ({ at, ...summaryOfSum(sum) }));
}

const MANY = Array.from({ length: 40 }, (_, n) => row(n % 20, Math.floor(n / 20), n + 1));

describe('totals', () => {
  test('answer in one row a bucket who asks for all together, and each set of labels stays apart for others', async () => {
    const pages = await add(NO_PAGES, MANY);
    const all = await ask(pages, QUERY);
    expect(
      all.rows.map(({ labels, at, aggregate }) => [labels, at.slice(11, 16), aggregate.count, aggregate.sum]),
    ).toEqual([
      [{}, '22:00', 20, 210],
      [{}, '22:01', 20, 610],
    ]);
    expect((await ask(pages, { ...QUERY, together: false })).rows).toHaveLength(40);
  });

  test('are kept of a server, and of nothing with other labels', async () => {
    const pages = await add(NO_PAGES, [...MANY, row(1, 0, 1_000, 'jira')]);
    const ofServer = await ask(pages, { ...QUERY, labels: { server: 'github' } });
    expect(ofServer.rows.map(({ aggregate }) => aggregate.sum)).toEqual([210, 610]);
    const few = await ask(pages, { ...QUERY, labels: { server: 'jira' } });
    expect(few.rows).toMatchObject([{ labels: { server: 'jira', tool: 'tool-1' }, aggregate: { sum: 1_000 } }]);
    const ofTool = await ask(pages, { ...QUERY, labels: { tool: 'tool-1' } });
    expect(ofTool.rows.map(({ aggregate }) => aggregate.sum).sort()).toEqual([1_000, 2, 22]);
  });

  test('make no rows of their own, where rows are kept in tables too', async () => {
    const page = (await add(NO_PAGES, MANY)).held.get(PATH) ?? new Uint8Array();
    expect(changedRollups(PATH, null, page)).toHaveLength(40);
  });

  test('are read without the lines', async () => {
    const rows = Array.from({ length: 6_000 }, (_, n) => row(n % 100, Math.floor(n / 100), (n % 40) + 1));
    const pages = await add(NO_PAGES, rows);
    const size = pages.held.get(PATH)?.length ?? 0;
    expect(size).toBeGreaterThan(200_000);
    expect((await ask(pages, QUERY)).bytes).toBeLessThan(60_000);
  });

  test('say what the lines say, however the rows came in batches', async () => {
    const some = fc.array(
      fc.record({ tool: fc.nat(11), minute: fc.nat(3), value: fc.constantFrom(0, 0.1, 0.2, 3, 1e9) }),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(some, fc.nat(60), async (all, cut) => {
        const rows = all.map(({ tool, minute, value }) => row(tool, minute, value));
        const once = await add(NO_PAGES, rows);
        const twice = await add(await add(NO_PAGES, rows.slice(0, cut)), rows.slice(cut));
        expect(twice.hashes).toEqual(once.hashes);
        const apart = await ask(once, { ...QUERY, together: false });
        expect(byBucket((await ask(once, QUERY)).rows)).toEqual(byBucket(apart.rows));
      }),
    );
  });
});
