import { describe, expect, test } from 'vitest';
import { lifeOf, mergePull } from '../../../test/fakes/github/pull-life.ts';
import { userNamed } from '../../../test/fakes/github/world.ts';
import { type FakeGitHub, type FakeGitHubOptions, startFakeGitHub } from '../../../test/fakes/github.ts';
import { commitAll } from '../../../test/kit/branches.ts';
import { connectToFake } from '../../../test/kit/connect-github.ts';
import { attempt } from '../../core/failure.ts';
import { rollBack } from './roll-back.ts';

const NOW = '2026-11-20T12:00:00.000Z';
const REASON = { askedBy: 'lea', why: 'it costs [too](https://evil.example) much', judgement: null };

/** A pull request that changes one file, adds one and takes one away, and was squashed into main. */
async function merged(options: FakeGitHubOptions = {}) {
  const fake = await startFakeGitHub({ now: () => NOW, ...options });
  await commitAll(fake, 'main', { files: { 'a.ts': 'one\n', 'gone.ts': 'old\n' } });
  const files = { 'a.ts': 'two\n', 'new.ts': { run: 'echo\n' }, 'gone.ts': null } as const;
  const headSha = await commitAll(fake, 'claude/fix', { files });
  const pull = await fake.addPull({ title: 'Fix @everybody', headRef: 'claude/fix', headSha });
  // GitHub's base of the pull request stays where it was; the squash stands on main.
  mergePull(pull, userNamed(fake.world, 'octocat'), NOW);
  return {
    fake,
    pull,
    squash: async () =>
      Object.assign(lifeOf(pull), { mergeCommit: await commitAll(fake, 'main', { files, message: 'Fix (#1)' }) }),
  };
}

const textOf = async ({ git }: FakeGitHub, ref: string, path: string): Promise<string | null> => {
  const entry = await git.entryAt(ref, path);
  return entry === null ? null : Buffer.from(await git.readBlob(entry.sha)).toString();
};

describe('taking a merged pull request back', () => {
  test('is GitHub’s own revert as a draft, opened once, with words that do nothing', async () => {
    const { fake, pull } = await merged();
    await using _ = fake;
    const github = connectToFake(fake);
    const end = await rollBack(github, pull.issue.number, REASON);
    expect(end).toMatchObject({ kind: 'opened', way: 'github', before: false });
    expect(await rollBack(github, pull.issue.number, REASON)).toMatchObject({ kind: 'opened', before: true });
    expect(fake.world.pulls).toHaveLength(2);
    const revert = fake.world.pulls[1];
    expect(revert?.isDraft).toBe(true);
    expect(revert?.issue.title).not.toContain('@everybody');
    expect(revert?.issue.body).not.toContain('](https://evil.example');
  });

  test('is made file by file where GitHub refuses: changed, added with its mode, and removed files are as before', async () => {
    const { fake, pull, squash } = await merged({ cleanReverts: false });
    await using _ = fake;
    await squash();
    await commitAll(fake, 'main', { files: { 'other.ts': 'later\n' } });
    const end = await rollBack(connectToFake(fake), pull.issue.number, REASON);
    expect(end, JSON.stringify(end)).toMatchObject({ kind: 'opened', way: 'git' });
    const ref = `refs/heads/${fake.world.pulls[1]?.headRef}`;
    expect(await Promise.all(['a.ts', 'new.ts', 'gone.ts', 'other.ts'].map((path) => textOf(fake, ref, path)))).toEqual(
      ['one\n', null, 'old\n', 'later\n'],
    );
  });

  test('is not forced over what others changed since: the files are told', async () => {
    const { fake, pull, squash } = await merged({ cleanReverts: false });
    await using _ = fake;
    await squash();
    await commitAll(fake, 'main', { files: { 'a.ts': 'three\n' } });
    const end = await rollBack(connectToFake(fake), pull.issue.number, REASON);
    expect(end).toMatchObject({ kind: 'refused', files: ['a.ts'], next: expect.stringContaining('git revert') });
    expect(fake.world.pulls).toHaveLength(1);
  });

  test('that may not be opened by a job says which permissions are missing', async () => {
    const { fake, pull, squash } = await merged({ actionsOpenPulls: false });
    await using _ = fake;
    await squash();
    const end = await attempt(() => rollBack(connectToFake(fake), pull.issue.number, REASON));
    expect(end).toMatchObject({
      ok: false,
      failure: { kind: 'forbidden', remedy: expect.stringContaining('pull-requests: write') },
    });
  });

  test.each([
    ['is not there', 99],
    ['is open', 1],
  ])('of one that %s does nothing', async (_what, number) => {
    await using fake = await startFakeGitHub({ now: () => NOW });
    await fake.addPull({ title: 'Open' });
    expect(await rollBack(connectToFake(fake), number, REASON)).toMatchObject({ kind: 'refused' });
    expect(fake.world.pulls).toHaveLength(1);
  });
});
