import { after, DAY, HOUR, type Instant, MINUTE } from '../../src/core/time.ts';
import type { FakeRun, FakeWorkflow } from '../fakes/github/world.ts';
import { type FakeGitHub, type FakeGitHubOptions, startFakeGitHub } from '../fakes/github.ts';
import { executionFile } from './execution-file.ts';

/** A late hour of the day on which the fixer spends eight times what it usually does. */
export const SPIKE_EVENING: Instant = '2026-11-20T20:00:00.000Z';
/** The same hour one day later, after a usual day. */
export const NEXT_EVENING: Instant = after(SPIKE_EVENING, DAY);

const USUAL_RUNS = 2;
export type GardenAgent = 'nightly-fixer' | 'issue-triage' | 'docs-writer';
/** What one usual run costs, in dollars. */
export const USUAL_USD: Readonly<Record<GardenAgent, number>> = {
  'nightly-fixer': 1.5,
  'issue-triage': 0.4,
  'docs-writer': 0.8,
};
const AGENTS: readonly GardenAgent[] = ['nightly-fixer', 'issue-triage', 'docs-writer'];

/** The fixer's day at eight times the usual: 8 × 2 runs × $1.50. */
export const SPIKE_USD = 24;
export const FIXER_LIMIT = 10;

export const GARDEN_CONFIG: string = `version: 1
budgets:
  - { name: fixer-day, agent: nightly-fixer, period: day, usd: ${FIXER_LIMIT} }
  - { name: repo-day, period: day, usd: 50 }
  - { name: repo-month, period: month, usd: 800 }
`;

/** A repository in which three agents have worked for 30 days, the last of them a spike of the fixer. */
export interface Garden extends AsyncDisposable {
  readonly github: FakeGitHub;
  readonly workflows: Readonly<Record<GardenAgent, FakeWorkflow>>;
  /** A completed run with its record; answers the run. */
  work(agent: GardenAgent, startedAt: Instant, usd?: number): FakeRun;
  /** The usual runs of all agents on the day that ends at `evening`. */
  usualDay(evening: Instant): void;
  /** What the wall of GitHub shows; tests move it on. */
  clock: { now: Instant };
}

export async function plantGarden(
  options: FakeGitHubOptions & { readonly config?: string | null } = {},
): Promise<Garden> {
  const clock = { now: SPIKE_EVENING };
  const { config = GARDEN_CONFIG, ...rest } = options;
  const github = await startFakeGitHub({ owner: 'octo', repo: 'garden', now: () => clock.now, ...rest });
  const workflows = {
    'nightly-fixer': await github.addWorkflowFile('.github/workflows/nightly-fixer.yml', workflowText('Nightly fixer')),
    'issue-triage': await github.addWorkflowFile('.github/workflows/issue-triage.yml', workflowText('Issue triage')),
    'docs-writer': await github.addWorkflowFile('.github/workflows/docs-writer.yml', workflowText('Docs writer')),
  };
  await github.addWorkflowFile(
    '.github/workflows/ci.yml',
    'name: CI\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm test\n',
  );
  if (config !== null) await github.commitFile('main', '.github/checkrein.yml', config);
  const work: Garden['work'] = (agent, startedAt, usd = USUAL_USD[agent]) => {
    const run = github.addRun({ workflow: workflows[agent], createdAt: startedAt });
    const record = executionFile({ id: `s${run.id}`, usd, startedAt });
    github.addArtifact(
      run,
      'agent-output',
      { 'work/claude-execution-output.json': record },
      { createdAt: after(startedAt, MINUTE) },
    );
    return run;
  };
  const usualDay = (evening: Instant): void => {
    for (const agent of AGENTS) {
      for (let i = 0; i < USUAL_RUNS; i++)
        work(agent, after(evening, -(i + 1) * 5 * HOUR + AGENTS.indexOf(agent) * MINUTE));
    }
  };
  for (let day = 29; day >= 1; day--) usualDay(after(SPIKE_EVENING, -day * DAY));
  for (const agent of ['issue-triage', 'docs-writer'] as const) {
    for (let i = 0; i < USUAL_RUNS; i++) work(agent, after(SPIKE_EVENING, -(i + 1) * 5 * HOUR));
  }
  for (let i = 0; i < USUAL_RUNS * 8; i++) work('nightly-fixer', after(SPIKE_EVENING, -(i + 1) * HOUR));
  return { github, workflows, work, usualDay, clock, [Symbol.asyncDispose]: () => github[Symbol.asyncDispose]() };
}

function workflowText(name: string): string {
  return `name: ${name}
on:
  schedule:
    - cron: '17 3 * * *'
jobs:
  agent:
    runs-on: ubuntu-latest
    steps:
      - uses: anthropics/claude-code-action@v1
`;
}
