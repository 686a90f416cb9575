import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { factsOf } from '../../src/app/ledger/facts-of.ts';
import { expiredLeases, type LeaseDesk, settleLease, takeLease } from '../../src/app/ledger/lease.ts';
import { type LedgerState, STATE_TERMS, stateFold } from '../../src/app/state.ts';
import type { Budget } from '../../src/budgets/budget.ts';
import type { LeaseAnswer } from '../../src/budgets/lease.ts';
import { HOUR, type Instant, after as later, MINUTE } from '../../src/core/time.ts';
import { directoryStore } from '../../src/ledger/directory-store.ts';
import { gitBranchStore } from '../../src/ledger/git-branch-store.ts';
import type { Ledger } from '../../src/ledger/port.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import type { TreeStore } from '../../src/ledger/tree-store.ts';
import { startFakeGitHub } from '../fakes/github.ts';
import { connectToFake, STOP_PERMISSIONS } from '../kit/connect-github.ts';
import { REPO } from '../kit/happenings.ts';
import { leaseRequest, sourceRead } from '../kit/leases.ts';
import { mortalStore } from '../kit/mortal.ts';
import { postgresSite } from './postgres-site.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';

/** Room for so many sessions of two dollars. */
function budgetsFor(room: number): readonly Budget[] {
  return [
    { name: 'repo-day', period: 'day', usd: 2 * room, warn_at: [0.8] },
    { name: 'fixer-day', agent: 'fixer', period: 'day', usd: 100, warn_at: [] },
  ];
}

interface Place extends AsyncDisposable {
  /** A store as another process would open it. */
  store(): TreeStore;
  /** How writers wait who met; left out, briefly. */
  readonly wait?: (duration: number) => Promise<void>;
}

/** How many guards there are at once, and for how many there is room. */
interface Crowd {
  readonly guards: number;
  readonly room: number;
}

const HUNDRED: Crowd = { guards: 100, room: 20 };
/** The fake GitHub starts a process of git for each object: a hundred at once take it minutes. */
const DOZENS: Crowd = { guards: 24, room: 10 };

async function inFolder(): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'leases-'));
  return {
    store: () => directoryStore(join(root, 'ledger')),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

async function onBranch(): Promise<Place> {
  const began = Date.now();
  const fake = await startFakeGitHub({ owner: 'octo', repo: 'repo', now: () => later(NOW, Date.now() - began) });
  // So many jobs in one minute are more than the requests of an hour: what is tried here is that nothing goes wrong, not the cost.
  for (const resource of ['core', 'graphql'] as const) fake.rates.pool('github_token', resource).limit = 100_000;
  return {
    store: () =>
      gitBranchStore(connectToFake(fake, STOP_PERMISSIONS, { timeoutMs: 60_000 }).git, {
        repo: 'octo/repo',
        branch: 'checkrein',
      }),
    wait: (duration) => brief(duration * 10),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

const PLACES: readonly (readonly [string, Crowd, () => Promise<Place>])[] = [
  ['a directory', HUNDRED, inFolder],
  ['a branch on GitHub', DOZENS, onBranch],
  ['PostgreSQL', HUNDRED, postgresSite],
];

function ledgerOn(store: TreeStore, sleep: Place['wait'] = brief): Ledger<LedgerState> {
  return treeLedger(store, stateFold, { repo: REPO, now: () => NOW, sleep, ...STATE_TERMS });
}

/** Waits a tenth of the time: it is the chance in the waiting that parts writers who met. */
function brief(duration: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, duration / 10);
  });
}

function deskFor({ store, wait = brief }: Pick<Place, 'store' | 'wait'>, room: number, now: Instant = NOW): LeaseDesk {
  return { repo: REPO, now, config: { budgets: budgetsFor(room) }, ledger: ledgerOn(store(), wait), sleep: wait };
}

/** Of the guards, every fifth dies: some before their lease is written, some after it is and before they hear of it. */
function diesOf(run: number): 'before' | 'after' | null {
  return run % 10 === 0 ? 'after' : run % 5 === 0 ? 'before' : null;
}

async function guard(place: Place, room: number, run: number): Promise<LeaseAnswer | 'dead'> {
  const when = diesOf(run);
  if (when === null) return await takeLease(deskFor(place, room), leaseRequest(run));
  // The second call of a store that was opened is the commit.
  const { store, dead } = mortalStore(place.store(), 2, when);
  return await Promise.race([dead, takeLease(deskFor({ ...place, store: () => store }, room), leaseRequest(run))]);
}

describe.each(PLACES)('many guards at once in %s', (_name, { guards, room }, make) => {
  test('never overspend, whichever of them die, and nothing is stuck longer than a lease lives', {
    timeout: 300_000,
  }, async () => {
    await using place = await make();
    await ledgerOn(place.store()).append(() => [sourceRead(NOW)]);
    const runs = Array.from({ length: guards }, (_, n) => n + 1);
    const answers = await Promise.all(runs.map((run) => guard(place, room, run)));
    const { state } = await ledgerOn(place.store()).read();
    const leases = Object.values(state.budgets.leases);
    const allowed = answers.filter((answer) => answer !== 'dead' && answer.lease !== null);
    const denied = answers.filter((answer) => answer !== 'dead' && answer.kind === 'deny');
    // Never over: what is reserved fills the allowance and no more; those who died after writing hold a part of it.
    expect(leases).toHaveLength(room);
    expect(leases.reduce((sum, { reserved }) => sum + (reserved.usd ?? 0), 0)).toBe(2 * room);
    expect(allowed.length + leases.filter(({ run }) => diesOf(run) !== null).length).toBeGreaterThanOrEqual(room);
    expect(answers.filter((answer) => answer !== 'dead')).toHaveLength(allowed.length + denied.length);

    // Two of five settle for half a dollar each; that frees one and a half of each.
    const few = (room * 2) / 5;
    const living = leases.filter(({ run }) => answers[run - 1] !== 'dead').slice(0, few);
    expect(living).toHaveLength(few);
    const spent = { usd: 0.5, tokens: null, minutes: null };
    const settled = await Promise.all(
      living.map((lease) => settleLease(deskFor(place, room, later(NOW, MINUTE)), lease, spent)),
    );
    expect(settled).toEqual(living.map(() => true));
    // Of 20: 40 - 8 * 2 + 8 * 0.5 = 28 are held, which is room for six more; of 10 for three.
    const more = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        takeLease(deskFor(place, room, later(NOW, MINUTE)), leaseRequest(1_000 + n)),
      ),
    );
    expect(more.filter(({ lease }) => lease !== null)).toHaveLength(Math.floor((few * 1.5) / 2));

    // Nobody settles the rest. When a lease's life is over they hold nothing, whether somebody has written that down or not.
    const afterwards = later(NOW, HOUR + MINUTE);
    const free = await takeLease(deskFor(place, room, afterwards), leaseRequest(2_000));
    expect(free.left).toEqual([
      { budget: 'repo-day', unit: 'usd', left: 2 * room - few * 0.5 - 2, limit: 2 * room },
      { budget: 'fixer-day', unit: 'usd', left: 100 - few * 0.5 - 2, limit: 100 },
    ]);
    const ledger = ledgerOn(place.store());
    const { appended } = await ledger.append((current) =>
      expiredLeases(factsOf(current, REPO, afterwards), { repo: REPO, now: afterwards }),
    );
    expect(appended).toHaveLength(room + Math.floor((few * 1.5) / 2) - few);
    expect(appended.every((event) => event.kind === 'lease.expired' && event.data.because === 'time_is_up')).toBe(true);
    expect(
      (
        await ledger.append((current) =>
          expiredLeases(factsOf(current, REPO, afterwards), { repo: REPO, now: afterwards }),
        )
      ).appended,
    ).toEqual([]);
    expect(await ledger.verify()).toMatchObject({ ok: true });
  });
});
