import { describe, expect, test } from 'vitest';
import { DAY, HOUR, after as later, MINUTE } from '../../src/core/time.ts';
import { type Plot, plantPlot } from './plot.ts';

const CONFIG = `version: 1
budgets:
  - { name: fixer-month, agent: fixer, period: month, usd: 10 }
channels:
  pull: { type: pr-comment, pull: 1 }
  issues: { type: github-issue }
escalation:
  default: [{ after: 0, channels: [pull] }, { after: 5m, channels: [issues] }]
`;

/** Kills the run just after GitHub has done what a call asks for. */
async function killedAfter(plot: Plot, path: RegExp, ahead: number): Promise<void> {
  const end = new AbortController();
  const fault = { kind: 'meanwhile', happens: async () => end.abort() } as const;
  const armed = plot.github.faults.add({ method: 'POST', path, nth: 1, fault });
  const killed = await plot.watch({ now: later(plot.clock.now, ahead), killOn: end.signal });
  expect(armed.hits, killed.stdout).toBe(1);
  armed.disarm();
}

describe('a runner with a wrong clock that dies after it has written', () => {
  test.concurrent.for([
    ['an hour behind that of GitHub', -HOUR],
    ['right', 0],
    ['an hour ahead of it', HOUR],
    ['a day ahead of it', DAY],
  ] as const)('finds its issue and its comments again: a clock that is %s', async ([, ahead], { expect }) => {
    await using plot = await plantPlot({ config: CONFIG });
    const pull = plot.github.addIssue({ title: 'A change', isPullRequest: true });
    const opened = (): number => plot.github.world.issues.filter(({ isPullRequest }) => !isPullRequest).length;
    await killedAfter(plot, /\/issues$/, ahead);
    plot.clock.now = later(plot.clock.now, 10 * MINUTE);
    await killedAfter(plot, /\/issues\/1\/comments$/, ahead);
    for (let run = 0; run < 2; run++) {
      plot.clock.now = later(plot.clock.now, 10 * MINUTE);
      const last = await plot.watch({ now: later(plot.clock.now, ahead) });
      expect(last.exitCode, last.stdout).toBe(0);
    }
    expect(opened()).toBe(1);
    expect(pull.comments).toHaveLength(1);
    const [issue] = plot.github.world.issues.filter(({ isPullRequest }) => !isPullRequest);
    // That it was escalated, once.
    expect(issue?.comments).toHaveLength(1);
  });
});
