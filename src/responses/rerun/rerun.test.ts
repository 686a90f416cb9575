import { describe, expect, test } from 'vitest';
import type { Alert } from '../../core/alert.ts';
import type { RunMark, SessionMark } from '../../core/facts.ts';
import { OutsideFailure } from '../../core/failure.ts';
import { NO_EVIDENCE } from '../../core/finding.ts';
import { UNKNOWN_MONEY } from '../../core/money.ts';
import type { Claim, RerunResponse } from '../../core/response.ts';
import { DAY, HOUR, type Instant, MINUTE, after as shifted } from '../../core/time.ts';
import type { RemoteRun } from '../../github/remote.ts';
import type { RerunAnswer } from '../../github/rerun-port.ts';
import { CLAIM_LASTS } from '../issue/plan.ts';
import type { RemedyMark } from '../remedy/log.ts';
import { applyRerun } from './apply.ts';
import { endedReruns, openReruns } from './follow.ts';
import { planReruns, type RerunPlan, type RerunPlanInput } from './plan.ts';
import { type RerunTools, runAgain } from './run-again.ts';
import { rerunStory, sayRerun } from './say.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';
const FIRST = { run: 1, attempt: 1, agent: 'fixer' } as const;
const KEY = 'rerun:f1:1:1.1';

function alert(wish: Partial<Alert> = {}): Alert {
  const facts = { severity: 'critical', value: 1, limit: 0, unit: 'count', reason: 'x', explainedBy: null } as const;
  return {
    ...{ fingerprint: 'f1', name: 'disk_full', subject: { kind: 'agent', name: 'fixer' }, labels: {}, state: 'active' },
    ...{ episode: 1, since: NOW, activeAt: NOW, keepSince: null, resolvedAt: null, acknowledged: null },
    ...{ facts: { ...facts, evidence: NO_EVIDENCE }, ...wish },
  };
}

function mark(wish: Partial<RemedyMark> = {}): RemedyMark {
  const base = { fingerprint: 'f1', episode: 1, name: 'disk_full', do: 'rerun-failed', verdict: 'planned' } as const;
  return { ...base, agents: ['fixer'], at: shifted(NOW, -HOUR), runs: [FIRST], ...wish };
}

function plan(wish: Partial<RerunPlanInput> = {}): RerunPlan {
  return planReruns({
    ...{ alerts: [alert()], asked: { disk_full: { do: 'rerun-failed', mode: 'enforce' } }, mode: 'shadow' },
    ...{ remedies: [mark()], log: { claims: {} }, now: NOW, by: 'me', claims: { clock: NOW }, heldBack: () => null },
    ...wish,
  });
}

const ready = (wish: Partial<RerunPlanInput>): readonly string[] => plan(wish).ready.map(({ key }) => key);

describe('when a run is run again', () => {
  test('is as soon as that is settled, with a key for each run of each episode', () => {
    expect(plan().ready).toEqual([
      {
        ...{ kind: 'rerun', act: 'rerun-failed', key: KEY, fingerprint: 'f1', episode: 1, ...FIRST },
        because: 'the alert of disk_full is critical and its rule asks for rerun-failed',
      },
    ]);
  });

  const asked = { state: 'asked', why: null, at: NOW } as const;

  test.each<readonly [string, Partial<RerunPlanInput>]>([
    ['its alert is over', { alerts: [alert({ state: 'resolved' })] }],
    ['its alert has come back in another episode', { alerts: [alert({ episode: 2 })] }],
    ['nobody asks for it any more', { asked: {} }],
    ['the mode is shadow by now', { asked: { disk_full: { do: 'rerun-failed', mode: null } } }],
    ['it waits for a person', { remedies: [mark({ verdict: 'awaits_approval' })] }],
    ['it has waited for a day', { remedies: [mark({ at: shifted(NOW, -DAY) })] }],
    ['it was asked for', { remedies: [mark({ reruns: { '1.1': asked } })] }],
    ['GitHub has refused it', { remedies: [mark({ reruns: { '1.1': { ...asked, state: 'refused' } } })] }],
    ['its agent may not start', { heldBack: () => 'a stop holds the agent' }],
  ])('is not when %s', (_name, wish) => {
    expect(ready(wish)).toEqual([]);
  });

  test('is told with the reason where its agent may not start', () => {
    expect(plan({ heldBack: () => 'a stop holds the agent' }).heldBack).toEqual({ '1.1': 'a stop holds the agent' });
  });

  test('is left to the process that has just claimed it, until that must be dead', () => {
    const claim = (at: Instant, by: string): Pick<RerunPlanInput, 'log'> => {
      const made: Claim = { key: KEY, kind: 'rerun', act: 'rerun-failed', fingerprint: 'f1', episode: 1, by, at };
      return { log: { claims: { [KEY]: made } } };
    };
    expect(plan(claim(NOW, 'other'))).toMatchObject({ ready: [], held: [{ key: KEY }] });
    expect(ready(claim(NOW, 'me'))).toEqual([KEY]);
    expect(ready(claim(shifted(NOW, -CLAIM_LASTS), 'other'))).toEqual([KEY]);
  });
});

describe('asking GitHub for the next attempt', () => {
  const response: RerunResponse = {
    ...{ kind: 'rerun', act: 'rerun-failed', key: KEY, because: '', fingerprint: 'f1', episode: 1, ...FIRST },
  };

  function remote(wish: Partial<RemoteRun> = {}): RemoteRun {
    const at = shifted(NOW, -HOUR);
    return {
      ...{ id: 1, attempt: 1, workflowId: 5, path: '.github/workflows/fixer.yml', trigger: 'schedule', actor: null },
      ...{
        status: 'completed',
        conclusion: 'failure',
        createdAt: at,
        startedAt: at,
        updatedAt: at,
        url: 'https://x/1',
      },
      ...wish,
    };
  }

  function tools(
    run: RemoteRun,
    answer: RerunAnswer = { kind: 'accepted' },
  ): RerunTools & { readonly calls: string[] } {
    const calls: string[] = [];
    const post = (name: string) => async (id: number) => {
      calls.push(`${name} ${id}`);
      return answer;
    };
    const control = { rerun: post('rerun'), rerunFailed: post('rerunFailed') };
    return { actions: { run: async () => run }, control, now: NOW, ownWorkflow: '.github/workflows/us.yml', calls };
  }

  test('is done with the call that the response names', async () => {
    for (const [act, call] of [
      ['rerun-failed', 'rerunFailed 1'],
      ['retry-run', 'rerun 1'],
    ] as const) {
      const with_ = tools(remote());
      expect(await runAgain(with_, { ...response, act })).toEqual({ kind: 'asked', url: 'https://x/1' });
      expect(with_.calls).toEqual([call]);
    }
  });

  test.each<readonly [string, Partial<RemoteRun>, string]>([
    ['a next attempt that is there', { attempt: 2, status: 'queued', conclusion: null }, 'asked'],
    ['a run of the workflow that we run in', { path: '.github/workflows/us.yml' }, 'refused'],
    ['a run that was first run 30 days ago', { createdAt: shifted(NOW, -30 * DAY) }, 'refused'],
    ['a run that ended well', { conclusion: 'success' }, 'refused'],
    ['a run that goes on', { status: 'in_progress', conclusion: null }, 'later'],
  ])('is not done for %s', async (_name, wish, kind) => {
    const with_ = tools(remote(wish));
    expect((await runAgain(with_, response)).kind).toBe(kind);
    expect(with_.calls).toEqual([]);
  });

  test('is not done for a run that is gone, and left to the next run where GitHub does not answer', async () => {
    const failing = (kind: 'not_found' | 'unavailable'): RerunTools => ({
      ...tools(remote()),
      actions: { run: () => Promise.reject(new OutsideFailure({ kind, message: 'No', remedy: 'Wait', retry: false })) },
    });
    expect(await runAgain(failing('not_found'), response)).toEqual({
      kind: 'refused',
      why: 'Run 1 is gone from GitHub.',
    });
    await expect(runAgain(failing('unavailable'), response)).rejects.toThrow(OutsideFailure);
  });

  test('is not done for a run that was run again 50 times', async () => {
    // "A workflow run can be re-run a maximum of 50 times" (Actions docs): with the first one that is 51 attempts.
    const ends = [50, 51].map(async (attempt) => await runAgain(tools(remote({ attempt })), { ...response, attempt }));
    expect((await Promise.all(ends)).map(({ kind }) => kind)).toEqual(['asked', 'refused']);
  });

  test('is not done where GitHub never will', async () => {
    expect(await runAgain(tools(remote(), { kind: 'refused', why: 'It is off.' }), response)).toEqual({
      kind: 'refused',
      why: 'It is off.',
    });
  });

  test('is done where GitHub says that it goes on already and the attempt is there: somebody was quicker', async () => {
    const with_ = tools(remote(), { kind: 'running' });
    let looks = 0;
    const actions = { run: async () => remote({ attempt: ++looks }) };
    expect(await runAgain({ ...with_, actions }, response)).toEqual({ kind: 'asked', url: 'https://x/1' });
  });

  test('is left to the next run where GitHub says that it goes on and no attempt is there: it has not concluded the last one', async () => {
    const with_ = tools(remote(), { kind: 'running' });
    expect((await runAgain(with_, response)).kind).toBe('later');
    expect(with_.calls).toHaveLength(1);
  });

  test('that GitHub refuses for want of a failed job says what would run it again', async () => {
    const why = 'GitHub answered 403: This workflow run cannot be retried.';
    const refused = { kind: 'refused', why } as const;
    expect(await runAgain(tools(remote(), refused), response)).toMatchObject({
      why: expect.stringContaining('`retry-run`'),
    });
    expect(await runAgain(tools(remote(), refused), { ...response, act: 'retry-run' })).toEqual(refused);
  });

  test('that must wait has not failed, and one that is refused has', async () => {
    const ends = [
      { kind: 'later', why: 'Not yet.' },
      { kind: 'refused', why: 'Never.' },
    ] as const;
    const receipts = await Promise.all(ends.map((end) => applyRerun(response, { rerun: async () => end })));
    expect(receipts.map(({ receipt: { ok, error, later } }) => ({ ok, error, later }))).toEqual([
      { ok: false, error: 'Not yet.', later: true },
      { ok: false, error: 'Never.', later: undefined },
    ]);
  });
});

describe('how a re-run has ended', () => {
  const asked = mark({ reruns: { '1.1': { state: 'asked', why: null, at: shifted(NOW, -HOUR) } } });

  function next(wish: Partial<RunMark>): RunMark {
    const at = shifted(NOW, -30 * MINUTE);
    return {
      ...{ ...FIRST, attempt: 2, workflow: 'w', trigger: 'schedule', createdAt: at, startedAt: at, updatedAt: at },
      ...{ status: 'completed', conclusion: 'success', url: '', telemetry: 'recorded', ...wish },
    };
  }

  function session(outcome: SessionMark['outcome']): SessionMark {
    const known = { cost: UNKNOWN_MONEY, tokens: null, duration: null };
    return { id: 's', agent: 'fixer', run: 1, attempt: 2, at: NOW, outcome, ...known };
  }

  function end(
    runs: readonly RunMark[],
    sessions: readonly SessionMark[] = [],
    now: Instant = NOW,
  ): string | undefined {
    return endedReruns([asked], { runs, sessions, now })[0]?.state;
  }

  test.each<readonly [string, readonly RunMark[], readonly SessionMark[], string | undefined]>([
    ['is not known while nobody has seen the next attempt', [], [], undefined],
    ['is not known by an earlier attempt', [next({ attempt: 1, conclusion: 'failure' })], [], undefined],
    ['is not known while that goes on', [next({ status: 'in_progress', conclusion: null })], [], undefined],
    ['is good where it ended well', [next({})], [session('completed')], 'worked'],
    ['is bad where it failed', [next({ conclusion: 'failure' })], [], 'failed'],
    ['is bad where it ran out of time', [next({ conclusion: 'timed_out' })], [], 'failed'],
    ['is bad where the run ended well and its agent did not', [next({})], [session('failed')], 'failed'],
    ['is not told before the record may have come', [next({ telemetry: 'awaited' })], [], undefined],
    ['is neither where somebody has cancelled it', [next({ conclusion: 'cancelled' })], [], 'unknown'],
  ])('%s', (_name, runs, sessions, expected) => {
    expect(end(runs, sessions)).toBe(expected);
  });

  test('is given up when GitHub must have given the run up', () => {
    // GitHub ends a run after 35 days.
    expect(end([], [], shifted(NOW, 35 * DAY))).toBeUndefined();
    expect(end([], [], shifted(NOW, 36 * DAY))).toBe('unknown');
  });

  test('is looked for until it is known', () => {
    const over = mark({ reruns: { '1.1': { state: 'worked', why: null, at: NOW } } });
    expect([openReruns([asked, asked]), openReruns([mark(), over])]).toEqual([[1], []]);
  });
});

describe('what the issue says of it', () => {
  const why = 'Could not: GitHub answered 403: @octocat [x](http://evil).';

  test.each<readonly [Partial<RemedyMark>, string]>([
    [{}, 'Next: attempt 2 of run 1.'],
    [{ verdict: 'would_have' }, '**would have run again** run 1 (attempt 1) (failed jobs only)'],
    [{ verdict: 'awaits_approval' }, '`/checkrein approve rerun-failed`'],
    [{ verdict: 'rejected' }, 'a lead said no'],
    [{ verdict: 'cooling' }, '`cooldown`'],
    [{ verdict: 'day_full' }, '`max_per_day`'],
    [{ verdict: 'no_hand' }, 'only recorded'],
    [{ reruns: { '1.1': { state: 'asked', why: null, at: NOW } } }, 'Asked for on 2026-11-21 12:00 UTC'],
    [{ reruns: { '1.1': { state: 'worked', why: null, at: NOW } } }, '**It worked:** attempt 2 of run 1'],
    [{ reruns: { '1.1': { state: 'failed', why: null, at: NOW } } }, 'people must look'],
    [{ reruns: { '1.1': { state: 'unknown', why: null, at: NOW } } }, 'is not known'],
    [{ reruns: { '1.1': { state: 'refused', why, at: NOW } } }, '**Refused:** Could not'],
  ])('%j', (wish, expected) => {
    const said = sayRerun({ mark: mark(wish), heldBack: {} });
    expect(said).toContain(expected);
    expect(said).not.toMatch(/@octocat|\]\(http/);
  });

  test('is why it waits, or that there is nothing to run again', () => {
    expect(sayRerun({ mark: mark(), heldBack: { '1.1': 'a stop holds the agent' } })).toContain(
      '**Not yet**, attempt 2 of run 1: a stop holds the agent.',
    );
    const responses = { disk_full: { do: 'rerun-failed' } } as const;
    const story = rerunStory([], alert(), { responses }, {});
    expect(story === null ? '' : sayRerun(story)).toContain('none of those named here may be');
    expect(rerunStory([], alert(), { responses: {} }, {})).toBeNull();
  });
});
