import { describe, expect, test } from 'vitest';
import { DAY, HOUR, type Instant, MINUTE, after as plus } from '../../src/core/time.ts';
import { addRecord, EVENING, type LedgerContent, type Plot, plantPlot, readLedger } from './plot.ts';
import { expectWhole } from './whole.ts';
import { annotations } from './words.ts';

function count({ events }: LedgerContent, wanted: LedgerContent['events'][number]['kind']): number {
  return events.filter(({ kind }) => kind === wanted).length;
}

function expectOnceEach(ledger: LedgerContent): void {
  expect(ledger.verification).toMatchObject({ ok: true, quarantined: [] });
  expect(new Set(ledger.events.map(({ id }) => id)).size).toBe(ledger.events.length);
}

describe('three runs at once', () => {
  test('open one issue and close it once, and each of them ends well', async () => {
    await using plot = await plantPlot();
    const three = (): Promise<readonly Awaited<ReturnType<Plot['watch']>>[]> =>
      Promise.all([plot.watch(), plot.watch(), plot.watch()]);
    const opening = await three();
    for (const run of opening) expect(run.exitCode, run.stdout).toBe(0);
    for (const run of opening) await expectWhole(plot, run);

    plot.clock.now = plus(EVENING, DAY);
    plot.work(plus(plot.clock.now, -HOUR), 1);
    for (const run of await three()) {
      expect(run.exitCode, run.stdout).toBe(0);
      expect(run.outputs['cost-usd']).toBe('1');
    }
    // The second one tells that nobody had looked for a day.
    const titles = plot.github.world.issues.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(plot.github.world.issues[0]?.state).toBe('closed');
    expect(plot.github.world.issues[0]?.comments).toHaveLength(1);
    const ledger = await readLedger(plot);
    expectOnceEach(ledger);
    expect(count(ledger, 'session.recorded')).toBe(4);
    expect(count(ledger, 'watch.ran')).toBe(6);
  });
});

describe.concurrent('more runs than GitHub shows in one list', () => {
  const RUNS = 1_100;
  /** One every twenty minutes, at a cent. */
  const EVERY = 20 * MINUTE;

  test('are all read once, in as many steps as the request limit of the token takes', async () => {
    await using plot = await plantPlot({ runs: 0, config: 'version: 1\ncollect: { max_requests: 2000 }\n' });
    for (let i = RUNS; i >= 1; i--) plot.work(plus(EVENING, -i * EVERY), 0.01);
    const first = await plot.watch();
    expect(first.exitCode, first.stdout).toBe(0);
    expect(annotations(first)).toContain('are still to be read: the next run goes on');
    // Of the 1,000 requests that a token has in an hour, 200 are kept; what was under way and the ledger take some of them.
    expect(plot.github.rates.pool('github_token', 'core').used).toBeLessThan(830);
    plot.clock.now = plus(plot.clock.now, HOUR);
    const second = await plot.watch();
    expect(second.exitCode, second.stdout).toBe(0);
    expect(annotations(second)).not.toContain('still to be read');
    const ledger = await readLedger(plot);
    expectOnceEach(ledger);
    expect(count(ledger, 'run.completed')).toBe(RUNS);
    expect(count(ledger, 'session.recorded')).toBe(RUNS);
  }, 240_000);
});

describe.concurrent('a run that is tried again', () => {
  test('counts once for each attempt, whether an attempt was seen before or not', async () => {
    await using plot = await plantPlot();
    const [first, second] = plot.github.world.runs;
    if (first === undefined || second === undefined) throw new Error('the plot has no runs');
    const again = (run: typeof first, startedAt: Instant): void => {
      plot.github.rerun(run, { startedAt });
      addRecord(plot.github, run, { usd: 2, startedAt });
    };
    again(first, plus(EVENING, -30 * MINUTE));
    // Three runs at $4, one of them again at $2.
    expect((await plot.watch()).outputs).toMatchObject({ status: 'critical', 'cost-usd': '14' });
    again(second, plus(EVENING, MINUTE));
    expect((await plot.heal()).outputs['cost-usd']).toBe('16');
    expect((await plot.heal()).outputs['cost-usd']).toBe('16');
    const ledger = await readLedger(plot);
    expectOnceEach(ledger);
    const ids = ledger.events.flatMap(({ kind, id }) => (kind === 'run.completed' ? [id] : []));
    expect(ids.filter((id) => id.startsWith(`run:${first.id}:`)).sort()).toEqual([
      `run:${first.id}:1`,
      `run:${first.id}:2`,
    ]);
    expect(ids.filter((id) => id.startsWith(`run:${second.id}:`)).sort()).toEqual([
      `run:${second.id}:1`,
      `run:${second.id}:2`,
    ]);
    expect(count(ledger, 'session.recorded')).toBe(5);
  });
});

describe.concurrent('a repository without a configuration', () => {
  test('is watched with the default budget, which opens an issue once it is broken', async () => {
    await using plot = await plantPlot({ config: null });
    const fine = await plot.watch();
    expect(fine.exitCode, fine.stdout).toBe(0);
    expect(fine.outputs).toMatchObject({ status: 'healthy', alerts: '0', 'cost-usd': '12' });
    expect(annotations(fine)).toBe('');
    expect(plot.github.world.issues).toEqual([]);
    plot.work(plus(EVENING, MINUTE), 60);
    const broken = await plot.heal();
    expect(broken.exitCode, broken.stdout).toBe(0);
    expect(broken.outputs).toMatchObject({ status: 'critical', 'cost-usd': '72' });
    expect(plot.github.world.issues).toMatchObject([{ state: 'open', title: expect.stringContaining('$72.00') }]);
  });
});
