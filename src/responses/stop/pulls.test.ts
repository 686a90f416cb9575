import { describe, expect, test } from 'vitest';
import { NOON } from '../../../test/kit/halts.ts';
import type { Agent } from '../../core/agent.ts';
import { type Failure, OutsideFailure } from '../../core/failure.ts';
import type { HaltScope, PullReceipt } from '../../core/halt.ts';
import { after, MINUTE } from '../../core/time.ts';
import type { PullsApi, RemotePull } from '../../github/port.ts';
import { type HeldPulls, holdPulls, isOfAgents, releasePulls, wantsAnotherRound } from './pulls.ts';

const ALL: HaltScope = { kind: 'all' };
const ONE: HaltScope = { kind: 'agents', names: ['fixer'] };
const CLAUDE = { id: 209_825_114, login: 'claude[bot]', type: 'Bot' } as const;
const SHARED = { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' } as const;
const AWAY: Failure = { kind: 'unavailable', message: 'away', remedy: 'wait', retry: true };

function agent(engine: Agent['engine']): Agent {
  return { name: 'fixer', workflow: '.github/workflows/fixer.yml', engine, means: 'action', reason: 'r', blob: null };
}

function pull(more: Partial<RemotePull> = {}): RemotePull {
  return { number: 7, node: 'PR_7', author: CLAUDE, head: 'aaa', headRef: 'x', autoMerge: true, queued: true, ...more };
}

/** What was asked of it stands in `asked`; what `refuse` names fails. */
function apiOf(open: readonly RemotePull[], refuse: readonly string[] = []): PullsApi & { readonly asked: string[] } {
  const asked: string[] = [];
  const ask = async (what: string): Promise<void> => {
    asked.push(what);
    if (refuse.some((word) => what.startsWith(word))) throw new OutsideFailure(AWAY);
  };
  return {
    asked,
    open: async () => {
      await ask('open');
      return open;
    },
    disableAutoMerge: (node) => ask(`auto-merge ${node}`),
    dequeue: (node) => ask(`queue ${node}`),
    setStatus: (sha, { state }) => ask(`status ${sha} ${state}`),
    status: async () => null,
  };
}

/** Of one process, so that what is known to be red it has turned itself. */
function hold(api: PullsApi, known: readonly PullReceipt[] = [], scope = ALL): Promise<HeldPulls> {
  const red = known.filter(({ status }) => status === 'posted').map(({ head }) => head);
  return holdPulls({ api, scope, agents: [agent('claude')], generation: 3, known, red, now: () => NOON });
}

describe('the pull requests of stopped agents', () => {
  test.each([
    ['its engine is stopped', CLAUDE, ONE, true],
    ['another engine is stopped', { ...CLAUDE, id: 198_982_749 }, ONE, false],
    ['the shared account, when all are stopped', SHARED, ALL, true],
    ['the shared account, when one is stopped', SHARED, ONE, false],
    ['a person who took the login', { ...CLAUDE, type: 'User' }, ALL, false],
    ['a bot of the same login with another number', { ...CLAUDE, id: 1 }, ALL, false],
    ['nobody knows', null, ALL, false],
  ] as const)('are told by the account: %s', (_what, author, scope, expected) => {
    expect(isOfAgents(pull({ author }), scope, [agent('claude')])).toBe(expected);
  });

  test('are kept from merging in every way', async () => {
    const api = apiOf([pull(), pull({ number: 8, author: { id: 5, login: 'octocat', type: 'User' } })]);
    const { pulls, residue } = await hold(api);
    expect(api.asked).toEqual(['open', 'auto-merge PR_7', 'queue PR_7', 'status aaa failure']);
    expect([pulls, residue]).toEqual([
      [{ number: 7, head: 'aaa', autoMerge: 'switched_off', queue: 'taken_out', status: 'posted' }],
      [],
    ]);
  });

  test('each try one thing after the other, whatever fails, and the next round tries again', async () => {
    const first = await hold(apiOf([pull()], ['auto-merge']));
    expect(first.pulls).toMatchObject([{ autoMerge: 'failed', queue: 'taken_out', status: 'posted' }]);
    expect([first.residue.length, wantsAnotherRound(first)]).toEqual([1, true]);
    const api = apiOf([pull({ queued: false })]);
    const second = await hold(api, first.pulls);
    expect(api.asked).toEqual(['open', 'auto-merge PR_7']);
    expect(second.pulls).toMatchObject([{ autoMerge: 'switched_off', queue: 'taken_out', status: 'posted' }]);
    expect(wantsAnotherRound(second)).toBe(false);
  });

  test('with a new head get a red status there too', async () => {
    const first = await hold(apiOf([pull()]));
    const api = apiOf([pull({ head: 'bbb', autoMerge: false, queued: false })]);
    const second = await hold(api, first.pulls);
    expect(api.asked).toEqual(['open', 'status bbb failure']);
    expect(second.pulls.map(({ head }) => head)).toEqual(['aaa', 'bbb']);
  });

  test('that a stop before this one has turned red are turned once more by each process: a resume may have turned them', async () => {
    const { pulls: known } = await hold(apiOf([pull()]));
    const api = apiOf([pull({ autoMerge: false, queued: false })]);
    const work = { api, scope: ALL, agents: [agent('claude')], generation: 4, now: () => NOON };
    const first = await holdPulls({ ...work, known, red: [] });
    await holdPulls({ ...work, known: first.pulls, red: first.red });
    expect(api.asked).toEqual(['open', 'status aaa failure', 'open']);
    const failed = await holdPulls({ ...work, api: apiOf([pull()], ['status']), known, red: [] });
    expect([failed.pulls[0]?.status, failed.red, failed.residue.length]).toEqual(['failed', [], 1]);
  });

  test('whose queue could not be seen want another round, which learns it', async () => {
    const first = await hold(apiOf([pull({ queued: null })]));
    expect([first.pulls[0]?.queue, first.residue, wantsAnotherRound(first)]).toEqual(['unknown', [], true]);
    expect((await hold(apiOf([pull({ queued: false })]), first.pulls)).pulls).toMatchObject([{ queue: 'was_out' }]);
    expect((await hold(apiOf([pull()]), first.pulls)).pulls).toMatchObject([{ queue: 'taken_out' }]);
  });

  test('that cannot be listed are residue, and what is known stays', async () => {
    const { pulls } = await hold(apiOf([pull()]));
    expect(await hold(apiOf([], ['open']), pulls)).toMatchObject({ pulls, residue: [{ what: 'list', why: 'away' }] });
  });

  test('whose calls hang do not keep the stop from its end, and come last in the next round', async () => {
    const clock = { now: NOON };
    const pulls = [1, 2, 3, 4].map((number) => pull({ number, node: `PR_${number}`, head: `h${number}` }));
    const api = apiOf(pulls, ['status h1', 'status h2']);
    const slow: PullsApi = {
      ...api,
      setStatus: async (sha, status) => {
        clock.now = after(clock.now, MINUTE);
        await api.setStatus(sha, status);
      },
    };
    const work = { api: slow, scope: ALL, agents: [agent('claude')], generation: 3, now: () => clock.now };
    const first = await holdPulls({ ...work, known: [], red: [] });
    expect(first.pulls.map(({ number, status }) => [number, status])).toEqual([
      [1, 'failed'],
      [2, 'failed'],
    ]);
    expect(first.residue.at(-1)).toMatchObject({ what: 'list', why: expect.stringContaining('Time ran out') });
    const second = await holdPulls({ ...work, known: first.pulls, red: first.red });
    expect(second.pulls.map(({ number, status }) => [number, status]).slice(2)).toEqual([
      [3, 'posted'],
      [4, 'posted'],
    ]);
  });

  test('are not asked for where nobody could tell whose they are', async () => {
    const api = apiOf([pull()]);
    await holdPulls({ api, scope: ONE, agents: [agent('gemini')], generation: 3, known: [], red: [], now: () => NOON });
    expect(api.asked).toEqual([]);
  });
});

describe('the red statuses of a stop that is over', () => {
  const red = (head: string): PullReceipt => {
    return { number: 7, head, autoMerge: 'was_off', queue: 'was_out', status: 'posted' };
  };

  test('turn green once for each head; what fails is tried three times and then told', async () => {
    const waits: number[] = [];
    const sleep = async (duration: number): Promise<void> => void waits.push(duration);
    const api = apiOf([], ['status bbb']);
    expect(await releasePulls(api, [red('aaa'), red('aaa'), red('bbb')], 3, sleep)).toEqual([AWAY]);
    expect(api.asked).toEqual(['status aaa success', ...Array.from({ length: 3 }, () => 'status bbb success')]);
    expect(waits).toHaveLength(2);
  });
});
