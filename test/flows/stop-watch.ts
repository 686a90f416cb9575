import { gitHubSources } from '../../src/app/gather/sources.ts';
import { type LedgerState, STATE_TERMS, stateFold } from '../../src/app/state.ts';
import type { StopJob } from '../../src/app/stop/stop.ts';
import type { Watched } from '../../src/app/tell/show.ts';
import { stopHand } from '../../src/app/watch/stop-hand.ts';
import { watch } from '../../src/app/watch.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { Config } from '../../src/config/schema.ts';
import type { LedgerEvent } from '../../src/core/event.ts';
import type { Deliverer } from '../../src/core/notice.ts';
import { RESPONSE_KINDS, type ResponseKind } from '../../src/core/response.ts';
import { after, type Duration, HOUR, type Instant, MINUTE, SECOND } from '../../src/core/time.ts';
import type { ConnectionOptions } from '../../src/github/connection.ts';
import { memoryStore } from '../../src/ledger/memory-store.ts';
import type { Ledger } from '../../src/ledger/port.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import type { FakeRun, FakeWorkflow } from '../fakes/github/world.ts';
import { type FakeGitHub, startFakeGitHub } from '../fakes/github.ts';
import { connectToFake, STOP_PERMISSIONS } from '../kit/connect-github.ts';
import { addRecord, EVENING } from './plot.ts';

/** A repository whose `fixer` has spent $12 of the $10 of its day and works on; `watch` looks at it on a simulated clock. */
export interface Spending extends AsyncDisposable {
  readonly github: FakeGitHub;
  readonly clock: { now: Instant };
  readonly fixer: FakeWorkflow;
  readonly writer: FakeWorkflow;
  readonly ledger: Ledger<LedgerState>;
  /** One that works and one in the queue for each agent. */
  alive(workflow: FakeWorkflow): readonly FakeRun[];
  /** A completed run with its record. */
  work(workflow: FakeWorkflow, startedAt: Instant, usd: number): FakeRun;
  watch(look?: Partial<Look>): Promise<Watched>;
  /** A person's stop and resume work on the same. */
  person(): Pick<StopJob, 'repo' | 'now' | 'by' | 'ledger' | 'github' | 'initiator' | 'sleep' | 'limits'>;
  events(): Promise<readonly LedgerEvent[]>;
}

const LIMITS: StopJob['limits'] = { grace: MINUTE, deadline: 15 * MINUTE, reserve: 0 };

/** How one run of `watch` differs from the usual one, which may do everything. */
export interface Look {
  readonly apply: readonly ResponseKind[];
  readonly connection: Partial<ConnectionOptions>;
  /** What sends messages to channels; without one nothing is sent. */
  readonly deliver: Deliverer | null;
}

export const ENFORCE = 'version: 1\nmode: enforce\nresponses: { budget: stop }\n';

/** @param settings the configuration without its budgets. */
export async function plantSpending(settings: string = ENFORCE): Promise<Spending> {
  const clock = { now: EVENING };
  const config = parsed(`${settings}budgets:
  - { name: fixer-day, agent: fixer, period: day, usd: 10 }
  - { name: writer-day, agent: writer, period: day, usd: 10 }
`);
  const github = await startFakeGitHub({ owner: 'octo', repo: 'spending', now: () => clock.now });
  const fixer = await github.addWorkflowFile('.github/workflows/fixer.yml', agentWorkflow('Fixer'));
  const writer = await github.addWorkflowFile('.github/workflows/writer.yml', agentWorkflow('Writer'));
  const now = (): Instant => clock.now;
  const sleep = async (duration: Duration): Promise<void> => {
    clock.now = after(clock.now, duration);
  };
  const ledger = treeLedger(memoryStore(), stateFold, { repo: github.fullName, now, sleep, ...STATE_TERMS });
  const work: Spending['work'] = (workflow, startedAt, usd) => {
    const run = github.addRun({ workflow, createdAt: startedAt });
    addRecord(github, run, { usd, startedAt });
    return run;
  };
  for (let i = 3; i >= 1; i--) work(fixer, after(EVENING, -i * HOUR), 4);
  for (const workflow of [fixer, writer]) {
    github.startRun(workflow, { plan: { startsAfter: 0, jobs: [{ name: 'agent' }] } });
    github.startRun(workflow, { plan: { jobs: [{ name: 'agent' }] } });
  }
  let processes = 0;
  const world = (): { now: () => Instant; sleep: typeof sleep; env: Readonly<Record<string, string>>; by: string } => {
    processes += 1;
    return { now, sleep, env: {}, by: `process-${processes}` };
  };
  const look: Spending['watch'] = async ({ apply = RESPONSE_KINDS, connection = {}, deliver = null } = {}) => {
    clock.now = after(clock.now, SECOND);
    const at = clock.now;
    const remote = connectToFake(github, STOP_PERMISSIONS, connection);
    const { by } = world();
    const kit = { github: remote, ledger, config, now: at, progress: () => undefined };
    return await watch({
      ...{ repo: github.fullName, now: at, by, config, ledger, apply, sleep, clock: now },
      trigger: { name: 'schedule', run: null, late: null },
      waiting: null,
      hear: null,
      sample: null,
      sources: gitHubSources({
        ...{ github: remote, config, moment: { repo: github.fullName, now: at } },
        ...{ namedRuns: [], talk: true, spool: null },
      }),
      rollback: null,
      rerun: null,
      issues: apply.includes('issue') ? remote.issues : null,
      stop: apply.includes('stop') ? stopHand({ ...kit, world: { ...world(), by } }) : null,
      deliver,
      opinions: null,
      given: { policies: {}, routes: {} },
      heartbeat: null,
      eyes: remote,
      home: 'https://example.com/checkrein',
      requests: () => remote.usage().requests,
      progress: () => undefined,
    });
  };
  return {
    ...{ github, clock, fixer, writer, ledger, work, watch: look },
    alive: (workflow) => {
      github.settle();
      return github.world.runs.filter(
        (run) => run.workflow === workflow && run.attempts.at(-1)?.status !== 'completed',
      );
    },
    person: () => ({
      ...{ repo: github.fullName, now, ledger, sleep, github: connectToFake(github) },
      by: world().by,
      initiator: { kind: 'operator', login: 'lead' },
      limits: LIMITS,
    }),
    events: async () => {
      const events: LedgerEvent[] = [];
      for await (const event of ledger.events()) events.push(event);
      return events;
    },
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  };
}

/** A person's stop of all agents that the ledger knows. */
export async function wholeStop(scene: Spending, github: StopJob['github'] = scene.person().github): Promise<StopJob> {
  const { agents } = (await scene.ledger.read()).state.agents;
  return {
    ...scene.person(),
    ...{ agents, github, scope: { kind: 'all' }, reason: 'It runs away', progress: () => undefined },
    spared: { ownWorkflow: null, isProtective: () => false },
  };
}

function parsed(text: string): Config {
  const read = parseConfig(text, 'the configuration of the scene');
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.config;
}

export function agentWorkflow(name: string): string {
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
