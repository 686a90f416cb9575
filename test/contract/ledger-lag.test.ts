import { describe, expect, test } from 'vitest';
import { STATE_TERMS, stateFold } from '../../src/app/state.ts';
import type { LedgerEvent } from '../../src/core/event.ts';
import type { Fold } from '../../src/core/fold.ts';
import { agentSubject } from '../../src/core/subject.ts';
import { after, MINUTE } from '../../src/core/time.ts';
import { memoryStore } from '../../src/ledger/memory-store.ts';
import type { Ledger } from '../../src/ledger/port.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import type { TreeStore } from '../../src/ledger/tree-store.ts';
import { runCompleted, sessionRecorded } from '../kit/happenings.ts';
import { ledgerOn, memorySite, NOW, SITES, type Site, textOf } from './ledger-sites.ts';

const TODAY = 'events/2026/11/2026-11-21.ndjson';
const STATE = 'state.json';

/** A fold whose state is as large as its events, so that a few of them make a checkpoint that is worth leaving out. */
interface Heap {
  readonly notes: readonly string[];
}

const heapFold: Fold<Heap> = {
  initial: { notes: [] },
  apply: (state, events) => ({ notes: [...state.notes, ...events.map(({ id }) => id)] }),
};

/** An event with an id of some length. */
function noted(id: string, bytes = 0): LedgerEvent {
  return {
    ...{ v: 1, id: id.padEnd(bytes, '.'), kind: 'agent.denied', at: NOW, seen: NOW, repo: 'octo/repo' },
    subject: agentSubject('fixer'),
    data: { denial: { agent: 'fixer', at: NOW, until: after(NOW, MINUTE), by: 'a rule', reason: 'a test' } },
  } as unknown as LedgerEvent;
}

/** Events that begin with `start` may be ahead of the checkpoint. */
function laggingOn(store: TreeStore): Ledger<Heap> {
  const mayLag = ({ id }: LedgerEvent): boolean => id.startsWith('start');
  return treeLedger(store, heapFold, { repo: 'octo/repo', now: () => NOW, mayLag });
}

function plainOn(store: TreeStore): Ledger<Heap> {
  return treeLedger(store, heapFold, { repo: 'octo/repo', now: () => NOW });
}

/** A ledger whose checkpoint has 200,000 bytes. */
async function large(site: Site): Promise<string> {
  await laggingOn(site.store()).append(() => [0, 1, 2, 3].map((n) => noted(`old ${n}`, 50_000)));
  return await textOf(site, STATE);
}

function headIn(checkpoint: string): number {
  return (JSON.parse(checkpoint) as { readonly head: { readonly batch: number } }).head.batch;
}

describe.each(SITES)('a large ledger on $name to which the start of an agent is added', ({ make }) => {
  test('leaves its checkpoint as it was, and whoever opens it knows the start all the same', async () => {
    await using site = await make();
    const before = await large(site);
    const first = await laggingOn(site.store()).append(() => [noted('start 1')]);
    const second = await laggingOn(site.store()).append(({ notes }) =>
      notes.includes('start 1') ? [noted('start 2')] : [],
    );
    expect([first.head?.batch, second.head?.batch]).toEqual([2, 3]);
    expect((await textOf(site, STATE)) === before).toBe(true);
    expect((await plainOn(site.store()).read()).state.notes.slice(4)).toEqual(['start 1', 'start 2']);
    expect(await laggingOn(site.store()).verify()).toMatchObject({ ok: true, batches: 3, events: 6, firstBad: null });
    // What is there already is not added again.
    expect((await laggingOn(site.store()).append(() => [noted('start 1')])).appended).toEqual([]);
  });

  test('has the same checkpoint as one that never lagged, as soon as anything else is added or it is rebuilt', async () => {
    await using site = await make();
    await using other = memorySite();
    await large(site);
    await large(other);
    const ledger = laggingOn(site.store());
    for (const id of ['start 1', 'start 2', 'other']) {
      await ledger.append(() => [noted(id)]);
      await plainOn(other.store()).append(() => [noted(id)]);
    }
    expect((await textOf(site, STATE)) === (await textOf(other, STATE))).toBe(true);
    await ledger.append(() => [noted('start 3')]);
    await plainOn(other.store()).append(() => [noted('start 3')]);
    expect(headIn(await textOf(site, STATE))).toBe(4);
    await laggingOn(site.store()).rebuild();
    expect((await textOf(site, STATE)) === (await textOf(other, STATE))).toBe(true);
  });
});

describe('a checkpoint', () => {
  test('is written with every batch while it is small', async () => {
    await using site = memorySite();
    const ledger = laggingOn(site.store());
    await ledger.append(() => [noted('old')]);
    await ledger.append(() => [noted('start 1')]);
    expect(headIn(await textOf(site, STATE))).toBe(2);
  });

  test('is written when a batch holds anything that may not lag', async () => {
    await using site = memorySite();
    await large(site);
    await laggingOn(site.store()).append(() => [noted('start 1'), noted('other')]);
    expect(headIn(await textOf(site, STATE))).toBe(2);
  });

  test('is never behind by more than 64 KB of events, for one process as for many', async () => {
    await using site = memorySite();
    await large(site);
    const ledger = laggingOn(site.store());
    const stands: number[] = [];
    for (let n = 1; n <= 7; n++) {
      await (n % 2 === 0 ? ledger : laggingOn(site.store())).append(() => [noted(`start ${n}`, 20_000)]);
      stands.push(headIn(await textOf(site, STATE)));
    }
    // Three events of 20 kB and their frame stay below; the fourth does not.
    expect(stands).toEqual([1, 1, 1, 5, 5, 5, 5]);
  });

  test('that cannot be used is made anew with the next batch, whatever that is', async () => {
    await using site = memorySite();
    const before = await large(site);
    await laggingOn(site.store()).append(() => [noted('start 1')]);
    await site.put(STATE, Buffer.from(before.slice(0, 150_000)));
    await laggingOn(site.store()).append(() => [noted('start 2')]);
    expect(headIn(await textOf(site, STATE))).toBe(3);
    expect((await plainOn(site.store()).read()).state.notes.slice(4)).toEqual(['start 1', 'start 2']);
  });

  test('that lags hides nothing: a start that somebody changed is found by verify and told with the next batch', async () => {
    await using site = memorySite();
    await large(site);
    await laggingOn(site.store()).append(() => [noted('start 1')]);
    const forged = (await textOf(site, TODAY)).replace('start 1', 'start 9');
    await site.put(TODAY, Buffer.from(forged));
    expect(await laggingOn(site.store()).verify()).toMatchObject({ ok: false, firstBad: { batch: 2, path: TODAY } });
    const { appended } = await laggingOn(site.store()).append(() => [noted('start 2')]);
    expect(appended.map(({ kind }) => kind)).toContain('ledger.damaged');
    expect(headIn(await textOf(site, STATE))).toBe(3);
  });

  test('is written where rollups change, which belong to it', async () => {
    const files = { version: 0, files: new Map<string, Uint8Array>() };
    const ledger = treeLedger(memoryStore(files), stateFold, {
      ...{ repo: 'octo/repo', now: () => NOW, ...STATE_TERMS },
      mayLag: () => true,
    });
    const headOf = (): number => headIn(Buffer.from(files.files.get(STATE) ?? '').toString());
    await ledger.append(() => Array.from({ length: 600 }, (_, n) => runCompleted({ id: n + 1, at: NOW })));
    await ledger.append(() => [runCompleted({ id: 1_000, at: NOW })]);
    const ofRun = headOf();
    await ledger.append(() => [sessionRecorded({ run: 1_000, at: NOW })]);
    expect([ofRun, headOf()]).toEqual([1, 3]);
    expect(await ledger.verify()).toMatchObject({ ok: true, batches: 3 });
  });

  test('is brought up by those who know nothing of lagging', async () => {
    await using site = memorySite();
    await large(site);
    await laggingOn(site.store()).append(() => [noted('start 1')]);
    await plainOn(site.store()).append(() => [noted('start 2')]);
    expect(headIn(await textOf(site, STATE))).toBe(3);
    expect((await ledgerOn(site.store()).verify()).batches).toBe(3);
  });
});
