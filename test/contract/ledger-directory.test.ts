import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directoryStore } from '../../src/ledger/directory-store.ts';
import type { Fault, Task } from './ledger-child.ts';
import { happened, idsIn, ledgerOn } from './ledger-sites.ts';

let root = '';
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ledger-'));
});

afterAll(async () => {
  await chmod(root, 0o700);
  await rm(root, { recursive: true, force: true });
});

const newFolder = (): string => join(root, `ledger-${count++}`);

interface Ended {
  readonly acknowledged: number;
  readonly operations: readonly string[];
  readonly failed: string | null;
}

/** Runs a process that appends, and waits until it has ended or was killed. */
function runChild(task: Task): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'ledger-child.ts'), JSON.stringify(task)]);
    let out = '';
    let err = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code !== 0 && signal !== 'SIGKILL') reject(new Error(err));
      resolve({
        acknowledged: out.match(/^acknowledged/gm)?.length ?? 0,
        operations: /^operations (.*)$/m.exec(out)?.[1]?.split(' ') ?? [],
        failed: /^failed (.*)$/m.exec(out)?.[1] ?? null,
      });
    });
  });
}

/** Appends in a process of its own, with a fault in it; the folder holds one batch before. */
async function withFault(kind: Fault['kind'], at: number, others = 0): Promise<Ended & { readonly folder: string }> {
  const folder = newFolder();
  await ledgerOn(directoryStore(folder)).append(() => [happened('before')]);
  const ended = await runChild({ folder, name: 'child', appends: 1, fault: { kind, at }, others });
  return { ...ended, folder };
}

/** The operations on files that an append makes without any fault. */
async function operationsOfAppend(): Promise<readonly string[]> {
  const { operations } = await withFault('none', 0);
  expect(operations.length).toBeGreaterThan(30);
  expect(operations).toEqual(expect.arrayContaining(['link', 'write', 'writeFile', 'sync', 'rename', 'unlink']));
  return operations;
}

/** What must hold of a folder, whatever happened to the process that wrote to it. */
async function expectWhole(folder: string, acknowledged: number, others: number, what: string): Promise<void> {
  const ledger = ledgerOn(directoryStore(folder));
  const ids = await idsIn(ledger);
  const { state } = await ledger.read();
  expect(await ledger.verify(), what).toMatchObject({ ok: true, events: ids.length, quarantined: [] });
  expect(state.events, what).toBe(ids.length);
  expect(new Set(ids).size, what).toBe(ids.length);
  const pair = ids.filter((id) => id.startsWith('child'));
  expect([0, 2], `${what}: half a batch`).toContain(pair.length);
  if (acknowledged > 0) expect(pair, `${what}: acknowledged`).toHaveLength(2);
  expect(ids.filter((id) => id.startsWith('other')).length, what).toBe(others);
  const again = await ledger.append(() => [happened('child-1'), happened("child-1'", '2026-11-20T00:00:00.000Z')]);
  expect(again.state.events, what).toBe(3 + others);
  expect((await ledger.verify()).ok, what).toBe(true);
  expect((await ledgerOn(directoryStore(folder)).append(() => [happened('after')])).appended, what).toHaveLength(1);
}

/** Does the work for each operation that `picked` names, some at a time. */
async function forEach(
  operations: readonly string[],
  picked: readonly string[] | null,
  work: (at: number) => Promise<void>,
): Promise<void> {
  const left = operations.flatMap((name, index) => (picked === null || picked.includes(name) ? [index + 1] : []));
  expect(left.length).toBeGreaterThan(2);
  const worker = async (): Promise<void> => {
    for (let at = left.shift(); at !== undefined; at = left.shift()) await work(at);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

describe('a folder and the processes that write to it', { timeout: 240_000 }, () => {
  test.each([
    ['killed after', null],
    ['killed amid', ['write', 'writeFile']],
  ] as const)(
    'a process %s an operation loses nothing that it acknowledged and leaves no half batch',
    async (kind, of) => {
      await forEach(await operationsOfAppend(), of, async (at) => {
        const { folder, acknowledged } = await withFault(kind, at);
        await expectWhole(folder, acknowledged, 0, `${kind} operation ${at}`);
      });
    },
  );

  test('a disk that is full at any operation is said, and harms nothing', async () => {
    const writing = ['open', 'mkdir', 'link', 'rename', 'write', 'writeFile', 'sync'];
    await forEach(await operationsOfAppend(), writing, async (at) => {
      const { folder, acknowledged, failed } = await withFault('full', at);
      expect(failed, `operation ${at}`).toMatch(/OutsideFailure: .*the disk is full.*Free some space/);
      await expectWhole(folder, acknowledged, 0, `full at operation ${at}`);
    });
  });

  test('a process that sleeps after any operation while others commit 70 times overwrites nothing', async () => {
    await forEach(await operationsOfAppend(), null, async (at) => {
      const { folder, acknowledged, failed } = await withFault('asleep after', at, 70);
      expect([acknowledged, failed], `asleep after operation ${at}`).toEqual([1, null]);
      await expectWhole(folder, 1, 70, `asleep after operation ${at}`);
    });
  });

  test('eight processes with five appends each lose nothing and double nothing', async () => {
    const folder = newFolder();
    const fault = { kind: 'none', at: 0 } as const;
    const writers = Array.from({ length: 8 }, (_, n) =>
      runChild({ folder, name: `writer${n}`, appends: 5, fault, others: 0 }),
    );
    for (const { acknowledged, failed } of await Promise.all(writers))
      expect([acknowledged, failed]).toEqual([5, null]);
    const ledger = ledgerOn(directoryStore(folder));
    expect(new Set(await idsIn(ledger)).size).toBe(80);
    expect(await ledger.verify()).toMatchObject({ ok: true, batches: 40, events: 80 });
    const kept = await readFile(join(folder, 'state.json'), 'utf8');
    await ledger.rebuild();
    expect(await readFile(join(folder, 'state.json'), 'utf8')).toBe(kept);
  });

  test('readers see whole batches while others write', async () => {
    const folder = newFolder();
    const fault = { kind: 'none', at: 0 } as const;
    await ledgerOn(directoryStore(folder)).append(() => [happened('before')]);
    let writing = true;
    const writers = Promise.all(
      [1, 2].map((n) => runChild({ folder, name: `writer${n}`, appends: 40, fault, others: 0 })),
    ).finally(() => {
      writing = false;
    });
    let reads = 0;
    while (writing) {
      const ledger = ledgerOn(directoryStore(folder));
      expect((await idsIn(ledger)).length % 2).toBe(1);
      expect((await ledger.read()).state.events % 2).toBe(1);
      expect(await ledger.verify()).toMatchObject({ ok: true, firstBad: null });
      reads++;
    }
    await writers;
    expect(reads).toBeGreaterThan(3);
    expect((await ledgerOn(directoryStore(folder)).read()).state.events).toBe(161);
  });
});

describe('a folder', () => {
  test('keeps the last 64 entries of its journal, and no temporary files', async () => {
    const folder = newFolder();
    const ledger = ledgerOn(directoryStore(folder));
    for (let n = 1; n <= 70; n++) await ledger.append(() => [happened(`${n}`)]);
    const names = (await readdir(join(folder, 'journal'))).sort();
    expect(names.filter((name) => name.endsWith('.entry'))).toHaveLength(64);
    expect(names.filter((name) => name.endsWith('.done'))).toHaveLength(64);
    expect(names).toHaveLength(128);
  });

  test('a writer whose number was used and removed meanwhile is told of the conflict', async () => {
    const folder = newFolder();
    const store = directoryStore(folder);
    const stale = await store.open();
    const ledger = ledgerOn(directoryStore(folder));
    for (let n = 1; n <= 70; n++) await ledger.append(() => [happened(`${n}`)]);
    const change = { path: 'chain/0001.ndjson', keep: 0, bytes: Buffer.from('stale') };
    expect(await store.commit(stale, [change], 'stale')).toEqual({ kind: 'conflict' });
    expect((await ledger.verify()).ok).toBe(true);
  });

  test('what somebody appends between open and commit is not overwritten', async () => {
    const folder = newFolder();
    const ledger = ledgerOn(directoryStore(folder));
    await ledger.append(() => [happened('a')]);
    const path = join(folder, 'events/2026/11/2026-11-21.ndjson');
    const before = await readFile(path, 'utf8');
    await writeFile(path, `${before}theirs`);
    const { appended } = await ledger.append(() => [happened('b')]);
    expect(appended.map(({ kind }) => kind)).toEqual(['watch.ran', 'ledger.quarantined']);
    expect((await readFile(path, 'utf8')).startsWith(`${before}theirs\n`)).toBe(true);
  });

  test('bytes that somebody wrote where a commit has yet to be carried out are kept aside', async () => {
    const folder = newFolder();
    await ledgerOn(directoryStore(folder)).append(() => [happened('a')]);
    const path = join(folder, 'events/2026/11/2026-11-21.ndjson');
    const before = await readFile(path, 'utf8');
    await ledgerOn(directoryStore(folder)).append(() => [happened('b')]);
    const whole = await readFile(path, 'utf8');
    // As after a crash right behind the commit point, when somebody writes to the file before the next open.
    await rm(join(folder, 'journal/000000000002.done'));
    await writeFile(path, `${before}theirs`);
    expect(await idsIn(ledgerOn(directoryStore(folder)))).toEqual(['a', 'b']);
    expect(await readFile(path, 'utf8')).toBe(whole);
    const [kept = ''] = await readdir(join(folder, 'set-aside'));
    expect(await readFile(join(folder, 'set-aside', kept), 'utf8')).toBe('theirs');
  });

  test('a file in the place of the folder is refused with a remedy', async () => {
    const folder = newFolder();
    await writeFile(folder, 'a file');
    const ledger = ledgerOn(directoryStore(folder));
    await expect(ledger.read()).rejects.toMatchObject({ failure: { kind: 'invalid', remedy: /Name a folder/ } });
    await expect(ledger.append(() => [happened('a')])).rejects.toThrow(/a file stands where a folder should be/);
    expect(await readFile(folder, 'utf8')).toBe('a file');
  });

  test.skipIf(process.getuid?.() === 0)('a folder that may only be read can be read (not for root)', async () => {
    const folder = newFolder();
    await ledgerOn(directoryStore(folder)).append(() => [happened('a')]);
    for (const path of [join(folder, 'journal'), folder]) await chmod(path, 0o500);
    try {
      const ledger = ledgerOn(directoryStore(folder));
      expect(await idsIn(ledger)).toEqual(['a']);
      await expect(ledger.append(() => [happened('b')])).rejects.toMatchObject({ failure: { kind: 'forbidden' } });
    } finally {
      for (const path of [folder, join(folder, 'journal')]) await chmod(path, 0o700);
    }
  });

  test('a folder that somebody prepared cannot make us write outside of it', async () => {
    const outside = newFolder();
    await mkdir(outside);
    for (const path of ['../escaped.ndjson', '/tmp/escaped.ndjson', 'events/../../escaped', 'other/escaped']) {
      const folder = newFolder();
      const store = directoryStore(folder);
      const bytes = Buffer.from('x');
      await expect(store.commit(await store.open(), [{ path, keep: 0, bytes }], '')).rejects.toThrow(/leads out/);
      // The entry is in the journal now: opening the folder must not carry it out either.
      await expect(directoryStore(folder).open()).rejects.toMatchObject({ failure: { kind: 'invalid' } });
    }
    const folder = newFolder();
    await mkdir(folder);
    await symlink(outside, join(folder, 'events'));
    await expect(ledgerOn(directoryStore(folder)).append(() => [happened('a')])).rejects.toThrow(/leads out/);
    expect(await readdir(outside)).toEqual([]);
  });

  test('an entry of the journal that was damaged before it was carried out is said', async () => {
    const folder = newFolder();
    await ledgerOn(directoryStore(folder)).append(() => [happened('a')]);
    await rm(join(folder, 'journal/000000000001.done'));
    await writeFile(join(folder, 'journal/000000000001.entry'), '{"files":[]}\nx');
    await expect(ledgerOn(directoryStore(folder)).read()).rejects.toMatchObject({ failure: { kind: 'unreadable' } });
  });
});
