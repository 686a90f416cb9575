import { describe, expect, test } from 'vitest';
import type { Alert } from '../../core/alert.ts';
import type { EventOf } from '../../core/event.ts';
import type { RunMark } from '../../core/facts.ts';
import type { RunEvidence } from '../../core/finding.ts';
import type { RemedyAnswer, RemedyRecord } from '../../core/notice-record.ts';
import { DAY, HOUR, type Instant, after as shifted } from '../../core/time.ts';
import { type RemedyLog, type RemedyMark, remediesFold } from './log.ts';
import { type AskedRemedy, planRemedies, type RemedyInput } from './plan.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';

function evidence(run: number): RunEvidence {
  return { run, attempt: 1, agent: 'fixer', at: NOW, url: `https://x/${run}`, usd: null, note: '' };
}

function run(id: number, wish: Partial<RunMark> = {}): RunMark {
  const at = shifted(NOW, -2 * HOUR);
  return {
    ...{ run: id, attempt: 1, agent: 'fixer', workflow: '.github/workflows/fixer.yml', trigger: 'schedule' },
    ...{ createdAt: at, startedAt: at, updatedAt: at, status: 'completed', conclusion: 'failure', url: '' },
    ...{ telemetry: 'recorded', ...wish },
  };
}

function alert(wish: Partial<Alert> = {}, facts: Partial<Alert['facts']> = {}): Alert {
  return {
    ...{ fingerprint: 'f1', name: 'disk_full', subject: { kind: 'agent', name: 'fixer' }, labels: {}, state: 'active' },
    ...{ episode: 1, since: NOW, activeAt: NOW, keepSince: null, resolvedAt: null, acknowledged: null },
    facts: {
      ...{ severity: 'critical', value: 1, limit: 0, unit: 'count', reason: 'x', explainedBy: null },
      ...{ evidence: { facts: [], runs: [evidence(1)], moreRuns: 0, chart: null }, ...facts },
    },
    ...wish,
  };
}

function naming(...runs: readonly number[]): Partial<Alert['facts']> {
  return { evidence: { facts: [], runs: runs.map(evidence), moreRuns: 0, chart: null } };
}

function asked(wish: Partial<AskedRemedy> = {}): AskedRemedy {
  const limits = { cooldown: HOUR, max_per_day: 3, lasts: 4 * HOUR, max_attempts: 3 };
  return { do: 'retry-run', mode: 'enforce', requires: null, ...limits, ...wish };
}

function plan(wish: Partial<RemedyInput> = {}): readonly RemedyRecord[] {
  const agents = [{ name: 'fixer' }, { name: 'writer' }] as unknown as RemedyInput['agents'];
  const base = { alerts: [alert()], agents, asked: { disk_full: asked() }, mode: 'shadow', log: [], now: NOW } as const;
  return planRemedies({ ...base, runs: [run(1), run(2), run(3), run(4)], spared: () => null, ...wish });
}

function mark(wish: Partial<RemedyMark> & { readonly at: Instant }): RemedyMark {
  const base = { fingerprint: 'f1', episode: 1, name: 'disk_full', do: 'retry-run', verdict: 'planned' } as const;
  return { ...base, agents: ['fixer'], runs: [{ run: 1, attempt: 1, agent: 'fixer' }], ...wish };
}

function said(verdict: RemedyAnswer['verdict'], expiresAt: Instant | null, kind: RemedyAnswer['do']): RemedyAnswer {
  const by = { id: 7, login: 'lea', type: 'User' } as const;
  return {
    ...{ fingerprint: 'f1', episode: 1, do: kind, verdict, by, comment: 1, at: NOW, expiresAt, why: null },
  };
}

describe('what alerts ask to be done by itself', () => {
  test('is settled once in each episode, with the runs that it is about', () => {
    expect(plan()).toEqual([{ ...mark({ at: NOW }), at: undefined }]);
    expect(plan({ log: [mark({ at: NOW })] })).toEqual([]);
  });

  test('is settled anew where an earlier version could only record it', () => {
    expect(plan({ log: [mark({ at: shifted(NOW, -2 * HOUR), verdict: 'no_hand' })] })).toMatchObject([
      { verdict: 'planned' },
    ]);
  });

  test('is only told in shadow mode, which one rule may have of its own', () => {
    expect(plan({ asked: { disk_full: asked({ mode: null }) } })).toMatchObject([{ verdict: 'would_have' }]);
    expect(plan({ asked: { disk_full: asked({ mode: 'shadow' }) }, mode: 'enforce' })).toMatchObject([
      { verdict: 'would_have' },
    ]);
  });

  test('has a cooldown for each alert', () => {
    const again = alert({ episode: 2 });
    const hour = [mark({ at: shifted(NOW, -HOUR + 1) })];
    expect(plan({ alerts: [again], log: hour })).toMatchObject([{ verdict: 'cooling' }]);
    expect(plan({ alerts: [again], log: [mark({ at: shifted(NOW, -HOUR) })] })).toMatchObject([{ verdict: 'planned' }]);
  });

  test('has a maximum for each day, in which every run counts', () => {
    const three = [1, 2, 3].map((i) => mark({ fingerprint: `g${i}`, at: shifted(NOW, -i * HOUR) }));
    expect(plan({ log: three })).toMatchObject([{ verdict: 'day_full' }]);
    const many = alert({}, naming(1, 2, 3, 4));
    expect(plan({ alerts: [many], log: three.slice(1) })[0]?.runs).toEqual([{ run: 1, attempt: 1, agent: 'fixer' }]);
    const yesterday = three.map((one) => ({ ...one, at: shifted(one.at, -DAY) }));
    expect(plan({ log: yesterday })).toMatchObject([{ verdict: 'planned' }]);
    const other = alert({ fingerprint: 'f2' });
    expect(plan({ alerts: [many, other] }).map(({ verdict, runs }) => [verdict, runs?.length])).toEqual([
      ['planned', 3],
      ['day_full', 1],
    ]);
  });

  test('is asked for by the name of the rule before a label, and only when it is critical and active', () => {
    const labelled = alert({ name: 'other', labels: { team: 'payments' } });
    expect(plan({ alerts: [labelled], asked: { 'team=payments': asked({ do: 'deny' }) } })).toMatchObject([
      { do: 'deny' },
    ]);
    const quiet = [alert({}, { severity: 'warning' }), alert({ state: 'pending' }), alert({ state: 'resolved' })];
    expect(plan({ alerts: quiet })).toEqual([]);
  });

  test('is done where it is a denial, for a time, and again when that is over and the alert goes on', () => {
    const deny = { asked: { disk_full: asked({ do: 'deny' }) } };
    const until = shifted(NOW, 4 * HOUR);
    expect(plan(deny)).toMatchObject([{ do: 'deny', verdict: 'done', agents: ['fixer'], until }]);
    const denied = (ends: Instant): RemedyLog => [
      mark({ do: 'deny', verdict: 'done', until: ends, at: shifted(NOW, -2 * HOUR) }),
    ];
    expect(plan({ ...deny, log: denied(shifted(NOW, 1)) })).toEqual([]);
    expect(plan({ ...deny, log: denied(NOW) })).toMatchObject([{ verdict: 'done', until }]);
    expect(plan({ asked: { disk_full: asked({ do: 'deny', mode: 'shadow' }) } })).toMatchObject([
      { verdict: 'would_have', until },
    ]);
  });

  test('denies nobody who protects the repository, all agents where it is about the repository, and one story once', () => {
    const deny = { asked: { disk_full: asked({ do: 'deny' }) } };
    expect(plan({ ...deny, spared: () => 'it is a gate' })).toEqual([]);
    const whole = alert({ subject: { kind: 'repository', name: 'octo/fleet' } });
    expect(plan({ ...deny, alerts: [whole] })).toMatchObject([{ agents: ['fixer', 'writer'] }]);
    const effect = alert({ fingerprint: 'f2', subject: { kind: 'agent', name: 'writer' } }, { explainedBy: 'f1' });
    expect(plan({ ...deny, alerts: [alert(), effect] })).toMatchObject([{ fingerprint: 'f1' }]);
  });

  test('is nothing of this for a stop, which has its own plan, and for what happens anyway', () => {
    for (const kind of ['stop', 'pause-agent', 'notify', 'none'] as const)
      expect(plan({ asked: { disk_full: asked({ do: kind }) } })).toEqual([]);
    expect(plan({ asked: {} })).toEqual([]);
    expect(plan({ alerts: [alert({ name: 'constructor' })] })).toEqual([]);
  });
});

describe('the runs that are run again', () => {
  test.each<readonly [string, Partial<RunMark>]>([
    ['goes on still', { status: 'in_progress', conclusion: null }],
    ['ended well', { conclusion: 'success' }],
    ['was cancelled by somebody', { conclusion: 'cancelled' }],
    ['never began', { conclusion: 'startup_failure' }],
    ['is of another agent', { agent: 'writer' }],
    // GitHub runs nothing again that was first run more than 30 days ago.
    ['was first run 30 days ago', { createdAt: shifted(NOW, -30 * DAY) }],
    ['has had as many attempts as it may', { attempt: 3 }],
  ])('are none that %s', (_name, wish) => {
    expect(plan({ runs: [run(1, wish)] })).toEqual([]);
  });

  test('are judged by their last attempt, also where an earlier one is among the evidence', () => {
    expect(plan({ runs: [run(1), run(1, { attempt: 2, conclusion: 'success' })] })).toEqual([]);
    expect(plan({ runs: [run(1, { attempt: 2 }), run(1)] })[0]?.runs).toEqual([{ run: 1, attempt: 2, agent: 'fixer' }]);
  });

  test('are those of all agents where the alert is about the repository, but for what protects it', () => {
    const whole = alert({ subject: { kind: 'repository', name: 'octo/fleet' } }, naming(1, 2));
    const runs = [run(1), run(2, { agent: 'writer' })];
    expect(plan({ alerts: [whole], runs })).toMatchObject([{ agents: ['fixer', 'writer'] }]);
    const spared: RemedyInput['spared'] = ({ name }) => (name === 'writer' ? 'it is a gate' : null);
    expect(plan({ alerts: [whole], runs, spared })).toMatchObject([{ agents: ['fixer'] }]);
  });

  test.each(['retry-storm', 'loop', 'runaway'])('are none for %s, which counts starts', (name) => {
    expect(plan({ alerts: [alert({ name })], asked: { [name]: asked() } })).toEqual([]);
  });
});

describe('what waits for the word of a lead', () => {
  const needs = { asked: { disk_full: asked({ requires: 'approval' }) } };
  const offer = (answer?: RemedyAnswer): RemedyMark =>
    mark({ at: shifted(NOW, -HOUR), verdict: 'awaits_approval', ...(answer === undefined ? {} : { answer }) });

  test('is written down once, and goes on when a lead agrees, as it was then', () => {
    expect(plan(needs)).toMatchObject([{ verdict: 'awaits_approval', runs: [{ run: 1, attempt: 1 }] }]);
    expect(plan({ ...needs, log: [offer()] })).toEqual([]);
    const agreed = offer(said('approved', shifted(NOW, 1), 'retry-run'));
    const now = alert({}, naming(2));
    expect(plan({ ...needs, alerts: [now], log: [agreed] })).toMatchObject([
      { verdict: 'planned', runs: [{ run: 1, attempt: 1 }] },
    ]);
  });

  test('stays as it is when the approval has run out, and in shadow mode', () => {
    expect(plan({ ...needs, log: [offer(said('approved', NOW, 'retry-run'))] })).toEqual([]);
    const agreed = offer(said('approved', shifted(NOW, 1), 'retry-run'));
    const shadow = { disk_full: asked({ requires: 'approval', mode: 'shadow' }) };
    expect(plan({ asked: shadow, log: [agreed] })).toEqual([]);
  });

  test('is over for the episode after a no', () => {
    const refused = offer(said('rejected', null, 'retry-run'));
    expect(plan({ ...needs, log: [refused] })).toMatchObject([{ verdict: 'rejected' }]);
    expect(plan({ ...needs, log: [refused, mark({ at: NOW, verdict: 'rejected' })] })).toEqual([]);
  });

  test('denies from the moment on at which it is carried out, and asks again when that is over', () => {
    const deny = { asked: { disk_full: asked({ do: 'deny', requires: 'approval', cooldown: 0 }) } };
    const agreed = { ...offer(said('approved', shifted(NOW, 1), 'deny')), do: 'deny' } as const;
    const until = shifted(NOW, 4 * HOUR);
    expect(plan({ ...deny, log: [agreed] })).toMatchObject([{ do: 'deny', verdict: 'done', until }]);
    const over = mark({ do: 'deny', verdict: 'done', until: NOW, at: shifted(NOW, -HOUR) });
    expect(plan({ ...deny, log: [agreed, over] })).toMatchObject([{ verdict: 'awaits_approval' }]);
  });
});

describe('the log of it', () => {
  function head(
    id: string,
    at: Instant,
  ): Pick<EventOf<'remedy.decided'>, 'v' | 'id' | 'at' | 'seen' | 'repo' | 'subject'> {
    return { v: 1, id, at, seen: at, repo: 'octo/repo', subject: { kind: 'repository', name: 'octo/repo' } };
  }

  function decided(at: Instant, wish: Partial<RemedyMark> = {}): EventOf<'remedy.decided'> {
    const { at: _at, ...remedy } = mark({ at, ...wish });
    return { ...head(at, at), kind: 'remedy.decided', data: { remedy } };
  }

  test('keeps what was decided for a month', () => {
    const early = remediesFold.apply(remediesFold.initial, [decided(NOW)]);
    expect(early).toEqual([mark({ at: NOW })]);
    expect(remediesFold.apply(early, [decided(shifted(NOW, 31 * DAY))])).toHaveLength(1);
  });

  test('keeps what a lead said, and how far re-runs have come, with the last decision of the episode alone', () => {
    const answer = said('approved', shifted(NOW, HOUR), 'retry-run');
    const rerun = { fingerprint: 'f1', episode: 1, do: 'retry-run', run: 1, attempt: 1, agent: 'fixer' } as const;
    const state = remediesFold.apply(remediesFold.initial, [
      decided(NOW, { episode: 0 }),
      decided(NOW, { verdict: 'awaits_approval' }),
      { ...head('a', NOW), kind: 'remedy.answered', data: { answer } },
      decided(shifted(NOW, 1)),
      { ...head('b', NOW), kind: 'remedy.rerun', data: { rerun: { ...rerun, state: 'asked', why: null } } },
      {
        ...head('c', NOW),
        kind: 'remedy.rerun',
        data: { rerun: { ...rerun, episode: 9, state: 'worked', why: null } },
      },
    ]);
    expect(state.map(({ answer: word, reruns }) => [word?.verdict, reruns?.['1.1']?.state])).toEqual([
      [undefined, undefined],
      ['approved', undefined],
      [undefined, 'asked'],
    ]);
  });
});
