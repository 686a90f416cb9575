import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { FakeRun, FakeWorkflow } from '../../../test/fakes/github/world.ts';
import { type FakeGitHub, startFakeGitHub } from '../../../test/fakes/github.ts';
import type { EventOf } from '../../core/event.ts';
import type { RunMark } from '../../core/facts.ts';
import { UNKNOWN_MONEY } from '../../core/money.ts';
import type { Certainty } from '../../core/outcome.ts';
import type { RunConclusion } from '../../core/run.ts';
import { type SessionReading, UNKNOWN_TOKENS } from '../../core/session.ts';
import { DAY, HOUR, type Instant, MINUTE, after as plus } from '../../core/time.ts';
import { connectGitHub } from '../../github/client.ts';
import { gatherSessions, type SessionsRequest } from './fetch.ts';
import type { ReadSessions } from './run-reader.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';

const READING: SessionReading = {
  engine: 'claude',
  format: 'claude-execution',
  engineSession: null,
  models: [],
  startedAt: null,
  endedAt: null,
  duration: null,
  outcome: 'completed',
  turns: 1,
  tokens: UNKNOWN_TOKENS,
  cost: UNKNOWN_MONEY,
  reportedCost: UNKNOWN_MONEY,
  tools: [],
  denials: null,
  state: { tokens: 'exact', cost: 'unknown', turns: 'exact', tools: 'exact', latency: 'unknown' },
};

function known(tokens: Certainty): SessionReading['state'] {
  return { ...READING.state, tokens };
}
function sum(total: number): SessionReading['tokens'] {
  return { ...UNKNOWN_TOKENS, total };
}

/** Replaces the readers of session files: a file `*.session` holds the session fields that matter to a test. */
const readSessions: ReadSessions = async (zip) => {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(zip);
  } catch {
    const refused = { kind: 'unreadable', message: 'the zip is broken', remedy: 'none', retry: false } as const;
    return { sessions: [], complaints: [], refused };
  }
  const found = Object.entries(files).filter(([path]) => path.endsWith('.session'));
  const sessions = found.map(([, bytes]) => ({
    reading: { ...READING, ...JSON.parse(Buffer.from(bytes).toString()) },
  }));
  return { sessions, complaints: [] };
};

function markOf(run: FakeRun, attempt = run.attempts.length, telemetry: RunMark['telemetry'] = 'awaited'): RunMark {
  const made = run.attempts[attempt - 1];
  if (made === undefined) throw new Error(`the run has no attempt ${attempt}`);
  return {
    run: run.id,
    attempt,
    agent: 'fix',
    workflow: run.workflow.path,
    trigger: run.event,
    createdAt: run.createdAt,
    startedAt: made.startedAt,
    updatedAt: made.updatedAt,
    status: made.status,
    conclusion: made.conclusion,
    url: `https://github.test/runs/${run.id}`,
    telemetry,
  };
}

async function gatherFrom(
  fake: FakeGitHub,
  runs: readonly RunMark[],
  options: Partial<SessionsRequest> & { readonly token?: string } = {},
) {
  const { token = fake.mintToken({ actions: 'read' }), ...rest } = options;
  const { fullName: repo, url: baseUrl } = fake;
  const github = connectGitHub({ token, repo, baseUrl, userAgent: 'test', retries: 0, throttle: false });
  const { events, complaints } = await gatherSessions({
    github,
    now: NOW,
    runs,
    readSessions,
    agentJobs: () => [],
    ...rest,
  });
  const found = events.flatMap((event) => (event.kind === 'session.recorded' ? [event.data.session] : []));
  const absent = events.filter((event): event is EventOf<'session.absent'> => event.kind === 'session.absent');
  return { events, complaints, found, absent, last: events.at(-1), requests: github.usage().requests };
}

async function start(use: (fake: FakeGitHub, workflow: FakeWorkflow) => Promise<void>): Promise<void> {
  await using fake = await startFakeGitHub({ now: () => NOW });
  await use(fake, await fake.addWorkflowFile('.github/workflows/fix.yml', 'name: Fix\n'));
}

describe('sessions of runs', () => {
  test('a session is found by what is inside any artifact and bound to its run', async () => {
    await start(async (fake, workflow) => {
      const run = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR) });
      fake.addArtifact(run, 'coverage', { 'index.html': '' });
      fake.addArtifact(run, 'anything', { 'deep/in/a.session': '{"turns":7}' });
      const { events, found, absent, last, requests } = await gatherFrom(fake, [markOf(run)]);
      expect(found).toMatchObject([
        {
          id: `session:${run.id}:1:1`,
          agent: 'fix',
          workflow: '.github/workflows/fix.yml',
          run: run.id,
          attempt: 1,
          job: null,
          turns: 7,
        },
      ]);
      expect(events[0]).toMatchObject({ id: `session:${run.id}:1:1`, at: plus(NOW, -HOUR), seen: NOW });
      expect(absent).toEqual([]);
      expect(last).toMatchObject({ kind: 'source.read', data: { source: 'artifacts', items: 1 } });
      // One list and two downloads of two requests each.
      expect(requests).toBe(5);
    });
  });

  test('runs that are not over, or whose telemetry is settled, cost nothing', async () => {
    await start(async (fake, workflow) => {
      const going = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR), status: 'in_progress' });
      const settled = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR) });
      const { events, requests } = await gatherFrom(fake, [markOf(going), markOf(settled, 1, 'no_artifact')]);
      expect([events.map(({ kind }) => kind), requests]).toEqual([['source.read'], 0]);
    });
  });

  test('each attempt gets the artifacts that were made while it was the last one', async () => {
    await start(async (fake, workflow) => {
      const run = fake.addRun({ workflow, createdAt: plus(NOW, -5 * HOUR), conclusion: 'failure' });
      fake.addArtifact(run, 'early', { 'a.session': '{"turns":0}' }, { createdAt: plus(NOW, -6 * HOUR) });
      fake.addArtifact(run, 'one', { 'a.session': '{"turns":1}' });
      fake.rerun(run, { startedAt: plus(NOW, -2 * HOUR) });
      fake.addArtifact(run, 'two', { 'a.session': '{"turns":2}' });
      const { found } = await gatherFrom(fake, [markOf(run, 1), markOf(run, 2)]);
      expect(found.map(({ id, turns }) => [id, turns])).toEqual([
        [`session:${run.id}:1:1`, 1],
        [`session:${run.id}:2:1`, 2],
      ]);
      const second = await gatherFrom(fake, [markOf(run, 1, 'recorded'), markOf(run, 2)]);
      expect(second.found.map(({ turns }) => turns)).toEqual([2]);
    });
  });

  test('two records of one session count once, and the better known one stays', async () => {
    await start(async (fake, workflow) => {
      const run = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR) });
      const state = { tokens: 'lower_bound', cost: 'unknown', turns: 'exact', tools: 'exact', latency: 'unknown' };
      fake.addArtifact(run, 'a', { 'a.session': JSON.stringify({ engineSession: 's', turns: 1, state }) });
      fake.addArtifact(run, 'b', { 'b.session': '{"engineSession":"s","turns":2}', 'c.session': '{"turns":3}' });
      const { found } = await gatherFrom(fake, [markOf(run)]);
      expect(found.map(({ id, turns }) => [id, turns])).toEqual([
        [`session:${run.id}:1:1`, 2],
        [`session:${run.id}:1:2`, 3],
      ]);
    });
  });

  test.each([
    [
      'reported',
      { state: known('lower_bound'), reportedCost: { usd: 1, basis: 'billed' } },
      { state: known('estimate') },
    ],
    ['larger', { state: known('lower_bound'), tokens: sum(9) }, { state: known('lower_bound'), tokens: sum(8) }],
  ])('of two records of one session the one that is %s stays, in whatever order they come', async (_how, a, b) => {
    await start(async (fake, workflow) => {
      for (const [first, second] of [
        [{ ...a, turns: 1 }, b],
        [b, { ...a, turns: 1 }],
      ]) {
        const run = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR) });
        fake.addArtifact(run, 'a', { 'a.session': JSON.stringify({ turns: 2, ...first, engineSession: 's' }) });
        fake.addArtifact(run, 'b', { 'b.session': JSON.stringify({ turns: 2, ...second, engineSession: 's' }) });
        expect((await gatherFrom(fake, [markOf(run)])).found.map(({ turns }) => turns)).toEqual([1]);
      }
    });
  });

  test.each([
    ['claude-execution', 'lower_bound', 1],
    ['claude-transcript', 'lower_bound', 0],
    ['claude-transcript', 'partial', 1],
  ] as const)('a %s whose sums are %s is told to lack its end %i times', async (format, tokens, times) => {
    await start(async (fake, workflow) => {
      const run = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR) });
      const record = { format, outcome: 'unknown', state: known(tokens) };
      fake.addArtifact(run, 'a', { 'a.session': JSON.stringify(record) });
      const { complaints } = await gatherFrom(fake, [markOf(run)]);
      expect(complaints.filter((complaint) => complaint.includes('the record has no end'))).toHaveLength(times);
    });
  });

  test.each([
    ['cancelled', 'unknown', 'cancelled'],
    ['timed_out', 'unknown', 'timed_out'],
    ['cancelled', 'completed', 'completed'],
    ['failure', 'unknown', 'unknown'],
  ] as const)('in a run that ended as %s a session that says %s is %s', async (conclusion, said, outcome) => {
    await start(async (fake, workflow) => {
      const run = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR), conclusion });
      fake.addArtifact(run, 'a', { 'a.session': JSON.stringify({ outcome: said }) });
      expect((await gatherFrom(fake, [markOf(run)])).found).toMatchObject([{ outcome }]);
    });
  });

  test('a session cannot claim a day on which its run did not run', async () => {
    await start(async (fake, workflow) => {
      const run = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR) });
      const honest = plus(NOW, -HOUR + MINUTE);
      fake.addArtifact(run, 'a', {
        'a.session': JSON.stringify({ startedAt: plus(NOW, -40 * DAY), endedAt: plus(NOW, DAY) }),
        'b.session': JSON.stringify({ startedAt: honest, endedAt: honest }),
      });
      const { found, events } = await gatherFrom(fake, [markOf(run)]);
      expect(found.map(({ startedAt, endedAt }) => [startedAt, endedAt])).toEqual([
        [null, null],
        [honest, honest],
      ]);
      expect(events.slice(0, 2).map(({ at }) => at)).toEqual([plus(NOW, -HOUR), honest]);
    });
  });
});

describe('runs without a session', () => {
  async function absenceOf(
    prepare: (fake: FakeGitHub, run: FakeRun) => void,
    conclusion: RunConclusion = 'success',
  ): Promise<EventOf<'session.absent'>['data'] | undefined> {
    let data: EventOf<'session.absent'>['data'] | undefined;
    await start(async (fake, workflow) => {
      const run = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR), conclusion });
      prepare(fake, run);
      const { absent, found } = await gatherFrom(fake, [markOf(run)], { maxBytes: 5_000 });
      expect([absent[0]?.id, found]).toEqual([`absent:${run.id}:1`, []]);
      data = absent[0]?.data;
    });
    return data;
  }

  test('no artifact at all', async () => {
    expect(await absenceOf(() => undefined, 'failure')).toMatchObject({ reason: 'no_artifact', outcome: 'failed' });
  });

  test('artifacts that hold none', async () => {
    const data = await absenceOf((fake, run) => fake.addArtifact(run, 'a', { 'b.txt': 'c' }));
    expect(data).toMatchObject({ reason: 'not_found_inside', outcome: 'completed' });
  });

  test('an expired artifact', async () => {
    const data = await absenceOf((fake, run) => fake.addArtifact(run, 'a', { b: 'c' }, { expired: true }));
    expect(data?.reason).toBe('expired');
  });

  test('an artifact above the limit, which is not downloaded', async () => {
    const data = await absenceOf((fake, run) => fake.addArtifact(run, 'a', {}, { rawZip: new Uint8Array(5_001) }));
    expect(data?.reason).toBe('too_large');
  });

  test('a broken zip, which weighs more than an empty one beside it', async () => {
    const data = await absenceOf((fake, run) => {
      fake.addArtifact(run, 'a', { 'b.txt': 'c' });
      fake.addArtifact(run, 'b', {}, { rawZip: Buffer.from('no zip') });
    });
    expect(data).toMatchObject({ reason: 'unreadable', detail: 'the zip is broken' });
  });

  const SKIPPED = { name: 'agent', conclusion: 'skipped' } as const;
  const QUEUED = { name: 'agent', conclusion: 'cancelled', steps: [] } as const;
  const STOPPED = {
    name: 'agent',
    conclusion: 'cancelled',
    steps: [{ name: 'Run', conclusion: 'cancelled' }],
  } as const;
  test.each([
    ['every job was skipped', 'skipped', [SKIPPED, SKIPPED], [], 'skipped'],
    ['a gate let no agent in', 'success', [SKIPPED, { name: 'gate' }], ['agent'], 'skipped'],
    [
      'a gate failed before the agent',
      'failure',
      [SKIPPED, { name: 'gate', conclusion: 'failure' }],
      ['agent'],
      'skipped',
    ],
    [
      'another job was skipped and nothing tells which one is the agent',
      'success',
      [SKIPPED, { name: 'fix' }],
      [],
      'no_artifact',
    ],
    ['the run was cancelled while it queued', 'cancelled', [QUEUED], ['agent'], 'skipped'],
    ['the run was cancelled at work', 'cancelled', [STOPPED], ['agent'], 'no_artifact'],
    ['the run waits for an approval and has no jobs', 'action_required', [], ['agent'], 'skipped'],
    [
      'one job of a matrix worked',
      'success',
      [{ name: 'agent (a)' }, { name: 'agent (b)', conclusion: 'skipped' }],
      ['agent'],
      'no_artifact',
    ],
    ['only the name of another job begins alike', 'success', [SKIPPED, { name: 'agents' }], ['agent'], 'skipped'],
  ] as const)('a run without a record, when %s', async (_name, conclusion, jobs, agentJobs, reason) => {
    await start(async (fake, workflow) => {
      const run = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR), conclusion, jobs });
      const { absent } = await gatherFrom(fake, [markOf(run)], { agentJobs: () => agentJobs });
      expect(absent.map(({ data }) => data.reason)).toEqual([reason]);
    });
  });
});

describe('many runs, and trouble', () => {
  test('many runs are listed together and read newest first', async () => {
    await start(async (fake, workflow) => {
      const runs = Array.from({ length: 40 }, (_, n) => fake.addRun({ workflow, createdAt: plus(NOW, -n * HOUR) }));
      for (const run of runs) fake.addArtifact(run, 'a', { 'a.session': '{}' });
      const { found, requests } = await gatherFrom(fake, runs.map((run) => markOf(run)).reverse());
      expect(new Set(found.map(({ run }) => run)).size).toBe(40);
      // One page of the repository's list, then two requests per download.
      expect(requests).toBe(81);
    });
  });

  test('where the list of the repository is too long, the rest is asked for one by one', async () => {
    await start(async (fake, workflow) => {
      const ci = await fake.addWorkflowFile('.github/workflows/ci.yml', 'name: CI\n');
      const runs = Array.from({ length: 6 }, (_, n) =>
        fake.addRun({ workflow, createdAt: plus(NOW, -(10 + n) * HOUR) }),
      );
      for (const run of runs) fake.addArtifact(run, 'a', { 'a.session': '{}' });
      for (let n = 0; n < 700; n += 1) {
        const run = fake.addRun({ workflow: ci, createdAt: plus(NOW, -HOUR) });
        fake.addArtifact(run, 'a', { b: 'c' });
      }
      const { found, requests } = await gatherFrom(
        fake,
        runs.map((run) => markOf(run)),
      );
      expect(found).toHaveLength(6);
      expect(requests).toBe(6 + 6 + 12);
    });
  });

  test('a download that fails for a while leaves its run awaited and does not fail the source', async () => {
    await start(async (fake, workflow) => {
      const bad = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR) });
      const good = fake.addRun({ workflow, createdAt: plus(NOW, -2 * HOUR) });
      const artifact = fake.addArtifact(bad, 'a', { 'a.session': '{}' });
      fake.addArtifact(good, 'a', { 'a.session': '{}' });
      fake.faults.add({ path: new RegExp(`/${artifact.id}/zip`), fault: { kind: 'status', status: 502 } });
      const { found, absent, complaints, last } = await gatherFrom(fake, [markOf(bad), markOf(good)]);
      expect(found.map(({ run }) => run)).toEqual([good.id]);
      expect(absent).toEqual([]);
      expect(complaints[0]).toContain(`run ${bad.id}, attempt 1: Could not download an artifact`);
      expect(last?.kind).toBe('source.read');
    });
  });

  test('where not one record can be downloaded, the source fails: a wall around the storage is no accident of a run', async () => {
    await start(async (fake, workflow) => {
      const runs = Array.from({ length: 60 }, (_, n) => fake.addRun({ workflow, createdAt: plus(NOW, -n * HOUR) }));
      for (const run of runs) fake.addArtifact(run, 'a', { 'a.session': '{}' });
      const wall = fake.faults.add({ path: /^\/artifacts/, times: Number.POSITIVE_INFINITY, fault: { kind: 'reset' } });
      const { events, complaints } = await gatherFrom(
        fake,
        runs.map((run) => markOf(run)),
      );
      expect(events).toMatchObject([
        { kind: 'source.failed', data: { failure: { kind: 'unavailable', retry: true } } },
      ]);
      expect(complaints.at(-1)).toContain('the sessions of 60 runs are still to be read');
      // Six in a row, and at most one more in each of the other five lanes already running.
      expect(wall.hits).toBeLessThanOrEqual(11);
    });
  });

  test('a zip that was cut off on its way is downloaded again, not taken for a broken one', async () => {
    await start(async (fake, workflow) => {
      const run = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR) });
      fake.addArtifact(run, 'a', { 'a.session': '{}' });
      fake.faults.add({ path: /^\/artifacts/, fault: { kind: 'truncated' } });
      const first = await gatherFrom(fake, [markOf(run)]);
      expect(first.absent).toEqual([]);
      expect(first.complaints[0]).toContain('its bytes are not those that GitHub lists the digest of');
      expect((await gatherFrom(fake, [markOf(run)])).found).toHaveLength(1);
    });
  });

  test('a missing permission fails the source', async () => {
    await start(async (fake, workflow) => {
      const run = fake.addRun({ workflow, createdAt: plus(NOW, -HOUR) });
      const { events } = await gatherFrom(fake, [markOf(run)], { token: fake.mintToken({ contents: 'read' }) });
      expect(events).toMatchObject([{ kind: 'source.failed', data: { failure: { kind: 'forbidden' } } }]);
    });
  });

  test('the rest waits when the requests are spent, the newest runs come first', async () => {
    await start(async (fake, workflow) => {
      const runs = Array.from({ length: 30 }, (_, n) => fake.addRun({ workflow, createdAt: plus(NOW, -n * HOUR) }));
      for (const run of runs) fake.addArtifact(run, 'a', { 'a.session': '{}' });
      const marks = runs.map((run) => markOf(run));
      const limited = await gatherFrom(fake, marks, { maxRequests: 20 });
      expect(limited.found.length).toBeGreaterThan(5);
      expect(limited.found.length).toBeLessThan(20);
      const newest = runs.slice(0, limited.found.length).map(({ id }) => id);
      expect(limited.found.map(({ run }) => run).sort()).toEqual(newest.sort());
      expect(limited.complaints.at(-1)).toContain(`${30 - limited.found.length} runs are still to be read`);

      fake.rates.pool('github_token', 'core').used = 790;
      const reserved = await gatherFrom(fake, marks);
      expect(reserved.found.length).toBeLessThan(20);
      expect(fake.rates.pool('github_token', 'core').used).toBeLessThan(810);
      expect(reserved.last?.kind).toBe('source.read');
    });
  });

  test('a used up limit ends the reading and keeps what was read', async () => {
    await start(async (fake, workflow) => {
      const runs = Array.from({ length: 12 }, (_, n) => fake.addRun({ workflow, createdAt: plus(NOW, -n * HOUR) }));
      for (const run of runs) fake.addArtifact(run, 'a', { 'a.session': '{}' });
      fake.rates.pool('github_token', 'core').used = 995;
      const { found, last } = await gatherFrom(
        fake,
        runs.map((run) => markOf(run)),
        { reserve: -1 },
      );
      expect(found).toHaveLength(4);
      expect(last).toMatchObject({ kind: 'source.failed', data: { failure: { kind: 'rate_limited' } } });
    });
  });
});
