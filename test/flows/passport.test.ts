import { describe, expect, it } from 'vitest';
import type { LedgerEvent } from '../../src/core/event.ts';
import type { Passport } from '../../src/core/passport.ts';
import { after as later, MINUTE } from '../../src/core/time.ts';
import { runAction } from '../drivers/run-action.ts';
import { addComment } from '../fakes/github/issues.ts';
import { reviewPull } from '../fakes/github/pull-life.ts';
import type { FakePull } from '../fakes/github/pulls.ts';
import { userNamed } from '../fakes/github/world.ts';
import { commitAll } from '../kit/branches.ts';
import { GROUND, LATER, type Orchard, plantOrchard, REVIEW_PERMISSIONS } from './orchard.ts';
import { QUICK_WAITS, readLedger } from './plot.ts';

const RISKY = { '.github/workflows/extra.yml': 'on: push\njobs: {}\n' };
const FINE = { 'src/sum.ts': String(GROUND['src/sum.ts']).replace('a + b', 'b + a') };

/** The last status of a commit. */
function statusOf({ github }: Orchard, sha: string): string {
  const last = github.world.statuses.filter((one) => one.sha === sha && one.context === 'checkrein/review').at(-1);
  return last === undefined ? 'none' : `${last.state}: ${last.description}`;
}

async function passportsIn(orchard: Orchard): Promise<readonly Passport[]> {
  const { events } = await readLedger(orchard);
  return events.flatMap((event: LedgerEvent) => (event.kind === 'passport.made' ? [event.data.passport] : []));
}

function commentsOf({ issue }: FakePull): readonly string[] {
  return issue.comments.map(({ body }) => body);
}

async function reviewed(
  orchard: Orchard,
  ...pulls: readonly FakePull[]
): Promise<readonly { readonly risk: string; readonly passport: Passport }[]> {
  const done = await orchard.review(...pulls.flatMap(({ issue }) => ['--pull', String(issue.number)]), '--json');
  expect(done.stderr).toBe('');
  expect(done.exitCode, done.stdout).toBe(0);
  return (
    JSON.parse(done.stdout) as { readonly reviews: readonly { readonly risk: string; readonly passport: Passport }[] }
  ).reviews;
}

describe('a risk passport', () => {
  it('is one comment that is edited, a status on the head, an event, and a violation that counts once', async () => {
    await using orchard = await plantOrchard();
    const pull = await orchard.propose('sneak', RISKY);
    addComment(orchard.github.world, pull.issue, {
      ...{ author: userNamed(orchard.github.world, 'octocat'), viaApp: null, at: LATER },
      body: `<!-- checkrein:v1 kind=passport key=pull:${pull.issue.number} gen=1 h=0 -->\nAll is well.`,
    });
    orchard.clock.now = LATER;
    await orchard.watch();
    const first = pull.headSha;
    await reviewed(orchard, pull);
    expect(statusOf(orchard, first)).toBe('failure: Critical risk: control-plane. A lead may approve this head');
    expect(commentsOf(pull)).toHaveLength(2);
    expect(commentsOf(pull)[1]).toContain(
      '| 🔴 critical | .github/workflows/extra.yml:1 | It decides what runs in workflows.',
    );

    await reviewed(orchard, pull);
    expect(await passportsIn(orchard)).toHaveLength(1);

    orchard.clock.now = later(LATER, 5 * MINUTE);
    await orchard.push(pull, { files: { '.github/workflows/extra.yml': null, ...FINE } });
    await reviewed(orchard, pull);
    expect(commentsOf(pull)).toHaveLength(2);
    expect(commentsOf(pull)[0]).toContain('All is well.');
    expect(commentsOf(pull)[1]).toContain('### Risk passport: low');
    expect(statusOf(orchard, pull.headSha)).toBe('success: Low risk');
    const { events, verification } = await readLedger(orchard);
    expect(verification.ok).toBe(true);
    const violations = events.flatMap((event) => (event.kind === 'violation.found' ? [event.data.violation] : []));
    expect(violations).toMatchObject([
      {
        kind: 'scope',
        agent: 'fixer',
        severity: 'critical',
        signs: [{ what: 'control_plane', name: '.github/workflows/extra.yml' }],
      },
    ]);
  }, 120_000);

  it('waits for a lead, whose approval is good for one head; what is pushed after it is red again', async () => {
    await using orchard = await plantOrchard();
    const { world } = orchard.github;
    const octocat = userNamed(world, 'octocat');
    world.roles.set('octocat', { permission: 'admin', roleName: 'admin' });
    const stranger = orchard.github.addUser({ login: 'stranger', role: { permission: 'write', roleName: 'write' } });
    const pull = await orchard.propose('sneak', RISKY);
    orchard.clock.now = LATER;
    const approve = (by: typeof octocat): void => {
      reviewPull(world, pull, { by, state: 'APPROVED', at: orchard.clock.now });
    };
    approve(stranger);
    await reviewed(orchard, pull);
    expect(statusOf(orchard, pull.headSha)).toMatch(/^failure/);
    approve(octocat);
    await reviewed(orchard, pull);
    expect(statusOf(orchard, pull.headSha)).toBe('success: Critical risk, approved by octocat for this head');

    orchard.clock.now = later(LATER, 5 * MINUTE);
    const main = await orchard.github.git.readRef('refs/heads/main');
    await orchard.push(pull, { files: { 'src/other.ts': 'export {};\n' }, parents: [String(main)] });
    const [second] = await reviewed(orchard, pull);
    expect(second?.passport.findings.map(({ check }) => check)).toEqual(['moved-head', 'session']);
    expect(statusOf(orchard, pull.headSha)).toMatch(/^failure: High risk: moved-head/);
  }, 120_000);

  it('sets the status on the head that was read, and looks again when another came meanwhile', async () => {
    await using orchard = await plantOrchard();
    const pull = await orchard.propose('race', FINE);
    orchard.clock.now = LATER;
    const read = pull.headSha;
    orchard.github.faults.add({
      method: 'POST',
      path: /\/statuses\//,
      fault: { kind: 'meanwhile', happens: async () => void (await orchard.push(pull, { files: RISKY })) },
    });
    await reviewed(orchard, pull);
    expect(pull.headSha).not.toBe(read);
    // Medium, because nobody has watched yet, so that its run is not known.
    expect(statusOf(orchard, read)).toBe('success: Medium risk');
    expect(statusOf(orchard, pull.headSha)).toMatch(/^failure: Critical/);
    expect(commentsOf(pull)).toHaveLength(1);
  }, 120_000);

  it('is never green for a head that another pull request shares and that is worse there', async () => {
    await using orchard = await plantOrchard();
    const { github } = orchard;
    const head = await commitAll(github, 'claude/shared', { files: RISKY, author: orchard.claude });
    await commitAll(github, 'next', { files: RISKY, parents: [String(await github.git.readRef('refs/heads/main'))] });
    const mine = await orchard.propose('a', {}, { headSha: head });
    const person = await github.addPull({
      author: userNamed(github.world, 'octocat'),
      headRef: 'topic',
      headSha: head,
    });
    orchard.clock.now = LATER;
    await reviewed(orchard, person);
    // The person's own holds commits of a bot, so it is perhaps an agent's; either way the head is red.
    expect(statusOf(orchard, head)).toMatch(/^failure: Critical risk of pull request \d+: control-plane/);
    expect(commentsOf(mine)[0]).toContain('The same head is that of pull request');
  }, 120_000);

  it('only says what it would do in shadow mode', async () => {
    await using orchard = await plantOrchard({ mode: 'shadow' });
    const pull = await orchard.propose('sneak', RISKY);
    orchard.clock.now = LATER;
    await reviewed(orchard, pull);
    expect(statusOf(orchard, pull.headSha)).toBe('success: Would fail: critical risk: control-plane');
  }, 120_000);

  it('leaves people alone, and is there for what only looks like an agent’s', async () => {
    await using orchard = await plantOrchard();
    const octocat = userNamed(orchard.github.world, 'octocat');
    const commit = { author: octocat, files: RISKY };
    const own = await orchard.github.addPull({
      author: octocat,
      headRef: 'mine',
      headSha: await commitAll(orchard.github, 'mine', commit),
    });
    const alike = await orchard.github.addPull({
      author: octocat,
      headRef: 'claude/x',
      headSha: await commitAll(orchard.github, 'claude/x', { ...commit, message: 'Other' }),
    });
    orchard.clock.now = LATER;
    await reviewed(orchard, own, alike);
    expect(statusOf(orchard, own.headSha)).toBe('success: No sign of an agent');
    expect(commentsOf(own)).toEqual([]);
    expect(statusOf(orchard, alike.headSha)).toMatch(/^failure: Critical/);
    expect(commentsOf(alike)[0]).toContain('Perhaps made by');
    const { events } = await readLedger(orchard);
    expect(events.filter(({ kind }) => kind === 'violation.found')).toEqual([]);
  }, 120_000);

  it('is high at least where GitHub does not list all files, and where a request fails it is not green', async () => {
    await using orchard = await plantOrchard({ more: '    limits: { usd: 1 }\n' });
    const files = Object.fromEntries(Array.from({ length: 3_001 }, (_, i) => [`docs/f/${i}.md`, 'x\n']));
    const pull = await orchard.propose('huge', files);
    orchard.clock.now = LATER;
    const [review] = await reviewed(orchard, pull);
    expect(review?.passport.unread).toContain('not all of its files are listed by GitHub');
    expect(review?.risk).toBe('high');
    expect(statusOf(orchard, pull.headSha)).toMatch(/^failure/);

    const other = await orchard.propose('unreadable', FINE);
    orchard.github.faults.add({
      path: /\/pulls\/\d+\/files/,
      times: Number.POSITIVE_INFINITY,
      fault: { kind: 'status', status: 500 },
    });
    const done = await orchard.review('--pull', String(other.issue.number));
    expect(done.exitCode).toBe(1);
    expect(statusOf(orchard, other.headSha)).toBe('error: It could not be read, so nobody knows what it changes');
  }, 180_000);

  it('finds by itself what no event told of, and does nothing twice; a dry run writes nothing', async () => {
    await using orchard = await plantOrchard();
    const one = await orchard.propose('sum up the orchard', FINE);
    const twin = await orchard.propose('sum up the orchard again', FINE, { message: 'Again' });
    orchard.clock.now = LATER;
    const dry = await orchard.review('--dry-run');
    expect(dry.stdout).toContain(`#${one.issue.number} by an agent`);
    expect(dry.stdout).toContain(`duplicate: Pull request ${twin.issue.number} changes the same lines.`);
    expect(orchard.github.world.statuses).toEqual([]);
    expect(commentsOf(one)).toEqual([]);
    await orchard.review();
    expect(commentsOf(twin)).toHaveLength(1);
    expect((await orchard.review()).stdout).toBe('Nothing is left to look at.\n');
  }, 120_000);

  it('is made by the action on the event of a pull request, of which only the number is believed', async () => {
    await using orchard = await plantOrchard();
    const pull = await orchard.propose('sneak', RISKY);
    orchard.clock.now = LATER;
    const payload = {
      action: 'opened',
      number: pull.issue.number,
      pull_request: { number: pull.issue.number, head: { sha: 'f'.repeat(40) } },
    };
    const { github, clock } = orchard;
    const done = await runAction({
      ...{ github, now: clock.now, env: QUICK_WAITS, token: github.mintToken(REVIEW_PERMISSIONS) },
      event: { name: 'pull_request_target', payload },
    });
    expect(done.exitCode, done.stdout).toBe(0);
    expect(done.outputs).toMatchObject({ status: 'critical', decision: 'deny' });
    expect(done.summary).toContain(`Pull request ${pull.issue.number}: **critical**, status failure.`);
    expect(statusOf(orchard, pull.headSha)).toMatch(/^failure/);
  }, 120_000);
});
