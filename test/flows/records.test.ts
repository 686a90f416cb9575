import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { EventOf } from '../../src/core/event.ts';
import { after, HOUR, type Instant, MINUTE } from '../../src/core/time.ts';
import type { FakeRun } from '../fakes/github/world.ts';
import { executionFile } from './execution-file.ts';
import { EVENING, learned, type Plot, plantPlot, readLedger } from './plot.ts';
import { annotations, plain } from './words.ts';

const RECORD = 'work/claude-execution-output.json';

/** What a run leaves behind. */
type Leaves = (plot: Plot, run: FakeRun, startedAt: Instant) => void;

function record(run: FakeRun, startedAt: Instant, more: { readonly withoutResult?: boolean } = {}): string {
  return executionFile({ id: `s${run.id}`, usd: 4, startedAt, ...more });
}

function bytes(make: (run: FakeRun, startedAt: Instant) => Uint8Array): Leaves {
  return ({ github }, run, startedAt) => {
    github.addArtifact(run, 'output', {}, { rawZip: make(run, startedAt), createdAt: after(startedAt, MINUTE) });
  };
}

function files(make: (run: FakeRun, startedAt: Instant) => Readonly<Record<string, string>>): Leaves {
  return ({ github }, run, startedAt) => {
    github.addArtifact(run, 'output', make(run, startedAt), { createdAt: after(startedAt, MINUTE) });
  };
}

const brokenZip = bytes(() => strToU8('PK\u0003\u0004 is how a zip begins, but this is none'));
const cutZip = bytes((run, at) => zipSync({ [RECORD]: strToU8(record(run, at)) }).subarray(0, 300));
const bomb = bytes(() => zipSync({ [RECORD]: new Uint8Array(90_000_000) }, { level: 9 }));
const climbing = files((run, at) => ({ [`../../../etc/${RECORD}`]: record(run, at) }));
const halfWritten = files((run, at) => ({ [RECORD]: record(run, at).slice(0, 900) }));
const withoutResult = files((run, at) => ({ [RECORD]: record(run, at, { withoutResult: true }) }));
const emptyFile = files(() => ({ [RECORD]: '' }));
const otherFiles = files(() => ({ 'coverage/lcov.info': 'TN:' }));
const expired: Leaves = ({ github }, run, at) => {
  github.addArtifact(run, 'output', { [RECORD]: record(run, at) }, { expired: true });
};
const nothing: Leaves = () => undefined;

/** A job that was cancelled while it ran; one that was cancelled while it queued has no steps. */
const CUT_SHORT = { name: 'agent', steps: [{ name: 'Set up job', conclusion: 'success' }] };

function addRun(
  plot: Plot,
  hoursAgo: number,
  leaves: Leaves,
  spec: Partial<Parameters<Plot['github']['addRun']>[0]> = {},
) {
  const startedAt = after(EVENING, -hoursAgo * HOUR);
  const run = plot.github.addRun({ workflow: plot.fixer, createdAt: startedAt, ...spec });
  leaves(plot, run, startedAt);
  return run;
}

describe.concurrent('runs that leave something other than a good record', () => {
  test('each says what is wrong with it, none spoils the good ones, and nothing is read twice', async ({ expect }) => {
    await using plot = await plantPlot();
    const told: readonly (readonly [FakeRun, string])[] = [
      [addRun(plot, 4, brokenZip), 'The zip cannot be read: it has no end record. It is cut off or damaged'],
      [addRun(plot, 5, cutZip), 'The zip cannot be read: it has no end record. It is cut off or damaged'],
      [addRun(plot, 6, bomb), `${RECORD}: larger than 64 MB: not read`],
      [addRun(plot, 7, climbing), 'its name points outside of the zip: not read'],
      [addRun(plot, 8, halfWritten), 'a record is cut off before its end'],
      [addRun(plot, 9, withoutResult), 'the record has no end, so its session used at least what is shown'],
    ];
    const silent = {
      expired: addRun(plot, 10, expired),
      none: addRun(plot, 11, nothing),
      other: addRun(plot, 12, otherFiles),
      cancelled: addRun(plot, 13, nothing, { conclusion: 'cancelled', jobs: [CUT_SHORT] }),
      queued: addRun(plot, 15, nothing, { conclusion: 'cancelled' }),
      skipped: addRun(plot, 14, nothing, { conclusion: 'skipped', jobs: [{ name: 'agent', conclusion: 'skipped' }] }),
    };
    const first = await plot.watch();
    expect(first.exitCode, first.stdout).toBe(0);
    for (const [run, words] of told) {
      const line = new RegExp(`run ${run.id}: .*${words.replace(/[.*/]/g, '\\$&')}`);
      expect(annotations(first)).toMatch(line);
      expect(plain(first.summary)).toMatch(line);
    }
    // The three good runs at $4 each; nothing that is not known is added as a zero, nor as $4.
    expect(Number(first.outputs['cost-usd'])).toBeGreaterThanOrEqual(12);
    expect(plot.github.world.issues.map(({ title }) => title)).toEqual([expect.stringContaining('fixer')]);

    const ledger = await readLedger(plot);
    const reasons = new Map(
      ledger.events
        .filter((event): event is EventOf<'session.absent'> => event.kind === 'session.absent')
        .map(({ data }) => [data.run, data.reason]),
    );
    expect(reasons.get(silent.expired.id)).toBe('expired');
    expect(reasons.get(silent.none.id)).toBe('no_artifact');
    expect(reasons.get(silent.other.id)).toBe('not_found_inside');
    expect(reasons.get(silent.cancelled.id)).toBe('no_artifact');
    expect(reasons.get(silent.queued.id)).toBe('skipped');
    expect(reasons.get(silent.skipped.id)).toBe('skipped');
    const recorded = ledger.events.flatMap((event) => (event.kind === 'session.recorded' ? [event.data.session] : []));
    expect(recorded).toHaveLength(5);
    expect(recorded.filter(({ outcome, state }) => outcome === 'unknown' && state.cost !== 'exact')).toHaveLength(2);

    const before = plot.github.log.length;
    const second = await plot.heal();
    expect(second.exitCode).toBe(0);
    expect(annotations(second)).not.toContain('The zip cannot be read');
    expect(plot.github.log.slice(before).filter(({ path }) => path.endsWith('/zip'))).toEqual([]);
    const after = await readLedger(plot);
    expect(after.verification.ok).toBe(true);
    expect(learned(after)).toEqual(learned(ledger));
  });

  test.for([
    ['broken zips', brokenZip, 'could not be read; see whether the agent was cut off'],
    ['empty session files', emptyFile, 'its path to the step that uploads'],
    ['expired artifacts', expired, 'retention-days'],
    ['no artifact at all', nothing, 'add a step that uploads'],
  ] as const)(
    'an agent that leaves %s gets one issue that says what to change, and no cost of zero',
    async ([, leaves, says], { expect }) => {
      await using plot = await plantPlot({ runs: 0 });
      for (const hoursAgo of [1, 2, 3]) addRun(plot, hoursAgo, leaves);
      const first = await plot.watch();
      expect(first.exitCode, first.stdout).toBe(0);
      expect(first.outputs).toMatchObject({ status: 'degraded', 'cost-usd': '' });
      expect(annotations(first)).toContain(says);
      expect(plain(first.summary)).toContain(says);
      expect(plot.github.world.issues.map(({ body }) => plain(body ?? ''))).toEqual([expect.stringContaining(says)]);
    },
  );

  test('the issue of an agent without records is closed once its records come', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0 });
    for (const hoursAgo of [1, 2, 3]) addRun(plot, hoursAgo, nothing);
    await plot.watch();
    const [issue] = plot.github.world.issues;
    expect(issue?.state).toBe('open');
    for (const minutes of [1, 2, 3, 4, 5]) plot.work(after(EVENING, minutes * MINUTE), 1);
    // Gone at the first look; told to be over when it is still gone at a look a quarter of an hour later.
    await plot.heal();
    expect(issue?.state).toBe('open');
    await plot.heal();
    await plot.heal();
    expect(issue?.state).toBe('closed');
  });
});

describe('runs that owe no record', () => {
  test('cancelled and skipped ones raise no alert', async () => {
    await using plot = await plantPlot({ runs: 0 });
    for (const hoursAgo of [1, 2, 3]) {
      addRun(plot, hoursAgo, nothing, { conclusion: 'cancelled', jobs: [CUT_SHORT] });
      addRun(plot, hoursAgo + 4, nothing, { conclusion: 'skipped', jobs: [{ name: 'agent', conclusion: 'skipped' }] });
    }
    const result = await plot.watch();
    expect(result.exitCode, result.stdout).toBe(0);
    expect(result.outputs['alerts']).toBe('0');
    expect(plot.github.world.issues).toEqual([]);
  });
});

describe.concurrent('a configuration that cannot be read', () => {
  test.for([
    [
      'an unknown key',
      'version: 1\nbudget:\n  - { name: d, period: day, usd: 5 }\n',
      ['budget', 'Did you mean budgets', ':2:'],
    ],
    ['a number in words', 'version: 1\nbudgets:\n  - { name: d, period: day, usd: five }\n', ['budgets[0].usd', ':3:']],
    ['a bracket that is never closed', 'version: 1\nbudgets: [\n  { name: d\n', ['.github/checkrein.yml']],
  ] as const)(
    '%s ends the run with exit code 2, the place and the cure, and the next run heals',
    async ([, config, says], { expect }) => {
      await using plot = await plantPlot({ config });
      const refused = await plot.watch();
      expect(refused.exitCode, refused.stdout).toBe(2);
      for (const words of ['The configuration has', ...says]) {
        expect(annotations(refused)).toContain(words);
        expect(plain(refused.summary)).toContain(words);
      }
      // Nothing was written, neither ledger nor issue.
      expect(plot.github.log.filter(({ method }) => method !== 'GET')).toEqual([]);
      await plot.github.commitFile('main', '.github/checkrein.yml', 'version: 1\n');
      expect((await plot.heal()).exitCode).toBe(0);
      expect((await readLedger(plot)).verification.ok).toBe(true);
    },
  );
});
