import { describe, expect, test } from 'vitest';
import type { Agent } from '../../core/agent.ts';
import type { Alert } from '../../core/alert.ts';
import { NO_EVIDENCE } from '../../core/finding.ts';
import type { Halt, Resumption } from '../../core/halt.ts';
import type { RemedyAnswer, RemedyRecord } from '../../core/notice-record.ts';
import { agentSubject, repositorySubject } from '../../core/subject.ts';
import { DAY, HOUR, type Instant, after as later, MINUTE, SECOND } from '../../core/time.ts';
import { CLAIM_LASTS } from '../issue/plan.ts';
import { type AskedResponse, planStops, type StopPlan, type StopPlanInput } from './plan.ts';
import { sayStop } from './say.ts';

const NOW: Instant = '2026-11-20T12:00:00.000Z';
const BEGAN: Instant = later(NOW, -10 * MINUTE);

function agent(name: string): Agent {
  return { name, workflow: `.github/workflows/${name}.yml`, engine: 'claude', means: 'action', reason: 'r', blob: 'b' };
}

function alert(fingerprint: string, more: Partial<Alert> = {}, facts: Partial<Alert['facts']> = {}): Alert {
  return {
    fingerprint,
    name: 'runaway',
    subject: agentSubject('fixer'),
    labels: {},
    state: 'active',
    episode: 1,
    since: BEGAN,
    activeAt: BEGAN,
    keepSince: null,
    resolvedAt: null,
    acknowledged: null,
    facts: {
      severity: 'critical',
      value: 20,
      limit: 5,
      unit: 'runs',
      reason: 'too fast',
      evidence: NO_EVIDENCE,
      explainedBy: null,
      ...facts,
    },
    ...more,
  };
}

function halt(scope: Halt['scope']): Halt {
  return { generation: 4, scope, by: { kind: 'operator', login: null }, reason: 'r', at: later(NOW, -MINUTE) };
}

function asks(kind: AskedResponse['do'], more: Partial<AskedResponse> = {}): AskedResponse {
  return { do: kind, mode: null, cooldown: HOUR, max_per_day: 3, requires: null, ...more };
}

function plan(alerts: readonly Alert[], more: Partial<StopPlanInput> = {}): StopPlan {
  return planStops({
    alerts,
    agents: ['fixer', 'triage', 'writer'].map(agent),
    halt: null,
    held: [],
    resumptions: [],
    stops: { stops: [], wouldHave: {} },
    remedies: [],
    log: { claims: {} },
    now: NOW,
    by: 'me',
    mode: 'enforce',
    responses: { runaway: asks('stop'), budget: asks('stop') },
    maxPerDay: 3,
    claims: { clock: NOW, last: CLAIM_LASTS },
    spared: () => null,
    ...more,
  });
}

const stopped = (found: StopPlan): readonly (readonly string[])[] => found.ready.map(({ agents }) => agents);

describe('whom a rule stops', () => {
  test('the agent that the alert is about, and no other', () => {
    expect(plan([alert('a')]).ready).toEqual([
      {
        kind: 'stop',
        act: 'stop',
        key: 'stop:a:1',
        because: 'the alert of runaway is critical and its rule asks for a stop',
        fingerprint: 'a',
        episode: 1,
        agents: ['fixer'],
        rule: 'runaway',
      },
    ]);
  });

  test('all agents when the alert is about the repository', () => {
    const found = plan([alert('a', { name: 'budget', subject: repositorySubject('octo/fleet') })]);
    expect(stopped(found)).toEqual([['fixer', 'triage', 'writer']]);
  });

  test('whom an alert is about that has the label which asks for it, though its rule asks for nothing', () => {
    const none = asks('none');
    const responses = { runaway: none, 'team=payments': asks('stop'), 'team=docs': none } as const;
    const labelled = (team: string): Alert => alert('a', { labels: { team } });
    expect(stopped(plan([labelled('payments')], { responses }))).toEqual([['fixer']]);
    expect(stopped(plan([labelled('docs')], { responses }))).toEqual([]);
    const shadow = { ...responses, 'team=payments': asks('stop', { mode: 'shadow' }) } as const;
    expect(plan([labelled('payments')], { responses: shadow }).verdicts['a']).toMatchObject({ kind: 'would_have' });
    // Who writes that people are told, and nothing else, means it.
    const notify = { ...responses, runaway: asks('notify') } as const;
    expect(stopped(plan([labelled('payments')], { responses: notify }))).toEqual([]);
  });

  test.each<readonly [string, Partial<Alert>, Partial<Alert['facts']>]>([
    ['an alert that is not critical', {}, { severity: 'warning' }],
    ['a pending alert', { state: 'pending' }, {}],
    ['a resolved alert', { state: 'resolved' }, {}],
    ['an alert of a rule that asks for nothing', { name: 'late' }, {}],
  ])('nobody for %s', (_name, more, facts) => {
    expect(plan([alert('a', more, facts)])).toMatchObject({ ready: [], waiting: [], verdicts: {}, unrecorded: [] });
  });

  test.each<readonly [string, Alert['subject']]>([
    ['a source', { kind: 'source', name: 'agents' }],
    ['Checkrein', { kind: 'checkrein', name: 'watch' }],
    ['an agent that is gone', agentSubject('gone')],
    ['an agent whose name only begins alike', agentSubject('fix')],
  ])('nobody when the alert is about %s', (_name, subject) => {
    const found = plan([alert('a', { subject })]);
    expect(found.ready).toEqual([]);
    expect(found.verdicts['a']).toEqual({ kind: 'nothing', spared: [] });
  });

  test('nobody who is spared, and the verdict says why', () => {
    const spared = ({ name }: Agent): string | null => (name === 'triage' ? 'it is listed' : null);
    const whole = plan([alert('a', { subject: repositorySubject('octo/fleet') })], { spared });
    expect(stopped(whole)).toEqual([['fixer', 'writer']]);
    expect(whole.verdicts['a']).toMatchObject({ spared: [{ agent: 'triage', reason: 'it is listed' }] });
    const one = plan([alert('a', { subject: agentSubject('triage') })], { spared });
    expect(one.ready).toEqual([]);
    expect(one.verdicts['a']).toEqual({ kind: 'nothing', spared: [{ agent: 'triage', reason: 'it is listed' }] });
  });

  test('an acknowledged alert still stops: who knows of a fire has not put it out', () => {
    const actor = { id: 1, login: 'octocat', type: 'User' } as const;
    const acknowledged = { by: actor, at: NOW, until: null, reason: null } as unknown as Alert['acknowledged'];
    expect(stopped(plan([alert('a', { acknowledged })]))).toEqual([['fixer']]);
  });
});

describe('how often', () => {
  test('once for two alerts about the same agent', () => {
    const found = plan([alert('b', { name: 'budget' }), alert('a')]);
    expect(found.ready.map(({ key }) => key)).toEqual(['stop:a:1']);
    expect(found.verdicts['b']).toMatchObject({ kind: 'planned', agents: ['fixer'] });
  });

  test('not by an alert that another one explains, when that one asks as well', () => {
    const cause = alert('a');
    const effect = alert('b', { name: 'budget', subject: repositorySubject('octo/fleet') }, { explainedBy: 'a' });
    expect(stopped(plan([effect, cause]))).toEqual([['fixer']]);
    expect(stopped(plan([effect, alert('a', { name: 'late' })]))).toEqual([['fixer', 'triage', 'writer']]);
  });

  test.each<readonly [string, Instant, number]>([
    ['in this episode', later(BEGAN, SECOND), 0],
    ['in the very moment in which it began', BEGAN, 0],
    ['in an earlier episode, long ago', later(NOW, -HOUR), 1],
  ])('a stop %s', (_name, at, expected) => {
    const stops = { stops: [{ generation: 2, fingerprint: 'a', at }], wouldHave: {} };
    const found = plan([alert('a')], { stops });
    expect(found.ready).toHaveLength(expected);
    if (expected === 0) expect(found.verdicts['a']).toEqual({ kind: 'done', generation: 2, at });
  });

  test.each<readonly [string, number, number, Instant, number]>([
    ['room for one of two', 3, 2, later(NOW, -HOUR), 1],
    ['no room', 3, 3, later(NOW, -HOUR), 0],
    ['none ever', 0, 0, NOW, 0],
    ['stops of more than a day ago', 3, 3, later(NOW, -DAY), 2],
  ])('at most so often within 24 hours: %s', (_name, maxPerDay, earlier, at, expected) => {
    const stops = Array.from({ length: earlier }, (_, i) => ({ generation: i + 1, fingerprint: `x${i}`, at }));
    const alerts = [alert('a'), alert('b', { subject: agentSubject('triage') })];
    const found = plan(alerts, { maxPerDay, stops: { stops, wouldHave: {} } });
    expect(found.ready).toHaveLength(expected);
    const held = Object.values(found.verdicts).filter(({ kind }) => kind === 'held');
    expect(held).toHaveLength(2 - expected);
  });

  test('not again what a stop in force holds, whoever asked for it', () => {
    const [fixer, triage] = ['fixer', 'triage'].map((name) => ({ path: `.github/workflows/${name}.yml` }));
    const held = fixer && triage ? [fixer, triage] : [];
    expect(plan([alert('a')], { halt: halt({ kind: 'all' }), held }).verdicts['a']).toEqual({
      kind: 'in_force',
      generation: 4,
    });
    const named = (name: string): Halt => halt({ kind: 'agents', names: [name] });
    expect(plan([alert('a')], { halt: named('fixer'), held: held.slice(0, 1) }).ready).toEqual([]);
    expect(plan([alert('a')], { halt: named('triage'), held: held.slice(1) }).ready).toHaveLength(1);
  });

  test('but one that was resumed under a stop in force and runs away then', () => {
    const path = '.github/workflows/fixer.yml';
    const held = ['triage', 'writer'].map((name) => ({ path: `.github/workflows/${name}.yml` }));
    const resumption: Resumption = {
      ...{ generation: 4, by: { kind: 'operator', login: null }, reason: 'r', stage: 'canary' },
      ...{ at: later(BEGAN, -MINUTE), workflows: [path], released: [path] },
    };
    const before = { ...halt({ kind: 'all' }), at: later(NOW, -HOUR) };
    const under = { halt: before, held, resumptions: [resumption] };
    expect(stopped(plan([alert('a')], under))).toEqual([['fixer']]);
    const whole = alert('b', { subject: repositorySubject('o/r') });
    expect(stopped(plan([whole], under))).toEqual([['fixer', 'triage', 'writer']]);
  });

  test.each<readonly [string, Instant, readonly string[], number]>([
    ['the agent in this episode', later(NOW, -MINUTE), ['.github/workflows/fixer.yml'], 0],
    ['the agent before this episode', later(BEGAN, -MINUTE), ['.github/workflows/fixer.yml'], 1],
    ['another agent', later(NOW, -MINUTE), ['.github/workflows/triage.yml'], 1],
  ])('a person who resumed %s', (_name, at, released, expected) => {
    const by = { kind: 'operator', login: null } as const;
    const resumption = {
      generation: 4,
      by,
      reason: 'r',
      at,
      stage: 'complete',
      workflows: released,
      released,
    } as const;
    expect(plan([alert('a')], { resumptions: [resumption] }).ready).toHaveLength(expected);
  });

  test('not while somebody else has just begun, unless they have been silent for too long', () => {
    const claim = (at: Instant, by: string): StopPlanInput['log'] => ({
      claims: {
        'stop:a:1': { key: 'stop:a:1', kind: 'stop', act: 'stop', fingerprint: 'a', episode: 1, by, at },
      },
    });
    const fresh = plan([alert('a')], { log: claim(NOW, 'other') });
    expect([fresh.ready.length, fresh.waiting.length]).toEqual([0, 1]);
    expect(plan([alert('a')], { log: claim(NOW, 'me') }).ready).toHaveLength(1);
    expect(plan([alert('a')], { log: claim(later(NOW, -HOUR), 'other') }).ready).toHaveLength(1);
    expect(plan([alert('a')], { log: claim(NOW, 'other'), claims: { clock: NOW, last: 0 } }).ready).toHaveLength(1);
  });
});

describe('shadow mode', () => {
  test('plans nothing and says what it would have done, once in an episode', () => {
    const found = plan([alert('a')], { mode: 'shadow' });
    expect(found.ready).toEqual([]);
    expect(found.verdicts['a']).toEqual({ kind: 'would_have', agents: ['fixer'], spared: [] });
    expect(found.unrecorded.map(({ fingerprint }) => fingerprint)).toEqual(['a']);
    const recorded = (at: Instant): StopPlan =>
      plan([alert('a')], { mode: 'shadow', stops: { stops: [], wouldHave: { a: at } } });
    expect(recorded(BEGAN).unrecorded).toEqual([]);
    expect(recorded(later(BEGAN, -SECOND)).unrecorded).toHaveLength(1);
  });

  test.each([
    ['shadow', 'enforce', 1],
    ['enforce', 'shadow', 0],
    ['shadow', null, 0],
    ['enforce', null, 1],
  ] as const)('the file says %s, the rule says %s', (mode, own, expected) => {
    const responses = { runaway: asks('stop', { mode: own }) };
    expect(plan([alert('a')], { mode, responses }).ready).toHaveLength(expected);
  });
});

describe('a pause', () => {
  const pausing = (more: Partial<AskedResponse> = {}) => ({ responses: { runaway: asks('pause-agent', more) } });

  test('is a stop of the agent that the alert is about, and never of all', () => {
    const [response] = plan([alert('a')], pausing()).ready;
    expect(response).toMatchObject({ kind: 'stop', agents: ['fixer'], because: expect.stringContaining('a pause of') });
    const whole = plan([alert('a', { subject: repositorySubject('octo/fleet') })], pausing());
    expect([whole.ready, whole.verdicts['a']?.kind]).toEqual([[], 'nothing']);
  });

  test.each<readonly [string, Instant, number, Partial<AskedResponse>, string]>([
    ['too soon after the last one for the same alert', later(BEGAN, -MINUTE), 1, {}, 'cooling'],
    ['as soon as the cooldown is over', later(NOW, -HOUR), 1, {}, 'planned'],
    ['when its rule has had its stops of the day', later(NOW, -2 * HOUR), 3, {}, 'held'],
    ['when those were on the day before', later(NOW, -DAY), 3, {}, 'planned'],
    ['before a person has said yes', later(NOW, -DAY), 0, { requires: 'approval' }, 'awaits_approval'],
  ])('%s', (_name, at, earlier, more, kind) => {
    const stops = Array.from({ length: earlier }, (_, i) => ({ generation: i, fingerprint: 'a', rule: 'runaway', at }));
    const found = plan([alert('a')], { ...pausing(more), maxPerDay: 50, stops: { stops, wouldHave: {} } });
    expect(found.verdicts['a']?.kind).toBe(kind);
    expect(found.ready).toHaveLength(kind === 'planned' ? 1 : 0);
  });
});

describe('a stop that waits for the word of a lead', () => {
  const OFFER: RemedyRecord = {
    ...{ fingerprint: 'a', episode: 1, name: 'runaway', do: 'stop', verdict: 'awaits_approval', agents: ['fixer'] },
  };
  const lea = { id: 7, login: 'lea', type: 'User' } as const;

  function said(
    verdict: RemedyAnswer['verdict'],
    expiresAt: Instant | null,
    more: Partial<RemedyAnswer> = {},
  ): RemedyAnswer {
    const base = { fingerprint: 'a', episode: 1, do: 'stop', by: lea, comment: 1, at: BEGAN, why: null } as const;
    return { ...base, verdict, expiresAt, ...more };
  }

  function waiting(answer: RemedyAnswer | null, more: Partial<StopPlanInput> = {}): StopPlan {
    const mark = { ...OFFER, at: BEGAN, ...(answer === null ? {} : { answer }) };
    const responses = { runaway: asks('stop', { requires: 'approval' }) };
    return plan([alert('a')], { remedies: [mark], responses, ...more });
  }

  test('is offered once in an episode, with whom it is about', () => {
    const first = waiting(null, { remedies: [] });
    expect([first.ready, first.offers]).toEqual([[], [OFFER]]);
    expect(waiting(null).offers).toEqual([]);
  });

  test('is carried out once a lead has agreed, on those who were named then', () => {
    expect(stopped(waiting(said('approved', later(NOW, 1))))).toEqual([['fixer']]);
    const others = [{ ...OFFER, at: BEGAN, agents: ['writer'], answer: said('approved', later(NOW, 1)) }];
    expect(waiting(null, { remedies: others }).verdicts['a']?.kind).toBe('nothing');
  });

  test('is not carried out when the time of the approval is over, or in shadow mode, or after a no', () => {
    expect(waiting(said('approved', NOW)).verdicts['a']?.kind).toBe('awaits_approval');
    expect(waiting(said('approved', later(NOW, 1)), { mode: 'shadow' }).verdicts['a']?.kind).toBe('would_have');
    expect(waiting(said('rejected', null)).verdicts['a']).toEqual({ kind: 'rejected', by: 'lea' });
  });

  test('is not carried out for the approval of another episode', () => {
    const mark = { ...OFFER, episode: 0, at: BEGAN, answer: said('approved', later(NOW, 1), { episode: 0 }) };
    expect(waiting(null, { remedies: [mark] }).verdicts['a']?.kind).toBe('awaits_approval');
  });

  test('that is about more agents than before is offered anew', () => {
    const all = alert('a', { subject: repositorySubject('octo/fleet') });
    const responses = { runaway: asks('stop', { requires: 'approval' }) };
    const found = plan([all], { remedies: [{ ...OFFER, at: BEGAN }], responses });
    expect(found.offers).toMatchObject([{ agents: ['fixer', 'triage', 'writer'] }]);
  });
});

describe('the sentence in the issue', () => {
  test.each([
    [{ kind: 'would_have', agents: ['fixer'], spared: [] }, 'would have stopped** fixer'],
    [
      { kind: 'planned', agents: ['fixer'], spared: [{ agent: 'ci', reason: 'it is listed' }] },
      'Left alone: ci (it is',
    ],
    [{ kind: 'done', generation: 7, at: NOW }, '2026-11-20 12:00 UTC (stop 7)'],
    [{ kind: 'in_force', generation: 7 }, 'stop 7 was in force already'],
    [{ kind: 'resumed', at: NOW }, 'resumed by a person on 2026-11-20 12:00 UTC'],
    [{ kind: 'held', agents: ['fixer'], most: 3, by: 'max_per_day' }, 'only 3 times within 24 hours (`max_per_day`)'],
    [{ kind: 'cooling', agents: ['fixer'], until: NOW }, 'until 2026-11-20 12:00 UTC only a person can'],
    [{ kind: 'awaits_approval', agents: ['fixer'], word: 'pause-agent' }, '`/checkrein approve pause-agent`'],
    [{ kind: 'rejected', by: '@lea' }, 'said no'],
    [{ kind: 'nothing', spared: [] }, 'nothing that may be stopped'],
  ] as const)('of %j', (verdict, expected) => {
    expect(sayStop(verdict)).toContain(expected);
  });

  test('pings nobody and links nowhere, whatever an agent is called', () => {
    const said = sayStop({ kind: 'would_have', agents: ['@octocat [x](http://evil)'], spared: [] });
    expect(said).not.toMatch(/@octocat|\]\(http/);
  });

  test('stays short with a thousand agents', () => {
    const agents = Array.from({ length: 1_000 }, (_, i) => `agent-${i}`);
    expect(sayStop({ kind: 'would_have', agents, spared: [] })).toContain('and 980 more');
  });
});
