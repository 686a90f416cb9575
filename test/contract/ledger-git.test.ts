import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OutsideFailure } from '../../src/core/failure.ts';
import type { GitDataApi } from '../../src/github/port.ts';
import { gitBranchStore } from '../../src/ledger/git-branch-store.ts';
import type { TreeStore } from '../../src/ledger/tree-store.ts';
import { bareRepository, commitsOf, gitComplaints, localGitData } from './git-data.ts';
import { BRANCH, happened, idsIn, ledgerOn } from './ledger-sites.ts';

let root = '';
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ledger-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

async function newRepository(): Promise<string> {
  const folder = join(root, `repository-${count++}`);
  await mkdir(folder);
  await bareRepository(folder);
  return folder;
}

const storeOn = (git: GitDataApi): TreeStore => gitBranchStore(git, { repo: 'octo/repo', branch: BRANCH });

type Hook = (name: string, number: number, call: () => Promise<unknown>) => Promise<unknown>;

/** The same API, each call of which goes through `hook` with its number from 1. */
function hooked(git: GitDataApi, hook: Hook): GitDataApi {
  let number = 0;
  return new Proxy(git, {
    get: (target, name: keyof GitDataApi) => {
      const method = target[name] as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) => hook(name, ++number, () => method(...args));
    },
  });
}

/** The same API, and the names of all calls made to it. */
function counted(git: GitDataApi): { readonly git: GitDataApi; readonly calls: string[] } {
  const calls: string[] = [];
  const hook: Hook = (name, _number, call) => {
    calls.push(name);
    return call();
  };
  return { git: hooked(git, hook), calls };
}

const unreachable = (): OutsideFailure =>
  new OutsideFailure({ kind: 'unavailable', message: 'No answer', remedy: 'Try again', retry: true });

describe('requests to GitHub', () => {
  test('a quiet append reads the checkpoint, the end of the chain and the touched day, and the next reads nothing', async () => {
    const folder = await newRepository();
    const filling = ledgerOn(storeOn(localGitData(folder)));
    await filling.append(() => [happened('old', '2026-10-01T00:00:00.000Z'), happened('a')]);
    await filling.append(() => [happened('b')]);
    const { git, calls } = counted(localGitData(folder));
    const ledger = ledgerOn(storeOn(git));
    await ledger.append(() => [happened('c')]);
    expect(calls.splice(0)).toEqual([
      'branch',
      'tree',
      'blob',
      'blob',
      'blob',
      'createTree',
      'createCommit',
      'moveBranch',
    ]);
    await ledger.append(() => [happened('d')]);
    expect(calls.splice(0)).toEqual(['createTree', 'createCommit', 'moveBranch']);
    await ledger.append(() => []);
    expect(calls.splice(0)).toEqual(['branch']);
    await ledger.read();
    expect(calls).toEqual(['branch']);
  });

  test('reading a ledger that does not exist asks once', async () => {
    const { git, calls } = counted(localGitData(await newRepository()));
    await ledgerOn(storeOn(git)).read();
    expect(calls).toEqual(['branch']);
  });
});

describe('the branch', () => {
  test('starts with a commit without parents and grows by one commit a batch', async () => {
    const folder = await newRepository();
    const ledger = ledgerOn(storeOn(localGitData(folder)));
    await ledger.append(() => [happened('a')]);
    await ledger.append(() => [happened('b'), happened('c')]);
    const [second = '', first = '', ...more] = await commitsOf(folder, BRANCH);
    expect(first).toBe('Batch 1: 1 event|');
    expect(second).toMatch(/^Batch 2: 2 events\|[0-9a-f]{40}$/);
    expect(more).toEqual([]);
    expect(await gitComplaints(folder)).toBe('');
  });

  test('keeps bytes that are no text as they are', async () => {
    const folder = await newRepository();
    const { git, calls } = counted(localGitData(folder));
    const store = storeOn(git);
    const path = 'events/2026/11/2026-11-21.ndjson';
    const first = Buffer.from([0xff, 0x00, 0xc3, 0x28, 0x0a]);
    const opened = await store.open();
    const committed = await store.commit(opened, [{ path, keep: 0, bytes: first }], 'bytes');
    expect(calls).toContain('createBlob');
    if (committed.kind === 'conflict') throw new Error('nobody else writes here');
    await store.commit(committed.tree, [{ path, keep: 5, bytes: Buffer.from('\uFEFFß\n') }], 'more');
    const tree = await storeOn(localGitData(folder)).open();
    expect(await tree.read(path)).toEqual(Buffer.concat([first, Buffer.from('\uFEFFß\n')]));
    expect(tree.files.get(path)).toBe(11);
  });
});

describe('GitHub failing', () => {
  test.each(['before', 'after'])(
    'any call whose answer is lost %s it was done: nothing is lost or doubled',
    async (when) => {
      for (let failing = 1; failing <= 20; failing++) {
        const folder = await newRepository();
        // The first append makes the branch, the second moves it.
        const git = hooked(localGitData(folder), async (_name, number, call) => {
          if (number !== failing) return await call();
          if (when === 'after') await call();
          throw unreachable();
        });
        let acknowledged = 0;
        for (const id of ['a', 'b']) {
          const ledger = ledgerOn(storeOn(git));
          const done = await ledger.append(() => [happened(id)]).catch((error: unknown) => error);
          if (done instanceof OutsideFailure) expect(done.failure).toMatchObject({ kind: 'unavailable', retry: true });
          else acknowledged++;
        }
        const ledger = ledgerOn(storeOn(localGitData(folder)));
        const kept = await idsIn(ledger);
        expect(kept.length, `${when} call ${failing}`).toBe(acknowledged);
        await ledger.append(() => [happened('a'), happened('b')]);
        expect([...(await idsIn(ledger))].sort()).toEqual(['a', 'b']);
        expect((await ledger.verify()).ok).toBe(true);
      }
    },
  );

  test('a move whose answer was lost is recognised by our own commit', async () => {
    const folder = await newRepository();
    const git = hooked(localGitData(folder), async (name, _number, call) => {
      const result = await call();
      if (name === 'moveBranch' || name === 'createBranch') throw unreachable();
      return result;
    });
    const ledger = ledgerOn(storeOn(git));
    expect((await ledger.append(() => [happened('a')])).appended).toHaveLength(1);
    expect((await ledger.append(() => [happened('b')])).appended).toHaveLength(1);
    expect(await commitsOf(folder, BRANCH)).toHaveLength(2);
  });

  test('a move that was repeated on the way and answered with a conflict is recognised as ours', async () => {
    const folder = await newRepository();
    const git = hooked(localGitData(folder), async (name, _number, call) => {
      const result = await call();
      return name === 'moveBranch' || name === 'createBranch' ? 'conflict' : result;
    });
    const ledger = ledgerOn(storeOn(git));
    expect((await ledger.append(() => [happened('a')])).appended).toHaveLength(1);
    expect((await ledger.append(() => [happened('b')])).appended).toHaveLength(1);
    expect(await commitsOf(folder, BRANCH)).toHaveLength(2);
  });

  test('a refusal passes through with what to do, and nothing moves', async () => {
    const folder = await newRepository();
    const refusal = { kind: 'forbidden', message: 'No', remedy: 'Give contents: write', retry: false } as const;
    const git = hooked(localGitData(folder), async (name, _number, call) => {
      if (name === 'createTree') throw new OutsideFailure(refusal);
      return await call();
    });
    await expect(ledgerOn(storeOn(git)).append(() => [happened('a')])).rejects.toMatchObject({ failure: refusal });
    expect(await localGitData(folder).branch(BRANCH)).toBeNull();
  });
});
