import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packSpread, unpackSpread } from '../core/packed-spread.ts';
import { cellOf, summaryOf } from './cell.ts';
import { encodePage, isPageOf, linesOf, pageHash, type Question, readLines } from './page-file.ts';
import type { PageLine } from './page-part.ts';

const FORGETS = { get: () => undefined, keep: () => undefined };

/** 200 lines of some 1 kB each. */
const LINES: readonly PageLine[] = Array.from({ length: 200 }, (_, n) => ({
  metric: 'tool.latency',
  labels: { tool: `tool-${String(n).padStart(3, '0')}` },
  content: JSON.stringify(['ä'.repeat(500), n]),
}));
const PAGE = encodePage(LINES);
const TOOL_123: Question = { wants: (_metric, labels) => labels['tool'] === 'tool-123', total: null };
const ALL: Question = { wants: () => true, total: null };

describe('a page in its file', () => {
  test('gives its lines back, all of them and single ones', async () => {
    expect(linesOf(PAGE)).toEqual(LINES);
    const read = async (from: number, to: number): Promise<Uint8Array> => PAGE.subarray(from, to);
    const found = await readLines(read, pageHash(PAGE), TOOL_123, FORGETS);
    expect(found).toEqual([LINES[123]]);
  });

  test('is read no further than a question needs: the table, and the block that holds the line', async () => {
    const asked: number[] = [];
    const read = async (from: number, to: number): Promise<Uint8Array> => {
      const part = PAGE.subarray(from, to);
      if (from > 0) asked.push(part.length);
      return part;
    };
    await readLines(read, pageHash(PAGE), TOOL_123, FORGETS);
    expect(asked).toHaveLength(1);
    // A block is full with the line that takes it beyond 16 kB.
    expect(asked[0]).toBeLessThan(18 * 1024);
    expect(PAGE.length).toBeGreaterThan(200_000);
  });

  test.each([
    ['in its table', 20],
    ['in a block', PAGE.length - 20],
  ])('is another page once a byte %s is changed', async (_name, at) => {
    const changed = Buffer.from(PAGE);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect([isPageOf(PAGE, pageHash(PAGE)), isPageOf(changed, pageHash(PAGE))]).toEqual([true, false]);
    const read = async (from: number, to: number): Promise<Uint8Array> => changed.subarray(from, to);
    expect(await readLines(read, pageHash(PAGE), ALL, FORGETS)).toBeNull();
  });

  test('is another page when it is cut short, longer, or none', () => {
    const hash = pageHash(PAGE);
    const others = [
      PAGE.subarray(0, -1),
      Buffer.concat([PAGE, Buffer.from('x')]),
      Buffer.from('{}\n'),
      Buffer.alloc(0),
    ];
    expect(others.map((other) => isPageOf(other, hash))).toEqual([false, false, false, false]);
    expect(isPageOf(Buffer.from('no table\n'), pageHash(Buffer.from('no table\n')))).toBe(false);
  });
});

describe('a cell', () => {
  const spread = fc
    .uniqueArray(fc.tuple(fc.integer({ min: -2_100, max: 2_100 }), fc.nat(Number.MAX_SAFE_INTEGER)), {
      selector: ([bin]) => bin,
    })
    .map((bins) => ({ zeros: 3, bins: bins.sort(([a], [b]) => a - b) }));
  const aggregate = { count: 4, sum: 0.1, min: -2, max: 1e9, unknown: 7 };

  test('gives back any counts of any bins, as JSON too', () => {
    fc.assert(
      fc.property(fc.option(spread), (known) => {
        const packed = known === null ? null : packSpread(known);
        const cell = JSON.parse(JSON.stringify(cellOf(':05', { aggregate, spread: packed })));
        expect(cell[0]).toBe(':05');
        const { aggregate: same, spread } = summaryOf(cell);
        expect({ same, spread: spread && unpackSpread(spread) }).toEqual({ same: aggregate, spread: known });
      }),
    );
  });

  test('is written as its docstring says', () => {
    // 0, 31, then 30 bins left out in two steps, then 32 = 0 + 1 × 32, whose lowest digit comes first.
    const bins = [
      [7, 0],
      [8, 31],
      [39, 32],
    ] as const;
    expect(cellOf('', { aggregate, spread: packSpread({ zeros: 0, bins }) }).slice(6)).toEqual([0, 7, ']|[G#^']);
  });
});
