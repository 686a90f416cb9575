import { describe, expect, test } from 'vitest';
import type { CommentMark } from '../../core/causal.ts';
import type { ItemMark } from '../../core/item.ts';
import type { Actor } from '../../core/run.ts';
import { HOUR, type Instant, after as later, MINUTE } from '../../core/time.ts';
import type { CausalRun } from './cause.ts';
import { causalGraph, chainTo, closeLinks } from './graph.ts';

const START: Instant = '2026-11-21T12:00:00.000Z';
const CLAUDE: Actor = { id: 209_825_114, login: 'claude[bot]', type: 'Bot' };
const CODEX: Actor = { id: 500, login: 'codex-app[bot]', type: 'Bot' };
const JOB_BOT = 41_898_282;

/** A moment so many minutes after the start. */
function at(minutes: number): Instant {
  return later(START, minutes * MINUTE);
}

/** A run of four minutes. */
function run(id: number, minutes: number, more: Partial<CausalRun> = {}): CausalRun {
  const began = at(minutes);
  return {
    ...{ run: id, agent: 'helper', trigger: 'issue_comment', actor: 'octocat', bot: null, parent: null, pull: null },
    ...{ at: began, again: false, spells: [{ from: began, to: later(began, 4 * MINUTE) }] },
    ...more,
  };
}

function comment(id: number, minutes: number, bot: Actor | null, more: Partial<CommentMark> = {}): CommentMark {
  return { id, item: 5, bot, app: null, at: at(minutes), claims: null, ...more };
}

function pull(number: number, minutes: number, author: Actor): ItemMark {
  const open = { kind: 'pull' as const, app: null, closedAt: null, mergedAt: null, titleHash: 'x', agent: null };
  return { number, author, createdAt: at(minutes), updatedAt: at(minutes), ...open };
}

interface World {
  readonly runs: readonly CausalRun[];
  readonly comments?: readonly CommentMark[];
  readonly items?: readonly ItemMark[];
}

function graph({ runs, comments = [], items = [] }: World) {
  return causalGraph({ runs, comments, items, left: 0 });
}

/** What led to a run, in a word or two: `12 sure comment`. */
function ledTo(world: World, id: number): string | null {
  const link = graph(world).links.get(id);
  return link === undefined ? null : `${link.parent.run} ${link.certainty} ${link.deed.kind}`;
}

const byCodex = { agent: 'helper', actor: 'codex-app[bot]', bot: CODEX.id };
const byClaude = { agent: 'reviewer', actor: 'claude[bot]', bot: CLAUDE.id };

describe('what set off a run', () => {
  test('a comment of a bot, written in the only run that was going on', () => {
    const world = { runs: [run(1, 0), run(2, 3.1, byClaude)], comments: [comment(9, 3, CLAUDE)] };
    const { links, edges } = graph(world);
    expect(links.get(2)).toMatchObject({
      ...{ parent: { run: 1 }, child: { run: 2 }, certainty: 'likely', idle: 0, joined: false },
      deed: { kind: 'comment', key: 'comment 9', item: 5, token: 'app', login: 'claude[bot]', seen: true },
    });
    expect(edges).toEqual([
      { from: 'comment 9', to: 'run 2', certainty: 'sure', because: expect.stringContaining('nothing else') },
      { from: 'run 1', to: 'comment 9', certainty: 'likely', because: 'no other run of an agent was going on' },
    ]);
  });

  test.each<readonly [string, World, string | null]>([
    ['nobody, for a person', { runs: [run(1, 0), run(2, 3)] }, null],
    ['nobody, for a schedule', { runs: [run(1, 0), run(2, 3, { ...byClaude, trigger: 'schedule' })] }, null],
    [
      'nobody, for a bot that keeps dependencies fresh',
      { runs: [run(1, 0), run(2, 3, { bot: 49_699_333, trigger: 'push' })] },
      null,
    ],
    ['nobody, where no run was near', { runs: [run(1, 0), run(2, 60, byClaude)] }, null],
    [
      'nobody, for a further attempt, which a button starts',
      { runs: [run(1, 0), run(2, 3, { ...byClaude, again: true })] },
      null,
    ],
    ['the run before, though nobody saw the comment', { runs: [run(1, 0), run(2, 3, byClaude)] }, '1 likely comment'],
    [
      'the run that GitHub names',
      { runs: [run(1, 0), run(2, 90, { trigger: 'workflow_run', parent: 1 })] },
      '1 sure end',
    ],
    ['the only run that had just ended', { runs: [run(1, 0), run(2, 5, { trigger: 'workflow_run' })] }, '1 likely end'],
    [
      'nobody, where two had just ended',
      { runs: [run(1, 0), run(3, 0), run(2, 5, { trigger: 'workflow_run' })] },
      null,
    ],
    [
      'a pull request that the bot opened',
      { runs: [run(1, 0), run(2, 3.1, { ...byClaude, trigger: 'pull_request' })], items: [pull(8, 3, CLAUDE)] },
      '1 likely item',
    ],
    [
      'a push, where the bot opened none',
      { runs: [run(1, 0), run(2, 3.1, { ...byClaude, trigger: 'pull_request', pull: 8 })] },
      '1 likely push',
    ],
    [
      'a dispatch',
      { runs: [run(1, 0), run(2, 3, { ...byClaude, trigger: 'repository_dispatch' })] },
      '1 likely dispatch',
    ],
    [
      'an app that comments in the name of a person',
      {
        runs: [run(1, 0), run(2, 3.1)],
        comments: [comment(9, 3, { id: 1, login: 'octocat', type: 'User' }, { app: 'some-app' })],
      },
      '1 likely comment',
    ],
  ])('%s', (_name, world, expected) => {
    expect(ledTo(world, 2)).toBe(expected);
  });

  test.each<readonly [string, World]>([
    [
      'the run that the comment links to',
      {
        runs: [run(1, 0), run(3, 0, { agent: 'other' }), run(2, 3.1, byClaude)],
        comments: [comment(9, 3, CLAUDE, { claims: 1 })],
      },
    ],
    [
      'the run that is about the same issue',
      {
        runs: [run(1, 0, { pull: 5 }), run(3, 0, { agent: 'other', pull: 6 }), run(2, 3.1, byClaude)],
        comments: [comment(9, 3, CLAUDE)],
      },
    ],
    [
      'the run of the agent that alone speaks as the bot',
      {
        runs: [run(4, -60), run(1, 0), run(3, 0, { agent: 'other' }), run(2, 3.1, byClaude)],
        comments: [comment(8, -58, CLAUDE), comment(9, 3, CLAUDE)],
      },
    ],
  ])('of several that were going on, %s', (_name, world) => {
    expect(ledTo(world, 2)).toBe('1 likely comment');
  });

  test('nobody, where several were going on and nothing tells them apart', () => {
    const runs = [run(1, 0), run(3, 0, { agent: 'other' }), run(2, 3.1, byClaude)];
    expect(ledTo({ runs, comments: [comment(9, 3, CLAUDE)] }, 2)).toBeNull();
  });

  test('a link to a run that had ended long before counts for nothing', () => {
    const runs = [run(7, -90, { agent: 'other' }), run(1, 0), run(2, 3.1, byClaude)];
    expect(ledTo({ runs, comments: [comment(9, 3, CLAUDE, { claims: 7 })] }, 2)).toBe('1 likely comment');
  });

  test('a bot that is as busy while no agent works is nobody’s voice', () => {
    const busy = [-300, -240, -180, -120].map((minutes, i) => comment(20 + i, minutes, CLAUDE));
    const runs = [run(1, 0), run(2, 3.1, byClaude)];
    expect(ledTo({ runs, comments: [...busy.slice(0, 1), comment(9, 3, CLAUDE)] }, 2)).toBe('1 likely comment');
    expect(ledTo({ runs, comments: [...busy, comment(9, 3, CLAUDE)] }, 2)).toBeNull();
  });

  test("what a job's own token did starts a run by a dispatch alone", () => {
    const runs = [run(1, 0), run(2, 3, { ...byClaude, bot: JOB_BOT, trigger: 'workflow_dispatch' })];
    expect(graph({ runs }).links.get(2)?.deed.token).toBe('job');
    const strange = [run(1, 0), run(2, 3, { ...byClaude, bot: JOB_BOT })];
    expect(graph({ runs: strange }).links.get(2)?.deed.token).toBe('unknown');
  });
});

describe('a chain', () => {
  /** Two agents in turns, every three minutes, the first set off by a person. */
  const turns = Array.from({ length: 6 }, (_, i) => run(i + 1, 3 * i, i === 0 ? {} : i % 2 === 0 ? byCodex : byClaude));
  const words = turns.slice(1).map((_, i) => comment(100 + i, 3 * (i + 1) - 0.1, i % 2 === 0 ? CLAUDE : CODEX));

  test('goes back to the person who began it', () => {
    const chain = chainTo(graph({ runs: turns, comments: words }), 6, 0);
    expect(chain.map(({ parent, child }) => [parent.run, child.run])).toEqual([
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
      [5, 6],
    ]);
  });

  test('begins anew where a person joins in', () => {
    const joined = graph({ runs: turns, comments: [...words, comment(50, 8, null)] });
    expect(chainTo(joined, 6, 0).map(({ child }) => child.run)).toEqual([5, 6]);
    const elsewhere = graph({ runs: turns, comments: [...words, comment(50, 8, null, { item: 6 })] });
    expect(chainTo(elsewhere, 6, 0)).toHaveLength(5);
  });

  test('counts as long after the end of a run as it is told to', () => {
    const late = [run(1, 0), run(2, 9, byClaude)];
    expect(chainTo(graph({ runs: late }), 2, 10 * MINUTE)).toMatchObject([{ idle: 5 * MINUTE }]);
    expect(chainTo(graph({ runs: late }), 2, 4 * MINUTE)).toEqual([]);
    expect(closeLinks(graph({ runs: late })).size).toBe(0);
  });

  test('ends where runs that name each other close a circle', () => {
    const circle = [
      run(1, 0, { trigger: 'workflow_run', parent: 2 }),
      run(2, 1, { trigger: 'workflow_run', parent: 1 }),
    ];
    expect(chainTo(graph({ runs: circle }), 2, HOUR)).toHaveLength(1);
  });

  test('is the same in whatever order its parts are told', () => {
    const forward = graph({ runs: turns, comments: words });
    const backward = graph({ runs: [...turns].reverse(), comments: [...words].reverse() });
    expect(backward).toEqual(forward);
  });

  test('is found among thousands of runs without looking at all of them for each', () => {
    const many = Array.from({ length: 3_000 }, (_, i) => run(i + 1, 3.5 * i, i % 2 === 0 ? byCodex : byClaude));
    expect(graph({ runs: many }).links.size).toBe(2_999);
  });
});

test('a graph of nothing is empty', () => {
  expect(graph({ runs: [] })).toEqual({ nodes: [], edges: [], links: new Map(), left: 0 });
});
