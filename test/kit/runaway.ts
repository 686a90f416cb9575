import { type LedgerState, STATE_TERMS, stateFold } from '../../src/app/state.ts';
import type { StopJob } from '../../src/app/stop/stop.ts';
import type { Agent } from '../../src/core/agent.ts';
import { after, type Duration, type Instant, MINUTE, SECOND } from '../../src/core/time.ts';
import type { ConnectionOptions } from '../../src/github/connection.ts';
import type { GitHub } from '../../src/github/port.ts';
import { gitBranchStore } from '../../src/ledger/git-branch-store.ts';
import { type MemoryFiles, memoryStore } from '../../src/ledger/memory-store.ts';
import type { Ledger } from '../../src/ledger/port.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import type { FakePull } from '../fakes/github/pulls.ts';
import type { FakeRun, FakeWorkflow, RunPlan } from '../fakes/github/world.ts';
import { type FakeGitHub, type FakeGitHubOptions, startFakeGitHub } from '../fakes/github.ts';
import { connectToFake, STOP_PERMISSIONS } from './connect-github.ts';

/** When the stop is decided on. */
export const NOON: Instant = '2026-11-20T12:00:00.000Z';

const FIXER = '.github/workflows/fixer.yml';
const TRIAGE = '.github/workflows/triage.yml';
const IDLE = '.github/workflows/idle.yml';

/** A repository in which agents run away, on a clock that only waiting moves. */
export interface Runaway extends AsyncDisposable {
  readonly github: FakeGitHub;
  readonly clock: { now: Instant };
  readonly fixer: FakeWorkflow;
  readonly triage: FakeWorkflow;
  /** An agent that GitHub had disabled before, because nobody used it. */
  readonly idle: FakeWorkflow;
  /** Tests of the repository: no agent. */
  readonly ci: FakeWorkflow;
  readonly ciRun: FakeRun;
  /** Of an agent; null where none was asked for. */
  readonly pull: FakePull | null;
  readonly agents: readonly Agent[];
  readonly ledger: Ledger<LedgerState>;
  /** A stop of all agents by a new process. */
  job(change?: Partial<StopJob>, options?: Partial<ConnectionOptions>): StopJob;
  /** Runs of agents that have not ended. */
  alive(): readonly FakeRun[];
}

export interface RunawayOptions extends FakeGitHubOptions {
  /** Keeps the ledger on a branch of the repository, so that it is written by requests too; in memory by default. */
  readonly ledgerOnBranch?: boolean;
  /** Opens a pull request of an agent that is about to merge by itself; no by default. */
  readonly withPull?: boolean;
}

/** Starts by itself each two minutes, has a queue of five, one run that survives a cancel, and one that waits for a person. */
export async function plantRunaway(options: RunawayOptions = {}): Promise<Runaway> {
  const { ledgerOnBranch = false, withPull = false, ...switches } = options;
  const clock = { now: NOON };
  const github = await startFakeGitHub({ now: () => clock.now, ...switches });
  const ci = addWorkflow(github, '.github/workflows/ci.yml');
  const fixer = addWorkflow(github, FIXER);
  const triage = addWorkflow(github, TRIAGE);
  const idle = addWorkflow(github, IDLE);
  idle.state = 'disabled_inactivity';
  fixer.plan = { startsAfter: 10 * SECOND, jobs: [{ name: 'agent' }] };
  const pull = withPull ? await addPull(github) : null;
  const ciRun = github.startRun(ci, { plan: plan({ startsAfter: 0 }) });
  github.startRun(fixer, { plan: { startsAfter: 0, jobs: [{ name: 'agent' }, { name: 'cleanup', always: true }] } });
  for (let i = 0; i < 5; i++) github.startRun(fixer, { plan: plan({ status: 'pending' }) });
  github.startRun(triage, { plan: plan({ status: 'waiting' }) });
  github.startRun(triage, { plan: plan({ startsAfter: 0 }) });
  github.every(2 * MINUTE, after(NOON, SECOND), () => void github.trigger(fixer));
  const agents = [agent('fixer', FIXER), agent('triage', TRIAGE), agent('idle', IDLE)];
  const memory: MemoryFiles = { version: 0, files: new Map() };
  const now = (): Instant => clock.now;
  const sleep = async (duration: Duration): Promise<void> => {
    clock.now = after(clock.now, duration);
  };
  const terms = { repo: github.fullName, now, sleep, ...STATE_TERMS };
  const inMemory = treeLedger(memoryStore(memory), stateFold, terms);
  const ledgerOf = ({ git }: GitHub): Ledger<LedgerState> => {
    const branch = { repo: github.fullName, branch: 'checkrein' };
    return ledgerOnBranch ? treeLedger(gitBranchStore(git, branch), stateFold, terms) : inMemory;
  };
  const ledger = ledgerOf(connectToFake(github));
  let processes = 0;
  return {
    ...{ github, clock, fixer, triage, idle, ci, ciRun, pull, agents, ledger },
    job: (change = {}, connection = {}) => {
      processes += 1;
      const remote = connectToFake(github, STOP_PERMISSIONS, connection);
      return {
        repo: github.fullName,
        ...{ now, sleep, agents, ledger: ledgerOf(remote), github: remote },
        by: `process-${processes}`,
        spared: { ownWorkflow: null, isProtective: () => false },
        scope: { kind: 'all' },
        initiator: { kind: 'operator', login: 'lead' },
        reason: 'It runs away',
        limits: { grace: MINUTE, deadline: 15 * MINUTE, reserve: 0 },
        progress: () => undefined,
        issues: { api: remote.issues, labels: ['checkrein'], key: null },
        ...change,
      };
    },
    alive: () => {
      github.settle();
      return github.world.runs.filter((run) => run.workflow !== ci && run.attempts.at(-1)?.status !== 'completed');
    },
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  };
}

function plan(begin: Omit<RunPlan, 'jobs'>): RunPlan {
  return { ...begin, jobs: [{ name: 'agent' }] };
}

function agent(name: string, workflow: string): Agent {
  return { name, workflow, engine: 'claude', means: 'action', reason: 'made up for a test', blob: null };
}

/** Without its file, which a stop does not read: a commit takes longer than all else in the scene. */
function addWorkflow({ world }: FakeGitHub, path: string): FakeWorkflow {
  const workflow: FakeWorkflow = {
    ...{ id: world.nextId(), path, name: path, state: 'active', createdAt: NOON, lastRunNumber: 0, plan: null },
  };
  world.workflows.push(workflow);
  return workflow;
}

/** About to merge by itself. Its head is the first commit, for the same reason. */
async function addPull(github: FakeGitHub): Promise<FakePull> {
  const headSha = (await github.git.resolve('main')) ?? '';
  return await github.addPull({ headSha, autoMerge: true, isInMergeQueue: true });
}
