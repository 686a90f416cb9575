import { STATE_TERMS, stateFold } from '../../src/app/state.ts';
import type { Agent } from '../../src/core/agent.ts';
import type { LedgerEvent } from '../../src/core/event.ts';
import { agentSubject } from '../../src/core/subject.ts';
import { HOUR, type Instant, after as later } from '../../src/core/time.ts';
import { gitBranchStore } from '../../src/ledger/git-branch-store.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import { type ActionResult, type ActionRun, runAction } from '../drivers/run-action.ts';
import type { FakeWorkflow } from '../fakes/github/world.ts';
import { type FakeGitHub, startFakeGitHub } from '../fakes/github.ts';
import { connectToFake } from './connect-github.ts';
import { NOON } from './halts.ts';
import { sourceRead } from './leases.ts';
import { agentText } from './yard.ts';

/** What the job of an agent with a guard is granted. */
export const GUARD_PERMISSIONS = { contents: 'write' } as const;

/** One job that asks. */
export interface GuardWish extends Partial<ActionRun> {
  /** The input; empty is left out. */
  readonly agent?: string;
  readonly run?: number;
  /** The file of the workflow, without its folder and ending. */
  readonly workflow?: string;
}

/** A repository with two agents, each behind a guard, and a ledger on its branch. */
export interface Gate extends AsyncDisposable {
  readonly github: FakeGitHub;
  readonly fixer: FakeWorkflow;
  readonly triage: FakeWorkflow;
  /** Runs the built action as a step of a job of the fixer, at noon. */
  guard(wish?: GuardWish): Promise<ActionResult>;
  events(): Promise<readonly LedgerEvent[]>;
  /** Writes into the ledger beside the product. */
  remember(events: readonly LedgerEvent[]): Promise<void>;
}

/** Plants one on which `watch` has looked an hour ago. @param config the configuration; null = none. */
export async function plantGate(config: string | null): Promise<Gate> {
  const github = await startFakeGitHub({ owner: 'octo', repo: 'repo', now: () => NOON });
  const fixer = await github.addWorkflowFile('.github/workflows/fixer.yml', agentText('Fixer'));
  const triage = await github.addWorkflowFile('.github/workflows/triage.yml', agentText('Triage'));
  if (config !== null) await github.commitFile('main', '.github/checkrein.yml', config);
  const inside = connectToFake(github, { contents: 'write' });
  const store = gitBranchStore(inside.git, { repo: github.fullName, branch: 'checkrein' });
  const ledger = treeLedger(store, stateFold, { repo: github.fullName, now: () => NOON, ...STATE_TERMS });
  await ledger.append(() => [sourceRead(later(NOON, -HOUR)), ...['fixer', 'triage'].map(agentSeen)]);
  return {
    ...{ github, fixer, triage },
    guard: ({ agent = 'fixer', run = 4_711, workflow = 'fixer', env = {}, inputs = {}, ...more } = {}) =>
      runAction({
        github,
        token: github.mintToken(GUARD_PERMISSIONS),
        now: NOON,
        event: { name: 'schedule' },
        // The job goes on after that step.
        phases: ['main'],
        inputs: { command: 'guard', ...(agent === '' ? {} : { agent }), ...inputs },
        ...more,
        env: {
          GITHUB_RUN_ID: String(run),
          GITHUB_JOB: 'agent',
          GITHUB_WORKFLOW_REF: `octo/repo/.github/workflows/${workflow}.yml@refs/heads/main`,
          ...env,
        },
      }),
    events: async () => {
      const events: LedgerEvent[] = [];
      for await (const event of ledger.events()) events.push(event);
      return events;
    },
    remember: async (events) => void (await ledger.append(() => events)),
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  };
}

function agentSeen(name: string): LedgerEvent {
  const at: Instant = later(NOON, -HOUR);
  const agent: Agent = {
    ...{ name, workflow: `.github/workflows/${name}.yml`, engine: 'claude', means: 'action', blob: null },
    reason: 'uses anthropics/claude-code-action@v1 (job "agent")',
  };
  return {
    ...{ v: 1, id: `agent:${name}:${at}`, at, seen: at, repo: 'octo/repo', subject: agentSubject(name) },
    kind: 'agent.observed',
    data: { agent },
  };
}
