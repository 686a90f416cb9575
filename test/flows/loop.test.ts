import { describe, expect, test } from 'vitest';
import type { LedgerEvent } from '../../src/core/event.ts';
import { between, HOUR, after as later, MINUTE } from '../../src/core/time.ts';
import { runCli } from '../drivers/run-cli.ts';
import { type Answering, plantAnswering } from './answering.ts';
import { readLedger } from './plot.ts';
import { plain } from './words.ts';

const PAUSE = 'version: 1\nmode: enforce\nresponses: { loop: pause-agent }\n';

async function eventsOf(scene: Answering): Promise<readonly LedgerEvent[]> {
  const { events, verification } = await readLedger(scene);
  expect(verification.ok).toBe(true);
  return events;
}

function issueAbout({ github }: Answering, title: string): string {
  return github.world.issues.find((issue) => issue.title.includes(title))?.body ?? '';
}

describe('two agents of different vendors that answer each other', () => {
  test('are cut within three turns, and the issue shows what set off what', { timeout: 120_000 }, async () => {
    await using scene = await plantAnswering(PAUSE);
    await scene.watch();
    await scene.talk(12);
    expect(scene.turns.length).toBeLessThanOrEqual(3);
    const states = [scene.helper, scene.reviewer].map(({ workflow }) => workflow.state);
    expect(states).toContain('disabled_manually');
    const issue = issueAbout(scene, 'Agents set each other off');
    expect(plain(issue)).toContain('helper and reviewer set each other off 3 times in a row by comments');
    expect(issue).toContain('```mermaid\nflowchart TD');
    expect(issue).toMatch(/n\d+\["helper, run \d+, \d\d:\d\d"\]/);
    expect(issue).toMatch(/n\d+\(\["comment in \d+ by claude bot with the token of an app"\]\)/);
    expect(issue).toContain('**stopped**');
    const declared = (await eventsOf(scene)).filter((event) => event.kind === 'halt.declared');
    expect(declared).toMatchObject([{ data: { halt: { by: { kind: 'rule', rule: 'loop' } } } }]);
  });

  test('are no loop while a person talks with them', { timeout: 120_000 }, async () => {
    await using scene = await plantAnswering(PAUSE);
    await scene.watch();
    await scene.talk(6, ({ github, issue, clock }, turn) => {
      if (turn % 2 === 0) github.openComment({ issue, body: 'I see. And then?', at: clock.now });
    });
    expect(scene.turns).toHaveLength(5);
    expect([scene.helper, scene.reviewer].map(({ workflow }) => workflow.state)).toEqual(['active', 'active']);
    expect(issueAbout(scene, 'Agents set each other off')).toBe('');
  });

  test('are only told in shadow mode, with what enforce mode would have done', { timeout: 120_000 }, async () => {
    await using scene = await plantAnswering('version: 1\nresponses: { loop: pause-agent }\n');
    await scene.watch();
    await scene.talk(5);
    expect(scene.turns).toHaveLength(4);
    expect(issueAbout(scene, 'Agents set each other off')).toContain('**would have stopped**');
    const shadow = (await eventsOf(scene)).filter((event) => event.kind === 'halt.would_have');
    expect(shadow).toMatchObject([{ data: { rule: 'loop', do: 'pause-agent', agents: ['helper'] } }]);
    scene.clock.now = later(scene.clock.now, 10 * MINUTE);
    const { summary } = await scene.watch();
    // The fifth run is the helper's: it began after the pause that was held back, and cost a dollar.
    expect(plain(summary)).toContain('Enforce mode would have acted once, with $1.00 less spent in 1 session');
    const { github, clock } = scene;
    const env = { GITHUB_TOKEN: github.mintToken({ contents: 'read' }), GITHUB_API_URL: github.url };
    const cli = await runCli(['shadow', '--ledger', 'branch:octo/talk', '--now', clock.now, '--json'], { env });
    expect(cli.stderr).toBe('');
    expect(JSON.parse(cli.stdout)).toMatchObject({
      all: { times: 1, usd: 1, sessions: 1, completed: 1, merged: 0 },
      rules: [{ rule: 'loop', times: 1 }],
      outcomes: [{ do: 'pause-agent', agents: ['helper'], isOver: false }],
    });
    const spoken = await runCli(['shadow', '--ledger', 'branch:octo/talk', '--now', clock.now], { env });
    expect(spoken.stdout).toMatch(/helper +loop +pause +\d{4}-\d\d-\d\d \d\d:\d\d UTC +\$1\.00 +1 +1 +0 +goes on/);
  });

  test('are denied where the rule asks for that, and their chain has a budget of its own', {
    timeout: 120_000,
  }, async () => {
    await using scene = await plantAnswering(`version: 1
mode: enforce
responses: { loop: deny }
budgets: [{ name: chain, scope: chain, period: day, runs: 3 }]
`);
    await scene.watch();
    await scene.talk(4);
    const denials = (await eventsOf(scene)).flatMap((event) =>
      event.kind === 'agent.denied' ? [event.data.denial] : [],
    );
    expect(denials).toMatchObject([{ agent: 'helper', rule: 'loop' }]);
    expect(denials.map(({ at, until }) => between(at, until))).toEqual([4 * HOUR]);
    expect(plain(issueAbout(scene, 'Agents set each other off'))).toContain('starts** helper **no more** until');
    // Four runs and more in one chain: GitHub names the parent of none of them.
    expect(issueAbout(scene, 'A budget')).toContain('3 runs');
    expect([scene.helper, scene.reviewer].map(({ workflow }) => workflow.state)).toEqual(['active', 'active']);
  });
});
