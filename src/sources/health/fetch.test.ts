import { describe, expect, test } from 'vitest';
import { runCompleted, runStarted } from '../../../test/kit/happenings.ts';
import type { EventOf } from '../../core/event.ts';
import { OutsideFailure } from '../../core/failure.ts';
import type { Probe } from '../../core/health.ts';
import { HOUR, type Instant, MINUTE, SECOND, after as shifted } from '../../core/time.ts';
import type { RemoteJob } from '../../github/port.ts';
import { recentFold } from '../../metrics/recent.ts';
import { gatherHealth, type HealthRequest } from './fetch.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';
const AN_HOUR_AGO = shifted(NOW, -HOUR);

function job(wait: number | null, wish: Partial<RemoteJob> = {}): RemoteJob {
  const startedAt = wait === null ? null : shifted(AN_HOUR_AGO, wait);
  const done = {
    status: 'completed',
    conclusion: 'success',
    completedAt: NOW,
    began: true,
    whole: true,
    steps: [],
  } as const;
  return { name: 'fix', createdAt: AN_HOUR_AGO, startedAt, ...done, ...wish };
}

interface Asked {
  readonly jobs: () => readonly RemoteJob[];
  readonly runs: readonly number[];
}

/** A GitHub with one run whose jobs are given by `jobs`. Records which runs it was asked about. */
function gitHub(jobs: () => readonly RemoteJob[]): Asked & { readonly github: NonNullable<HealthRequest['github']> } {
  const runs: number[] = [];
  const actions = {
    jobs: async (run: number) => {
      runs.push(run);
      return jobs();
    },
  } as unknown as NonNullable<HealthRequest['github']>['actions'];
  return { jobs, runs, github: { actions, usage: () => ({ requests: 4, remaining: 812, resetsAt: null }) } };
}

const RUNS = Object.values(
  recentFold.apply(recentFold.initial, [
    runCompleted({ id: 1, at: shifted(NOW, -2 * HOUR) }),
    runCompleted({ id: 2, at: AN_HOUR_AGO }),
    runStarted({ id: 3, at: shifted(NOW, -MINUTE), status: 'queued' }),
  ]).runs,
);

async function look(wish: Partial<HealthRequest>): Promise<readonly Probe[]> {
  const usual = {
    repo: 'octo/repo',
    now: NOW,
    by: 'test',
    ledger: null,
    github: null,
    runs: RUNS,
    before: {},
    servers: [],
  };
  const { events } = await gatherHealth({ ...usual, ...wish });
  return events.flatMap((event) => (event as EventOf<'health.probed'>).data.probes);
}

describe('health', () => {
  test('of nothing that can be asked is no event', async () => {
    expect(
      await gatherHealth({
        repo: 'a/b',
        now: NOW,
        by: 'x',
        ledger: null,
        github: null,
        runs: [],
        before: {},
        servers: [],
      }),
    ).toEqual({
      events: [],
      complaints: [],
    });
  });

  test('tells how the ledger was read', async () => {
    const ledger = { ok: true, latency: 42, problem: null };
    expect(await look({ ledger })).toEqual([{ what: 'database', ...ledger }]);
  });

  test('asks for the wait of the newest run that is not queued, by its first job', async () => {
    const later = job(90 * SECOND, { createdAt: shifted(AN_HOUR_AGO, MINUTE) });
    const { github, runs } = gitHub(() => [later, job(30 * SECOND), job(null, { began: false })]);
    expect(await look({ github })).toEqual([{ what: 'github-actions', run: 2, queue: 30 * SECOND, requestsLeft: 812 }]);
    expect(runs).toEqual([2]);
  });

  test('asks nothing where no run is new', async () => {
    const { github, runs } = gitHub(() => [job(SECOND)]);
    const seen = { at: AN_HOUR_AGO, what: 'github-actions', run: 2, queue: SECOND, requestsLeft: 900 } as const;
    const none = { what: 'github-actions', run: null, queue: null, requestsLeft: 812 };
    expect(await look({ github, before: { 'github-actions': [seen] } })).toEqual([none]);
    expect(await look({ github, runs: [] })).toEqual([none]);
    expect(runs).toEqual([]);
  });

  test.each<[string, () => readonly RemoteJob[]]>([
    [
      'GitHub cannot be asked',
      () => {
        throw new OutsideFailure({ kind: 'unavailable', message: 'a', remedy: 'b', retry: true });
      },
    ],
    ['GitHub does not tell when the job was queued', () => [job(SECOND, { createdAt: null })]],
    ['the job began before it was queued', () => [job(-SECOND)]],
    ['there are no jobs', () => []],
  ])('does not know the wait where %s', async (_what, jobs) => {
    expect(await look({ github: gitHub(jobs).github })).toMatchObject([{ run: 2, queue: null }]);
  });

  test('asks a server when its time has come', async () => {
    const probe = { what: 'mcp-server', name: 'github', ok: true, latency: 5, tools: 3, problem: null } as const;
    const asked: string[] = [];
    const ask = async (): Promise<Probe> => {
      asked.push('github');
      return probe;
    };
    const server = (every: number) => ({ name: 'github', every, ask });
    const before = { 'mcp-server:github': [{ ...probe, at: AN_HOUR_AGO }] };
    expect(await look({ servers: [server(2 * HOUR)], before })).toEqual([]);
    expect(await look({ servers: [server(HOUR)], before })).toEqual([probe]);
    expect(await look({ servers: [server(2 * HOUR)] })).toEqual([probe]);
    expect(asked).toHaveLength(2);
  });
});
