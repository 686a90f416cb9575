import { describe, expect, test } from 'vitest';
import type { Alert } from '../../core/alert.ts';
import type { EventOf } from '../../core/event.ts';
import { NO_EVIDENCE } from '../../core/finding.ts';
import type { RemedyRecord } from '../../core/notice-record.ts';
import { DAY, HOUR, type Instant, after as shifted } from '../../core/time.ts';
import { remediesFold } from './log.ts';
import { type AskedRemedy, planRemedies, type RemedyInput } from './plan.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';

function alert(wish: Partial<Alert> = {}, severity: Alert['facts']['severity'] = 'critical'): Alert {
  const facts = { severity, value: 1, limit: 0, unit: 'count', reason: 'x', evidence: NO_EVIDENCE, explainedBy: null };
  return {
    ...{ fingerprint: 'f1', name: 'disk_full', subject: { kind: 'agent', name: 'fixer' }, labels: {}, state: 'active' },
    ...{ episode: 1, since: NOW, activeAt: NOW, keepSince: null, resolvedAt: null, acknowledged: null, facts },
    ...wish,
  } as Alert;
}

function asked(wish: Partial<AskedRemedy> = {}): AskedRemedy {
  return { do: 'retry-run', mode: 'enforce', cooldown: HOUR, max_per_day: 3, lasts: 4 * HOUR, requires: null, ...wish };
}

function plan(wish: Partial<RemedyInput> = {}): readonly RemedyRecord[] {
  const agents = [{ name: 'fixer' }, { name: 'writer' }] as unknown as RemedyInput['agents'];
  const base = { alerts: [alert()], agents, asked: { disk_full: asked() }, mode: 'shadow', log: [], now: NOW } as const;
  return planRemedies({ ...base, spared: () => null, ...wish });
}

function mark(wish: Partial<RemedyRecord> & { readonly at: Instant }): RemedyInput['log'][number] {
  const base = {
    fingerprint: 'f1',
    episode: 1,
    name: 'disk_full',
    do: 'retry-run',
    verdict: 'no_hand',
    agents: [],
  } as const;
  return { ...base, ...wish };
}

describe('what alerts ask to be done by itself', () => {
  test('is recorded once in each episode, with the agent that it is about', () => {
    const [first] = plan();
    expect(first).toEqual({ ...mark({ at: NOW }), at: undefined, agents: ['fixer'] });
    expect(plan({ log: [mark({ at: NOW })] })).toEqual([]);
  });

  test('is only told in shadow mode, which one rule may have of its own', () => {
    expect(plan({ asked: { disk_full: asked({ mode: null }) } })).toMatchObject([{ verdict: 'would_have' }]);
    expect(plan({ asked: { disk_full: asked({ mode: 'shadow' }) }, mode: 'enforce' })).toMatchObject([
      { verdict: 'would_have' },
    ]);
  });

  test('waits for a person where one must say yes', () => {
    expect(plan({ asked: { disk_full: asked({ requires: 'approval' }) } })).toMatchObject([
      { verdict: 'awaits_approval' },
    ]);
  });

  test('has a cooldown for each alert and a maximum for each day', () => {
    const again = alert({ episode: 2 });
    const hour = [mark({ at: shifted(NOW, -HOUR + 1) })];
    expect(plan({ alerts: [again], log: hour })).toMatchObject([{ verdict: 'cooling' }]);
    expect(plan({ alerts: [again], log: [mark({ at: shifted(NOW, -HOUR) })] })).toMatchObject([{ verdict: 'no_hand' }]);
    const three = [1, 2, 3].map((i) => mark({ fingerprint: `g${i}`, at: shifted(NOW, -i * HOUR) }));
    expect(plan({ log: three })).toMatchObject([{ verdict: 'day_full' }]);
    const yesterday = three.map((one) => ({ ...one, at: shifted(one.at, -DAY) }));
    expect(plan({ log: yesterday })).toMatchObject([{ verdict: 'no_hand' }]);
  });

  test('is asked for by the name of the rule before a label, and only when it is critical and active', () => {
    const labelled = alert({ name: 'other', labels: { team: 'payments' } });
    expect(plan({ alerts: [labelled], asked: { 'team=payments': asked({ do: 'deny' }) } })).toMatchObject([
      { do: 'deny' },
    ]);
    expect(plan({ alerts: [alert({}, 'warning'), alert({ state: 'pending' }), alert({ state: 'resolved' })] })).toEqual(
      [],
    );
  });

  test('is done where it is a denial, for a time, and again when that is over and the alert goes on', () => {
    const deny = { asked: { disk_full: asked({ do: 'deny' }) } };
    const until = shifted(NOW, 4 * HOUR);
    expect(plan(deny)).toMatchObject([{ do: 'deny', verdict: 'done', agents: ['fixer'], until }]);
    const denied = (ends: Instant): RemedyInput['log'] => [
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
    const effect = alert({ fingerprint: 'f2', subject: { kind: 'agent', name: 'writer' } });
    const explained = { ...effect, facts: { ...effect.facts, explainedBy: 'f1' } };
    expect(plan({ ...deny, alerts: [alert(), explained] })).toMatchObject([{ fingerprint: 'f1' }]);
  });

  test('is nothing of this for a stop, which has its own plan, and for what happens anyway', () => {
    for (const kind of ['stop', 'pause-agent', 'notify', 'none'] as const)
      expect(plan({ asked: { disk_full: asked({ do: kind }) } })).toEqual([]);
    expect(plan({ asked: {} })).toEqual([]);
    expect(plan({ alerts: [alert({ name: 'constructor' })] })).toEqual([]);
  });
});

describe('the log of it', () => {
  test('keeps what was decided for a month', () => {
    const event = (at: Instant): EventOf<'remedy.decided'> => {
      const { at: _at, ...remedy } = mark({ at });
      const head = {
        v: 1,
        id: at,
        at,
        seen: at,
        repo: 'octo/repo',
        subject: { kind: 'repository', name: 'octo/repo' },
      } as const;
      return { ...head, kind: 'remedy.decided', data: { remedy } };
    };
    const early = remediesFold.apply(remediesFold.initial, [event(NOW)]);
    expect(early).toEqual([mark({ at: NOW })]);
    expect(remediesFold.apply(early, [event(shifted(NOW, 31 * DAY))])).toHaveLength(1);
  });
});
