import { describe, expect, test } from 'vitest';
import { startFakeGitHub } from '../../../test/fakes/github.ts';
import { connectToFake } from '../../../test/kit/connect-github.ts';
import type { IssuesApi, RemoteIssue } from '../../github/port.ts';
import { type HaltNews, tellHalt } from './tell.ts';

function news(change: Partial<HaltNews> = {}): HaltNews {
  return {
    name: { kind: 'counted', generation: 1 },
    title: 'Stopped',
    body: 'All of it.\n',
    labels: ['checkrein'],
    state: 'open',
    takenOver: [],
    ...change,
  };
}

describe('the issue of a stop', () => {
  test('is made once, changed when it says something else, and closed at the end', async () => {
    await using fake = await startFakeGitHub();
    const { issues } = connectToFake(fake);
    const made = await tellHalt(issues, news());
    expect(made).toMatchObject({ title: 'Stopped', state: 'open' });
    const written = fake.log.length;
    await tellHalt(issues, news());
    expect(
      fake.log
        .slice(written)
        .filter(({ method }) => method !== 'GET')
        .map(({ path }) => path),
    ).not.toContain(`/repos/octo/fleet/issues/${made?.number}`);
    await tellHalt(issues, news({ body: 'More of it.\n' }));
    await tellHalt(issues, news({ title: 'Resumed', state: 'closed' }));
    expect(fake.world.issues).toMatchObject([{ title: 'Resumed', state: 'closed' }]);
    // Nothing to close means nothing to make.
    expect(await tellHalt(issues, news({ name: { kind: 'counted', generation: 9 }, state: 'closed' }))).toBeNull();
    expect(fake.world.issues).toHaveLength(1);
  });

  test('that a stranger pasted is neither taken for ours nor touched', async () => {
    await using fake = await startFakeGitHub();
    const { issues } = connectToFake(fake);
    const mallory = fake.addUser({ login: 'mallory' });
    const pasted = fake.addIssue({
      author: mallory,
      title: 'Mine',
      body: `<!-- checkrein:v1 kind=halt key=halt-9 gen=9 h=${'a'.repeat(16)} -->\nx`,
      labels: ['checkrein'],
    });
    const before = structuredClone(pasted);
    const made = await tellHalt(issues, news());
    expect(made?.number).not.toBe(pasted.number);
    expect(made?.state).toBe('open');
    expect(pasted).toEqual(before);
  });

  test('closes that of the stop before, which it has taken over, and does not speak after a later one', async () => {
    await using fake = await startFakeGitHub();
    const { issues } = connectToFake(fake);
    await tellHalt(issues, news());
    await tellHalt(issues, news({ name: { kind: 'counted', generation: 2 } }));
    expect(fake.world.issues.map(({ state }) => state)).toEqual(['closed', 'open']);
    // The first process comes late.
    expect(await tellHalt(issues, news({ body: 'Late.\n' }))).toBeNull();
    expect(fake.world.issues.map(({ state }) => state)).toEqual(['closed', 'open']);
  });

  test('of which two processes made one each is one in the end', async () => {
    await using fake = await startFakeGitHub();
    const { issues } = connectToFake(fake);
    const blind: IssuesApi = { ...issues, withLabel: async (): Promise<readonly RemoteIssue[]> => [] };
    await tellHalt(blind, news());
    await tellHalt(blind, news());
    await tellHalt(issues, news());
    expect(fake.world.issues.map(({ state }) => state)).toEqual(['open', 'closed']);
  });

  test('that a person has closed stays closed until there is something new to say', async () => {
    await using fake = await startFakeGitHub();
    const { issues } = connectToFake(fake);
    await tellHalt(issues, news());
    const [issue] = fake.world.issues;
    if (issue === undefined) throw new Error('no issue was made');
    issue.state = 'closed';
    await tellHalt(issues, news());
    expect(issue.state).toBe('closed');
    await tellHalt(issues, news({ title: 'Stop not complete' }));
    expect(issue.state).toBe('open');
  });
});
