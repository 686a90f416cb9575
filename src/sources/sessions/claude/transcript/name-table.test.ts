import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTaken, newNameTable } from './name-table.ts';

test('a name that another bears is always noticed, one that its owner bears twice is not', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 40 }), fc.nat(3), (names, kind) => {
      const table = newNameTable(names.length);
      for (const name of names) expect(isTaken(table, 1, kind, name)).toBe(false);
      for (const name of names) expect(isTaken(table, 2, kind, name)).toBe(true);
    }),
  );
});

test('ids that differ in one letter at their ends, in their length or in their kind are different names', () => {
  const table = newNameTable(100_000);
  let taken = 0;
  for (let n = 0; n < 50_000; n++) {
    const name = `toolu_01ABCDEFGHJKLMNOP${n.toString(36).padStart(4, '0')}`;
    if (isTaken(table, n + 1, 1, name)) taken++;
    if (isTaken(table, n + 2, 2, name)) taken++;
  }
  expect(taken).toBe(0);
  expect(isTaken(table, 1, 3, 'a')).toBe(false);
  expect(isTaken(table, 2, 3, 'aa')).toBe(false);
});
