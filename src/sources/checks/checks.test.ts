import { describe, expect, it } from 'vitest';
import type { FakeCheckRun } from '../../../test/fakes/github/world.ts';
import { type FakeGitHub, startFakeGitHub } from '../../../test/fakes/github.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { PullRecord } from '../../core/pull.ts';
import { DAY, HOUR, type Instant, MINUTE, after as plus } from '../../core/time.ts';
import { connectGitHub } from '../../github/client.ts';
import { sourcesFold } from '../progress.ts';
import { gatherChecks } from './fetch.ts';
import { testCountsIn } from './parse.ts';
import { formatPlace, parsePlace } from './place.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';

describe('the title of a check run', () => {
  it.each([
    // dorny/test-reporter
    ['12 passed, 1 failed and 3 skipped ', { passed: 12, failed: 1 }],
    ['✅ 1,234 passed, 0 failed and 0 skipped', { passed: 1_234, failed: 0 }],
    // EnricoMi/publish-unit-test-result-action
    ['1 fail, 1 skipped, 17 pass in 12s', { passed: 17, failed: 1 }],
    ['2 errors, 1 fail, 17 pass in 1m 12s', { passed: 17, failed: 3 }],
    ['All 17 tests pass in 4s', { passed: 17, failed: 0 }],
    // mikepenz/action-junit-report
    ['10 tests run, 8 passed, 1 skipped, 1 failed.', { passed: 8, failed: 1 }],
  ])('%j tells of %j', (title, counts) => {
    expect(testCountsIn(title)).toEqual(counts);
  });

  it.each([
    '',
    'Build succeeded',
    '3 skipped',
    '0 passed, 0 failed',
    'v1.2 passed',
    'step 2-3 passed',
    '10 passwords found',
    '99999999 passed',
    '900000 passed, 900000 failed',
    `${'x'.repeat(400)} 3 passed`,
  ])('%j tells of no tests', (title) => {
    expect(testCountsIn(title)).toBeNull();
  });
});

describe('the place of this source', () => {
  it.each([null, '', '[]', '7', '{"done":"x"}', '{"done":[1],"asked":{"a":"yesterday"}}'])(
    'is empty for %j',
    (text) => {
      expect(parsePlace(text)).toEqual({ done: [], asked: {} });
    },
  );

  it('is read as it was written', () => {
    const place = { done: ['1:a', '2:b'], asked: { '3:c': NOW } };
    expect(parsePlace(formatPlace(place))).toEqual(place);
  });
});

interface Look {
  readonly events: readonly LedgerEvent[];
  readonly complaints: readonly string[];
  readonly requests: number;
  /** `metric label=value …` with sum and count. */
  readonly measures: Readonly<Record<string, readonly [number, number]>>;
}

/** Looks repeatedly and keeps state in between, like the ledger. */
function watcher(
  fake: FakeGitHub,
  { token = fake.mintToken({ checks: 'read' }), canAfford = (): boolean => true } = {},
): (pulls: readonly PullRecord[], now?: Instant) => Promise<Look> {
  let sources = sourcesFold.initial;
  return async (pulls, now = NOW) => {
    const github = connectGitHub({
      ...{ token, repo: fake.fullName, baseUrl: fake.url, userAgent: 'test', throttle: false },
    });
    const moment = { repo: fake.fullName, now };
    const { events, complaints } = await gatherChecks({ api: github.checks, moment, sources, pulls, canAfford });
    sources = sourcesFold.apply(sources, events);
    const measures = events.flatMap((event) => (event.kind === 'metrics.recorded' ? event.data.measures : []));
    return {
      ...{ events, complaints, requests: github.usage().requests },
      measures: Object.fromEntries(
        measures.map(({ metric, labels, aggregate }) => [
          [metric, ...Object.entries(labels).map(([key, value]) => `${key}=${value}`)].join(' '),
          [aggregate.sum, aggregate.count],
        ]),
      ),
    };
  };
}

async function opened(fake: FakeGitHub, headSince: Instant = NOW, verdict: 'agent' | 'person' = 'agent') {
  const pull = await fake.addPull();
  const record: PullRecord = {
    ...{ number: pull.issue.number, agent: 'fixer', author: null, run: null, createdAt: headSince },
    ...{ updatedAt: headSince, draft: false, head: pull.headSha, base: 'main', closedAt: null, mergedAt: null },
    ...{ mergeCommit: null, mergedBy: null, reverts: null, headSince },
    standing: { verdict, readyAt: headSince, asked: [], closedBy: null, titleHash: 'x' },
  };
  return record;
}

function check(fake: FakeGitHub, { head }: PullRecord, spec: Partial<FakeCheckRun> = {}): FakeCheckRun {
  const made: FakeCheckRun = {
    ...{ id: fake.world.nextId(), headSha: head, name: 'unit', status: 'completed', conclusion: 'success' },
    ...{ startedAt: NOW, completedAt: plus(NOW, MINUTE), title: null, ...spec },
  };
  fake.world.checkRuns.push(made);
  return made;
}

describe('check runs of pull requests of agents', () => {
  it('count once all have ended: each as passed or failed, and the tests that they tell of', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const pull = await opened(fake);
    const look = watcher(fake);
    expect(await look([pull])).toMatchObject({ measures: {}, requests: 1 });
    const slow = check(fake, pull, { status: 'in_progress', conclusion: null, completedAt: null });
    check(fake, pull, { name: 'Tests', conclusion: 'failure', title: '12 passed, 3 failed and 1 skipped' });
    check(fake, pull, { name: 'docs', conclusion: 'skipped' });
    expect((await look([pull], plus(NOW, MINUTE))).measures).toEqual({});
    Object.assign(slow, { status: 'completed', conclusion: 'success', completedAt: plus(NOW, 5 * MINUTE) });
    const { events, measures } = await look([pull], plus(NOW, 6 * MINUTE));
    expect(measures).toEqual({
      'ci.checks check=unit agent=fixer': [1, 1],
      'ci.checks check=Tests agent=fixer': [0, 1],
      'report.tests check=Tests agent=fixer': [12, 15],
    });
    expect(events[0]).toMatchObject({ id: `checks:${pull.number}:${pull.head}`, at: plus(NOW, 5 * MINUTE) });
    expect(await look([pull], plus(NOW, 7 * MINUTE))).toMatchObject({ events: [], requests: 0 });
  });

  it('are jobs of workflows, too, and nothing but numbers and short names is kept of them', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const pull = await opened(fake);
    const workflow = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
    const run = fake.addRun({ workflow, createdAt: NOW, jobs: [{ name: 'build', conclusion: 'failure' }] });
    Object.assign(run, { headSha: pull.head });
    check(fake, pull, { name: `deploy ghp_${'a1B2'.repeat(9)}`, title: 'token=hunter2 and 1 passed' });
    const { events, measures } = await watcher(fake)([pull]);
    expect(measures).toMatchObject({ 'ci.checks check=build agent=fixer': [0, 1] });
    expect(JSON.stringify(events)).not.toMatch(/hunter2|a1B2a1B2/);
  });

  it('are not asked for of people, of old heads, and without enough requests left', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const [people, old] = [await opened(fake, NOW, 'person'), await opened(fake, plus(NOW, -3 * DAY))];
    check(fake, people);
    check(fake, old);
    expect(await watcher(fake)([people, old])).toMatchObject({ events: [], requests: 0 });
    const fresh = await opened(fake);
    expect(await watcher(fake, { canAfford: () => false })([fresh])).toMatchObject({ events: [], requests: 0 });
  });

  it('are given up where none begins within an hour, and where they do not end within a day', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const [none, hung] = [await opened(fake), await opened(fake)];
    check(fake, hung);
    check(fake, hung, { name: 'hung', status: 'in_progress', conclusion: null, completedAt: null });
    const look = watcher(fake);
    expect((await look([none, hung])).requests).toBe(2);
    expect((await look([none, hung], plus(NOW, HOUR))).requests).toBe(2);
    expect((await look([none, hung], plus(NOW, 2 * HOUR))).requests).toBe(1);
    const last = await look([none, hung], plus(NOW, DAY));
    expect(last.measures).toEqual({ 'ci.checks check=unit agent=fixer': [1, 1] });
    expect((await look([none, hung], plus(NOW, DAY + HOUR))).requests).toBe(0);
  });

  it('cost five requests at a time, and every head has its turn', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const pulls: PullRecord[] = [];
    for (let n = 0; n < 12; n += 1) {
      const pull = await opened(fake);
      check(fake, pull, { name: `of ${pull.number}`, status: 'queued', conclusion: null, completedAt: null });
      pulls.push(pull);
    }
    const look = watcher(fake);
    const asked = new Set<string>();
    for (const minute of [0, 1, 2]) {
      const before = fake.log.length;
      expect((await look(pulls, plus(NOW, minute * MINUTE))).requests).toBe(5);
      for (const { path } of fake.log.slice(before)) asked.add(/commits\/(\w+)\//.exec(path)?.[1] ?? '');
    }
    expect(asked.size).toBe(12);
  });

  it('that may not be read are said to be unknown, in one request', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const pulls = [await opened(fake), await opened(fake)];
    const { measures, complaints, requests } = await watcher(fake, { token: fake.mintToken({ contents: 'read' }) })(
      pulls,
    );
    expect([measures, requests]).toEqual([{}, 1]);
    expect(complaints).toEqual([expect.stringMatching(/^What checks found is not known: .*checks: read/)]);
  });

  it('of a head that cannot be read do not keep the others from being read', async () => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    const [good, gone] = [await opened(fake), { ...(await opened(fake)), head: 'f'.repeat(40) }];
    check(fake, good);
    const look = watcher(fake);
    expect((await look([good, gone])).complaints).toHaveLength(1);
    expect((await look([good, gone], plus(NOW, MINUTE))).measures).toEqual({
      'ci.checks check=unit agent=fixer': [1, 1],
    });
  });
});
