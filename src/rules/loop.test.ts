import { describe, expect, test } from 'vitest';
import { factsAfter, runCompleted } from '../../test/kit/happenings.ts';
import type { EventOf } from '../core/event.ts';
import type { Actor } from '../core/run.ts';
import { HOUR, type Instant, MINUTE, SECOND, after as shifted } from '../core/time.ts';
import { type LoopOptions, loop } from './loop.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';
const DEFAULTS = loop.options.parse({}) as unknown as LoopOptions;
const BOT: Actor = { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' };
const PERSON: Actor = { id: 7, login: 'ada', type: 'User' };
const DEPENDABOT: Actor = { id: 49_699_333, login: 'dependabot[bot]', type: 'Bot' };

interface Turn {
  readonly agent: string;
  readonly actor?: Actor | null;
  readonly trigger?: string;
}

/** Runs of four minutes (so the kit makes them) that begin so far apart, the last one just before now. */
function turns(count: number, gap: number, turn: (i: number) => Turn): readonly EventOf<'run.completed'>[] {
  return Array.from({ length: count }, (_, i) => {
    const { agent, actor = BOT, trigger = 'issue_comment' } = turn(i);
    const event = runCompleted({ id: i + 1, agent, trigger, at: shifted(NOW, (i - count) * gap) });
    return { ...event, data: { run: { ...event.data.run, actor } } };
  });
}

function judge(events: readonly EventOf<'run.completed'>[]) {
  const facts = factsAfter(events, { now: NOW, agents: ['fixer', 'reviewer'] });
  return loop.judge(facts, DEFAULTS, NOW);
}

describe('agents that set each other off', () => {
  test('an agent whose comment starts it again, every ten minutes: told after six runs', () => {
    const [fixer] = judge(turns(6, 10 * MINUTE, () => ({ agent: 'fixer' })));
    expect(fixer).toMatchObject({ outcome: 'violated', severity: 'warning', value: 6, subject: { name: 'fixer' } });
    expect(fixer?.reason).toBe(
      'fixer was set off by its own output, as far as bots and times tell, in 6 runs one after the other.',
    );
    expect(judge(turns(5, 10 * MINUTE, () => ({ agent: 'fixer' })))[0]).toMatchObject({ outcome: 'ok', holds: true });
  });

  test('an agent that the end of its own run starts again within a minute', () => {
    const [fixer] = judge(turns(6, 5 * MINUTE, () => ({ agent: 'fixer', trigger: 'workflow_run' })));
    expect(fixer).toMatchObject({ outcome: 'violated', value: 6 });
  });

  test('two agents that answer each other: one story, told by the first of them', () => {
    const [fixer, reviewer] = judge(turns(20, 8 * MINUTE, (i) => ({ agent: i % 2 === 0 ? 'fixer' : 'reviewer' })));
    expect(fixer).toMatchObject({ outcome: 'violated', severity: 'critical', value: 20 });
    expect(fixer?.reason).toContain('fixer and reviewer set each other off');
    expect(reviewer).toMatchObject({ outcome: 'violated', explainedBy: 'loop/agent:fixer' });
  });

  test.each<[string, readonly EventOf<'run.completed'>[]]>([
    ['people', turns(12, 10 * MINUTE, () => ({ agent: 'fixer', actor: PERSON }))],
    ['somebody who is not known', turns(12, 10 * MINUTE, () => ({ agent: 'fixer', actor: null }))],
    ['a bot that keeps dependencies fresh', turns(12, 10 * MINUTE, () => ({ agent: 'fixer', actor: DEPENDABOT }))],
    ['a schedule', turns(12, 10 * MINUTE, () => ({ agent: 'fixer', trigger: 'schedule' }))],
    ['a merge queue', turns(12, 10 * MINUTE, () => ({ agent: 'fixer', trigger: 'merge_group' }))],
    ['a bot, in one burst', turns(12, 5 * SECOND, () => ({ agent: 'fixer' }))],
    ['the end of other runs', turns(12, 8 * MINUTE, () => ({ agent: 'fixer', trigger: 'workflow_run' }))],
    ['a bot, but long after the run before', turns(12, HOUR, () => ({ agent: 'fixer' }))],
  ])('runs that were set off by %s are none', (_name, events) => {
    expect(judge(events).filter(({ outcome }) => outcome === 'violated')).toEqual([]);
  });

  test('a bot that comes at random is no circle', () => {
    const gaps = [1, 13, 2, 11, 1, 12, 3, 13, 1, 2, 12, 1].map((minutes) => minutes * MINUTE);
    let at = shifted(NOW, -3 * HOUR);
    const events = turns(gaps.length, MINUTE, () => ({ agent: 'fixer' })).map((event, i) => {
      at = shifted(at, gaps[i] ?? 0);
      const run = { ...event.data.run, startedAt: at, createdAt: at, updatedAt: shifted(at, MINUTE) };
      return { ...event, at, data: { run } };
    });
    expect(judge(events)[0]?.outcome).toBe('ok');
  });
});
