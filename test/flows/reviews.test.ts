import { describe, expect, test } from 'vitest';
import { DAY, HOUR, type Instant, MINUTE, after as plus } from '../../src/core/time.ts';
import { type ActionResult, runAction } from '../drivers/run-action.ts';
import { runCli } from '../drivers/run-cli.ts';
import { lifeOf, mergePull, reviewPull } from '../fakes/github/pull-life.ts';
import type { FakePull } from '../fakes/github/pulls.ts';
import { userNamed } from '../fakes/github/world.ts';
import { startFakeGitHub } from '../fakes/github.ts';
import { executionFile } from './execution-file.ts';
import { agentWorkflow } from './stop-watch.ts';
import { NIGHT, plantTown } from './town.ts';

/** A Monday. */
const START: Instant = '2026-10-19T00:00:00.000Z';
const HEAD = 'a'.repeat(40);

/** A repository in which the fixer works each night, and Ada looks at what it proposes. */
async function plantYard() {
  const clock = { now: START };
  const github = await startFakeGitHub({ owner: 'octo', repo: 'yard', now: () => clock.now });
  const workflow = await github.addWorkflowFile('.github/workflows/fixer.yml', agentWorkflow('Fixer'));
  await github.commitFile('main', '.github/checkrein.yml', 'version: 1\n');
  const ada = github.addUser({ login: 'ada' });
  const copilot = userNamed(github.world, 'Copilot');
  const pulls: FakePull[] = [];
  /** A run of $2 that opens so many pull requests; a bot approves all of them at once. */
  const night = async (at: Instant, opens: number): Promise<void> => {
    const run = github.addRun({ workflow, createdAt: at });
    const record = executionFile({ id: `s${run.id}`, usd: 2, startedAt: at, ...(opens > 0 ? { tool: 'Edit' } : {}) });
    github.addArtifact(run, 'output', { 'claude-execution-output.json': record }, { createdAt: plus(at, MINUTE) });
    for (let n = 0; n < opens; n += 1) {
      const pull = await github.addPull({
        headSha: HEAD,
        headRef: `claude/fix-${pulls.length}`,
        title: `Fix ${pulls.length}`,
        at: plus(at, MINUTE),
      });
      lifeOf(pull).asked = [ada];
      reviewPull(github.world, pull, { by: copilot, state: 'APPROVED', at: plus(at, 2 * MINUTE) });
      pulls.push(pull);
    }
  };
  /** Ada approves and merges the oldest ones. */
  const review = (at: Instant, count: number): void => {
    for (const pull of pulls.filter(({ issue }) => issue.state === 'open').slice(0, count)) {
      reviewPull(github.world, pull, { by: ada, state: 'APPROVED', at });
      mergePull(pull, ada, plus(at, MINUTE));
    }
  };
  const watch = async (now: Instant): Promise<ActionResult> => {
    clock.now = now;
    const ran = await runAction({ github, now, event: { name: 'schedule', payload: { schedule: '0 20 * * *' } } });
    expect(ran.exitCode, ran.stdout).toBe(0);
    return ran;
  };
  const cli = (...words: readonly string[]): ReturnType<typeof runCli> => {
    const env = { GITHUB_TOKEN: github.mintToken({ contents: 'read' }), GITHUB_API_URL: github.url };
    return runCli([...words, '--ledger', 'branch:octo/yard', '--now', plus(clock.now, MINUTE)], { env });
  };
  const issues = (rule: string) =>
    github.world.issues.filter((one) => !one.isPullRequest && one.body?.includes(`runbooks/${rule}.md`));
  return { github, night, review, watch, cli, issues, [Symbol.asyncDispose]: () => github[Symbol.asyncDispose]() };
}

const weekday = (day: number): boolean => day % 7 < 5;

describe('thirty days in which an agent proposes more than a person can look at', () => {
  test('are told with the day on which the queue will be empty, until it is', { timeout: 180_000 }, async () => {
    await using yard = await plantYard();
    for (let day = 0; day < 28; day += 1) {
      const midnight = plus(START, day * DAY);
      await yard.night(plus(midnight, 2 * HOUR), 3);
      if (weekday(day)) yard.review(plus(midnight, 15 * HOUR), 2);
      // After three working days nobody can tell what people can do.
      if (day === 2) {
        await yard.watch(plus(midnight, 20 * HOUR));
        expect(yard.issues('review-backlog')).toEqual([]);
        expect((await yard.cli('queue')).stdout).toContain(
          '3 wait for people; how many they can look at in a day is not known yet.',
        );
      }
    }
    // 84 pull requests less 40: at two a day they are 22 working days, from Tuesday, the 17th of November, on.
    const words =
      'People review 2 pull requests of agents on a working day; the 44 that wait will be done on 2026-12-16.';
    const first = await yard.watch(plus(START, 28 * DAY + 9 * HOUR));
    expect(first.summary).toContain('Waiting for people');
    await yard.watch(plus(START, 28 * DAY + 11 * HOUR));
    const told = yard.issues('review-backlog');
    // That most of them are late is the same story, told by one issue.
    expect(told.map(({ state }) => state)).toEqual(['open']);
    expect(told.map(({ body }) => body?.replaceAll('\u200b', '')).join('\n')).toContain(words);
    const queue = JSON.parse((await yard.cli('queue', '--json')).stdout);
    expect(queue).toMatchObject({
      waiting: 44,
      capacity: { workday: 2, weekend: 0 },
      clear: { on: '2026-12-16', growing: true },
    });
    expect(queue.queue[0]).toMatchObject({ agent: 'fixer', state: 'waiting', late: true, owners: ['ada'], rounds: 0 });

    // Help has come: what is left is looked at within two days, in which the fixer finds nothing to do.
    yard.review(plus(START, 28 * DAY + 15 * HOUR), 40);
    await yard.night(plus(START, 29 * DAY + 2 * HOUR), 0);
    await yard.watch(plus(START, 29 * DAY + 9 * HOUR));
    yard.review(plus(START, 29 * DAY + 15 * HOUR), 4);
    await yard.night(plus(START, 30 * DAY + 2 * HOUR), 0);
    await yard.watch(plus(START, 30 * DAY + 9 * HOUR));
    await yard.watch(plus(START, 30 * DAY + 12 * HOUR));
    const before = yard.github.log.length;
    await yard.watch(plus(START, 30 * DAY + 13 * HOUR));
    expect(yard.github.log.length - before).toBeLessThanOrEqual(25);
    // The four that were still late once the queue was short again had an issue of their own.
    expect(yard.issues('review-backlog').map(({ state }) => state)).toEqual(['closed', 'closed']);
    expect((await yard.cli('queue')).stdout).toMatch(
      /^People review [\d.]+ pull requests of agents on a working day; none waits\.$/m,
    );
    // Every pull request was approved by a person once; what the bot said of them is none.
    const given = await yard.cli('ledger', 'show', '--kind', 'review.given', '--json');
    expect(given.stdout.trim().split('\n')).toHaveLength(84);
    expect(given.stdout).not.toContain('Copilot');
  });
});

describe('a nightly agent that finds nothing to do on most nights', () => {
  test('is advised to come weekly, and what that saved is told four weeks later', { timeout: 180_000 }, async () => {
    await using yard = await plantYard();
    for (let day = 0; day < 28; day += 1) {
      const midnight = plus(START, day * DAY);
      await yard.night(plus(midnight, 2 * HOUR), day % 7 === 0 ? 1 : 0);
      if (day === 0) await yard.watch(plus(midnight, HOUR));
      if (day % 7 === 0) yard.review(plus(midnight, 15 * HOUR), 1);
    }
    const ran = await yard.watch(plus(START, 27 * DAY + 20 * HOUR));
    // 28 nights at $2 are $14 a week; once a week it would be $2.
    const advice =
      'run its schedule once a week instead of 7 times: 24 of 28 runs of fixer came to nothing; that saves about $12.00 a week';
    expect(ran.summary?.replaceAll('\u200b', '')).toContain(advice);
    const waste = JSON.parse((await yard.cli('waste', '--json')).stdout);
    expect(waste.total).toMatchObject({ pieces: 28, usd: 56, landed: 4, usdPerLanded: 14, unpriced: 0 });
    expect(waste.total.byClass).toMatchObject({ landed: { pieces: 4 }, 'no-op': { pieces: 24, usd: 48 } });
    expect(waste.told).toMatchObject([{ agent: 'fixer', savesPerWeek: 12, outcome: null }]);

    for (let day = 28; day < 56; day += 7) await yard.night(plus(START, day * DAY + 2 * HOUR), 1);
    await yard.watch(plus(START, 40 * DAY));
    await yard.watch(plus(START, 56 * DAY));
    const after = JSON.parse((await yard.cli('waste', '--json')).stdout);
    expect(after.told).toMatchObject([{ outcome: { heeded: true, runsPerWeek: 1, savedPerWeek: 12 } }]);
    expect((await yard.cli('waste')).stdout).toContain('it came to $12.00 a week');
    const shown = await yard.cli('ledger', 'show', '--kind', 'saving.scored', '--json');
    expect(shown.stdout.trim().split('\n')).toHaveLength(1);
  });
});

describe("the mission's rule review_backlog", () => {
  test('fires with more than twenty that wait, half an hour after they came, and not before', {
    timeout: 120_000,
  }, async () => {
    await using town = await plantTown();
    const told = (): readonly string[] => town.told().filter((line) => line.includes('review_backlog'));
    town.clock.now = NIGHT;
    for (let n = 0; n < 19; n += 1) await town.github.addPull({ headSha: HEAD, headRef: `claude/more-${n}` });
    await town.watch();
    town.clock.now = plus(NIGHT, 31 * MINUTE);
    await town.watch();
    expect(told()).toEqual([]);
    town.clock.now = plus(NIGHT, 32 * MINUTE);
    await town.github.addPull({ headSha: HEAD, headRef: 'claude/last' });
    await town.watch();
    expect(told()).toEqual([]);
    town.clock.now = plus(NIGHT, 63 * MINUTE);
    await town.watch();
    expect(told()).toEqual(['mail leads Warning review_backlog', 'slack Warning review_backlog']);
    // A commit, or a bot, takes nothing off the queue: a person does.
    const [first] = town.github.world.pulls;
    if (first === undefined) throw new Error('there is no pull request');
    const person = town.github.addUser({ login: 'ada' });
    town.clock.now = plus(NIGHT, 80 * MINUTE);
    reviewPull(town.github.world, first, { by: person, state: 'CHANGES_REQUESTED', at: town.clock.now });
    await town.watch();
    town.clock.now = plus(NIGHT, 95 * MINUTE);
    await town.watch();
    expect(told().filter((line) => line.includes('Over'))).toHaveLength(2);
  });
});
