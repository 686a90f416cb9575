import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ActionResult } from '../drivers/run-action.ts';
import { runCli } from '../drivers/run-cli.ts';
import { makeDatabase, PASSWORD, type TestDatabase } from '../postgres/database.ts';
import { freePort } from '../postgres/server.ts';
import { type Plot, plantPlot } from './plot.ts';
import { annotations } from './words.ts';

let owner: TestDatabase;

beforeAll(async () => {
  owner = await makeDatabase(inject('postgresPort'));
});

afterAll(async () => {
  await owner[Symbol.asyncDispose]();
});

/** The address of the database while nobody listens there. */
async function awayUrl(): Promise<string> {
  const url = new URL(owner.url);
  url.port = String(await freePort());
  return url.href;
}

/** Watches with a database; nothing of its password is seen. */
async function watch(plot: Plot, url: string, more: Parameters<Plot['watch']>[0] = {}): Promise<ActionResult> {
  const result = await plot.watch({ env: {}, inputs: { 'database-url': url }, ...more });
  const seen = [result.stdout, result.stderr, result.summary, JSON.stringify(result.outputs)].join('\n');
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) {
    expect(seen.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(secret);
  }
  return result;
}

interface Shown {
  readonly id: string;
  readonly kind: string;
}

async function eventsIn(repo: string): Promise<readonly Shown[]> {
  const { stdout, stderr, exitCode } = await runCli([
    'ledger',
    'show',
    '--json',
    '--ledger',
    `${owner.url}?repo=${repo}`,
  ]);
  expect(exitCode, stderr).toBe(0);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const count = (events: readonly Shown[], kind: string): number => events.filter((event) => event.kind === kind).length;
const branches = ({ github }: Plot): readonly string[] =>
  github.log.flatMap(({ method, path }) => (method === 'POST' && path.endsWith('/git/refs') ? [path] : []));

describe('a ledger in a database', () => {
  test('is watched with, judged with and told from as one on a branch, and no branch is made', async () => {
    await using plot = await plantPlot({ repo: 'plain' });
    const first = await watch(plot, owner.url);
    expect(first.exitCode, first.stdout).toBe(0);
    expect(first.outputs).toMatchObject({ status: 'critical', 'cost-usd': '12' });
    expect(plot.github.world.issues).toHaveLength(1);
    expect(branches(plot)).toEqual([]);
    plot.clock.now = '2026-11-20T20:10:00.000Z';
    expect((await watch(plot, owner.url)).outputs).toMatchObject({ status: 'critical', 'cost-usd': '12' });
    expect(plot.github.world.issues).toHaveLength(1);
    expect(count(await eventsIn('octo/plain'), 'session.recorded')).toBe(3);
  });

  test('that is away is said in the summary; its events wait in a branch, and move when it is back', {
    timeout: 120_000,
  }, async () => {
    await using plot = await plantPlot({ repo: 'away' });
    const away = await awayUrl();
    const first = await watch(plot, away);
    expect(first.exitCode, first.stdout).toBe(1);
    expect(first.outputs).toMatchObject({ status: 'unknown', alerts: '', 'cost-usd': '' });
    expect(first.summary).toContain('the ledger is away');
    expect(first.summary).toContain('the server cannot be reached');
    expect(first.summary).toMatch(/`branch:octo\/away@checkrein-waiting`/);
    expect(annotations(first)).toContain('Nothing was judged and nobody was notified');
    expect(plot.github.world.issues).toEqual([]);
    // It stays away for another run, in which one more session is found.
    plot.clock.now = '2026-11-20T20:10:00.000Z';
    plot.work('2026-11-20T20:05:00.000Z');
    const second = await watch(plot, away);
    expect(second.exitCode).toBe(1);
    // Whoever asks is told that something waits, and whether the ledger has it.
    const waiting = async (database: string): Promise<unknown> => {
      const asked = await runCli(['doctor', '--json', '--repo', 'octo/away'], {
        env: {
          GITHUB_API_URL: plot.github.url,
          GITHUB_TOKEN: plot.github.mintToken({ contents: 'read' }),
          CHECKREIN_DATABASE_URL: database,
        },
      });
      return JSON.parse(asked.stdout).waiting;
    };
    const put = { place: 'branch:octo/away@checkrein-waiting', events: expect.any(Number) };
    expect(await waiting(owner.url)).toMatchObject({ ...put, unsure: null });
    expect(await waiting(away)).toMatchObject({ ...put, unsure: expect.stringContaining('cannot be reached') });
    // It is back.
    plot.clock.now = '2026-11-20T20:20:00.000Z';
    const third = await watch(plot, owner.url);
    expect(third.exitCode, third.stdout).toBe(0);
    expect(third.outputs).toMatchObject({ status: 'critical', 'cost-usd': '16' });
    expect(plot.github.world.issues).toHaveLength(1);
    const moved = await eventsIn('octo/away');
    expect(count(moved, 'session.recorded')).toBe(4);
    expect(count(moved, 'watch.ran')).toBe(3);
    expect(count(moved, 'ledger.moved')).toBe(1);
    expect(new Set(moved.map(({ id }) => id)).size).toBe(moved.length);
    expect(await waiting(owner.url)).toBeNull();
    // What was moved is not moved again.
    plot.clock.now = '2026-11-20T20:30:00.000Z';
    await watch(plot, owner.url);
    expect(count(await eventsIn('octo/away'), 'ledger.moved')).toBe(1);
    // A second time away goes on in the same branch.
    plot.clock.now = '2026-11-20T20:40:00.000Z';
    plot.work('2026-11-20T20:35:00.000Z');
    await watch(plot, away);
    plot.clock.now = '2026-11-20T20:50:00.000Z';
    expect((await watch(plot, owner.url)).outputs).toMatchObject({ 'cost-usd': '20' });
    const last = await eventsIn('octo/away');
    expect([count(last, 'session.recorded'), count(last, 'ledger.moved')]).toEqual([5, 2]);
    const proof = await runCli(['ledger', 'verify', '--ledger', `${owner.url}?repo=octo/away`]);
    expect(proof.stdout).toMatch(/: whole\./);
  });

  test('that is away while the branch cannot be written either: both are said, and nothing is lost', async () => {
    await using plot = await plantPlot({ repo: 'shut' });
    const token = plot.github.mintToken({ actions: 'read', contents: 'read', issues: 'write' });
    const result = await watch(plot, await awayUrl(), { token });
    expect(result.exitCode).toBe(1);
    expect(annotations(result)).toContain('the server cannot be reached');
    expect(annotations(result)).toContain('could not be put by in branch:octo/shut@checkrein-waiting either');
    expect((await watch(plot, owner.url)).outputs).toMatchObject({ status: 'critical', 'cost-usd': '12' });
  });

  test('of which the password is wrong is fallen back from in the same way', async () => {
    await using plot = await plantPlot({ repo: 'locked' });
    const url = new URL(owner.url);
    url.password = 'not-it';
    const result = await watch(plot, url.href);
    expect(result.exitCode).toBe(1);
    expect(result.summary).toContain('the server refused user or password');
    expect(result.summary).not.toContain('not-it');
  });

  test('that can only be read, as a standby can, is fallen back from in the same way, and moved to when it can be written', async () => {
    await using plot = await plantPlot({ repo: 'standby' });
    await owner.ask(`alter role ${owner.name} set default_transaction_read_only = on`);
    try {
      const first = await watch(plot, owner.url);
      expect(first.exitCode, first.stdout).toBe(1);
      expect(first.summary).toContain('the ledger is away');
      expect(first.summary).toContain('can only be read, as a standby can');
    } finally {
      await owner.ask(`alter role ${owner.name} reset default_transaction_read_only`);
    }
    plot.clock.now = '2026-11-20T20:10:00.000Z';
    const second = await watch(plot, owner.url);
    expect(second.outputs).toMatchObject({ status: 'critical', 'cost-usd': '12' });
    const moved = await eventsIn('octo/standby');
    expect([count(moved, 'session.recorded'), count(moved, 'ledger.moved')]).toEqual([3, 1]);
  });
});
