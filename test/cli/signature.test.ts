import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFixture, type FsFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { openLedger } from '../../src/app/ledger/open-ledger.ts';
import type { World } from '../../src/app/shell/world.ts';
import { type LedgerState, STATE_TERMS, stateFold } from '../../src/app/state.ts';
import { stop } from '../../src/app/stop/stop.ts';
import type { LedgerEvent } from '../../src/core/event.ts';
import { directoryStore } from '../../src/ledger/directory-store.ts';
import type { Ledger } from '../../src/ledger/port.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import { runCli } from '../drivers/run-cli.ts';
import { plantRunaway, type Runaway } from '../kit/runaway.ts';

const keys = (): { readonly secret: string; readonly open: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    secret: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    open: String(publicKey.export({ type: 'spki', format: 'pem' })),
  };
};
const OURS = keys();
const THEIRS = keys();

interface Stopped extends AsyncDisposable {
  readonly files: FsFixture;
  /** What the stopping process wrote onto its screens. */
  readonly said: string;
}

/** Stops a runaway with the ledger in a folder, as a process with that environment opens it. */
async function stopWith(env: World['env']): Promise<Stopped> {
  const files = await createFixture({ 'ours.pem': OURS.open, 'theirs.pem': THEIRS.open, 'no.pem': 'hello' });
  await using scene: Runaway = await plantRunaway();
  const said: string[] = [];
  const screen = { write: (text: string) => void said.push(text), columns: null, colour: false };
  const { now, by, sleep } = scene.job();
  const world: World = { now, by, sleep, env, out: screen, err: screen, program: 'checkrein', helpers: [] };
  const options = { world, now, repo: scene.github.fullName, github: null };
  const ledger = await openLedger(`dir:${files.getPath('ledger')}`, options);
  const receipt = await stop(scene.job({ ledger }));
  expect([receipt.residue, scene.alive()]).toEqual([[], []]);
  return { files, said: said.join(''), [Symbol.asyncDispose]: () => files.rm() };
}

function verify({ files }: Stopped, args: readonly string[] = [], env = {}): ReturnType<typeof runCli> {
  return runCli(['ledger', 'verify', '--ledger', 'dir:ledger', ...args], { cwd: files.path, env });
}

describe('ledger verify', () => {
  test('proves the receipts of a stop by a process that held the key, with the open half of it', async () => {
    await using stopped = await stopWith({ CHECKREIN_SIGNING_KEY: OURS.secret });
    const { exitCode, stdout } = await verify(stopped, ['--key', 'ours.pem', '--json']);
    const { signatures, ok } = JSON.parse(stdout);
    expect([exitCode, ok, signatures.faults]).toEqual([0, true, []]);
    expect(signatures.proven).toBe(signatures.receipts);
    expect(signatures.receipts).toBeGreaterThanOrEqual(1);
    const told = await verify(stopped, [], { CHECKREIN_SIGNING_KEY: OURS.secret });
    expect([told.exitCode, told.stdout]).toEqual([
      0,
      expect.stringContaining(`${signatures.proven} of ${signatures.proven} proven`),
    ]);
    const secret = OURS.secret.split('\n')[1] ?? 'x';
    const shown = await runCli(['ledger', 'show', '--ledger', 'dir:ledger', '--json'], { cwd: stopped.files.path });
    for (const text of [stopped.said, stdout, told.stdout, told.stderr, shown.stdout])
      expect(text).not.toContain(secret);
  });

  test('says nothing of signatures where no key is given', async () => {
    await using stopped = await stopWith({});
    const { exitCode, stdout } = await verify(stopped, ['--json']);
    expect([exitCode, JSON.parse(stdout).signatures]).toEqual([0, undefined]);
  });

  test('names what is not signed and what another key has signed, and ends with 1', async () => {
    await using stopped = await stopWith({});
    const found = await verify(stopped, ['--key', 'ours.pem']);
    expect(found.exitCode).toBe(1);
    expect(found.stdout).toMatch(/NOT PROVEN: halt-receipt:1:\S+: it is not signed/);
    expect((await verify(stopped, ['--key', 'ours.pem', '--signed-since', '2026-12-01T00:00:00Z'])).exitCode).toBe(0);
    await using theirs = await stopWith({ CHECKREIN_SIGNING_KEY: THEIRS.secret });
    const other = await verify(theirs, ['--key', 'ours.pem', '--json']);
    expect([other.exitCode, JSON.parse(other.stdout).ok]).toEqual([1, false]);
    expect(JSON.parse(other.stdout).signatures.faults[0]).toMatchObject({ fault: 'other_key' });
    expect((await verify(theirs, ['--key', 'ours.pem', '--key', 'theirs.pem'])).exitCode).toBe(0);
  });

  test('a key that is none holds no stop up: it is told, without the key, and the receipt is unsigned', async () => {
    await using stopped = await stopWith({ CHECKREIN_SIGNING_KEY: 'my very secret words' });
    expect(stopped.said).toContain('CHECKREIN_SIGNING_KEY is no Ed25519 private key');
    expect(stopped.said).not.toContain('secret words');
    expect((await verify(stopped, ['--key', 'ours.pem'])).exitCode).toBe(1);
  });

  test.each([
    ['a key that is none', ['--key', 'no.pem'], 'no.pem is no Ed25519 key as PEM'],
    ['a key that is not there', ['--key', 'none.pem'], 'There is no key none.pem; name the file that you mean.'],
    ['a moment that is none', ['--key', 'ours.pem', '--signed-since', 'monday'], 'ISO 8601'],
    ['a moment without a key', ['--signed-since', '2026-11-20T00:00:00Z'], '--signed-since needs a key'],
  ])('refuses %s with 2', async (_name, args, sentence) => {
    await using files = await createFixture({ 'ours.pem': OURS.open, 'no.pem': 'hello' });
    const { exitCode, stderr } = await runCli(['ledger', 'verify', ...args], { cwd: files.path });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(sentence);
  });

  test('refuses a key with another verb', async () => {
    const { exitCode, stderr } = await runCli(['ledger', 'show', '--key', 'ours.pem']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("--key goes with 'ledger verify' only")]);
  });
});

describe('after ledger compact has cut the batches of a stop away', () => {
  /** Long after all of it had to go, by a job that has no key. */
  async function compact(files: FsFixture): Promise<void> {
    const words = ['ledger', 'compact', '--ledger', 'dir:ledger', '--now', '2027-06-15T09:00:00.000Z', '--json'];
    const { exitCode, stdout, stderr } = await runCli(words, { cwd: files.path });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).cut).toMatchObject({ batch: expect.any(Number) });
  }

  /** The file of the events that the cut keeps. */
  async function keptFile(files: FsFixture): Promise<string> {
    const paths = await readdir(files.getPath('ledger/cut'), { recursive: true });
    const [path, ...others] = paths.filter((one) => one.endsWith('kept.ndjson'));
    expect(others).toEqual([]);
    return `ledger/cut/${path}`;
  }

  /** Events in the folder of a ledger that lie in no cut, as text. */
  async function partitions(files: FsFixture): Promise<string> {
    const paths = await readdir(files.getPath('ledger/events'), { recursive: true, withFileTypes: true });
    const texts = paths.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name), 'utf8'));
    return (await Promise.all(texts)).join('');
  }

  test('its receipt is kept and still proven', async () => {
    await using stopped = await stopWith({ CHECKREIN_SIGNING_KEY: OURS.secret });
    const { signatures: before } = JSON.parse((await verify(stopped, ['--key', 'ours.pem', '--json'])).stdout);
    expect(await partitions(stopped.files)).toContain('"halt.receipt"');
    await compact(stopped.files);
    expect(await partitions(stopped.files)).not.toContain('"halt.receipt"');
    expect(await stopped.files.readFile(await keptFile(stopped.files), 'utf8')).toContain('"halt.receipt"');
    const { exitCode, stdout } = await verify(stopped, ['--key', 'ours.pem', '--json']);
    const { ok, cut, signatures } = JSON.parse(stdout);
    expect([exitCode, ok, cut.signed]).toEqual([0, true, false]);
    expect(signatures).toEqual(before);
    expect(signatures.proven).toBeGreaterThanOrEqual(1);
    const other = await verify(stopped, ['--key', 'theirs.pem', '--json']);
    expect([other.exitCode, JSON.parse(other.stdout).signatures.faults[0].fault]).toEqual([1, 'other_key']);
  });

  test('a receipt that was forged before the cut is found among the kept events, although every hash fits', async () => {
    await using stopped = await stopWith({ CHECKREIN_SIGNING_KEY: OURS.secret });
    // Whoever can write to the folder can write a chain of their own into it, whose hashes fit all through.
    const forged = await forgedHistory(stopped);
    await compact(stopped.files);
    expect(await stopped.files.readFile(await keptFile(stopped.files), 'utf8')).toContain('nothing was left alive');
    expect((await verify(stopped)).exitCode).toBe(0);
    const { exitCode, stdout } = await verify(stopped, ['--key', 'ours.pem', '--json']);
    const { ok, firstBad, signatures } = JSON.parse(stdout);
    expect([exitCode, ok, firstBad]).toEqual([1, false, null]);
    expect(signatures.faults).toEqual(forged.map((event) => ({ event, at: expect.any(String), fault: 'mismatch' })));
    expect((await verify(stopped, ['--key', 'ours.pem'])).stdout).toContain('its signature does not fit');
  });

  test('a kept receipt that is changed afterwards does not go through, with a key or without', async () => {
    await using stopped = await stopWith({ CHECKREIN_SIGNING_KEY: OURS.secret });
    await compact(stopped.files);
    const path = await keptFile(stopped.files);
    const text = await stopped.files.readFile(path, 'utf8');
    const changed = text.replaceAll('It runs away', 'It went well!');
    expect(changed).not.toBe(text);
    await stopped.files.writeFile(path, changed);
    for (const args of [[], ['--key', 'ours.pem']]) {
      const { exitCode, stdout, stderr } = await verify(stopped, args);
      expect(exitCode).not.toBe(0);
      expect(`${stdout}${stderr}`).toContain('kept.ndjson');
    }
  });

  /** Writes the ledger anew with another reason in its receipts, which keep their signatures; answers their ids. */
  async function forgedHistory({ files }: Stopped): Promise<readonly string[]> {
    const terms = { repo: 'octo/fleet', now: () => '2026-11-20T13:00:00.000Z', ...STATE_TERMS };
    const ledger = (): Ledger<LedgerState> => treeLedger(directoryStore(files.getPath('ledger')), stateFold, terms);
    const events: LedgerEvent[] = [];
    for await (const event of ledger().events()) events.push(event);
    await files.rm('ledger');
    const forge = (event: LedgerEvent): LedgerEvent => {
      if (event.kind !== 'halt.receipt') return event;
      const { receipt } = event.data;
      const halt = { ...receipt.halt, reason: 'nothing was left alive' };
      return { ...event, data: { ...event.data, receipt: { ...receipt, halt } } };
    };
    await ledger().append(() => events.map(forge));
    return events.filter(({ kind }) => kind === 'halt.receipt').map(({ id }) => id);
  }
});
