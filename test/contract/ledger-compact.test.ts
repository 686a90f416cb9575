import { describe, expect, test } from 'vitest';
import type { LedgerEvent } from '../../src/core/event.ts';
import type { Fold } from '../../src/core/fold.ts';
import type { MeasureQuery, MeasureRow, Measuring } from '../../src/core/measure-row.ts';
import { after, DAY, type Instant, MINUTE } from '../../src/core/time.ts';
import type { CompactOrder, Ledger } from '../../src/ledger/port.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import type { TreeStore } from '../../src/ledger/tree-store.ts';
import { type MeasuresState, measuresFold, measuring } from '../../src/metrics/measures.ts';
import { sessionRecorded } from '../kit/happenings.ts';
import { mortalStore } from '../kit/mortal.ts';
import { type Tally, tallyFold } from './happened.ts';
import { happened, memorySite, SITES, type Site, textOf } from './ledger-sites.ts';

interface State {
  readonly tally: Tally;
  readonly measures: MeasuresState;
}

const fold: Fold<State> = {
  initial: { tally: tallyFold.initial, measures: measuresFold.initial },
  apply: (state, events) => ({
    tally: tallyFold.apply(state.tally, events),
    measures: measuresFold.apply(state.measures, events),
  }),
};

const stateMeasuring: Measuring<State> = {
  rows: (before, events) => measuring.rows(before.measures, events),
  keptSince: (state) => measuring.keptSince(state.measures),
};

const START: Instant = '2026-08-01T12:00:00.000Z';
const day = (n: number): Instant => after(START, n * DAY);

function ledgerAt(store: TreeStore, now: Instant, patient = false): Ledger<State> {
  const terms = { repo: 'octo/repo', now: () => now, measuring: stateMeasuring };
  if (patient) return treeLedger(store, fold, terms);
  const sleep = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
  return treeLedger(store, fold, { ...terms, sleep });
}

/** A session of one dollar, and a stop that must be kept for ever. */
function eventsOfDay(n: number): readonly LedgerEvent[] {
  const session = sessionRecorded({ run: n, at: day(n), seen: after(day(n), MINUTE), usd: 1 });
  return n % 10 === 0 ? [session, kept(`stop-${n}`, day(n))] : [session];
}

function kept(id: string, at: Instant): LedgerEvent {
  return { ...happened(id, at), kind: 'drill.ran', data: { drill: DRILL } } as LedgerEvent;
}

const DRILL = { mode: 'dry', ok: true, timeToDetect: null, timeToStop: null, timeToRecover: null, detail: 'held' };

async function live(site: Site, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) await ledgerAt(site.store(), day(n)).append(() => eventsOfDay(n));
}

/** The same from the first day on, written where that is quick. */
async function lived(site: Site, to: number, from = 0): Promise<void> {
  await using quick = memorySite();
  await live(quick, from, to);
  await site.become(quick);
}

/** Ninety days of events, thirty of hours, a day of minutes. */
function orderAt(now: Instant, eventDays = 90): CompactOrder<State> {
  return {
    eventsSince: after(now, -eventDays * DAY),
    slack: 0,
    alertsKept: 30 * DAY,
    rollupsSince: { minute: after(now, -DAY), hour: after(now, -30 * DAY), day: after(now, -365 * DAY) },
    keeps: () => (event) => event.kind === 'drill.ran' || event.kind === 'ledger.compacted',
    by: 'test',
  };
}

const DAILY_COST: MeasureQuery = {
  metric: 'session.cost',
  labels: {},
  step: 'day',
  from: '2026-01-01T00:00:00.000Z',
  to: '2028-01-01T00:00:00.000Z',
};

const usdOf = (rows: readonly MeasureRow[]): number => rows.reduce((sum, { aggregate }) => sum + aggregate.sum, 0);

async function idsOf(ledger: Ledger<State>): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of ledger.events()) ids.push(id);
  return ids;
}

/** What must hold of a ledger at any time: nothing is lost, nothing is doubled, and all of it can be proven and remade. */
async function expectSound(site: Site, now: Instant, sessions: number): Promise<void> {
  const ledger = ledgerAt(site.store(), now);
  const { state } = await ledger.read();
  expect(state.tally.kinds['session.recorded']).toBe(sessions);
  expect(usdOf(await ledger.measures(DAILY_COST))).toBe(sessions);
  expect(await ledger.verify()).toMatchObject({ ok: true, firstBad: null, quarantined: [] });
  const before = await site.files();
  await ledger.rebuild();
  expect(await site.files()).toEqual(before);
}

describe.each(SITES)('compacting a ledger on $name', { timeout: 300_000 }, ({ name, make }) => {
  test('takes away what is old, keeps sums and audit, and can be proven and remade', async () => {
    await using site = await make();
    await lived(site, 120);
    const now = day(120);
    const before = await ledgerAt(site.store(), now).read();
    const compacted = await ledgerAt(site.store(), now).compact(orderAt(now));
    // Of the batches of the days 0 to 29, each with a session, three also with a stop.
    expect(compacted).toMatchObject({ cut: { batch: 30 }, dropped: 30, historyKept: null });
    expect(compacted?.state.tally.events).toBe(before.state.tally.events + 1);
    await expectSound(site, now, 120);
    const ids = await idsOf(ledgerAt(site.store(), now));
    expect(ids.filter((id) => id.startsWith('stop-'))).toHaveLength(12);
    expect(ids.filter((id) => id.startsWith('session:'))).toHaveLength(90);
    expect(ids).toHaveLength(90 + 12 + 1);
    const paths = [...(await site.files()).keys()];
    expect(paths).not.toContain('events/2026/08/2026-08-30.ndjson');
    expect(paths).toContain('events/2026/08/2026-08-31.ndjson');
    expect(paths.filter((path) => path.startsWith('rollups/minute/'))).toHaveLength(1);
    expect(paths.filter((path) => path.startsWith('rollups/hour/'))).toHaveLength(30);
    expect(paths.filter((path) => path.startsWith('rollups/day/'))).toHaveLength(15);
  });

  test('goes on after a cut, again and again, and writers that know it from before go on too', async () => {
    await using site = await make();
    await lived(site, 100);
    const old = ledgerAt(site.store(), day(100));
    await old.read();
    await ledgerAt(site.store(), day(100)).compact(orderAt(day(100)));
    await live(site, 100, 110);
    const compacted = await ledgerAt(site.store(), day(110)).compact(orderAt(day(110)));
    expect(compacted?.cut?.batch).toBe(20);
    expect((await old.append(() => [kept('late', day(110))])).appended).toHaveLength(1);
    await expectSound(site, day(110), 110);
    const paths = [...(await site.files()).keys()].filter((path) => path.startsWith('cut/'));
    expect(new Set(paths.map((path) => path.split('/')[1]))).toEqual(new Set(['00000020']));
  });

  test('knows its past by the record of the cut, even where the batch that was held is cut off', async () => {
    await using site = await make();
    await lived(site, 20);
    const old = ledgerAt(site.store(), day(20));
    await old.read();
    await live(site, 20, 24);
    await ledgerAt(site.store(), day(24)).compact(orderAt(day(24), 0));
    expect((await old.append(() => [kept('late', day(24))])).appended).toHaveLength(1);
    await expectSound(site, day(24), 24);
  });

  test('takes a branch for rewritten whose cut does not know what was there', async () => {
    await using site = await make();
    await using theirs = await make();
    await lived(site, 20);
    const old = ledgerAt(site.store(), day(20));
    await old.read();
    await lived(theirs, 40, 1);
    await ledgerAt(theirs.store(), day(40)).compact(orderAt(day(40), 0));
    await site.become(theirs);
    await expect(old.append(() => [kept('late', day(40))])).rejects.toThrow(/rewritten by someone else/);
  });

  test('takes no event twice that was cut off, whoever brings it again', async () => {
    await using site = await make();
    await lived(site, 100);
    await ledgerAt(site.store(), day(100)).compact(orderAt(day(100)));
    const again = Array.from({ length: 100 }, (_, n) => eventsOfDay(n)).flat();
    expect((await ledgerAt(site.store(), day(100)).append(() => again)).appended).toEqual([]);
    await expectSound(site, day(100), 100);
  });

  test('keeps the beginning of a day whose events go on coming after the cut', async () => {
    await using site = await make();
    await lived(site, 50);
    const late = sessionRecorded({ run: 999, at: day(3), seen: day(50), usd: 1 });
    await ledgerAt(site.store(), day(50)).append(() => [late]);
    await ledgerAt(site.store(), day(120)).compact(orderAt(day(120)));
    await expectSound(site, day(120), 51);
    expect([...(await site.files()).keys()]).toContain('events/2026/08/2026-08-04.ndjson');
    expect((await ledgerAt(site.store(), day(120)).append(() => [...eventsOfDay(3), late])).appended).toEqual([]);
  });

  test('a checkpoint that is lost or of another edition is remade from the cut', async () => {
    await using site = await make();
    await lived(site, 60);
    const stale = await textOf(site, 'state.json');
    await lived(site, 100);
    await ledgerAt(site.store(), day(100)).compact(orderAt(day(100)));
    const sound = await textOf(site, 'state.json');
    for (const bytes of [null, Buffer.from(stale), Buffer.from('{}')]) {
      await site.put('state.json', bytes);
      const { state } = await ledgerAt(site.store(), day(100)).read();
      expect(state.tally.kinds['session.recorded']).toBe(100);
      await ledgerAt(site.store(), day(100)).rebuild();
      expect(await textOf(site, 'state.json')).toBe(sound);
    }
  });

  test('a program whose state has another shape takes over what the cut has left', async () => {
    await using site = await make();
    await lived(site, 100);
    await ledgerAt(site.store(), day(100)).compact(orderAt(day(100)));
    const newer = treeLedger(site.store(), fold, {
      repo: 'octo/repo',
      now: () => day(100),
      measuring: stateMeasuring,
      format: 2,
      adopt: (state) => ({ ...fold.initial, ...(state as State) }),
    });
    expect((await newer.read()).state.tally.kinds['session.recorded']).toBe(100);
    expect((await newer.append(() => eventsOfDay(100))).state.tally.kinds['session.recorded']).toBe(101);
    expect(usdOf(await newer.measures(DAILY_COST))).toBe(101);
    expect(await newer.verify()).toMatchObject({ ok: true, firstBad: null });
  });

  test('rollups that were changed by hand are reported, and made anew by the next append', async () => {
    await using site = await make();
    await lived(site, 100);
    await ledgerAt(site.store(), day(100)).compact(orderAt(day(100)));
    const path = 'rollups/day/2026-11-0.ndjson';
    const good = await textOf(site, path);
    await site.put(path, Buffer.from(good.replace(',1,1,1,1,', ',1,9,9,9,')));
    expect(await ledgerAt(site.store(), day(100)).verify()).toMatchObject({ ok: false, firstBad: { path } });
    const ledger = ledgerAt(site.store(), day(100));
    expect(usdOf(await ledger.measures(DAILY_COST))).toBe(100);
    const { appended } = await ledger.append(() => eventsOfDay(100));
    expect(appended.map(({ kind }) => kind)).toContain('ledger.damaged');
    expect(usdOf(await ledgerAt(site.store(), day(100)).measures(DAILY_COST))).toBe(101);
  });

  test.each(['record.json', 'state.json', 'kept.ndjson', 'rollups/day/2026-08-0.ndjson'])(
    '%s of the cut cannot be changed without verify finding it',
    async (name) => {
      await using site = await make();
      await lived(site, 100);
      await ledgerAt(site.store(), day(100)).compact(orderAt(day(100)));
      const path = `cut/00000010/${name}`;
      const text = await textOf(site, path);
      expect(text).not.toBe('');
      await site.put(path, Buffer.from(text.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10))));
      const found = await ledgerAt(site.store(), day(100))
        .verify()
        .then(
          ({ ok }) => ok,
          (error: unknown) => String(error),
        );
      expect(found === false || /before the last cut|holds other rollups/.test(String(found)), String(found)).toBe(
        true,
      );
    },
  );

  test('a process that ends before or after any call to its store leaves it whole', async () => {
    // Each look at a git repository takes long; the calls in between are tried on the others.
    const stride = name === 'git branch' ? 7 : 1;
    for (const when of ['before', 'after'] as const) {
      for (let failing = 1; failing <= 40; failing += stride) {
        await using site = await make();
        await lived(site, 12);
        const ended = await compactMortally(site.store(), day(12), failing, when);
        await live(site, 12, 13);
        await expectSound(site, day(13), 13);
        if (!ended) break;
      }
    }
  });

  test('writers beside a compaction lose nothing and double nothing', async () => {
    await using site = await make();
    await lived(site, 30);
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      const ledger = ledgerAt(site.store(), day(30), true);
      for (let n = 0; n < 5; n++) await ledger.append(() => [sessionOf(writer, n), sessionOf(9, n)]);
    });
    const compacting = [0, 1].map(async (n) => {
      const ledger = ledgerAt(site.store(), after(day(30), n), true);
      await ledger.compact({ ...orderAt(day(30), 10), by: `compactor ${n}` });
    });
    await Promise.all([...writers, ...compacting]);
    await expectSound(site, day(30), 30 + 20 + 5);
  });
});

function sessionOf(writer: number, n: number): LedgerEvent {
  return sessionRecorded({ run: 1_000 + writer * 10 + n, at: day(30), seen: after(day(30), MINUTE), usd: 1 });
}

/** Compacts until the process ends at a call to its store; false when it had come to its end before. */
async function compactMortally(
  store: TreeStore,
  now: Instant,
  failing: number,
  when: 'before' | 'after',
): Promise<boolean> {
  const mortal = mortalStore(store, failing, when);
  const compacted = ledgerAt(mortal.store, now).compact(orderAt(now, 5));
  return (await Promise.race([compacted, mortal.dead])) === 'dead';
}
