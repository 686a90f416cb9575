import { STATE_TERMS, stateFold } from '../src/app/state.ts';
import { stop } from '../src/app/stop/stop.ts';
import { defaultConfig } from '../src/config/parse.ts';
import type { Agent } from '../src/core/agent.ts';
import type { StopReceipt } from '../src/core/halt.ts';
import { after, between, type Duration, type Instant, MINUTE, SECOND } from '../src/core/time.ts';
import { gitBranchStore } from '../src/ledger/git-branch-store.ts';
import { treeLedger } from '../src/ledger/tree-ledger.ts';
import type { FakeWorkflow, RunPlan } from '../test/fakes/github/world.ts';
import { type FakeGitHub, startFakeGitHub } from '../test/fakes/github.ts';
import { connectToFake } from '../test/kit/connect-github.ts';

const WORKFLOWS = 50;
/** For each workflow: in turn 200 runs that work, wait for a runner, for each other, and for a person. */
const PLANS: readonly RunPlan[] = [
  { startsAfter: 0, jobs: [{ name: 'agent' }] },
  { jobs: [{ name: 'agent' }] },
  { status: 'pending', jobs: [{ name: 'agent' }] },
  { status: 'waiting', jobs: [{ name: 'agent' }] },
];
/** So many of those that work have a cleanup that survives a cancel. */
const STUBBORN = 10;
const PULLS = 10;
const NOON: Instant = '2026-11-20T12:00:00.000Z';

/** What a request takes. Our connection keeps writes a second apart, as GitHub asks. */
const READ_TAKES: Duration = 200;
const WRITE_TAKES: Duration = SECOND;

/** GitHub's limits for `GITHUB_TOKEN`: requests of an hour, and points of a minute where a read is 1 and a write 5. */
const MOST_REQUESTS = 1_000;
const MOST_POINTS = 900;

export interface StopFigures {
  readonly workflows: number;
  readonly runs: number;
  readonly requests: number;
  readonly writes: number;
  /** The most points within any minute. */
  readonly points: number;
  /** From the decision until nothing was left alive, on the simulated clock. */
  readonly timeToStop: Duration;
  /** Until the receipt was in the ledger. */
  readonly whole: Duration;
}

interface Sent {
  readonly at: Instant;
  readonly isWrite: boolean;
}

/** Stops everything in a busy repository, with the limits of the default configuration and the ledger on its branch. */
export async function stopBench(): Promise<StopFigures> {
  const clock = { now: NOON };
  await using github = await startFakeGitHub({ now: () => clock.now });
  const agents = await plant(github);
  const sent: Sent[] = [];
  const remote = connectToFake(github, undefined, {
    fetch: async (input, init) => {
      const isWrite = (init?.method ?? 'GET') !== 'GET';
      clock.now = after(clock.now, isWrite ? WRITE_TAKES : READ_TAKES);
      sent.push({ at: clock.now, isWrite });
      return await fetch(input, init);
    },
  });
  const now = (): Instant => clock.now;
  const sleep = async (duration: Duration): Promise<void> => {
    clock.now = after(clock.now, duration);
  };
  const store = gitBranchStore(remote.git, { repo: github.fullName, branch: 'checkrein' });
  const { grace, deadline, reserve } = defaultConfig().stop;
  const receipt = await stop({
    ...{ repo: github.fullName, now, sleep, agents, github: remote, by: 'bench', reason: 'A benchmark' },
    ledger: treeLedger(store, stateFold, { repo: github.fullName, now, sleep, ...STATE_TERMS }),
    spared: { ownWorkflow: null, isProtective: () => false },
    scope: { kind: 'all' },
    initiator: { kind: 'operator', login: null },
    limits: { grace, deadline, reserve },
    progress: () => undefined,
  });
  return checked(receipt, sent, clock.now);
}

async function plant(github: FakeGitHub): Promise<readonly Agent[]> {
  const agents: Agent[] = [];
  for (let i = 0; i < WORKFLOWS; i++) {
    const name = `agent-${String(i + 1).padStart(2, '0')}`;
    const path = `.github/workflows/${name}.yml`;
    const workflow = await github.addWorkflowFile(path, `name: ${name}\non: push\njobs: {}\n`);
    startRuns(github, workflow, i < STUBBORN);
    agents.push({
      name,
      workflow: path,
      engine: 'claude',
      means: 'action',
      reason: 'made up for a benchmark',
      blob: null,
    });
  }
  for (let i = 0; i < PULLS; i++) await github.addPull({ autoMerge: true });
  return agents;
}

function startRuns(github: FakeGitHub, workflow: FakeWorkflow, isStubborn: boolean): void {
  for (const plan of PLANS) {
    const jobs = [...plan.jobs, ...(isStubborn ? [{ name: 'cleanup', always: true }] : [])];
    github.startRun(workflow, { plan: { ...plan, jobs } });
  }
}

function checked(receipt: StopReceipt, sent: readonly Sent[], end: Instant): StopFigures {
  const { workflows, runs, residue, timeToStop } = receipt;
  const figures = {
    workflows: workflows.length,
    runs: runs.length,
    requests: sent.length,
    writes: sent.filter(({ isWrite }) => isWrite).length,
    points: mostPoints(sent),
    whole: between(NOON, end),
  };
  if (timeToStop === null || residue.length > 0) throw new Error(`the stop is not whole: ${JSON.stringify(residue)}`);
  if (runs.length !== WORKFLOWS * PLANS.length) throw new Error(`${runs.length} runs stand in the receipt`);
  if (figures.requests > MOST_REQUESTS) throw new Error(`${figures.requests} requests are more than an hour has`);
  if (figures.points > MOST_POINTS) throw new Error(`${figures.points} points are more than a minute has`);
  return { ...figures, timeToStop };
}

/** Within any minute. */
function mostPoints(sent: readonly Sent[]): number {
  const within = (from: Instant): readonly Sent[] => sent.filter(({ at }) => at >= from && between(from, at) < MINUTE);
  return Math.max(...sent.map(({ at }) => within(at).reduce((sum, { isWrite }) => sum + (isWrite ? 5 : 1), 0)));
}
