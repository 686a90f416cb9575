import { describe, expect, test } from 'vitest';
import { type FakeGitHub, startFakeGitHub } from '../../../test/fakes/github.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { Measure } from '../../core/measure.ts';
import { DAY, HOUR, type Instant, MINUTE, after as plus, SECOND } from '../../core/time.ts';
import { connectGitHub } from '../../github/client.ts';
import { sourcesFold } from '../progress.ts';
import { gatherBuilds } from './fetch.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';
const RIGHTS = { actions: 'read', checks: 'read' } as const;

interface Look {
  readonly events: readonly LedgerEvent[];
  readonly complaints: readonly string[];
  readonly requests: number;
  /** `metric label=value …` with sum and count. */
  readonly measures: Readonly<Record<string, readonly [number, number]>>;
}

interface Settings {
  readonly agents?: readonly string[];
  readonly workflows?: readonly string[];
  readonly analysers?: readonly string[];
  readonly errors?: boolean;
  readonly mostRuns?: number;
  readonly canAfford?: () => boolean;
}

/** Looks repeatedly and keeps state in between, like the ledger. */
function watcher(
  fake: FakeGitHub,
  settings: Settings = {},
  token = fake.mintToken(RIGHTS),
): (now?: Instant) => Promise<Look> {
  let sources = sourcesFold.initial;
  return async (now = NOW) => {
    const github = connectGitHub({
      ...{ token, repo: fake.fullName, baseUrl: fake.url, retries: 0, throttle: false, userAgent: 'test' },
    });
    const { events, complaints } = await gatherBuilds({
      ...{ builds: github.builds, moment: { repo: fake.fullName, now }, sources },
      ...{ agents: [], workflows: ['*'], errors: true, analysers: [], mostRuns: 20, canAfford: () => true },
      ...settings,
    });
    sources = sourcesFold.apply(sources, events);
    const measures = events.flatMap((event) => (event.kind === 'metrics.recorded' ? event.data.measures : []));
    return {
      events,
      complaints,
      requests: github.usage().requests,
      measures: Object.fromEntries(measures.map(entryOf)),
    };
  };
}

function entryOf({ metric, labels, aggregate }: Measure): readonly [string, readonly [number, number]] {
  const words = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [[metric, ...words].join(' '), [aggregate.sum, aggregate.count]];
}

describe('reading builds', () => {
  test('a build tells how long it, its jobs and its steps took and how long it waited, once', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    const began = plus(NOW, -HOUR);
    const run = fake.addRun({
      ...{ workflow, event: 'push', createdAt: began },
      jobs: [
        {
          name: 'test',
          startedAt: plus(began, 30 * SECOND),
          completedAt: plus(began, 5 * MINUTE),
          steps: [{ name: 'npm test', conclusion: 'success' }],
        },
        { name: 'deploy', conclusion: 'skipped' },
      ],
    });
    const look = watcher(fake);
    const first = await look();
    expect(first.events[0]).toMatchObject({ id: `build:${run.id}:1`, at: run.attempts[0].updatedAt });
    expect(first.measures).toEqual({
      'ci.runs workflow=ci.yml trigger=push': [1, 1],
      'ci.duration workflow=ci.yml trigger=push': [270 * SECOND, 1],
      'ci.queue workflow=ci.yml': [30 * SECOND, 1],
      'ci.job.duration workflow=ci.yml job=test': [270 * SECOND, 1],
      'ci.step.duration workflow=ci.yml job=test step=npm test': [270 * SECOND, 1],
    });
    const again = await look(plus(NOW, MINUTE));
    expect([again.measures, again.requests]).toEqual([{}, 1]);
  });

  test('a build that failed tells the classes of its errors, and no time and no text', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    const annotations = [
      { level: 'failure', message: 'Process completed with exit code 2.' },
      { level: 'failure', message: 'connect ECONNREFUSED 10.0.0.1:5432 token=hunter2' },
      { level: 'warning', message: 'Node 16 is old' },
    ] as const;
    fake.addRun({
      workflow,
      createdAt: plus(NOW, -HOUR),
      conclusion: 'failure',
      jobs: [{ name: 'test', annotations }],
    });
    const { measures, events } = await watcher(fake)();
    expect(measures).toEqual({
      'ci.runs workflow=ci.yml trigger=schedule': [0, 1],
      'ci.queue workflow=ci.yml': [0, 1],
      'ci.errors workflow=ci.yml error=exit_2': [1, 1],
      'ci.errors workflow=ci.yml error=ECONNREFUSED': [1, 1],
    });
    expect(JSON.stringify(events)).not.toContain('hunter2');
  });

  test('jobs that are named as analysers tell what they found at files, and 0 where they found nothing', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    const annotations = [
      { level: 'failure', path: 'src/a.ts', message: 'no-unused-vars token=hunter2' },
      { level: 'warning', path: 'src/a.ts', message: 'prefer-const' },
      { level: 'warning', path: 'src/b.ts', message: 'prefer-const' },
      { level: 'failure', message: 'Process completed with exit code 1.' },
    ] as const;
    fake.addRun({
      workflow,
      createdAt: plus(NOW, -HOUR),
      conclusion: 'failure',
      jobs: [
        { name: 'lint (eslint)', conclusion: 'failure', annotations },
        { name: 'lint (types)', conclusion: 'success' },
        { name: 'lint (late)', conclusion: 'cancelled' },
        { name: 'test', conclusion: 'success', annotations },
      ],
    });
    const { measures, events, requests } = await watcher(fake, { analysers: ['lint*'], errors: false })();
    const lint = Object.entries(measures).filter(([name]) => name.startsWith('report.lint'));
    expect(Object.fromEntries(lint)).toEqual({
      'report.lint tool=lint (eslint) level=error': [1, 1],
      'report.lint tool=lint (eslint) level=warning': [2, 1],
      'report.lint tool=lint (eslint) level=note': [0, 1],
      'report.lint tool=lint (types) level=error': [0, 1],
      'report.lint tool=lint (types) level=warning': [0, 1],
      'report.lint tool=lint (types) level=note': [0, 1],
    });
    // The list, the jobs, and one request for each of two analysers, but none for the cancelled one or the other job.
    expect(requests).toBe(4);
    expect(JSON.stringify(events)).not.toContain('hunter2');
    // A failed job that is also an analyser is asked once for both.
    const both = await watcher(fake, { analysers: ['lint*'] })();
    expect(both.requests).toBe(4);
    expect(both.measures['ci.errors workflow=ci.yml error=exit_1']).toEqual([1, 1]);
  });

  test('without a right to read annotations what analysers found is not known, and no 0', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    fake.addRun({ workflow, createdAt: plus(NOW, -HOUR), jobs: [{ name: 'lint' }] });
    const { measures, complaints } = await watcher(
      fake,
      { analysers: ['lint'] },
      fake.mintToken({ actions: 'read' }),
    )();
    expect(Object.keys(measures).filter((name) => name.startsWith('report.lint'))).toEqual([]);
    expect(complaints).toEqual([expect.stringMatching(/^What analysers found is not known: .*checks: read/)]);
  });

  test('one that was cancelled or skipped proves nothing', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    for (const conclusion of ['cancelled', 'skipped'] as const) {
      fake.addRun({ workflow, createdAt: plus(NOW, -HOUR), conclusion, jobs: [{ name: 'a', conclusion: 'skipped' }] });
    }
    expect((await watcher(fake)()).measures).toEqual({});
  });

  test('agents are no builds, and files can be named or left out', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    for (const name of ['fix', 'ci', 'ci-old', 'docs']) {
      const workflow = await fake.addWorkflowFile(`.github/workflows/${name}.yml`, `name: ${name}\n`);
      fake.addRun({ workflow, createdAt: plus(NOW, -HOUR) });
    }
    const agents = ['.github/workflows/fix.yml'];
    const names = async (workflows: readonly string[]): Promise<readonly string[]> => {
      const { measures } = await watcher(fake, { agents, workflows })();
      return Object.keys(measures)
        .flatMap((key) => /^ci\.runs workflow=(\S+)/.exec(key)?.[1] ?? [])
        .sort();
    };
    expect(await names(['*'])).toEqual(['ci-old.yml', 'ci.yml', 'docs.yml']);
    expect(await names(['ci*', '!ci-old.yml'])).toEqual(['ci.yml']);
  });
});

describe('in the long run', () => {
  test('what is too much for one look is read by the next ones, oldest first, each build once', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    const runs = Array.from({ length: 7 }, (_, n) => fake.addRun({ workflow, createdAt: plus(NOW, -(n + 1) * HOUR) }));
    const look = watcher(fake, { mostRuns: 3 });
    const seen: string[] = [];
    for (const day of [0, 1, 2, 3]) {
      const { events } = await look(plus(NOW, day * DAY));
      seen.push(...events.flatMap(({ id }) => (id.startsWith('build:') ? [id] : [])));
    }
    expect(seen).toEqual([...runs].reverse().map(({ id }) => `build:${id}:1`));
  });

  test('runs that no look lists are told of, until the looks are close enough again', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    const runs = (count: number, at: Instant): void => {
      for (let n = 0; n < count; n += 1) fake.addRun({ workflow, createdAt: plus(at, -n * SECOND) });
    };
    runs(301, plus(NOW, -HOUR));
    const look = watcher(fake, { mostRuns: 500 });
    expect((await look()).complaints).toEqual([
      expect.stringMatching(
        /^More than 300 runs have ended since the last look: .* is not known\. Let `watch` run more often\.$/,
      ),
    ]);
    runs(5, plus(NOW, MINUTE));
    expect((await look(plus(NOW, HOUR))).complaints).toEqual([]);
    runs(300, plus(NOW, 2 * HOUR));
    expect((await look(plus(NOW, 3 * HOUR))).complaints).toHaveLength(1);
  });

  test('one that goes on for hours, and one that is tried again, are read when they end', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    const long = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR), status: 'in_progress' });
    const tried = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR), conclusion: 'failure' });
    const look = watcher(fake);
    expect((await look()).events.map(({ id }) => id)).toContain(`build:${tried.id}:1`);
    Object.assign(long.attempts[0], { status: 'completed', conclusion: 'success', updatedAt: plus(NOW, 8 * HOUR) });
    fake.rerun(tried, { startedAt: plus(NOW, HOUR) });
    const ids = (await look(plus(NOW, 9 * HOUR))).events.map(({ id }) => id).filter((id) => id.startsWith('build:'));
    expect(ids.sort()).toEqual([`build:${long.id}:1`, `build:${tried.id}:2`].sort());
  });

  test('with few requests left nothing is read, and nothing is forgotten', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    fake.addRun({ workflow, createdAt: plus(NOW, -HOUR) });
    let rich = false;
    const look = watcher(fake, { canAfford: () => rich });
    expect((await look()).measures).toEqual({});
    rich = true;
    expect(Object.keys((await look(plus(NOW, 3 * DAY))).measures)).toContain(
      'ci.runs workflow=ci.yml trigger=schedule',
    );
  });
});

describe('trouble', () => {
  test('without a right to look it is said, and no source counts as failed', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const { events, complaints } = await watcher(fake, {}, fake.mintToken({ contents: 'read' }))();
    expect(events).toEqual([]);
    expect(complaints).toEqual([expect.stringMatching(/How builds fare is not known.*actions: read/)]);
  });

  test('without a right to read annotations a failure counts, its class is not known, and it is said once', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    for (const n of [1, 2]) fake.addRun({ workflow, createdAt: plus(NOW, -n * HOUR), conclusion: 'failure' });
    const { measures, complaints } = await watcher(fake, {}, fake.mintToken({ actions: 'read' }))();
    expect(measures['ci.runs workflow=ci.yml trigger=schedule']).toEqual([0, 1]);
    expect(complaints).toEqual([expect.stringContaining('checks: read')]);
  });

  test('a build that cannot be read today is read tomorrow', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const workflow = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    fake.addRun({ workflow, createdAt: plus(NOW, -HOUR) });
    const look = watcher(fake);
    fake.faults.add({ path: /\/jobs/, fault: { kind: 'status', status: 502 } });
    const first = await look();
    expect([first.measures, first.complaints]).toEqual([{}, [expect.stringContaining('A build could not be read')]]);
    fake.faults.clear();
    expect(Object.keys((await look(plus(NOW, 2 * DAY))).measures)).toContain(
      'ci.runs workflow=ci.yml trigger=schedule',
    );
  });

  test.each(['', 'null', '{', '{"from":"yesterday","read":[]}', '{"from":"2026-11-21T00:00:00.000Z","read":[1]}'])(
    'the place %j means a fresh start',
    async (watermark) => {
      await using fake = await startFakeGitHub({ now: () => NOW });
      const workflow = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
      fake.addRun({ workflow, createdAt: plus(NOW, -HOUR) });
      const github = connectGitHub({
        ...{
          token: fake.mintToken(RIGHTS),
          repo: fake.fullName,
          baseUrl: fake.url,
          throttle: false,
          userAgent: 'test',
        },
      });
      const source = { source: 'builds', lastReadAt: NOW, failure: null, failingSince: null, watermark };
      const { events } = await gatherBuilds({
        ...{ builds: github.builds, moment: { repo: fake.fullName, now: NOW }, sources: { sources: [source] } },
        ...{ agents: [], workflows: ['*'], errors: true, analysers: [], mostRuns: 20, canAfford: () => true },
      });
      expect(events).toHaveLength(2);
    },
  );
});
