import { describe, expect, it } from 'vitest';
import { after as later, MINUTE } from '../../src/core/time.ts';
import { runAction } from '../drivers/run-action.ts';
import { reviewPull } from '../fakes/github/pull-life.ts';
import type { FakePull } from '../fakes/github/pulls.ts';
import { type FakeUser, userNamed } from '../fakes/github/world.ts';
import { commitAll } from '../kit/branches.ts';
import { STOP_PERMISSIONS } from '../kit/connect-github.ts';
import { LATER, type Orchard, plantOrchard } from './orchard.ts';
import { QUICK_WAITS } from './plot.ts';
import { plain } from './words.ts';

const RISKY = { '.github/workflows/extra.yml': 'on: push\njobs: {}\n' };

/** The last status of a commit. */
function statusOf({ github }: Orchard, sha: string): string {
  const last = github.world.statuses.filter((one) => one.sha === sha && one.context === 'checkrein/review').at(-1);
  return last === undefined ? 'none' : `${last.state}: ${last.description}`;
}

/** A comment by somebody, told to the built action; gives the last answer under it. */
async function say({ github, clock }: Orchard, { issue }: FakePull, body: string, author: FakeUser): Promise<string> {
  const { comment } = github.openComment({ issue, body, author });
  const { id, createdAt } = comment;
  const user = { id: author.id, login: author.login, type: author.type };
  await runAction({
    ...{ github, now: later(clock.now, MINUTE), token: github.mintToken(STOP_PERMISSIONS), env: QUICK_WAITS },
    event: {
      name: 'issue_comment',
      payload: { action: 'created', comment: { id, created_at: createdAt, body, user } },
    },
  });
  const own = issue.comments.filter(({ author: by }) => by.login === 'github-actions[bot]');
  return plain(own.findLast((one) => !one.body.includes('kind=passport'))?.body ?? '');
}

function leadOf({ github }: Orchard): FakeUser {
  github.world.roles.set('octocat', { permission: 'admin', roleName: 'admin' });
  return userNamed(github.world, 'octocat');
}

/** A branch that has the risky file already, so that a change beside it is harmless. */
async function layBase({ github, claude }: Orchard): Promise<string> {
  const main = String(await github.git.readRef('refs/heads/main'));
  return await commitAll(github, 'base', { files: RISKY, author: claude, parents: [main] });
}

describe('what a review is good for', () => {
  it('is one base: a head that is harmless beside another branch is not green, and is looked at again beside main', async () => {
    await using orchard = await plantOrchard();
    const base = await layBase(orchard);
    const pull = await orchard.propose('notes', { 'docs/notes.md': 'x\n' }, { parents: [base] });
    pull.baseRef = 'base';
    orchard.clock.now = LATER;
    await orchard.review();
    expect(statusOf(orchard, pull.headSha)).toMatch(/^pending: It goes to another branch than the default one/);

    // No event tells of it when the token of a job does this.
    pull.baseRef = 'main';
    orchard.clock.now = later(LATER, 5 * MINUTE);
    await orchard.review();
    expect(statusOf(orchard, pull.headSha)).toMatch(/^failure: Critical risk: control-plane/);
  }, 120_000);

  it('is not what a lead approved beside another base, by a review or by a command', async () => {
    await using orchard = await plantOrchard();
    const base = await layBase(orchard);
    const pull = await orchard.propose('notes', { 'CLAUDE.md': '# Other\n' }, { parents: [base] });
    pull.baseRef = 'base';
    orchard.clock.now = LATER;
    await orchard.review();
    const lead = leadOf(orchard);
    reviewPull(orchard.github.world, pull, { by: lead, state: 'APPROVED', at: orchard.clock.now });
    expect(await say(orchard, pull, `/checkrein approve ${pull.headSha}`, lead)).toContain('Its status is pending');

    pull.baseRef = 'main';
    orchard.clock.now = later(LATER, 5 * MINUTE);
    expect(await say(orchard, pull, `/checkrein approve ${pull.headSha} again`, lead)).toContain('for this base yet');
    await orchard.review();
    expect(statusOf(orchard, pull.headSha)).toMatch(/^failure: Critical risk/);
    orchard.clock.now = later(LATER, 10 * MINUTE);
    expect(await say(orchard, pull, `/checkrein approve ${pull.headSha} now`, lead)).toContain('Its status is success');
  }, 120_000);

  it('is one pull request: the approval of another with the same head does not turn it green', async () => {
    await using orchard = await plantOrchard();
    const { github } = orchard;
    const one = await orchard.propose('a', RISKY);
    const two = await github.addPull({ author: orchard.claude, headRef: 'claude/b', headSha: one.headSha });
    orchard.clock.now = LATER;
    await orchard.review();
    const lead = leadOf(orchard);
    expect(await say(orchard, one, `/checkrein approve ${one.headSha}`, lead)).toContain('Its status is failure');
    expect(statusOf(orchard, one.headSha)).toMatch(/^failure: Critical risk of pull request/);
    orchard.clock.now = later(LATER, 5 * MINUTE);
    expect(await say(orchard, two, `/checkrein approve ${one.headSha}`, lead)).toContain('Its status is success');
  }, 120_000);
});

describe('who may approve', () => {
  it('is not who asked Copilot for it, neither by a review nor by a command', async () => {
    await using orchard = await plantOrchard();
    const lead = leadOf(orchard);
    const copilot = userNamed(orchard.github.world, 'Copilot');
    const pull = await orchard.propose('sneak', RISKY, { author: copilot });
    pull.issue.assignees.push(copilot, lead);
    orchard.clock.now = LATER;
    reviewPull(orchard.github.world, pull, { by: lead, state: 'APPROVED', at: orchard.clock.now });
    await orchard.review('--pull', String(pull.issue.number));
    expect(statusOf(orchard, pull.headSha)).toMatch(/^failure/);
    expect(await say(orchard, pull, `/checkrein approve ${pull.headSha}`, lead)).toContain('asked Copilot');
  }, 120_000);

  it('is no machine user, whatever its role; such a one may stop and nothing else', async () => {
    await using orchard = await plantOrchard({ more: 'reviews: { machines: [OctoCat] }\n' });
    const machine = leadOf(orchard);
    const pull = await orchard.propose('sneak', RISKY);
    orchard.clock.now = LATER;
    reviewPull(orchard.github.world, pull, { by: machine, state: 'APPROVED', at: orchard.clock.now });
    await orchard.review('--pull', String(pull.issue.number));
    expect(statusOf(orchard, pull.headSha)).toMatch(/^failure/);
    expect(await say(orchard, pull, `/checkrein approve ${pull.headSha}`, machine)).toBe('');
    expect(statusOf(orchard, pull.headSha)).toMatch(/^failure/);
  }, 120_000);
});

describe('a lead’s reject', () => {
  it('outlives the next review, and an approval by a review on GitHub', async () => {
    await using orchard = await plantOrchard();
    const pull = await orchard.propose('fine', { 'docs/notes.md': 'x\n' });
    orchard.clock.now = LATER;
    await orchard.review();
    expect(statusOf(orchard, pull.headSha)).toMatch(/^success/);
    const lead = leadOf(orchard);
    await say(orchard, pull, `/checkrein reject ${pull.headSha.slice(0, 12)} no`, lead);
    orchard.clock.now = later(LATER, 5 * MINUTE);
    reviewPull(orchard.github.world, pull, { by: lead, state: 'APPROVED', at: orchard.clock.now });
    await orchard.review('--pull', String(pull.issue.number));
    expect(statusOf(orchard, pull.headSha)).toBe('failure: Rejected by octocat. It takes another commit');
  }, 120_000);

  it('names a commit by 12 digits at least', async () => {
    await using orchard = await plantOrchard();
    const pull = await orchard.propose('fine', RISKY);
    orchard.clock.now = LATER;
    await orchard.review();
    const said = await say(orchard, pull, `/checkrein approve ${pull.headSha.slice(0, 11)}`, leadOf(orchard));
    expect(said).toContain('too short for a commit');
    expect(statusOf(orchard, pull.headSha)).toMatch(/^failure/);
    const own = pull.issue.comments.find(({ body }) => body.includes('kind=passport'));
    expect(own?.body).toContain(`/checkrein approve ${pull.headSha}\``);
  }, 120_000);
});
