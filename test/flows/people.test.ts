import { describe, test } from 'vitest';
import { after, DAY, HOUR, MINUTE } from '../../src/core/time.ts';
import type { FakeIssue } from '../fakes/github/world.ts';
import { EVENING, type Plot, plantPlot } from './plot.ts';
import { annotations, plain } from './words.ts';

/** A plot whose alert has been told in an issue. */
async function plantTold(): Promise<Plot & { readonly issue: FakeIssue }> {
  const plot = await plantPlot();
  await plot.watch();
  const [issue] = plot.github.world.issues;
  if (issue?.state !== 'open') throw new Error('the plot has no issue to begin with');
  return { ...plot, issue };
}

/** Lets the fixer spend four dollars more on the same day: $16 of $10. */
function spendMore(plot: Plot): void {
  plot.work(after(EVENING, MINUTE));
}

/** How often the issue of the plot was written to. */
function writes(plot: Plot): number {
  return plot.github.log.filter(({ method, path }) => method !== 'GET' && path.includes('/issues/1')).length;
}

/** The next day, on which the fixer keeps within its budget. */
function letTheDayPass(plot: Plot): void {
  plot.clock.now = after(EVENING, DAY);
  plot.work(after(plot.clock.now, -HOUR), 1);
}

describe.concurrent('an issue that people have a hand in', () => {
  test('deleted: it is made anew, and a copy that a stranger pasted is neither taken for it nor touched', async ({
    expect,
  }) => {
    await using plot = await plantTold();
    const { github, issue } = plot;
    issue.gone = 'deleted';
    const mallory = github.addUser({ login: 'mallory' });
    const labels = issue.labels.map(({ name }) => name);
    const copy = github.addIssue({ author: mallory, title: issue.title, body: issue.body, labels });
    const pasted = structuredClone(copy);
    spendMore(plot);

    const noticed = await plot.heal();
    expect(noticed.exitCode, noticed.stdout).toBe(1);
    expect(annotations(noticed)).toContain('Issue 1 is not there any more: it was deleted or moved');
    expect(plain(noticed.summary)).toContain('The next run opens a new one');
    const healed = await plot.heal();
    expect(healed.exitCode, healed.stdout).toBe(0);
    expect(github.world.issues).toMatchObject([{ gone: 'deleted' }, {}, { state: 'open', author: issue.author }]);
    expect(github.world.issues[2]?.title).toContain('$16.00');
    expect(copy).toEqual(pasted);
  });

  test('moved away when its alert is over: nothing is left to close, and nothing fails', async ({ expect }) => {
    await using plot = await plantTold();
    plot.issue.gone = 'moved';
    letTheDayPass(plot);
    const over = await plot.heal();
    expect(over.exitCode, over.stdout).toBe(0);
    expect(over.outputs['status']).toBe('healthy');
    const before = writes(plot);
    expect((await plot.heal()).exitCode).toBe(0);
    expect(plot.github.world.issues).toHaveLength(1);
    expect(writes(plot)).toBe(before);
  });

  test('locked: it is kept up to date and closed all the same', async ({ expect }) => {
    await using plot = await plantTold();
    plot.issue.locked = true;
    spendMore(plot);
    const updated = await plot.heal();
    expect(updated.exitCode, updated.stdout).toBe(0);
    expect(plot.issue.title).toContain('$16.00');
    letTheDayPass(plot);
    const over = await plot.heal();
    expect(over.exitCode, over.stdout).toBe(0);
    expect(annotations(over)).toContain('Unlock the conversation');
    expect(plot.issue).toMatchObject({ state: 'closed', comments: [] });
    const before = writes(plot);
    const quiet = await plot.heal();
    expect(quiet.exitCode, quiet.stdout).toBe(0);
    expect(writes(plot)).toBe(before);
  });

  test('closed by a person while it holds: it is kept up to date and stays closed until the condition comes back', async ({
    expect,
  }) => {
    await using plot = await plantTold();
    const { issue } = plot;
    Object.assign(issue, { state: 'closed', stateReason: 'not_planned', closedAt: plot.clock.now });
    const before = writes(plot);
    expect((await plot.heal()).exitCode).toBe(0);
    expect(writes(plot)).toBe(before);
    spendMore(plot);
    expect((await plot.heal()).exitCode).toBe(0);
    expect(issue).toMatchObject({ state: 'closed', stateReason: 'not_planned', comments: [] });
    expect(issue.title).toContain('$16.00');
    letTheDayPass(plot);
    expect((await plot.heal()).exitCode).toBe(0);
    expect(issue.state).toBe('closed');
    plot.work(plot.clock.now, 12);
    expect((await plot.heal()).exitCode).toBe(0);
    expect(issue).toMatchObject({ state: 'open', stateReason: 'reopened' });
    expect(issue.title).toContain('$13.00');
  });
});
