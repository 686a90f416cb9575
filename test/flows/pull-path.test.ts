import { describe, expect, it } from 'vitest';
import type { LedgerEvent } from '../../src/core/event.ts';
import { DAY, HOUR, type Instant, MINUTE, after as plus } from '../../src/core/time.ts';
import { type ActionResult, type ActionRun, runAction } from '../drivers/run-action.ts';
import { runCli } from '../drivers/run-cli.ts';
import { mergePull } from '../fakes/github/pull-life.ts';
import type { FakePull } from '../fakes/github/pulls.ts';
import { setChecks } from '../fakes/github/rollbacks.ts';
import { type FakeIssue, type FakeUser, userNamed } from '../fakes/github/world.ts';
import { commitAll } from '../kit/branches.ts';
import { STOP_PERMISSIONS } from '../kit/connect-github.ts';
import { REVIEW_PERMISSIONS } from './orchard.ts';
import { type Plot, plantPlot, QUICK_WAITS, readLedger } from './plot.ts';
import { plain } from './words.ts';

/** The moment of the merge: a Wednesday. */
const MERGED: Instant = '2026-11-11T12:00:00.000Z';
const WINDOW = 6 * DAY;

const CONFIG = `version: 1
mode: enforce
leads: [lea, octocat]
agents: [{ name: fixer, workflow: .github/workflows/fixer.yml }]
budgets: []
improvements: { window: 6d, min_days: 4, approval_lasts: 1d }
`;

const PROMISE = `Uses a smaller context.

\`\`\`checkrein
metric: sessions.tokenUsage.cost
direction: down
by: 20%
within: 6d
\`\`\`
`;

/** A job that gathers may see what checks say, as the shipped one may. */
const WATCH_PERMISSIONS = { ...STOP_PERMISSIONS, checks: 'read' } as const;

type Permissions = typeof WATCH_PERMISSIONS | typeof STOP_PERMISSIONS | typeof REVIEW_PERMISSIONS;

interface Path extends Plot {
  readonly claude: FakeUser;
  readonly lead: FakeUser;
  /** Sessions of some days, two a day, at about so many dollars. */
  days(from: Instant, count: number, usd: number): void;
  /** A pull request that rewrites the instructions of agents, which is a high risk. */
  propose(name: string, author: FakeUser, instructions: string): Promise<FakePull>;
  /** The built action on the event of a pull request. */
  review(pull: FakePull): Promise<ActionResult>;
  watchAll(): Promise<ActionResult>;
  /** A comment by somebody, told to the built action; gives the last answer under it. */
  say(issue: FakeIssue, body: string, author: FakeUser): Promise<string>;
  /** The status that the head has now. */
  status(pull: FakePull): string;
}

async function plant(): Promise<Path> {
  const plot = await plantPlot({ runs: 0, config: CONFIG });
  const { github, clock } = plot;
  await commitAll(github, 'main', { files: { 'CLAUDE.md': '# How to work here\n\nRun the tests.\n' } });
  const lead = github.addUser({ login: 'lea', role: { permission: 'write', roleName: 'maintain' } });
  const claude = userNamed(github.world, 'claude[bot]');
  const run = (event: ActionRun['event'], permissions: Permissions): Promise<ActionResult> =>
    runAction({
      ...{ github, now: clock.now, env: QUICK_WAITS, token: github.mintToken(permissions) },
      ...(event === undefined ? {} : { event }),
    });
  clock.now = plus(MERGED, -3 * HOUR);
  return {
    ...{ ...plot, claude, lead },
    days: (from, count, usd) => {
      for (let day = 0; day < count; day += 1) {
        for (const [nth, part] of [0.95, 1.05].entries()) {
          plot.work(plus(from, day * DAY + nth * HOUR), Math.round(usd * part * (1 + day / 50) * 100) / 100);
        }
      }
    },
    propose: async (name, author, instructions) => {
      const headRef = `claude/${name}`;
      const commit = { files: { 'CLAUDE.md': instructions }, author, at: clock.now };
      const headSha = await commitAll(github, headRef, commit);
      const pull = await github.addPull({ title: name, author, at: clock.now, headRef, headSha });
      Object.assign(pull.issue, { body: PROMISE });
      return pull;
    },
    review: (pull) =>
      run(
        { name: 'pull_request_target', payload: { action: 'opened', pull_request: { number: pull.issue.number } } },
        REVIEW_PERMISSIONS,
      ),
    watchAll: () => run(undefined, WATCH_PERMISSIONS),
    say: async (issue, body, author) => {
      const { comment } = github.openComment({ issue, body, author });
      clock.now = plus(clock.now, MINUTE);
      const user = { id: author.id, login: author.login, type: author.type };
      const told = { id: comment.id, created_at: comment.createdAt, body, user };
      await run({ name: 'issue_comment', payload: { action: 'created', comment: told } }, STOP_PERMISSIONS);
      const answer = issue.comments.findLast(({ author: by }) => by.login === 'github-actions[bot]');
      return plain(answer?.body ?? '');
    },
    status: ({ headSha }) => {
      const last = github.world.statuses.findLast((one) => one.sha === headSha && one.context === 'checkrein/review');
      return last === undefined ? 'none' : `${last.state}: ${last.description}`;
    },
  };
}

/** Everything that the ledger says of a pull request's way, as `ledger show` prints it. */
async function trail({ github }: Path): Promise<readonly string[]> {
  const shown = await runCli(['ledger', 'show', '--ledger', `branch:${github.fullName}`, '--json'], {
    env: { GITHUB_TOKEN: github.mintToken({ contents: 'read' }), GITHUB_API_URL: github.url },
  });
  expect(shown.exitCode, shown.stderr).toBe(0);
  return shown.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as LedgerEvent).kind)
    .filter((kind) => /^(?:improvement|proposal|rollback|passport)\./.test(kind));
}

describe('the path of a pull request of an agent', () => {
  it('leads from its passport over a lead’s approval to its merge, its verdict, its rollback and its recovery, and is on record', async () => {
    await using path = await plant();
    const { github, clock, lead, claude } = path;
    const stranger = github.addUser({ login: 'stranger', role: { permission: 'write', roleName: 'write' } });
    path.days(plus(MERGED, -WINDOW), 6, 1);
    const pull = await path.propose('context', claude, '# How to work here\n\nRead all files first.\n');
    const { number } = pull.issue;

    const first = await path.review(pull);
    expect(first.exitCode, first.stdout).toBe(0);
    expect(first.outputs).toMatchObject({ decision: 'deny' });
    const red = 'failure: High risk: control-plane. A lead may approve this head';
    expect(path.status(pull)).toBe(red);

    expect(await path.say(pull.issue, `/checkrein approve ${pull.headSha}`, stranger)).toContain('Refused');
    const answers = pull.issue.comments.length;
    await path.say(pull.issue, `/checkrein approve ${pull.headSha}`, claude);
    // A bot is not even answered: its own comment is all that came.
    expect(pull.issue.comments).toHaveLength(answers + 1);
    expect(path.status(pull)).toBe(red);

    expect(await path.say(pull.issue, `/checkrein approve ${pull.headSha}`, lead)).toContain('lea approved commit');
    const green = 'success: High risk, approved by lea for this head';
    expect(path.status(pull)).toBe(green);
    await path.review(pull);
    expect(path.status(pull)).toBe(green);

    setChecks(pull, 'SUCCESS');
    const watched = await path.watchAll();
    expect(watched.exitCode, watched.stdout).toBe(0);
    clock.now = MERGED;
    mergePull(pull, lead, MERGED);
    path.days(plus(MERGED, HOUR), 6, 3);
    clock.now = plus(MERGED, WINDOW + HOUR);
    const judged = await path.watchAll();
    expect(judged.exitCode, judged.stdout).toBe(0);
    const alert = github.world.issues.find(({ title }) => title.includes('made something worse'));
    const proposal = /rollback:\d+@\d+/.exec(plain(alert?.body ?? ''))?.[0] ?? expect.fail('nothing was proposed');

    expect(await path.say(pull.issue, `/checkrein approve ${proposal}`, stranger)).toContain('Refused');
    expect(github.world.pulls).toHaveLength(1);
    expect(await path.say(pull.issue, `/checkrein approve ${proposal}`, lead)).toContain('as a draft');
    const revert = github.world.pulls.at(-1) as FakePull;
    expect(revert).toMatchObject({ isDraft: true, mergedAt: null });
    expect(revert.issue.body).toContain(`Reverts octo/plot#${number}`);

    clock.now = plus(clock.now, HOUR);
    mergePull(revert, lead, clock.now);
    path.days(plus(clock.now, HOUR), 3, 1);
    clock.now = plus(clock.now, 3 * DAY);
    const recovered = await path.watchAll();
    expect(recovered.exitCode, recovered.stdout).toBe(0);

    const { events, verification } = await readLedger(path);
    expect(verification.ok).toBe(true);
    expect(events.find(({ kind }) => kind === 'rollback.ended')?.data).toMatchObject({ outcome: 'recovered' });
    expect(await trail(path)).toEqual([
      'passport.made',
      'proposal.decided',
      'passport.made',
      'improvement.proposed',
      'improvement.validated',
      'improvement.deployed',
      'improvement.judged',
      'proposal.made',
      'proposal.decided',
      'rollback.opened',
      'rollback.merged',
      'rollback.ended',
    ]);
  }, 120_000);

  it('is barred to the lead who opened it, and a rejection is red in every later review', async () => {
    await using path = await plant();
    const { github, lead } = path;
    const octocat = userNamed(github.world, 'octocat');
    github.world.roles.set('octocat', { permission: 'admin', roleName: 'admin' });
    const pull = await path.propose('own', octocat, '# How to work here\n\nHurry.\n');
    await path.review(pull);
    expect(await path.say(pull.issue, `/checkrein approve ${pull.headSha}`, octocat)).toContain('of their own');
    expect(path.status(pull)).toMatch(/^failure: High risk/);
    expect(await path.say(pull.issue, `/checkrein reject ${pull.headSha} no`, lead)).toContain('lea rejected commit');
    const red = 'failure: Rejected by lea. It takes another commit';
    expect(path.status(pull)).toBe(red);
    await path.review(pull);
    expect(path.status(pull)).toBe(red);
    expect(plain(pull.issue.comments.map(({ body }) => body).join('\n'))).toContain('lea rejected this head');
  }, 120_000);

  it('is red again when the approval has run out, found by the review on a schedule alone; and at once for another head', async () => {
    await using path = await plant();
    const { clock, lead, claude, github } = path;
    const pull = await path.propose('slow', claude, '# How to work here\n\nTake your time.\n');
    await path.review(pull);
    await path.say(pull.issue, `/checkrein approve ${pull.headSha}`, lead);
    expect(path.status(pull)).toMatch(/^success: High risk, approved by lea/);
    clock.now = plus(clock.now, 2 * DAY);
    await path.watchAll();
    await sweep(path);
    expect(path.status(pull)).toBe('failure: High risk: control-plane. A lead may approve this head');
    const statuses = github.world.statuses.length;
    await sweep(path);
    expect(github.world.statuses).toHaveLength(statuses);

    await path.say(pull.issue, `/checkrein approve ${pull.headSha}`, lead);
    expect(path.status(pull)).toMatch(/^success/);
    pull.headSha = await commitAll(github, pull.headRef, {
      ...{ files: { 'src/more.ts': 'export {};\n' }, author: claude, at: clock.now },
    });
    await path.review(pull);
    expect(path.status(pull)).toMatch(/^failure: High risk/);
  }, 120_000);
});

/** `review` without a pull request, as the schedule of its workflow runs it. */
async function sweep({ github, clock }: Path): Promise<void> {
  const done = await runCli(['review', '--repo', github.fullName, '--now', clock.now], {
    env: {
      ...QUICK_WAITS,
      GITHUB_TOKEN: github.mintToken(REVIEW_PERMISSIONS),
      GITHUB_API_URL: github.url,
      GITHUB_GRAPHQL_URL: `${github.url}/graphql`,
    },
  });
  expect(done.exitCode, done.stdout + done.stderr).toBe(0);
}
