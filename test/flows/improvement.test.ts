import { describe, expect, test } from 'vitest';
import type { LedgerEvent } from '../../src/core/event.ts';
import type { Verdict } from '../../src/core/improvement.ts';
import { repositorySubject } from '../../src/core/subject.ts';
import { DAY, HOUR, type Instant, MINUTE, after as plus } from '../../src/core/time.ts';
import { type ActionResult, runAction } from '../drivers/run-action.ts';
import { runCli } from '../drivers/run-cli.ts';
import { mergePull } from '../fakes/github/pull-life.ts';
import type { FakePull } from '../fakes/github/pulls.ts';
import { setChecks } from '../fakes/github/rollbacks.ts';
import type { FakeIssue, FakeUser } from '../fakes/github/world.ts';
import { commitAll } from '../kit/branches.ts';
import { STOP_PERMISSIONS } from '../kit/connect-github.ts';
import { appendTo, type Plot, plantPlot, QUICK_WAITS, readLedger } from './plot.ts';
import { plain } from './words.ts';

/** The moment of the merge: a Wednesday. */
const MERGED: Instant = '2026-11-11T12:00:00.000Z';
const WINDOW = 6 * DAY;

const CONFIG = `version: 1
budgets: []
improvements: { window: 6d, min_days: 4 }
`;

const PROMISE = `Uses a smaller context.

\`\`\`checkrein
metric: sessions.tokenUsage.cost
direction: down
by: 20%
within: 6d
\`\`\`
`;

interface Garden extends Plot {
  readonly lead: FakeUser;
  readonly pull: FakePull;
  /** Sessions of some days, two a day, at about so many dollars. */
  days(from: Instant, count: number, usd: number): void;
}

/** A repository with an agent, a lead, and an open pull request of the agent that promises something. */
async function plant(): Promise<Garden> {
  const plot = await plantPlot({ runs: 0, config: CONFIG });
  const { github, clock } = plot;
  const lead = github.addUser({ login: 'lea', role: { permission: 'write', roleName: 'maintain' } });
  const days: Garden['days'] = (from, count, usd) => {
    for (let day = 0; day < count; day += 1) {
      for (const [nth, part] of [0.95, 1.05].entries()) {
        plot.work(plus(from, day * DAY + nth * HOUR), Math.round(usd * part * (1 + day / 50) * 100) / 100);
      }
    }
  };
  clock.now = plus(MERGED, -2 * HOUR);
  const headRef = 'claude/context';
  const headSha = await commitAll(github, headRef, { files: { 'src/context.ts': 'export const most = 10;\n' } });
  const pull = await github.addPull({ title: 'Use a smaller context', headRef, headSha });
  Object.assign(pull.issue, { body: PROMISE });
  return { ...plot, lead, pull, days };
}

function watch({ github, clock }: Garden): Promise<ActionResult> {
  const token = github.mintToken({ ...STOP_PERMISSIONS, checks: 'read' });
  return runAction({ github, now: clock.now, env: QUICK_WAITS, token });
}

/** A comment by somebody, told to the built action. */
async function say(garden: Garden, issue: FakeIssue, body: string, author: FakeUser): Promise<string> {
  const { github, clock } = garden;
  const { comment } = github.openComment({ issue, body, author });
  const { id, createdAt } = comment;
  const user = { id: author.id, login: author.login, type: author.type };
  const told = { action: 'created', comment: { id, created_at: createdAt, body, user } };
  await runAction({
    github,
    now: plus(clock.now, MINUTE),
    token: github.mintToken(STOP_PERMISSIONS),
    event: { name: 'issue_comment', payload: told },
    env: QUICK_WAITS,
  });
  const answer = issue.comments.findLast(({ author: by }) => by.login === 'github-actions[bot]');
  return plain(answer?.body ?? '');
}

/** The passport of a head, as `review` writes it. */
function passportOf({ github, clock }: Garden, { issue, headSha }: FakePull): LedgerEvent {
  const repo = github.fullName;
  return {
    ...{ v: 1, id: `passport:${issue.number}:${headSha}`, kind: 'passport.made', at: clock.now, seen: clock.now, repo },
    subject: repositorySubject(repo),
    data: {
      passport: {
        ...{ baseRef: 'main', mergeBase: null, baseSince: issue.createdAt },
        ...{ pull: issue.number, head: headSha, at: clock.now, risk: 'low', findings: [], unread: [], models: [] },
        authorship: { verdict: 'agent', score: 90, agent: 'fixer', run: null, reasons: [] },
        ...{ cost: { usd: 1, basis: 'list' }, record: null, lookFirst: [] },
      },
    },
  };
}

function verdicts(events: readonly LedgerEvent[]): readonly Verdict[] {
  return events.flatMap((event) => (event.kind === 'improvement.judged' ? [event.data.judgement.verdict] : []));
}

async function clean(garden: Garden): Promise<readonly LedgerEvent[]> {
  const { events, verification } = await readLedger(garden);
  expect(verification.ok).toBe(true);
  return events;
}

describe('a change of an agent that is held to its promise', () => {
  test('is approved, merged, found to be worse, taken back and seen to recover; the audit trail tells all of it', {
    timeout: 150_000,
  }, async () => {
    await using garden = await plant();
    const { github, clock, lead, pull } = garden;
    const { number } = pull.issue;
    garden.days(plus(MERGED, -WINDOW), 6, 1);
    const first = await watch(garden);
    expect(first.exitCode, first.stdout).toBe(0);
    await appendTo(garden, [passportOf(garden, pull)]);

    const claude = github.world.users.find(({ login }) => login === 'claude[bot]') as FakeUser;
    expect(await say(garden, pull.issue, '/checkrein approve 000000000000', lead)).toContain('has another head');
    expect(await say(garden, pull.issue, `/checkrein approve ${pull.headSha}`, lead)).toContain('lea approved commit');
    expect(github.world.statuses).toMatchObject([
      { sha: pull.headSha, context: 'checkrein/review', state: 'success', description: expect.stringContaining('lea') },
    ]);
    expect(claude.type).toBe('Bot');

    setChecks(pull, 'SUCCESS');
    await watch(garden);
    clock.now = MERGED;
    mergePull(pull, lead, MERGED);
    garden.days(plus(MERGED, HOUR), 6, 3);
    clock.now = plus(MERGED, WINDOW + HOUR);
    const judged = await watch(garden);
    expect(judged.exitCode, judged.stdout).toBe(0);
    expect(verdicts(await clean(garden))).toEqual(['worse']);
    const alert = github.world.issues.find(({ title }) => title.includes('made something worse'));
    expect(alert, github.world.issues.map(({ title }) => title).join()).toBeDefined();
    expect(plain(alert?.body ?? '')).toContain('cost of a session has changed by +');
    expect(plain(alert?.body ?? '')).toContain(`rollback:${number}@2`);

    const answer = await say(garden, pull.issue, `/checkrein approve rollback:${number}@2 it costs too much`, lead);
    expect(answer).toContain('as a draft');
    const revert = github.world.pulls.at(-1) as FakePull;
    expect(revert).toMatchObject({
      isDraft: true,
      mergedAt: null,
      issue: { author: { login: 'github-actions[bot]' } },
    });
    expect(revert.issue.body).toContain(`Reverts octo/plot#${number}`);
    expect(revert.issue.body).toContain('worse');
    expect(await say(garden, pull.issue, `/checkrein approve rollback:${number}@2`, lead)).toContain('already');
    expect(github.world.pulls).toHaveLength(2);

    clock.now = plus(clock.now, HOUR);
    mergePull(revert, lead, clock.now);
    garden.days(plus(clock.now, HOUR), 3, 1);
    clock.now = plus(clock.now, 3 * DAY);
    const recovered = await watch(garden);
    expect(recovered.exitCode, recovered.stdout).toBe(0);
    const events = await clean(garden);
    expect(events.find(({ kind }) => kind === 'rollback.ended')?.data).toMatchObject({
      pull: number,
      outcome: 'recovered',
      took: expect.any(Number),
    });
    const shown = await runCli(['ledger', 'show', '--ledger', `branch:${github.fullName}`, '--json'], {
      env: { GITHUB_TOKEN: github.mintToken({ contents: 'read' }), GITHUB_API_URL: github.url },
    });
    const kinds = shown.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as LedgerEvent).kind)
      .filter((kind) => /^(?:improvement|proposal|rollback|passport)\./.test(kind));
    expect(kinds).toEqual([
      'improvement.proposed',
      'passport.made',
      'proposal.decided',
      'improvement.validated',
      'improvement.deployed',
      'improvement.judged',
      'proposal.made',
      'proposal.decided',
      'rollback.opened',
      'rollback.merged',
      'rollback.ended',
    ]);
  });

  test.each<{ readonly what: string; readonly days: number; readonly usd: number; readonly verdict: Verdict }>([
    { what: 'a good one', days: 6, usd: 0.4, verdict: 'better' },
    { what: 'one that hardly anything is known of', days: 1, usd: 3, verdict: 'insufficient data' },
  ])('$what gets "$verdict" and opens nothing', async ({ days, usd, verdict }) => {
    await using garden = await plant();
    const { clock, github, lead, pull } = garden;
    garden.days(plus(MERGED, -WINDOW), 6, 1);
    await watch(garden);
    clock.now = MERGED;
    mergePull(pull, lead, MERGED);
    garden.days(plus(MERGED, HOUR), days, usd);
    clock.now = plus(MERGED, WINDOW + HOUR);
    const judged = await watch(garden);
    expect(judged.exitCode, judged.stdout).toBe(0);
    expect(verdicts(await clean(garden))).toEqual([verdict]);
    expect(github.world.issues.filter(({ title }) => title.includes('made something worse'))).toEqual([]);
  });

  test('that changed a workflow is not taken back by us: the files and the way by hand are told, and nothing is opened', async () => {
    await using garden = await plant();
    const { github, clock, lead } = garden;
    const headRef = 'claude/ci';
    const headSha = await commitAll(github, headRef, { files: { '.github/workflows/ci.yml': 'on: push\n' } });
    const pull = await github.addPull({ title: 'Change the workflow', headRef, headSha });
    mergePull(pull, lead, clock.now);
    const answer = await say(garden, pull.issue, `/checkrein rollback #${pull.issue.number}`, lead);
    expect(answer).toContain('workflow files');
    expect(answer).toContain('.github/workflows/ci.yml');
    expect(answer).toContain('git revert');
    expect(github.world.pulls).toHaveLength(2);
  });
});
