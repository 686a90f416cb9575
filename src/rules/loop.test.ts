import { describe, expect, test } from 'vitest';
import { factsAfter, runCompleted } from '../../test/kit/happenings.ts';
import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Actor } from '../core/run.ts';
import { HOUR, type Instant, MINUTE, SECOND, after as shifted } from '../core/time.ts';
import type { LoopOptions } from './loop/options.ts';
import { loop } from './loop.ts';

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

function judge(events: readonly LedgerEvent[], settings: Partial<LoopOptions> = {}) {
  const facts = factsAfter(events, { now: NOW, agents: ['fixer', 'reviewer'] });
  return loop.judge(facts, { ...DEFAULTS, ...settings }, NOW);
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

const CLAUDE: Actor = { id: 209_825_114, login: 'claude[bot]', type: 'Bot' };
const CODEX: Actor = { id: 500, login: 'codex-app[bot]', type: 'Bot' };

function commented(id: number, at: Instant, bot: Actor | null, item = 5): EventOf<'comment.seen'> {
  const comment = { id, item, bot, app: null, at, claims: null };
  const base = {
    v: 1,
    id: `comment:${id}`,
    at,
    seen: at,
    repo: 'octo/repo',
    subject: { kind: 'repository', name: 'octo/repo' },
  } as const;
  return { ...base, kind: 'comment.seen', data: { comment } };
}

/** A person sets the fixer off, and from then on the two answer each other, each in its fourth minute. */
function talk(
  runs: number,
  { item = () => 5, trigger = 'issue_comment' }: { item?: (i: number) => number; trigger?: string } = {},
) {
  const speaker = (i: number): Actor => (i % 2 === 0 ? CLAUDE : CODEX);
  const gap = 3 * MINUTE + 50 * SECOND;
  const began = turns(runs, gap, (i) => ({
    ...{ agent: i % 2 === 0 ? 'fixer' : 'reviewer', actor: i === 0 ? PERSON : speaker(i - 1) },
    trigger: i === 0 ? 'issue_comment' : trigger,
  }));
  const said = began.slice(1).map(({ at }, i) => commented(i + 1, shifted(at, -2 * SECOND), speaker(i), item(i)));
  return [...began, ...said];
}

describe('chains that GitHub tells of', () => {
  test('talk that nobody joins is critical after three turns', () => {
    const [fixer, reviewer] = judge(talk(4));
    expect(fixer).toMatchObject({ outcome: 'violated', severity: 'critical', value: 3, limit: 3, explainedBy: null });
    expect(fixer?.reason).toBe(
      'fixer and reviewer set each other off 3 times in a row by comments under 5, with nobody else joining in.',
    );
    expect(reviewer).toMatchObject({ outcome: 'violated', explainedBy: 'loop/agent:fixer' });
    expect(judge(talk(3)).map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
  });

  test('shows what set off what, with what is sure and what is concluded', () => {
    const [fixer] = judge(talk(4));
    if (fixer?.outcome !== 'violated') throw new Error('nothing was told');
    const { graph, runs } = fixer.evidence;
    expect(graph?.nodes.map(({ label }) => label)).toEqual([
      expect.stringMatching(/^fixer, run 1, \d\d:\d\d$/),
      'comment in 5 by claude[bot] with the token of an app',
      expect.stringContaining('reviewer, run 2'),
      'comment in 5 by codex-app[bot] with the token of an app',
      expect.stringContaining('fixer, run 3'),
      'comment in 5 by claude[bot] with the token of an app',
      expect.stringContaining('reviewer, run 4'),
    ]);
    expect(graph?.edges.filter(({ isSure }) => isSure)).toHaveLength(3);
    expect(graph?.edges).toHaveLength(6);
    expect(runs.map(({ note }) => note)).toEqual([
      'likely set off by run 3 (issue_comment)',
      'likely set off by run 2 (issue_comment)',
      'likely set off by run 1 (issue_comment)',
      'the first of the chain (issue_comment)',
    ]);
  });

  test.each<readonly [string, readonly LedgerEvent[]]>([
    ['a person joined', [...talk(6), commented(90, shifted(NOW, -13 * MINUTE), null)]],
    ['each answer was under another issue', talk(5, { item: (i) => i })],
    ['they pushed, as an author and a reviewer do', talk(6, { trigger: 'pull_request' })],
  ])('is no endless talk where %s', (_name, events) => {
    expect(judge(events, { depth: 50, turns: 50 }).map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
  });

  test('talk that has come to its end long ago is over', () => {
    const facts = factsAfter(talk(6), { now: shifted(NOW, HOUR), agents: ['fixer', 'reviewer'] });
    expect(loop.judge(facts, DEFAULTS, shifted(NOW, HOUR))[0]?.outcome).toBe('violated');
    const later = shifted(NOW, HOUR + 5 * MINUTE);
    const over = factsAfter(talk(6), { now: later, agents: ['fixer', 'reviewer'] });
    expect(loop.judge(over, DEFAULTS, later).map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
  });

  test('a chain that goes on and on is told, whatever its runs do', () => {
    const events = talk(8, { trigger: 'pull_request' });
    expect(judge(events, { turns: 50 })[0]).toMatchObject({
      outcome: 'violated',
      severity: 'warning',
      value: 8,
      limit: 8,
    });
    const longer = talk(16, { trigger: 'pull_request' });
    expect(judge(longer, { turns: 50 })[0]).toMatchObject({ severity: 'critical', value: 16 });
  });

  test('a chain whose runs follow each other in seconds is critical', () => {
    const events = turns(5, 40 * SECOND, (i) => ({
      agent: 'fixer',
      actor: i === 0 ? PERSON : CLAUDE,
      trigger: 'repository_dispatch',
    }));
    const quick = events.map((event) => {
      const { run } = event.data;
      return { ...event, data: { run: { ...run, updatedAt: shifted(run.startedAt, 40 * SECOND) } } };
    });
    expect(judge(quick)[0]).toMatchObject({ outcome: 'violated', severity: 'critical' });
    expect(judge(quick)[0]?.reason).toContain('too fast');
    expect(judge(quick, { floor: '30s' })[0]?.outcome).toBe('ok');
  });

  test('a chain in which each turn starts twice as many is critical', () => {
    // 1, 2, 4, 8 runs: each of a turn names its parent, as the guard learns it from the event.
    const tree = Array.from({ length: 15 }, (_, i) => {
      const turn = Math.floor(Math.log2(i + 1));
      const event = runCompleted({
        id: i + 1,
        agent: 'fixer',
        trigger: 'workflow_run',
        at: shifted(NOW, (turn - 6) * 5 * MINUTE),
      });
      const parent = i === 0 ? {} : { parent: Math.floor((i + 1) / 2) };
      return { ...event, data: { run: { ...event.data.run, ...parent } } };
    });
    expect(judge(tree)[0]).toMatchObject({ outcome: 'violated', severity: 'critical', value: 8 });
    expect(judge(tree)[0]?.reason).toContain('twice as many runs each time');
    expect(judge(tree.slice(0, 7)).map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
  });
});
