import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OutsideFailure } from '../../src/core/failure.ts';
import { copyTree } from '../../src/ledger/copy.ts';
import type { TreeStore } from '../../src/ledger/tree-store.ts';
import { happened, idsIn, ledgerOn, memorySite, SITES, type Site, textOf } from './ledger-sites.ts';

const PAIRS = SITES.flatMap((from) => SITES.map((to) => ({ from, to, name: `${from.name} to ${to.name}` })));
const nothing = (): void => undefined;

async function filled(site: Site, batches: number, name = 'e'): Promise<void> {
  const ledger = ledgerOn(site.store());
  for (let n = 1; n <= batches; n++) {
    await ledger.append(() => [happened(`${name}${n}`), happened(`${name}${n}'`, '2026-11-20T00:00:00.000Z')]);
  }
}

/** Both hold the same chain, the same events and the same state. */
async function expectSame(from: Site, to: Site): Promise<void> {
  const [a, b] = [ledgerOn(from.store()), ledgerOn(to.store())];
  const copy = await b.rebuild();
  expect(copy).toEqual(await a.read());
  expect(await b.verify()).toEqual(await a.verify());
  expect(await idsIn(b)).toEqual(await idsIn(a));
}

describe.each(PAIRS)('a copy from $name', ({ from, to }) => {
  test('has the same batches with the same hashes, and grows on when the source does', async () => {
    await using source = await from.make();
    await using target = await to.make();
    await filled(source, 3);
    expect(await copyTree(source.store(), target.store(), nothing)).toEqual({ before: 0, added: 3 });
    await expectSame(source, target);
    await filled(source, 2, 'more');
    expect(await copyTree(source.store(), target.store(), nothing)).toEqual({ before: 3, added: 2 });
    await expectSame(source, target);
    expect(await copyTree(source.store(), target.store(), nothing)).toEqual({ before: 5, added: 0 });
    await ledgerOn(target.store()).append(() => [happened('on its own')]);
    await expect(copyTree(source.store(), target.store(), nothing)).rejects.toThrow(/gone on by itself/);
  });
});

describe.each(SITES)('a copy to $name', ({ make }) => {
  test('is refused where another ledger is, and nothing of it is changed', async () => {
    await using source = memorySite();
    await using target = await make();
    await filled(source, 2);
    await filled(target, 3, 'other');
    const before = await target.files();
    const failure = await copyTree(source.store(), target.store(), nothing).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OutsideFailure);
    expect(failure).toMatchObject({ failure: { kind: 'conflict', retry: false } });
    expect(await target.files()).toEqual(before);
  });

  test('is refused where bytes lie that no chain names', async () => {
    await using source = memorySite();
    await using target = await make();
    await filled(source, 2);
    await target.put('events/2026/11/2026-11-21.ndjson', Buffer.from('hello\n'));
    await expect(copyTree(source.store(), target.store(), nothing)).rejects.toThrow(/not an empty place/);
    expect(await textOf(target, 'events/2026/11/2026-11-21.ndjson')).toBe('hello\n');
  });

  test('of a ledger that was compacted has what the cut left, and proves it', async () => {
    await using source = memorySite();
    await using target = await make();
    for (let n = 1; n <= 20; n++) {
      const at = `2026-10-${String(n).padStart(2, '0')}T12:00:00.000Z`;
      await ledgerOn(source.store(), () => at).append(() => [happened(`${n}`, at)]);
    }
    const rollupsSince = { minute: '', hour: '', day: '' };
    await ledgerOn(source.store()).compact({
      ...{ eventsSince: '2026-10-15T00:00:00.000Z', slack: 0, alertsKept: 0, rollupsSince, by: 'test' },
      keeps: () => (event) => event.id === '3',
    });
    const before = await ledgerOn(source.store()).verify();
    expect(before).toMatchObject({ ok: true, cut: { batch: 14 } });
    await copyTree(source.store(), target.store(), nothing);
    await expectSame(source, target);
    expect((await ledgerOn(target.store()).append(() => [happened('on')])).appended).toHaveLength(1);
    expect(await ledgerOn(target.store()).verify()).toMatchObject({ ok: true });
  });

  test('that is broken off at any commit goes on where it was', async () => {
    await using source = memorySite();
    const ledger = ledgerOn(source.store());
    for (let n = 1; n <= 510; n++) await ledger.append(() => [happened(`${n}`)]);
    for (const ends of [1, 2, 3]) {
      await using target = await make();
      let commits = 0;
      const store = target.store();
      const dying: TreeStore = {
        ...store,
        commit: async (base, changes, message) => {
          const result = await store.commit(base, changes, message);
          if (++commits === ends) throw new Error('the process ended');
          return result;
        },
      };
      await expect(copyTree(source.store(), dying, nothing)).rejects.toThrow('the process ended');
      const again = await copyTree(source.store(), target.store(), nothing);
      expect(again.before + again.added).toBe(510);
      expect(again.before).toBe([250, 500, 510][ends - 1]);
      await expectSame(source, target);
    }
  });

  test('meets somebody who writes there at the same time, and says so', async () => {
    await using source = memorySite();
    await using target = await make();
    await filled(source, 2);
    const store = target.store();
    const met: TreeStore = {
      ...store,
      commit: async (base, changes, message) => {
        await ledgerOn(target.store()).append(() => [happened('theirs')]);
        return await store.commit(base, changes, message);
      },
    };
    await expect(copyTree(source.store(), met, nothing)).rejects.toThrow(/Somebody else wrote/);
    expect(await idsIn(ledgerOn(target.store()))).toEqual(['theirs']);
  });
});

describe('a copy of a ledger with a past', () => {
  test('takes along what somebody else had left among its bytes, and its reports', async () => {
    await using source = memorySite();
    await using target = memorySite();
    await filled(source, 1);
    const path = 'events/2026/11/2026-11-21.ndjson';
    await source.put(path, Buffer.from(`${await textOf(source, path)}garbage`));
    await filled(source, 2, 'later');
    expect(await ledgerOn(source.store()).verify()).toMatchObject({ ok: true, quarantined: [{ path }] });
    await copyTree(source.store(), target.store(), nothing);
    await expectSame(source, target);
  });

  test('of any length and any number of earlier batches', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 12 }), async (first, second) => {
        await using source = memorySite();
        await using target = memorySite();
        await filled(source, first);
        await copyTree(source.store(), target.store(), nothing);
        await filled(source, second, 'more');
        expect(await copyTree(source.store(), target.store(), nothing)).toEqual({ before: first, added: second });
        await expectSame(source, target);
      }),
      { numRuns: 20 },
    );
  });
});
