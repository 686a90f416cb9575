import { describe, test } from 'vitest';
import type { MeterReport } from '../../src/core/guard.ts';
import { after, HOUR, MINUTE } from '../../src/core/time.ts';
import { executionFile } from './execution-file.ts';
import { DECIDED, eventsOf, POSTED, startGuarded, violationsIn } from './guarded.ts';
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

    await plot.heal();
    const again = await readLedger(plot);
    expect(eventsOf(again, 'session.recorded')).toHaveLength(1);
    expect(eventsOf(again, 'guard.checked')).toHaveLength(1);
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

/** What a meter said that ended as it was asked to, having seen all of the session. */
function meterReport(wish: Partial<MeterReport> = {}): MeterReport {
  return {
    ...{ startedAt: DECIDED, beatAt: POSTED, endedAt: POSTED },
    use: { usd: 4, tokens: 275_493, turns: 4, minutes: 19, calls: 1 },
    ...{ heard: ['files'], stop: null, refused: [], moreRefused: 0, problems: [] },
    ...wish,
  };
}
