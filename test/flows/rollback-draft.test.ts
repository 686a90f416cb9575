import { createFixture } from 'fs-fixture';
import { describe, expect, it } from 'vitest';
import type { LedgerEvent } from '../../src/core/event.ts';
import type { Judgement } from '../../src/core/improvement.ts';
import type { Claim } from '../../src/core/response.ts';
import { repositorySubject } from '../../src/core/subject.ts';
import { DAY, HOUR, type Instant, MINUTE, after as plus } from '../../src/core/time.ts';
import { type ActionResult, runAction } from '../drivers/run-action.ts';
import { runCli } from '../drivers/run-cli.ts';
import { mergePull } from '../fakes/github/pull-life.ts';
import { userNamed } from '../fakes/github/world.ts';
import { commitAll } from '../kit/branches.ts';
import { STOP_PERMISSIONS } from '../kit/connect-github.ts';
import { appendTo, EVENING, type Plot, plantPlot, QUICK_WAITS, readLedger } from './plot.ts';

const CONFIG = `version: 1
budgets: []
improvements: { rollback: draft }
`;
const MERGED: Instant = plus(EVENING, -8 * DAY);

interface Worse extends Plot {
  readonly number: number;
}

/** A merged change of an agent that was found to have made something worse. */
async function plant(): Promise<Worse> {
  const plot = await plantPlot({ runs: 0, config: CONFIG });
  const { github } = plot;
  const claude = userNamed(github.world, 'claude[bot]');
  const headRef = 'claude/change';
  const headSha = await commitAll(github, headRef, { files: { 'src/a.ts': 'export {};\n' }, author: claude });
  const pull = await github.addPull({ title: 'A change', author: claude, at: plus(MERGED, -HOUR), headRef, headSha });
  mergePull(pull, userNamed(github.world, 'octocat'), MERGED);
  const { number } = pull.issue;
  const judgement: Judgement = {
    ...{ look: 1, of: 1, alpha: 0.05, verdict: 'worse', comparisons: [], usual: null, overlaps: [] },
    before: { from: plus(MERGED, -7 * DAY), to: MERGED },
    after: { from: MERGED, to: plus(MERGED, 7 * DAY) },
    savedUsdPerDay: null,
  };
  const at = plus(MERGED, 7 * DAY);
  const base = { v: 1, at, seen: at, repo: github.fullName, subject: repositorySubject(github.fullName) } as const;
  await appendTo(plot, [
    {
      ...{ ...base, id: `improvement:${number}:deployed`, kind: 'improvement.deployed', at: MERGED },
      data: { pull: number, commit: null, how: 'merged' },
    },
    {
      ...{ ...base, id: `improvement:${number}:judged:1`, kind: 'improvement.judged' },
      data: { pull: number, judgement },
    },
  ]);
  return { ...plot, number };
}

function watch({ github, clock }: Worse, env: Readonly<Record<string, string>> = {}): Promise<ActionResult> {
  const token = github.mintToken(STOP_PERMISSIONS);
  return runAction({ github, now: clock.now, env: { ...QUICK_WAITS, ...env }, token });
}

async function opened(plot: Worse): Promise<readonly LedgerEvent[]> {
  const { events, verification } = await readLedger(plot);
  expect(verification.ok).toBe(true);
  return events.filter(({ kind }) => kind === 'rollback.opened');
}

function drafts({ github, number }: Worse): number {
  return github.world.pulls.filter(({ isDraft, issue }) => isDraft && issue.number !== number).length;
}

describe('a draft that takes back what made something worse', () => {
  it('is shown by a dry run, opened once by two watches at the same moment, and not again', async () => {
    await using plot = await plant();
    const { github, clock, number } = plot;
    await using files = await createFixture({ 'checkrein.yml': CONFIG });
    const place = ['--ledger', `branch:${github.fullName}`, '--config', files.getPath('checkrein.yml')];
    const words = ['watch', '--repo', github.fullName, '--now', clock.now, ...place, '--dry-run', '--json'];
    const dry = await runCli(words, {
      env: {
        ...QUICK_WAITS,
        GITHUB_TOKEN: github.mintToken(STOP_PERMISSIONS),
        GITHUB_API_URL: github.url,
        GITHUB_GRAPHQL_URL: `${github.url}/graphql`,
      },
    });
    expect(dry.exitCode, dry.stderr).toBe(0);
    const { plan } = JSON.parse(dry.stdout) as { readonly plan: readonly object[] };
    expect(plan).toContainEqual(
      expect.objectContaining({ kind: 'rollback', key: `rollback:${number}@1`, target: `pull:${number}` }),
    );
    expect(drafts(plot)).toBe(0);

    const both = await Promise.all([watch(plot), watch(plot)]);
    expect(
      both.map(({ exitCode }) => exitCode),
      both.map(({ stdout }) => stdout).join('\n'),
    ).toEqual([0, 0]);
    expect(drafts(plot)).toBe(1);
    clock.now = plus(clock.now, 10 * MINUTE);
    await watch(plot);
    expect(drafts(plot)).toBe(1);
    expect(await opened(plot)).toHaveLength(1);
  }, 120_000);

  it('is left to a run beside this one that has begun with it, and taken over when nothing came of that', async () => {
    await using plot = await plant();
    const { github, clock, number } = plot;
    const claim: Claim = {
      ...({ key: `rollback:${number}@1`, kind: 'rollback', act: 'draft' } as const),
      ...{ fingerprint: `rollback:${number}`, episode: 1 },
      ...{ by: 'another', at: clock.now },
    };
    const repo = github.fullName;
    await appendTo(plot, [
      {
        ...{ v: 1, id: `claim:${claim.key}:another`, kind: 'response.claimed', at: clock.now, seen: clock.now, repo },
        ...{ subject: repositorySubject(repo), data: { claim } },
      },
    ]);
    await watch(plot);
    expect(drafts(plot)).toBe(0);
    clock.now = plus(clock.now, 10 * MINUTE);
    await watch(plot);
    expect(drafts(plot)).toBe(1);
    expect(await opened(plot)).toHaveLength(1);
  }, 120_000);

  it('is found again, not opened again, by the run after one that died before it could write it down', async () => {
    await using plot = await plant();
    const { github, clock } = plot;
    const before = await github.git.readRef('refs/heads/checkrein');
    await watch(plot);
    expect(drafts(plot)).toBe(1);
    await github.git.moveRef('refs/heads/checkrein', await github.git.readRef('refs/heads/checkrein'), String(before));
    expect(await opened(plot)).toHaveLength(0);
    clock.now = plus(clock.now, 10 * MINUTE);
    await watch(plot);
    expect(drafts(plot)).toBe(1);
    expect(await opened(plot)).toHaveLength(1);
  }, 120_000);

  it('is left to the job that may', async () => {
    await using plot = await plant();
    await watch(plot, { CHECKREIN_APPLY: 'issue' });
    expect(drafts(plot)).toBe(0);
    await watch(plot, { CHECKREIN_APPLY: 'rollback' });
    expect(drafts(plot)).toBe(1);
  }, 120_000);
});
