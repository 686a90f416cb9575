import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/core/canonical.ts';
import type { LedgerEvent } from '../../src/core/event.ts';
import { OutsideFailure } from '../../src/core/failure.ts';
import { sha256 } from '../../src/core/hash.ts';
import type { Tree, TreeStore } from '../../src/ledger/tree-store.ts';
import {
  happened,
  idsIn,
  ledgerOn,
  memorySite,
  NOW,
  patientLedgerOn,
  SITES,
  type Site,
  textOf,
} from './ledger-sites.ts';

const TODAY = 'events/2026/11/2026-11-21.ndjson';
const CHAIN = 'chain/0001.ndjson';
const text = (content: string): Uint8Array => Buffer.from(content);

/** A ledger of `batches` batches of two events each: `1a 1b 2a 2b …`. */
async function filled(site: Site, batches: number): Promise<readonly string[]> {
  const ledger = ledgerOn(site.store());
  const ids: string[] = [];
  for (let n = 1; n <= batches; n++) {
    ids.push(`${n}a`, `${n}b`);
    await ledger.append(() => [happened(`${n}a`), happened(`${n}b`)]);
  }
  return ids;
}

/** A store whose commits are preceded by something that somebody else does. */
function interrupted(store: TreeStore, before: () => Promise<void>): TreeStore {
  return {
    ...store,
    commit: async (base, changes, message) => {
      await before();
      return await store.commit(base, changes, message);
    },
  };
}

function ofKind(events: readonly LedgerEvent[], kind: LedgerEvent['kind']): readonly LedgerEvent[] {
  return events.filter((event) => event.kind === kind);
}

describe.each(SITES)('a ledger on $name', ({ make }) => {
  describe('appending', () => {
    test('an empty ledger has no head and the initial state, and reading writes nothing', async () => {
      await using site = await make();
      const ledger = ledgerOn(site.store());
      expect(await ledger.read()).toEqual({ head: null, state: { events: 0, kinds: {}, last: [] } });
      expect(await idsIn(ledger)).toEqual([]);
      expect(await ledger.verify()).toMatchObject({ ok: true, head: null, batches: 0, events: 0, firstBad: null });
      expect(await ledger.append(() => [])).toMatchObject({ appended: [], head: null });
    });

    test('what was appended is read back by another process, in order', async () => {
      await using site = await make();
      const appended = await ledgerOn(site.store()).append(() => [happened('b'), happened('a')]);
      const other = ledgerOn(site.store());
      expect(appended.appended.map(({ id }) => id)).toEqual(['b', 'a']);
      expect(await other.read()).toEqual({ head: appended.head, state: appended.state });
      expect(await idsIn(other)).toEqual(['b', 'a']);
      expect(appended.head?.batch).toBe(1);
    });

    test('an event that is there already is left out, in the same call, a later one and by another process', async () => {
      await using site = await make();
      const ledger = ledgerOn(site.store());
      const first = await ledger.append(() => [happened('a'), happened('a')]);
      expect(first.appended).toHaveLength(1);
      const again = await ledger.append(() => [happened('a')]);
      expect(again).toEqual({ ...first, appended: [] });
      const other = await ledgerOn(site.store()).append(() => [happened('a'), happened('b')]);
      expect(other.appended.map(({ id }) => id)).toEqual(['b']);
      expect(await idsIn(ledger)).toEqual(['a', 'b']);
      expect((await other).state.events).toBe(2);
    });

    test('events of several days go to the file of their day and are read by day', async () => {
      await using site = await make();
      const days = ['2026-11-20T23:59:59.999Z', '2026-11-21T00:00:00.000Z', '2026-10-01T12:00:00.000Z'];
      const { appended } = await ledgerOn(site.store()).append(() => days.map((at, index) => happened(`${index}`, at)));
      expect(appended.map(({ id }) => id)).toEqual(['2', '0', '1']);
      expect(await idsIn(ledgerOn(site.store()))).toEqual(['2', '0', '1']);
      expect([...(await site.files()).keys()].sort()).toEqual([
        'README.md',
        'chain/0001.ndjson',
        'events/2026/10/2026-10-01.ndjson',
        'events/2026/11/2026-11-20.ndjson',
        'events/2026/11/2026-11-21.ndjson',
        'state.json',
      ]);
    });

    test('the chain can be checked by hand as the README says', async () => {
      await using site = await make();
      await filled(site, 3);
      const files = await site.files();
      let prev = '0'.repeat(64);
      for (const line of (await textOf(site, CHAIN)).trimEnd().split('\n')) {
        const { hash, ...batch } = JSON.parse(line);
        expect(sha256(canonicalJson(batch))).toBe(hash);
        expect(batch.prev).toBe(prev);
        prev = hash;
        for (const { path, from, to, sha256: expected, events } of batch.parts) {
          const bytes = Buffer.from(files.get(path) ?? []).subarray(from, to);
          expect(sha256(bytes)).toBe(expected);
          expect(bytes.toString('utf8').trimEnd().split('\n')).toHaveLength(events);
        }
      }
      const state = await textOf(site, 'state.json');
      expect(state.endsWith('}\n')).toBe(true);
      expect(JSON.parse(state)).toMatchObject({ format: 1, head: { batch: 3, hash: prev }, state: { events: 6 } });
    });

    test('a clock that goes backwards changes nothing in the order', async () => {
      await using site = await make();
      const clock = ['2026-11-21T09:00:00.000Z', '2026-11-20T09:00:00.000Z', '2025-01-01T00:00:00.000Z'];
      for (const [index, now] of clock.entries()) {
        await ledgerOn(site.store(), () => now).append(() => [happened(`${index}`, now)]);
      }
      const ledger = ledgerOn(site.store());
      expect(await idsIn(ledger)).toEqual(['0', '1', '2']);
      expect((await ledger.read()).state.last).toEqual(['0', '1', '2']);
      expect(await ledger.verify()).toMatchObject({ ok: true, batches: 3, events: 3 });
    });

    test('the chain goes on in a second file after 250 batches', async () => {
      await using site = await make();
      await using quick = memorySite();
      const ledger = ledgerOn(quick.store());
      for (let n = 1; n <= 252; n++) await ledger.append(() => [happened(`${n}`)]);
      await site.become(quick);
      expect((await textOf(site, CHAIN)).trimEnd().split('\n')).toHaveLength(250);
      expect((await textOf(site, 'chain/0002.ndjson')).trimEnd().split('\n')).toHaveLength(2);
      const other = ledgerOn(site.store());
      expect((await other.append(() => [happened('252'), happened('253')])).appended).toHaveLength(1);
      expect(await other.verify()).toMatchObject({ ok: true, batches: 253, events: 253 });
      const before = await textOf(site, 'state.json');
      await site.put('state.json', null);
      await ledgerOn(site.store()).rebuild();
      expect(await textOf(site, 'state.json')).toBe(before);
    });

    test('an event that could not be read back is refused before anything is written', async () => {
      await using site = await make();
      const ledger = ledgerOn(site.store());
      await ledger.append(() => [happened('a')]);
      await expect(ledger.append(() => [{ ...happened('b'), at: 'yesterday' }])).rejects.toThrow(/event b.*valid at/);
      expect(await idsIn(ledger)).toEqual(['a']);
    });
  });

  describe('writers that meet', () => {
    test('decide is asked again with the state that somebody else left', async () => {
      await using site = await make();
      const other = ledgerOn(site.store());
      await other.append(() => [happened('first')]);
      let met = 0;
      const store = interrupted(site.store(), async () => {
        if (met++ === 0) await other.append(() => [happened('theirs')]);
      });
      const seen: number[] = [];
      const { appended } = await ledgerOn(store).append((state) => {
        seen.push(state.events);
        return [happened('theirs'), happened(`after ${state.events}`)];
      });
      expect(seen).toEqual([1, 2]);
      expect(appended.map(({ id }) => id)).toEqual(['after 2']);
      expect(await idsIn(other)).toEqual(['first', 'theirs', 'after 2']);
    });

    test('nothing to add is only answered for the state as it is now', async () => {
      await using site = await make();
      const ledger = ledgerOn(site.store());
      await ledger.append(() => [happened('a')]);
      await ledgerOn(site.store()).append(() => [happened('b')]);
      const { state, appended } = await ledger.append(({ events }) => (events === 2 ? [happened('c')] : []));
      expect(appended.map(({ id }) => id)).toEqual(['c']);
      expect(state.events).toBe(3);
    });

    test('eight writers with five appends each lose nothing and double nothing', { timeout: 120_000 }, async () => {
      await using site = await make();
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        const ledger = patientLedgerOn(site.store());
        for (let n = 0; n < 5; n++) await ledger.append(() => [happened(`${writer}-${n}`), happened(`shared-${n}`)]);
      });
      await Promise.all(writers);
      const ledger = ledgerOn(site.store());
      const ids = await idsIn(ledger);
      const expected = Array.from({ length: 40 }, (_, n) => `${Math.floor(n / 5)}-${n % 5}`);
      expect([...ids].sort()).toEqual([...expected, ...[0, 1, 2, 3, 4].map((n) => `shared-${n}`)].sort());
      expect(await ledger.verify()).toMatchObject({ ok: true, batches: 40, events: 45 });
      expect((await ledger.read()).state.events).toBe(45);
      const kept = await textOf(site, 'state.json');
      await ledger.rebuild();
      expect(await textOf(site, 'state.json')).toBe(kept);
    });

    test('calls on one ledger at the same time are done one after another', async () => {
      await using site = await make();
      const ledger = ledgerOn(site.store());
      await Promise.all(['a', 'b', 'c'].map((id) => ledger.append(() => [happened(id)])));
      expect(await idsIn(ledger)).toEqual(['a', 'b', 'c']);
      expect((await ledger.verify()).batches).toBe(3);
    });

    test('a writer that always meets somebody gives up and says so', async () => {
      await using site = await make();
      const other = ledgerOn(site.store());
      let n = 0;
      const store = interrupted(site.store(), async () => {
        await other.append(() => [happened(`theirs ${n++}`)]);
      });
      const failure = await ledgerOn(store)
        .append(() => [happened('ours')])
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(OutsideFailure);
      expect(failure).toMatchObject({ failure: { kind: 'conflict', retry: true } });
      expect(await idsIn(other)).not.toContain('ours');
      expect(n).toBe(12);
    });
  });

  test.each(['before', 'after'])(
    'a process that ends %s any call to its store loses and doubles nothing',
    async (when) => {
      for (let failing = 1; failing <= 12; failing++) {
        await using site = await make();
        await filled(site, 1);
        let calls = 0;
        const step = async <T>(call: () => Promise<T>): Promise<T> => {
          const ends = ++calls === failing;
          if (ends && when === 'before') throw new Error('the process ended');
          const result = await call();
          if (ends) throw new Error('the process ended');
          return result;
        };
        const store = site.store();
        const opened = new Map<Tree, Tree>();
        const ledger = ledgerOn({
          ...store,
          open: () =>
            step(async () => {
              const tree = await store.open();
              const seen: Tree = { ...tree, read: (path) => step(() => tree.read(path)) };
              opened.set(seen, tree);
              return seen;
            }),
          commit: (base, changes, message) => step(() => store.commit(opened.get(base) ?? base, changes, message)),
        });
        const batch = [happened('2a'), happened('2b', '2026-11-20T00:00:00.000Z')];
        const acknowledged = await ledger
          .append(() => batch)
          .then(
            () => true,
            (error: unknown) => {
              expect(String(error)).toMatch(/the process ended/);
              return false;
            },
          );
        const other = ledgerOn(site.store());
        const kept = (await idsIn(other)).filter((id) => id.startsWith('2'));
        expect(acknowledged ? [2] : [0, 2], `${when} call ${failing}`).toContain(kept.length);
        expect((await other.append(() => batch)).state.events).toBe(4);
        expect(await other.verify()).toMatchObject({ ok: true, events: 4 });
      }
    },
  );

  describe('somebody rewrites history', () => {
    test('between our read and our commit: it is said, and nothing is overwritten', async () => {
      await using site = await make();
      await using theirs = await make();
      await filled(site, 3);
      await filled(theirs, 1);
      await ledgerOn(theirs.store()).append(() => [happened('forged')]);
      const store = interrupted(site.store(), () => site.become(theirs));
      const failure = await ledgerOn(store)
        .append(() => [happened('ours')])
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ failure: { kind: 'conflict', retry: false } });
      expect(String(failure)).toMatch(/rewritten by someone else.*batch 3.*checkrein ledger rebuild/s);
      expect(await site.files()).toEqual(await theirs.files());
    });

    test('the ledger is removed between our read and our commit: it is said, and not started anew', async () => {
      await using site = await make();
      await filled(site, 1);
      const store = interrupted(site.store(), () => site.clear());
      await expect(ledgerOn(store).append(() => [happened('ours')])).rejects.toThrow(/rewritten by someone else/);
    });

    test('a ledger that is gone when it is opened is started anew', async () => {
      await using site = await make();
      await filled(site, 1);
      await site.clear();
      const { head, appended } = await ledgerOn(site.store()).append(() => [happened('1a')]);
      expect([head?.batch, appended.length]).toEqual([1, 1]);
    });

    test('the chain is set back while the checkpoint stays: damage is reported once and the rest goes on', async () => {
      await using site = await make();
      await filled(site, 3);
      const lines = (await textOf(site, CHAIN)).split('\n');
      await site.put(CHAIN, text(`${lines.slice(0, 2).join('\n')}\n`));
      const ledger = ledgerOn(site.store());
      const { appended, state } = await ledger.append(() => [happened('3a'), happened('new')]);
      expect(ofKind(appended, 'ledger.damaged').map(({ data }) => data)).toMatchObject([
        { batch: 3, path: 'state.json', reason: expect.stringMatching(/batch 3 .*not in the chain/) },
      ]);
      // 3a is collected again, since its first writing is not part of the ledger any more.
      expect(appended.map(({ id }) => id)).toEqual(expect.arrayContaining(['3a', 'new']));
      expect(state.kinds['watch.ran']).toBe(6);
      expect((await ledgerOn(site.store()).append(() => [happened('next')])).appended).toHaveLength(1);
    });
  });

  describe('the checkpoint', () => {
    test.each([
      ['deleted', null],
      ['empty', ''],
      ['torn', '{"format":1,"head":{"bat'],
      ['of another shape', '{"format":1,"head":null}'],
      ['no UTF-8', Buffer.from([0xff, 0xfe, 0x7b])],
    ])('is remade from the events when it is %s', async (_name, content) => {
      await using site = await make();
      await filled(site, 3);
      const before = await textOf(site, 'state.json');
      const { state } = await ledgerOn(site.store()).read();
      await site.put('state.json', content === null ? null : Buffer.from(content));
      expect(await ledgerOn(site.store()).read()).toMatchObject({ state, head: { batch: 3 } });
      expect((await ledgerOn(site.store()).verify()).ok).toBe(content === null);
      expect(await ledgerOn(site.store()).rebuild()).toMatchObject({ state });
      expect(await textOf(site, 'state.json')).toBe(before);
      expect(await ledgerOn(site.store()).verify()).toMatchObject({ ok: true, events: 6 });
    });

    test('is brought up when it is behind the chain', async () => {
      await using site = await make();
      await filled(site, 1);
      const old = await textOf(site, 'state.json');
      await ledgerOn(site.store()).append(() => [happened('x'), happened('y', '2026-11-19T00:00:00.000Z')]);
      const now = await textOf(site, 'state.json');
      await site.put('state.json', text(old));
      expect((await ledgerOn(site.store()).read()).state.events).toBe(4);
      expect((await ledgerOn(site.store()).verify()).ok).toBe(true);
      await ledgerOn(site.store()).rebuild();
      expect(await textOf(site, 'state.json')).toBe(now);
    });

    test('that was edited by hand is named by verify and put right by rebuild', async () => {
      await using site = await make();
      await filled(site, 2);
      const before = await textOf(site, 'state.json');
      await site.put('state.json', text(before.replace('"events":4', '"events":3')));
      expect(await ledgerOn(site.store()).verify()).toMatchObject({
        ok: false,
        firstBad: { batch: 2, path: 'state.json' },
      });
      await ledgerOn(site.store()).rebuild();
      expect(await textOf(site, 'state.json')).toBe(before);
    });

    test('is not read when it is the file of somebody else, and that file is left alone', async () => {
      await using site = await make();
      await site.put('state.json', text('my own notes'));
      await expect(ledgerOn(site.store()).append(() => [happened('a')])).rejects.toThrow(/did not write/);
      expect(await textOf(site, 'state.json')).toBe('my own notes');
    });

    test('rebuild without need writes nothing', async () => {
      await using site = await make();
      await filled(site, 1);
      const { version } = await site.store().open();
      await ledgerOn(site.store()).rebuild();
      expect((await site.store().open()).version).toBe(version);
    });
  });

  describe('bytes that are not ours', () => {
    test.each([
      ['a torn line', '{"v":1,"id":"to'],
      ['invalid UTF-8', Buffer.from([0xc3, 0x28, 0xff, 0x0a])],
      ['an event that nobody appended', `${canonicalJson(happened('forged'))}\n`],
      ['an empty line and blanks', '\n   \n'],
    ])('%s at the end of a partition is kept, skipped and reported once', async (_name, tail) => {
      await using site = await make();
      await filled(site, 1);
      const before = (await site.files()).get(TODAY) ?? new Uint8Array();
      await site.put(TODAY, Buffer.concat([before, Buffer.from(tail)]));
      expect(await ledgerOn(site.store()).verify()).toMatchObject({ ok: false, firstBad: { batch: 2, path: TODAY } });
      const { appended } = await ledgerOn(site.store()).append(() => [happened('forged'), happened('new')]);
      expect(appended.map(({ id }) => id)).toEqual([
        'forged',
        'new',
        `quarantine:${TODAY}:${before.length}:${sha256(Buffer.from(tail))}`,
      ]);
      const after = Buffer.from((await site.files()).get(TODAY) ?? []);
      expect(after.subarray(0, before.length + tail.length)).toEqual(Buffer.concat([before, Buffer.from(tail)]));
      const ledger = ledgerOn(site.store());
      expect((await idsIn(ledger)).filter((id) => !id.startsWith('quarantine'))).toEqual(['1a', '1b', 'forged', 'new']);
      expect((await ledger.append(() => [happened('next')])).appended).toHaveLength(1);
      expect(await ledger.verify()).toMatchObject({ ok: true, quarantined: [{ path: TODAY, byte: before.length }] });
      const kept = await textOf(site, 'state.json');
      await site.put('state.json', null);
      await ledgerOn(site.store()).rebuild();
      expect(await textOf(site, 'state.json')).toBe(kept);
    });

    test('a partition that somebody made is not taken for ours', async () => {
      await using site = await make();
      await filled(site, 1);
      const path = 'events/2026/11/2026-11-22.ndjson';
      await site.put(path, text('hello'));
      const { appended } = await ledgerOn(site.store()).append(() => [happened('t', '2026-11-22T01:00:00.000Z')]);
      expect(appended.map(({ kind }) => kind)).toEqual(['ledger.quarantined', 'watch.ran']);
      expect(await textOf(site, path)).toMatch(/^hello\n\{.*"id":"t"/);
      expect(await ledgerOn(site.store()).verify()).toMatchObject({ ok: true, events: 4 });
    });

    test('the torn last line of the chain is kept, and what it named is collected again', async () => {
      await using site = await make();
      await filled(site, 2);
      const chain = await textOf(site, CHAIN);
      const torn = chain.slice(0, -40);
      await site.put(CHAIN, text(torn));
      expect(await ledgerOn(site.store()).verify()).toMatchObject({ ok: false, firstBad: { batch: 2 } });
      const { appended, state, head } = await ledgerOn(site.store()).append(() => [happened('2a'), happened('2b')]);
      expect(appended.map(({ kind }) => kind).sort()).toEqual([
        'ledger.damaged',
        'ledger.quarantined',
        'ledger.quarantined',
        'watch.ran',
        'watch.ran',
      ]);
      expect([head?.batch, state.kinds['watch.ran']]).toEqual([2, 4]);
      expect(await textOf(site, CHAIN)).toMatch(
        new RegExp(`^${torn.replaceAll(/[{}[\].]/g, '\\$&')}\\n\\{.*\\}\\n$`, 's'),
      );
      const ledger = ledgerOn(site.store());
      expect((await ledger.append(() => [happened('next')])).appended).toHaveLength(1);
      expect((await idsIn(ledger)).filter((id) => /^\d/.test(id))).toEqual(['1a', '1b', '2a', '2b']);
      expect(await ledger.verify()).toMatchObject({ ok: true, batches: 3 });
    });
  });

  describe('damage', () => {
    test('a line that does not parse any more is skipped, reported once and never written over', async () => {
      await using site = await make();
      await filled(site, 3);
      const good = await textOf(site, TODAY);
      const bad = good.replace('"id":"2a"', '"id":\u00002a"');
      await site.put(TODAY, text(bad));
      expect(await ledgerOn(site.store()).verify()).toMatchObject({
        ok: false,
        firstBad: { batch: 2, path: TODAY },
        quarantined: [{ path: TODAY, line: 3 }],
      });
      const { appended } = await ledgerOn(site.store()).append(() => [happened('new')]);
      expect(appended.map(({ kind }) => kind)).toEqual(['watch.ran', 'ledger.quarantined', 'ledger.damaged']);
      expect((await textOf(site, TODAY)).startsWith(bad)).toBe(true);
      const ledger = ledgerOn(site.store());
      expect((await ledger.append(() => [happened('next')])).appended).toHaveLength(1);
      expect((await idsIn(ledger)).filter((id) => /^\w/.test(id) && !id.includes(':'))).toEqual([
        '1a',
        '1b',
        '2b',
        '3a',
        '3b',
        'new',
        'next',
      ]);
    });

    test('the same holds the next day: a report is not repeated because the clock went on', async () => {
      await using site = await make();
      await filled(site, 1);
      await site.put(TODAY, text((await textOf(site, TODAY)).replace('{', '[')));
      await ledgerOn(site.store()).append(() => [happened('x')]);
      const tomorrow = ledgerOn(site.store(), () => '2026-11-22T09:00:00.000Z');
      expect((await tomorrow.append(() => [happened('y')])).appended.map(({ id }) => id)).toEqual(['y']);
    });

    test.each([
      ['CRLF line ends', (content: string) => content.replaceAll('\n', '\r\n')],
      ['glued lines', (content: string) => content.replace('}\n', '} ')],
      ['an event of a version that is not known', (content: string) => content.replace('"v":1', '"v":9')],
      ['a changed number', (content: string) => content.replace('"requests":12', '"requests":21')],
      ['a missing line', (content: string) => content.slice(content.indexOf('\n') + 1)],
      ['everything replaced', () => 'x'.repeat(700)],
    ])('%s in a partition is found, named, kept, and the ledger goes on', async (_name, change) => {
      await using site = await make();
      await filled(site, 2);
      const bad = change(await textOf(site, TODAY));
      await site.put(TODAY, text(bad));
      expect(await ledgerOn(site.store()).verify()).toMatchObject({ ok: false, firstBad: { batch: 1, path: TODAY } });
      const { appended } = await ledgerOn(site.store()).append(() => [happened('new')]);
      expect(appended.map(({ id }) => id)).toContain('new');
      expect(ofKind(appended, 'ledger.damaged').length).toBeGreaterThan(0);
      expect((await textOf(site, TODAY)).startsWith(bad)).toBe(true);
      const again = await ledgerOn(site.store()).append(() => [happened('next')]);
      expect(again.appended.map(({ id }) => id)).toEqual(['next']);
      expect(await idsIn(ledgerOn(site.store()))).toEqual(expect.arrayContaining(['new', 'next']));
    });

    test('a partition that was cut short or removed is reported, and goes on at its real end', async () => {
      await using site = await make();
      await filled(site, 3);
      const good = await textOf(site, TODAY);
      await site.put(TODAY, text(good.slice(0, -30)));
      const { appended } = await ledgerOn(site.store()).append(() => [happened('new')]);
      expect(ofKind(appended, 'ledger.damaged').map(({ data }) => data)).toMatchObject([
        { path: TODAY, reason: `the file has ${good.length - 30} of ${good.length} bytes` },
      ]);
      const ids = await idsIn(ledgerOn(site.store()));
      expect(ids.filter((id) => !id.includes(':'))).toEqual(['1a', '1b', '2a', '2b', '3a', 'new']);
      expect(await ledgerOn(site.store()).verify()).toMatchObject({ ok: false, firstBad: { batch: 3, path: TODAY } });
      await site.put(TODAY, null);
      const gone = await ledgerOn(site.store()).append(() => [happened('last')]);
      expect(ofKind(gone.appended, 'ledger.damaged').map(({ data }) => data)).toMatchObject([
        { path: TODAY, reason: expect.stringMatching(/gone/) },
      ]);
      expect((await idsIn(ledgerOn(site.store()))).filter((id) => !id.includes(':'))).toEqual(['last']);
      expect((await ledgerOn(site.store()).append(() => [happened('on')])).appended).toHaveLength(1);
    });

    test.each([
      ['a changed moment', (line: string) => line.replace('"at":"2026', '"at":"2025'), 2],
      ['a changed hash', (line: string) => line.replace(/"hash":"./, '"hash":"g').replace('"g', '"0'), 2],
      ['a torn line', (line: string) => line.slice(0, 60), 2],
      ['a removed line', () => '', 2],
      ['a doubled line', (line: string) => `${line}\n${line}`, 3],
      [
        'another order of members',
        (line: string) => line.replace(/^\{(.*),("prev":"\w+")\}$/, '{$2,$1}').replace('{"at"', '{ "at"'),
        2,
      ],
    ])('%s in the middle of the chain is named with its batch', async (_name, change, batch) => {
      await using site = await make();
      await filled(site, 4);
      const lines = (await textOf(site, CHAIN)).split('\n');
      lines[1] = change(lines[1] ?? '');
      const bad = lines.join('\n');
      await site.put(CHAIN, text(bad));
      expect(await ledgerOn(site.store()).verify()).toMatchObject({ ok: false, firstBad: { batch, path: CHAIN } });
      // Its events are not lost, whatever became of the line that names them.
      expect(await idsIn(ledgerOn(site.store()))).toEqual(['1a', '1b', '2a', '2b', '3a', '3b', '4a', '4b']);
      const { appended } = await ledgerOn(site.store()).append(() => [happened('2a'), happened('new')]);
      expect(appended.map(({ id }) => id)).toContain('new');
      expect(appended.map(({ id }) => id)).not.toContain('2a');
      expect(ofKind(appended, 'ledger.damaged').length).toBeGreaterThan(0);
      expect((await textOf(site, CHAIN)).startsWith(bad)).toBe(true);
      expect((await ledgerOn(site.store()).append(() => [happened('next')])).appended).toHaveLength(1);
    });

    test('any single flipped bit in the events or the chain is found by verify', async () => {
      await using site = await make();
      await filled(site, 2);
      const files = await site.files();
      for (const path of [TODAY, CHAIN]) {
        const good = Buffer.from(files.get(path) ?? []);
        const step = site.at === 'memory' ? 1 : 97;
        for (let byte = 0; byte < good.length; byte += step) {
          const bad = Buffer.from(good);
          bad.writeUInt8(good.readUInt8(byte) ^ (1 << (byte % 8)), byte);
          await site.put(path, bad);
          const { ok } = await ledgerOn(site.store()).verify();
          expect(ok, `bit ${byte % 8} of byte ${byte} of ${path}`).toBe(false);
        }
        await site.put(path, good);
      }
      expect((await ledgerOn(site.store()).verify()).ok).toBe(true);
    });

    test('a ruined file cannot flood the ledger with reports', async () => {
      await using site = await make();
      await ledgerOn(site.store()).append(() => Array.from({ length: 500 }, (_, n) => happened(`${n}`)));
      await site.put(TODAY, text((await textOf(site, TODAY)).replaceAll('{"at"', '["at"')));
      const { appended } = await ledgerOn(site.store()).append(() => [happened('new')]);
      expect(appended).toHaveLength(101);
    });
  });

  test('an event of a kind that only a newer version knows is kept, skipped, and not taken twice', async () => {
    await using site = await make();
    const newer = { ...happened('future'), kind: 'agent.teleported' } as unknown as LedgerEvent;
    await filled(site, 1);
    // What a newer version would write: the same files, with a line of its own in a batch of its own.
    const line = Buffer.from(`${canonicalJson(newer)}\n`);
    const partition = Buffer.from((await site.files()).get(TODAY) ?? []);
    const chain = await textOf(site, CHAIN);
    const from = partition.length;
    const batch = {
      n: 2,
      at: NOW,
      prev: JSON.parse(chain).hash,
      parts: [{ path: TODAY, from, to: from + line.length, sha256: sha256(line), events: 1 }],
      foreign: [],
    };
    await site.put(TODAY, Buffer.concat([partition, line]));
    await site.put(CHAIN, text(`${chain}${canonicalJson({ ...batch, hash: sha256(canonicalJson(batch)) })}\n`));
    const ledger = ledgerOn(site.store());
    expect(await ledger.verify()).toMatchObject({ ok: true, batches: 2, events: 3, quarantined: [] });
    expect(await idsIn(ledger)).toEqual(['1a', '1b']);
    expect((await ledger.append(() => [happened('future'), happened('x')])).appended.map(({ id }) => id)).toEqual([
      'x',
    ]);
  });
});
