import { describe, expect, it } from 'vitest';
import { userNamed } from '../../test/fakes/github/world.ts';
import { startFakeGitHub } from '../../test/fakes/github.ts';
import { commitAll } from '../../test/kit/branches.ts';
import { connectToFake } from '../../test/kit/connect-github.ts';

describe('a pull request as it is read for its review', () => {
  it('tells its files with their hunks, those that moved with where they were', async () => {
    await using fake = await startFakeGitHub();
    await commitAll(fake, 'main', { files: { 'a.txt': '1\n2\n3\n', 'b.txt': 'x\ny\nz\nw\n', 'bin.dat': 'old' } });
    const headSha = await commitAll(fake, 'topic', {
      files: {
        'a.txt': '1\ntwo\n3\n',
        'b.txt': null,
        'c.txt': 'x\ny\nz\nw\n',
        'bin.dat': new Uint8Array([0, 1, 2, 0]),
        'new.txt': 'hello\n',
      },
    });
    const { issue } = await fake.addPull({ headRef: 'topic', headSha });
    const { items, whole } = await connectToFake(fake).review.files(issue.number);
    expect(whole).toBe(true);
    expect(items.map(({ path, from, status, patch }) => [path, from, status, patch])).toEqual([
      ['a.txt', null, 'modified', '@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3'],
      ['bin.dat', null, 'modified', null],
      ['c.txt', 'b.txt', 'renamed', null],
      ['new.txt', null, 'added', '@@ -0,0 +1 @@\n+hello'],
    ]);
    expect(items[0]).toMatchObject({ additions: 1, deletions: 1 });
  });

  it('tells who made it, what counts GitHub gives, and its commits with the accounts behind them', async () => {
    await using fake = await startFakeGitHub();
    const author = userNamed(fake.world, 'claude[bot]');
    const message = 'Fix\n\nCo-authored-by: Claude <noreply@anthropic.com>';
    const headSha = await commitAll(fake, 'topic', { files: { 'a.txt': '1\n' }, author, message });
    const { issue } = await fake.addPull({ headRef: 'topic', headSha, viaApp: 'claude', author });
    const { review } = connectToFake(fake);
    expect(await review.pull(issue.number)).toMatchObject({
      head: headSha,
      headRef: 'topic',
      baseRef: 'main',
      fromFork: false,
      open: true,
      author: { id: author.id },
      counts: { files: 1, commits: 1 },
    });
    expect(await review.appOf(issue.number)).toBe('claude');
    const { items } = await review.commits(issue.number);
    expect(items).toMatchObject([{ sha: headSha, author: { id: author.id, type: 'Bot' }, signedByGitHub: false }]);
    expect(items[0]?.names).toContain('noreply@anthropic.com');
  });

  it('is null where there is none', async () => {
    await using fake = await startFakeGitHub();
    expect(await connectToFake(fake).review.pull(77)).toBeNull();
  });

  it('is compared with its base: where they part, and how far the base went on', async () => {
    await using fake = await startFakeGitHub();
    const start = await commitAll(fake, 'main', { files: { 'a.txt': '1\n' } });
    const head = await commitAll(fake, 'topic', { files: { 'b.txt': '1\n' } });
    await commitAll(fake, 'main', { files: { 'c.txt': '1\n' } });
    expect(await connectToFake(fake).review.compare('main', head)).toMatchObject({
      mergeBase: start,
      behind: 1,
      files: { items: [{ path: 'b.txt' }], whole: true },
    });
  });

  it('is read of its links, programs and submodules, also where a list of all files is cut short', async () => {
    await using fake = await startFakeGitHub();
    const submodule = 'a'.repeat(40);
    const files = { 'src/in/link': { link: '/etc' }, tool: { run: 'x' }, sub: { submodule }, 'a.txt': 'a' };
    const head = await commitAll(fake, 'topic', { files });
    const { review } = connectToFake(fake);
    const paths = ['src/in/link', 'tool', 'sub', 'missing', 'no/such/folder'];
    const modes = async () =>
      [...((await review.entries(head, paths)) ?? [])].map(([path, { mode }]) => [path, mode]).sort();
    const expected = [
      ['src/in/link', '120000'],
      ['sub', '160000'],
      ['tool', '100755'],
    ];
    expect(await modes()).toEqual(expected);
    fake.world.switches.truncatedTrees = true;
    expect(await modes()).toEqual(expected);
    expect(
      await review.entries(
        head,
        Array.from({ length: 41 }, (_, i) => `folder${i}/a`),
      ),
    ).toBeNull();
  });

  it('knows the newest commit from before a moment', async () => {
    await using fake = await startFakeGitHub({ now: () => '2026-11-01T00:00:00Z' });
    const old = await commitAll(fake, 'main', { files: { a: '1' }, at: '2026-11-10T00:00:00Z' });
    await commitAll(fake, 'main', { files: { a: '2' }, at: '2026-11-19T00:00:00Z' });
    const { review } = connectToFake(fake);
    expect(await review.commitBefore('main', '2026-11-15T00:00:00Z')).toBe(old);
    expect(await review.commitBefore('main', '2025-11-15T00:00:00Z')).toBeNull();
  });

  it('lists at most 3,000 files and says that there may be more', async () => {
    await using fake = await startFakeGitHub();
    const files = Object.fromEntries(Array.from({ length: 3_001 }, (_, i) => [`f/${i}.txt`, 'x\n']));
    const headSha = await commitAll(fake, 'topic', { files });
    const { issue } = await fake.addPull({ headRef: 'topic', headSha });
    const { items, whole } = await connectToFake(fake).review.files(issue.number);
    expect([items.length, whole]).toEqual([3_000, false]);
    expect((await connectToFake(fake).review.pull(issue.number))?.counts?.files).toBe(3_001);
  }, 120_000);
});
