import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, test } from 'vitest';
import { keptEnv } from '../../src/app/guard/kept-env.ts';
import type { Errand } from '../../src/core/budget.ts';
import { errandKey } from '../../src/core/guard-record.ts';
import { sha256 } from '../../src/core/hash.ts';
import { after, HOUR, MINUTE } from '../../src/core/time.ts';
import { decodeRecord } from '../../src/sources/guard-record/decode.ts';
import { zipOf } from '../../src/sources/zip/read-zip.ts';
import { ROOT, runNode } from '../drivers/process.ts';
import { runAction } from '../drivers/run-action.ts';
import { startArtifactService } from '../fakes/artifact-service.ts';
import { executionFile } from './execution-file.ts';
import { DECIDED, eventsOf, JOB_ENDED, POSTED, startGuarded, violationsIn } from './guarded.ts';
import { EVENING, type Plot, plantPlot, readLedger } from './plot.ts';
import { plain } from './words.ts';

const RECORD = executionFile({ id: 'a-session', usd: 4, startedAt: after(DECIDED, MINUTE) });
const OUTPUT = 'claude-execution-output.json';
/** By the list prices in execution-file.ts, $4 are 265,953 + 9,540 tokens. */
const CONFIG = 'version: 1\nbudgets:\n  - { name: fixer-day, agent: fixer, period: day, usd: 10 }\n';

/** A first watch, so that the agent is known. */
async function knowAgent(plot: Plot): Promise<void> {
  plot.clock.now = after(EVENING, -2 * HOUR);
  await plot.watch();
  plot.clock.now = EVENING;
}

describe.concurrent('a guarded job that goes well', () => {
  test('is recorded once, its lease is settled, and watch finds nothing', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0, config: CONFIG });
    await knowAgent(plot);
    await using job = await startGuarded(plot, { files: { [OUTPUT]: RECORD } });
    const post = await job.post();
    expect(post.exitCode, post.stdout).toBe(0);
    const summary = plain(post.summary);
    expect(summary).toContain('After fixer');
    expect(summary).toContain('$4.00 (billed)');
    expect(summary).toContain('Bash 1×');
    expect(summary).toContain('| Lease | settled |');
    expect(summary).toContain('| Budget fixer-day, day | $6.00 left of $10.00 |');
    const before = await readLedger(plot);
    expect(eventsOf(before, 'lease.settled').map(({ data }) => data)).toMatchObject([
      { lease: job.handover.lease, spent: { usd: 4, minutes: expect.closeTo(19, 0) } },
    ]);
    expect(eventsOf(before, 'guard.ended')).toMatchObject([
      { data: { record: { ledger: 'held', meter: { kind: 'none' }, sessions: [{ cost: { usd: 4 } }] } } },
    ]);
    expect(eventsOf(before, 'session.recorded')).toEqual([]);

    const watched = await plot.watch();
    expect(watched.exitCode, watched.stdout).toBe(0);
    expect(watched.outputs).toMatchObject({ status: 'healthy', 'cost-usd': '4' });
    const ledger = await readLedger(plot);
    expect(eventsOf(ledger, 'session.recorded').map(({ id }) => id)).toEqual([`session:${job.run.id}:1:1`]);
    expect(eventsOf(ledger, 'guard.checked')).toMatchObject([{ data: { check: { verdict: 'sound' } } }]);
    expect(violationsIn(ledger)).toEqual([]);
    expect(ledger.verification).toMatchObject({ ok: true, quarantined: [] });
  });

  test('counts its session once when an artifact holds it as well', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0, config: CONFIG });
    await using job = await startGuarded(plot, { files: { [OUTPUT]: RECORD } });
    plot.github.addArtifact(job.run, 'output', { [`work/${OUTPUT}`]: RECORD }, { createdAt: POSTED });
    await job.post();
    const watched = await plot.watch();
    expect(watched.outputs).toMatchObject({ status: 'healthy', 'cost-usd': '4' });
    const ledger = await readLedger(plot);
    expect(eventsOf(ledger, 'session.recorded')).toHaveLength(1);
    expect(violationsIn(ledger)).toEqual([]);
  });
});

describe.concurrent('a record whose ledger is away', () => {
  test('waits in an artifact of the run, from which watch takes it up', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0, config: CONFIG });
    await using job = await startGuarded(plot, { files: { [OUTPUT]: RECORD } });
    await using service = await startArtifactService();
    const post = await job.post({ env: { ...service.env, ...AWAY, CHECKREIN_SPOOL: '/dev/full/spool' } });
    expect(post.exitCode, post.stdout).toBe(0);
    const [name = ''] = service.uploaded.keys();
    expect(post.stdout).toContain(`Its record waits in the artifact ${name}`);
    expect(plain(post.summary)).toContain('| Lease | not settled: it ends with the run |');
    plot.github.addArtifact(job.run, name, {}, { createdAt: POSTED, rawZip: service.uploaded.get(name) ?? NOTHING });
    const watched = await plot.watch();
    expect(watched.outputs).toMatchObject({ status: 'healthy', 'cost-usd': '4' });
    const ledger = await readLedger(plot);
    expect(eventsOf(ledger, 'guard.ended')).toMatchObject([{ data: { record: { ledger: 'unknown' } } }]);
    expect(eventsOf(ledger, 'session.recorded')).toHaveLength(1);
    expect(eventsOf(ledger, 'guard.checked')).toMatchObject([{ data: { check: { verdict: 'sound' } } }]);
    expect(violationsIn(ledger)).toEqual([]);
    // The lease was taken when the guard decided, the post step ran 19 minutes later.
    expect(eventsOf(ledger, 'lease.settled').map(({ data }) => data)).toMatchObject([
      { lease: job.handover.lease, spent: { usd: 4, minutes: expect.closeTo(19, 0) } },
    ]);
    expect(eventsOf(ledger, 'lease.expired')).toEqual([]);
  });

  test('is taken once, though it reaches the ledger by another road afterwards', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0, config: CONFIG });
    await using job = await startGuarded(plot, { files: { [OUTPUT]: RECORD } });
    await using service = await startArtifactService({ stumbles: 1 });
    await job.post({ env: { ...service.env, ...AWAY } });
    const [name = ''] = service.uploaded.keys();
    plot.github.addArtifact(job.run, name, {}, { createdAt: POSTED, rawZip: service.uploaded.get(name) ?? NOTHING });
    await plot.watch();
    await job.post();
    const watched = await plot.heal();
    expect(watched.outputs).toMatchObject({ 'cost-usd': '4' });
    const ledger = await readLedger(plot);
    for (const kind of ['guard.ended', 'lease.settled', 'session.recorded', 'guard.checked'] as const) {
      expect(eventsOf(ledger, kind), kind).toHaveLength(1);
    }
    expect(violationsIn(ledger)).toEqual([]);
  });

  test('that is not the one of the guard is told of, and settles nothing', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0, config: CONFIG });
    await using job = await startGuarded(plot, { files: { [OUTPUT]: RECORD } });
    await using service = await startArtifactService();
    await job.post({ env: { ...service.env, ...AWAY } });
    const [[name = '', zip = NOTHING] = []] = service.uploaded;
    const forged = changedRecord(zip, (record) => ({ ...record, decision: 'warn' }));
    plot.github.addArtifact(job.run, name, {}, { createdAt: POSTED, rawZip: forged });
    await plot.watch();
    const ledger = await readLedger(plot);
    expect(eventsOf(ledger, 'guard.checked')).toMatchObject([{ data: { check: { verdict: 'tampered' } } }]);
    expect(violationsIn(ledger)).toMatchObject([{ kind: 'tampering', severity: 'critical' }]);
    expect(eventsOf(ledger, 'lease.settled')).toEqual([]);
    expect(eventsOf(ledger, 'lease.expired')).toMatchObject([{ data: { because: 'run_ended' } }]);
  });

  test('gets into an artifact also where the agent has taken its name before', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0, config: CONFIG });
    await using job = await startGuarded(plot, { files: { [OUTPUT]: RECORD } });
    const taken = guardArtifact(job.errand);
    await using service = await startArtifactService({ taken: [taken] });
    const post = await job.post({ env: { ...service.env, ...AWAY } });
    const [name = ''] = service.uploaded.keys();
    expect(name).toMatch(new RegExp(`^${taken}-[0-9a-f]{8}$`));
    expect(plain(post.summary)).toContain(`Its record waits in the artifact ${name}`);
  });

  test('is said to be lost, with what helps, where neither the artifacts nor the disk have room', async ({
    expect,
  }) => {
    await using plot = await plantPlot({ runs: 0, config: CONFIG });
    await using job = await startGuarded(plot, { files: { [OUTPUT]: RECORD } });
    await using service = await startArtifactService({ full: true });
    const post = await job.post({ env: { ...service.env, ...AWAY, CHECKREIN_SPOOL: '/dev/full/spool' } });
    expect(post.exitCode, post.stdout).toBe(0);
    expect(service.uploaded.size).toBe(0);
    const summary = plain(post.summary);
    expect(summary).toContain('the storage for artifacts is full. Delete artifacts of old runs');
    expect(summary).toContain('Its record is lost');
  });

  test('waits in the spool of the machine where the runner takes no artifacts, for a watch on that machine', async ({
    expect,
  }) => {
    await using plot = await plantPlot({ runs: 0, config: CONFIG });
    await using job = await startGuarded(plot, { files: { [OUTPUT]: RECORD } });
    const spool = job.machine.getPath('kept/spool');
    const post = await job.post({ env: { ...AWAY, CHECKREIN_SPOOL: spool } });
    const summary = plain(post.summary);
    expect(summary).toContain('the runner gives this step no access to them. Servers without the artifact service');
    expect(summary).toContain('Its record waits in the spool of this machine');
    const [name = ''] = readdirSync(spool);
    expect(name).toBe(`${guardArtifact(job.errand)}.json`);
    const text = readFileSync(join(spool, name));
    expect(decodeRecord(text)).toMatchObject({ record: { sessions: [{ cost: { usd: 4 } }] } });

    const watched = await plot.watch({ env: { CHECKREIN_SPOOL: spool } });
    expect(watched.outputs).toMatchObject({ status: 'healthy', 'cost-usd': '4' });
    const ledger = await readLedger(plot);
    expect(eventsOf(ledger, 'guard.ended')).toHaveLength(1);
    expect(eventsOf(ledger, 'lease.settled')).toMatchObject([{ data: { spent: { usd: 4 } } }]);
    expect(eventsOf(ledger, 'guard.checked')).toMatchObject([{ data: { check: { verdict: 'sound' } } }]);
    expect(readdirSync(spool)).toEqual([]);
  });

  test('accuses nobody out of a spool that other jobs can write to', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0, config: CONFIG });
    await using job = await startGuarded(plot, { files: { [OUTPUT]: RECORD } });
    const spool = job.machine.getPath('kept/spool');
    await job.post({ env: { ...AWAY, CHECKREIN_SPOOL: spool } });
    await job.post();
    const own = join(spool, `${guardArtifact(job.errand)}.json`);
    const foreign = changedText(readFileSync(own, 'utf8'), (record) => ({ ...record, sessions: [], decision: 'deny' }));
    writeFileSync(own, foreign);
    writeFileSync(join(spool, 'checkrein-guard-1-1-nothing.json'), '{}');
    await plot.watch({ env: { CHECKREIN_SPOOL: spool } });
    const ledger = await readLedger(plot);
    expect(eventsOf(ledger, 'guard.checked')).toMatchObject([{ data: { check: { verdict: 'sound' } } }]);
    expect(violationsIn(ledger)).toEqual([]);
    expect(eventsOf(ledger, 'guard.ended')).toMatchObject([{ data: { record: { sessions: [{ cost: { usd: 4 } }] } } }]);
    expect(readdirSync(spool)).toEqual(['checkrein-guard-1-1-nothing.json']);
  });

  test.for([
    ['', {}],
    [' and another process works for it', { NODE_EXTRA_CA_CERTS: '/dev/null' }],
  ] as const)(
    'gets away within the ten seconds of a job that is cancelled, though nothing of GitHub answers%s',
    async ([, more], { expect }) => {
      await using plot = await plantPlot({ runs: 0, config: CONFIG });
      await using job = await startGuarded(plot, { files: { [OUTPUT]: RECORD }, conclusion: 'cancelled' });
      await using service = await startArtifactService();
      const signalled = new AbortController();
      let began = 0;
      await using silence = await startSilence(() => {
        began ||= performance.now();
        signalled.abort();
      });
      const finished = await runNode({
        ...{ script: join(ROOT, 'dist/post.js'), cwd: job.machine.path, home: job.machine.path },
        env: {
          ...{ RUNNER_TEMP: job.machine.path, GITHUB_API_URL: silence.url, 'INPUT_GITHUB-TOKEN': 'ghs_a_token' },
          ...{ 'STATE_checkrein-guard': JSON.stringify(job.handover), ...service.env },
          'STATE_checkrein-env': keptEnv(service.env),
          ...more,
        },
        killOn: signalled.signal,
        killWith: 'SIGINT',
      });
      expect([finished.exitCode, finished.signal, finished.stderr]).toEqual([0, null, '']);
      // As soon as it waits for GitHub the signal comes; the runner leaves it ten seconds from then on.
      expect(signalled.signal.aborted).toBe(true);
      expect(performance.now() - began).toBeLessThan(10_000);
      expect([...service.uploaded.keys()]).toEqual([expect.stringMatching(/^checkrein-guard-/)]);
    },
  );
});

describe.concurrent('a disk that is full', () => {
  test('keeps the record from nothing but the summary', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0, config: CONFIG });
    await using job = await startGuarded(plot, { files: { [OUTPUT]: RECORD } });
    const finished = await runNode({
      ...{ script: join(ROOT, 'dist/post.js'), cwd: job.machine.path, home: job.machine.path, now: POSTED },
      env: {
        ...{ RUNNER_TEMP: job.machine.path, GITHUB_API_URL: plot.github.url, CHECKREIN_SPOOL: '/dev/full/spool' },
        ...{ GITHUB_GRAPHQL_URL: `${plot.github.url}/graphql`, GITHUB_STEP_SUMMARY: '/dev/full' },
        'INPUT_GITHUB-TOKEN': plot.github.mintToken({ contents: 'write' }),
        'STATE_checkrein-guard': JSON.stringify(job.handover),
      },
    });
    expect([finished.exitCode, finished.stderr], finished.stdout).toEqual([0, '']);
    expect(finished.stdout).toContain('::warning::The job summary could not be written (ENOSPC)');
    const ledger = await readLedger(plot);
    expect(eventsOf(ledger, 'guard.ended')).toHaveLength(1);
    expect(eventsOf(ledger, 'lease.settled')).toHaveLength(1);
  });
});

describe.concurrent('a job without a record', () => {
  const WORDS = 'the job ended, and its guard left no record';

  test.for([
    ['that went well is a critical violation', {}, 'tampered'],
    ['that was cancelled proves nothing', { conclusion: 'cancelled' }, 'unknown'],
    ['that lost its runner proves nothing', { conclusion: 'failure', lost: true }, 'unknown'],
  ] as const)('%s', async ([, wish, verdict], { expect }) => {
    await using plot = await plantPlot({ runs: 0, config: CONFIG });
    await using _job = await startGuarded(plot, wish);
    await plot.watch();
    const ledger = await readLedger(plot);
    expect(eventsOf(ledger, 'guard.checked')).toMatchObject([{ data: { check: { verdict } } }]);
    const told = plot.github.world.issues.map(({ body }) => plain(body ?? '')).filter((body) => body.includes(WORDS));
    expect(told).toHaveLength(verdict === 'tampered' ? 1 : 0);
    expect(violationsIn(ledger).map(({ kind, severity }) => [kind, severity])).toEqual(
      verdict === 'tampered' ? [['tampering', 'critical']] : [],
    );
  });

  test('is looked at again where the record may still be on its way', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0, config: CONFIG });
    await using job = await startGuarded(plot, { files: { [OUTPUT]: RECORD } });
    plot.clock.now = after(JOB_ENDED, 5_000);
    await plot.watch();
    expect(eventsOf(await readLedger(plot), 'guard.checked')).toEqual([]);
    await job.post();
    await plot.heal();
    const ledger = await readLedger(plot);
    expect(eventsOf(ledger, 'guard.checked')).toMatchObject([{ data: { check: { verdict: 'sound' } } }]);
    expect(eventsOf(ledger, 'session.recorded')).toHaveLength(1);
  });
});

describe.concurrent('the post step', () => {
  test('of an agent that was denied settles nothing, and says so', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0, config: CONFIG });
    await using job = await startGuarded(plot, { decision: 'deny', lease: false });
    const before = await readLedger(plot);
    const post = await job.post();
    expect(post.exitCode, post.stdout).toBe(0);
    expect(plain(post.summary)).toContain('It was denied, and no session was found: nothing was settled');
    expect((await readLedger(plot)).events).toEqual(before.events);
  });

  test('of any other command does nothing, and asks nobody', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0, config: CONFIG });
    plot.github.log.length = 0;
    const post = await runAction({ github: plot.github, phases: ['post'] });
    expect([post.exitCode, post.stdout, post.stderr, post.summary]).toEqual([0, '', '', '']);
    expect(plot.github.log).toEqual([]);
  });
});

/** Nothing listens there. */
const AWAY = { GITHUB_API_URL: 'http://127.0.0.1:9' };
const NOTHING = new Uint8Array();

/** The name of the artifact in which the record of a job waits. */
function guardArtifact(errand: Errand): string {
  return `checkrein-guard-${errand.run}-${errand.attempt}-${sha256(errandKey(errand)).slice(0, 8)}`;
}

type AnyRecord = Readonly<Record<string, unknown>>;

/** A record with other content, whole as somebody would write it who knows the form. */
function changedText(text: string, change: (record: AnyRecord) => AnyRecord): string {
  const changed = JSON.stringify(change(JSON.parse(text.split('\n')[1] ?? '')));
  return `${JSON.stringify({ v: 1, sha256: sha256(changed) })}\n${changed}\n`;
}

function changedRecord(zip: Uint8Array, change: (record: AnyRecord) => AnyRecord): Uint8Array {
  const [[name = '', bytes = NOTHING] = []] = Object.entries(unzipSync(zip));
  return zipOf(name, changedText(Buffer.from(bytes).toString(), change));
}

/** A server that takes every request and answers none. */
async function startSilence(asked: () => void): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(asked);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
