import { expect } from 'vitest';
import { STATE_TERMS, stateFold } from '../../src/app/state.ts';
import type { LedgerEvent } from '../../src/core/event.ts';
import type { Instant } from '../../src/core/time.ts';
import { gitBranchStore } from '../../src/ledger/git-branch-store.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import type { HaltState } from '../../src/responses/stop/log.ts';
import type { Finished } from '../drivers/process.ts';
import { type ActionResult, type ActionRun, runAction } from '../drivers/run-action.ts';
import { runCli } from '../drivers/run-cli.ts';
import type { FakeRun, FakeWorkflow, Permissions } from '../fakes/github/world.ts';
import { type FakeGitHub, startFakeGitHub } from '../fakes/github.ts';
import { connectToFake, STOP_PERMISSIONS } from './connect-github.ts';
import { type FastClock, fastClock } from './fast-clock.ts';

export const NOON: Instant = '2026-11-20T12:00:00.000Z';
const SPEED = 20;

/** Two agents that work and a workflow of tests, on a clock on which time flies. */
export interface Yard extends AsyncDisposable {
  readonly github: FakeGitHub;
  readonly clock: FastClock;
  readonly fixer: FakeWorkflow;
  readonly triage: FakeWorkflow;
  readonly ci: FakeWorkflow;
  readonly ciRun: FakeRun;
  /** @param more of the environment. */
  cli(words: readonly string[], permissions?: Permissions, more?: Readonly<Record<string, string>>): Promise<Finished>;
  action(run: ActionRun): Promise<ActionResult>;
  /** Runs of agents that have not ended. */
  alive(): readonly FakeRun[];
  states(): readonly string[];
  /** What the ledger holds; nothing where there is none. */
  events(): Promise<readonly LedgerEvent[]>;
  /** The stop as the ledger has it. */
  halt(): Promise<HaltState>;
  /** Writes into it beside the product. */
  remember(events: readonly LedgerEvent[]): Promise<void>;
}

/** Plants one whose ledger is on its branch. */
export async function plantYard(speed: number = SPEED): Promise<Yard> {
  const clock = fastClock(NOON, speed);
  const github = await startFakeGitHub({ owner: 'octo', repo: 'yard', now: clock.now });
  const fixer = await github.addWorkflowFile('.github/workflows/fixer.yml', agentText('Fixer'));
  const triage = await github.addWorkflowFile('.github/workflows/triage.yml', agentText('Triage'));
  const ci = await github.addWorkflowFile('.github/workflows/ci.yml', CI_TEXT);
  await github.commitFile('main', '.github/checkrein.yml', 'version: 1\nstop: { grace: 1m, reserve: 0 }\n');
  const works = { startsAfter: 0, jobs: [{ name: 'agent' }] };
  github.startRun(fixer, { plan: works });
  github.startRun(fixer, { plan: { status: 'pending', jobs: [{ name: 'agent' }] } });
  github.startRun(triage, { plan: works });
  const ciRun = github.startRun(ci, { plan: works });
  const [owner = '', lead = ''] = ['octocat', 'lead'];
  github.addUser({ login: lead, role: { permission: 'write', roleName: 'maintain' } });
  github.addUser({ login: 'writer', role: { permission: 'write', roleName: 'write' } });
  const env = { ...clock.env, GITHUB_API_URL: github.url, GITHUB_GRAPHQL_URL: `${github.url}/graphql` };
  const inside = connectToFake(github, { contents: 'write', metadata: 'read' });
  const store = gitBranchStore(inside.git, { repo: github.fullName, branch: 'checkrein' });
  const ledger = treeLedger(store, stateFold, { repo: github.fullName, now: clock.now, ...STATE_TERMS });
  return {
    ...{ github, clock, fixer, triage, ci, ciRun },
    cli: (words, permissions = STOP_PERMISSIONS, more = {}) =>
      runCli([...words, '--repo', github.fullName], {
        env: { ...env, ...more, GITHUB_TOKEN: github.mintToken(permissions) },
      }),
    action: (run) =>
      runAction({
        github,
        token: github.mintToken(STOP_PERMISSIONS),
        event: { name: 'workflow_dispatch' },
        ...run,
        env: { ...clock.env, GITHUB_TRIGGERING_ACTOR: lead, GITHUB_ACTOR: owner, ...run.env },
      }),
    alive: () => {
      github.settle();
      return github.world.runs.filter((run) => run.workflow !== ci && run.attempts.at(-1)?.status !== 'completed');
    },
    states: () => [fixer.state, triage.state, ci.state],
    events: async () => {
      const events: LedgerEvent[] = [];
      for await (const event of ledger.events()) events.push(event);
      expect((await ledger.verify()).ok).toBe(true);
      return events;
    },
    halt: async () => (await ledger.read()).state.halt,
    remember: async (events) => void (await ledger.append(() => events)),
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  };
}

/** @param action what runs the agent. */
export function agentText(name: string, action = 'anthropics/claude-code-action@v1'): string {
  return `name: ${name}\non: workflow_dispatch\njobs:\n  agent:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ${action}\n`;
}

export const CI_TEXT: string =
  "name: CI\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: 'true'\n";
