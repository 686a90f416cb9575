import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compactOrder } from '../../src/app/ledger/retention.ts';
import { type LedgerState, STATE_TERMS, stateFold } from '../../src/app/state.ts';
import { defaultConfig } from '../../src/config/parse.ts';
import type { LedgerEvent } from '../../src/core/event.ts';
import { OutsideFailure } from '../../src/core/failure.ts';
import { after, DAY, HOUR, type Instant, MINUTE } from '../../src/core/time.ts';
import { directoryStore } from '../../src/ledger/directory-store.ts';
import { gitBranchStore } from '../../src/ledger/git-branch-store.ts';
import { type MemoryFiles, memoryStore } from '../../src/ledger/memory-store.ts';
import type { CompactOrder, Ledger } from '../../src/ledger/port.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import type { TreeStore } from '../../src/ledger/tree-store.ts';
import { type FakeGitHub, startFakeGitHub } from '../fakes/github.ts';
import { connectToFake } from '../kit/connect-github.ts';
import { drillRan, sessionRecorded, worked } from '../kit/happenings.ts';
import { seeded } from '../kit/long-run.ts';
import { mortal, mortalStore } from '../kit/mortal.ts';

const START: Instant = '2026-06-01T12:00:00.000Z';
const day = (n: number): Instant => after(START, n * DAY);
const BRANCH = 'checkrein';

function ledgerOn(fake: FakeGitHub, now: Instant, fetch = globalThis.fetch): Ledger<LedgerState> {
  const github = connectToFake(fake, { contents: 'write' }, { fetch });
  const store = gitBranchStore(github.git, { repo: fake.fullName, branch: BRANCH });
  return over(store, now);
}

function over(store: TreeStore, now: Instant): Ledger<LedgerState> {
  const sleep = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
  return treeLedger(store, stateFold, { repo: 'octo/repo', now: () => now, sleep, ...STATE_TERMS });
}

const { retention } = defaultConfig();

function orderAt(now: Instant, by = 'test'): CompactOrder<LedgerState> {
  return compactOrder(retention, { now, by, slack: 0 });
}

/** A run a day with its session of one dollar, and a drill each tenth day. */
async function liveOneDay(ledger: Ledger<LedgerState>, n: number): Promise<void> {
  const work = worked({ id: n, at: day(n), seen: after(day(n), MINUTE), usd: 1 });
  await ledger.append(() => (n % 10 === 0 ? [...work, drillRan({ at: day(n) })] : work));
}

async function commitsOf(fake: FakeGitHub): Promise<readonly string[]> {
  const messages: string[] = [];
  let sha = await fake.git.readRef(`refs/heads/${BRANCH}`);
  while (sha !== null) {
    const { message, parents } = await fake.git.readCommit(sha);
    messages.push(message);
    sha = parents[0] ?? null;
  }
  return messages;
}

async function idsOf(ledger: Ledger<LedgerState>): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of ledger.events()) ids.push(id);
  return ids;
}

describe('compacting the branch of a ledger on GitHub', { timeout: 120_000 }, () => {
  test('leaves one commit without a past, and readers and writers of before go on', async () => {
    await using fake = await startFakeGitHub();
    for (let n = 0; n < 120; n += 10) await liveOneDay(ledgerOn(fake, day(n)), n);
    const before = ledgerOn(fake, day(111));
    const { state } = await before.read();
    expect(await commitsOf(fake)).toHaveLength(12);
    const compacted = await ledgerOn(fake, day(111)).compact(orderAt(day(111)));
    // Older than 90 days are those of the days 0, 10 and 20.
    expect(compacted).toMatchObject({ historyKept: null, cut: { batch: 3 } });
    expect(await commitsOf(fake)).toEqual(['Batch 13: 1 event, compacted']);
    await liveOneDay(before, 111);
    expect(await commitsOf(fake)).toHaveLength(2);
    const after = ledgerOn(fake, day(111));
    expect((await after.verify()).ok).toBe(true);
    expect((await after.read()).state.rollups.days).toMatchObject(state.rollups.days);
    expect((await idsOf(after)).filter((id) => id.startsWith('drill:'))).toHaveLength(12);
  });

  test('a rule against forced pushes keeps the history, and the rest is done and said', async () => {
    await using fake = await startFakeGitHub({ forcePushes: false });
    for (const n of [0, 1, 100]) await liveOneDay(ledgerOn(fake, day(n)), n);
    const compacted = await ledgerOn(fake, day(101)).compact(orderAt(day(101)));
    expect(compacted?.historyKept).toMatchObject({ message: expect.stringContaining('Repository rule violations') });
    expect(compacted?.cut).toMatchObject({ batch: 2 });
    expect(await commitsOf(fake)).toHaveLength(4);
    expect((await ledgerOn(fake, day(101)).verify()).ok).toBe(true);
  });

  test('a token that may not write is told so, and nothing is changed', async () => {
    await using fake = await startFakeGitHub();
    for (const n of [0, 100]) await liveOneDay(ledgerOn(fake, day(n)), n);
    const github = connectToFake(fake, { contents: 'read' });
    const store = gitBranchStore(github.git, { repo: fake.fullName, branch: BRANCH });
    const ledger = treeLedger(store, stateFold, { repo: fake.fullName, now: () => day(101), ...STATE_TERMS });
    const failure = await ledger.compact(orderAt(day(101))).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OutsideFailure);
    expect(failure).toMatchObject({
      failure: { kind: 'forbidden', remedy: expect.stringContaining('contents: write') },
    });
    expect(await commitsOf(fake)).toHaveLength(2);
  });

  test('a lost answer to the move of the branch is found out by looking', async () => {
    await using fake = await startFakeGitHub();
    for (const n of [0, 100]) await liveOneDay(ledgerOn(fake, day(n)), n);
    fake.faults.add({ path: '/graphql', nth: 2, fault: { kind: 'lost' } });
    const compacted = await ledgerOn(fake, day(101)).compact(orderAt(day(101)));
    expect(compacted?.cut).toMatchObject({ batch: 1 });
    expect((await ledgerOn(fake, day(101)).verify()).ok).toBe(true);
  });
});

/** A life of a process that may end at any call: it appends a session, which is acknowledged or not, and compacts. */
interface Life {
  readonly ledger: Ledger<LedgerState>;
  readonly dead: Promise<'dead'>;
}

const LIVES = 200;
const HOURS_BETWEEN = 18;
const birth = (n: number): Instant => after(START, n * HOURS_BETWEEN * HOUR);
const sessionOf = (n: number): LedgerEvent => sessionRecorded({ run: n, at: birth(n), seen: birth(n), usd: 1 });

/** Lives through all lives, then holds what is there against what was acknowledged. */
async function dieOften(lives: number, lifeOf: (n: number) => Life, heir: () => Ledger<LedgerState>): Promise<void> {
  const acknowledged = new Set<string>();
  for (let n = 0; n < lives; n++) {
    const { ledger, dead } = lifeOf(n);
    const live = async (): Promise<void> => {
      const { appended } = await ledger.append(() => [sessionOf(n)]);
      for (const { id } of appended) acknowledged.add(id);
      await ledger.compact(orderAt(birth(n), `life ${n}`));
    };
    await Promise.race([live(), dead]);
  }
  const ledger = heir();
  expect(await ledger.verify()).toMatchObject({ ok: true, quarantined: [] });
  const { state } = await ledger.read();
  const counted = Object.values(state.rollups.days['agent:fixer'] ?? {}).reduce(
    (sum, { n }) => sum + (n.completed ?? 0),
    0,
  );
  const query = { metric: 'session.cost', labels: {}, step: 'day' as const, from: START, to: birth(lives) };
  const usd = (await ledger.measures(query)).reduce((sum, { aggregate }) => sum + aggregate.sum, 0);
  // What was done and never answered is there too, and cannot be told apart from what was never done but by counting.
  const all = Array.from({ length: lives }, (_, n) => sessionOf(n));
  const { appended } = await ledger.append(() => all);
  expect(appended.filter(({ id }) => acknowledged.has(id))).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(lives / 4);
  expect(counted).toBeGreaterThanOrEqual(acknowledged.size);
  expect(counted + appended.length).toBeLessThanOrEqual(lives);
  expect(usd).toBe(counted);
  const kept = (await idsOf(ledger)).filter((id) => id.startsWith('session:'));
  expect(new Set(kept).size).toBe(kept.length);
}

describe('random kills of processes that append and compact lose no acknowledged event and double none', () => {
  const storesOf = {
    memory: async () => {
      const memory: MemoryFiles = { version: 0, files: new Map() };
      return { open: () => memoryStore(memory), end: async () => memory.files.clear() };
    },
    'a folder': async () => {
      const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
      return { open: () => directoryStore(folder), end: () => rm(folder, { recursive: true }) };
    },
  };

  test.each(Object.entries(storesOf))(`${LIVES} in %s`, { timeout: 240_000 }, async (_name, make) => {
    const { open, end } = await make();
    const random = seeded(20261121);
    const life = (n: number): Life => {
      const { store, dead } = mortalStore(open(), 1 + Math.floor(random() * 16), random() < 0.5 ? 'before' : 'after');
      return { ledger: over(store, birth(n)), dead };
    };
    await dieOften(LIVES, life, () => over(open(), birth(LIVES)));
    await end();
  });

  // Each is a second or more of git and HTTP; the store's own steps are killed 200 times above.
  const onGitHub = 20;
  test(`${onGitHub} on GitHub`, { timeout: 600_000 }, async () => {
    let present: Instant = birth(0);
    // Time goes on between the lives, so that the limit of requests in an hour is none of theirs together.
    await using fake = await startFakeGitHub({ now: () => present });
    const random = seeded(20261122);
    const life = (n: number): Life => {
      present = birth(n);
      const { fetch, dead } = mortal(1 + Math.floor(random() * 24));
      return { ledger: ledgerOn(fake, birth(n), fetch), dead };
    };
    await dieOften(onGitHub, life, () => ledgerOn(fake, birth(onGitHub)));
  });
});
