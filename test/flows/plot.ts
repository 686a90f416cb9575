import { type LedgerState, STATE_TERMS, stateFold } from '../../src/app/state.ts';
import type { LedgerEvent } from '../../src/core/event.ts';
import { after, HOUR, type Instant, MINUTE } from '../../src/core/time.ts';
import { connectGitHub } from '../../src/github/client.ts';
import { gitBranchStore } from '../../src/ledger/git-branch-store.ts';
import type { Ledger, Verification } from '../../src/ledger/port.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import { type ActionResult, type ActionRun, runAction } from '../drivers/run-action.ts';
import type { FakeRun, FakeWorkflow } from '../fakes/github/world.ts';
import { type FakeGitHub, type FakeGitHubOptions, startFakeGitHub } from '../fakes/github.ts';
import { executionFile } from './execution-file.ts';

/** The evening on which the plot is looked at first. */
export const EVENING: Instant = '2026-11-20T20:00:00.000Z';
/** Between a run that met a fault and the one that must heal it. */
const NEXT_RUN = 10 * MINUTE;

const PLOT_CONFIG = `version: 1
budgets:
  - { name: fixer-day, agent: fixer, period: day, usd: 10 }
`;

/** Three runs of the fixer at $4 each: $12 on a day that may cost $10. */
const RUNS = 3;
const RUN_USD = 4;

/** The smallest repository with something to tell: one agent, three runs on one day, a budget that they break. */
export interface Plot extends AsyncDisposable {
  readonly github: FakeGitHub;
  readonly fixer: FakeWorkflow;
  readonly clock: { now: Instant };
  /** A completed run of the fixer with its record. */
  work(startedAt: Instant, usd?: number): FakeRun;
  /** Runs the built action. Its long waits pass quickly unless `env` says otherwise. */
  watch(run?: Partial<ActionRun>): Promise<ActionResult>;
  /** Lets the time of one scheduled run pass, then watches without any fault. */
  heal(): Promise<ActionResult>;
}

export async function plantPlot(
  options: FakeGitHubOptions & { readonly config?: string | null; readonly runs?: number } = {},
): Promise<Plot> {
  const { config = PLOT_CONFIG, runs = RUNS, ...rest } = options;
  const clock = { now: EVENING };
  const github = await startFakeGitHub({ owner: 'octo', repo: 'plot', now: () => clock.now, ...rest });
  const fixer = await github.addWorkflowFile('.github/workflows/fixer.yml', AGENT_WORKFLOW);
  if (config !== null) await github.commitFile('main', '.github/checkrein.yml', config);
  const work: Plot['work'] = (startedAt, usd = RUN_USD) => {
    const run = github.addRun({ workflow: fixer, createdAt: startedAt });
    addRecord(github, run, { usd, startedAt });
    return run;
  };
  for (let i = runs; i >= 1; i--) work(after(EVENING, -i * HOUR));
  const watch: Plot['watch'] = (run = {}) => runAction({ github, now: clock.now, env: QUICK_WAITS, ...run });
  const heal: Plot['heal'] = () => {
    github.faults.clear();
    clock.now = after(clock.now, NEXT_RUN);
    return watch();
  };
  return { github, fixer, clock, work, watch, heal, [Symbol.asyncDispose]: () => github[Symbol.asyncDispose]() };
}

/** Whether a plot's runs have changed anything at all, ledger and issues. */
export function hasWritten({ github }: Plot): boolean {
  return github.log.some(
    ({ method, path, status }) => method !== 'GET' && path !== '/graphql' && (status === null || status < 300),
  );
}

/** Uploads the record of a session as claude-code-action writes it. */
export function addRecord(
  github: FakeGitHub,
  run: FakeRun,
  {
    usd,
    startedAt,
    name = 'agent-output',
  }: { readonly usd: number; readonly startedAt: Instant; readonly name?: string },
): void {
  const record = executionFile({ id: `s${run.id}-${run.attempts.length}`, usd, startedAt });
  github.addArtifact(
    run,
    name,
    { 'work/claude-execution-output.json': record },
    { createdAt: after(startedAt, MINUTE) },
  );
}

const AGENT_WORKFLOW = `name: Fixer
on:
  schedule:
    - cron: '17 3 * * *'
jobs:
  agent:
    runs-on: ubuntu-latest
    steps:
      - uses: anthropics/claude-code-action@v1
`;

/**
 * For the environment of a process: its pauses last a twentieth of what they should. A request may take eight times as long, because
 * a fake on a busy machine is no GitHub.
 */
export const QUICK_WAITS: Readonly<Record<string, string>> = preload(`
  import timers from 'node:timers/promises';
  import { syncBuiltinESMExports } from 'node:module';
  const { setTimeout: later } = globalThis;
  const { setTimeout: sleep } = timers;
  const short = (ms) => ms >= 100 ? ms / 20 : ms;
  globalThis.setTimeout = (done, ms, ...rest) => later(done, short(ms), ...rest);
  timers.setTimeout = (ms, ...rest) => sleep(short(ms), ...rest);
  const { timeout } = AbortSignal;
  AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms >= 15_000 ? 8 * ms : ms);
  syncBuiltinESMExports();`);

/** The same, and what is asked of these paths is waited for a second at most: on a busy machine other things may take longer. */
export function impatientAbout(path: RegExp): Readonly<Record<string, string>> {
  const { NODE_OPTIONS } = preload(`
    const { fetch } = globalThis;
    const path = new RegExp(${JSON.stringify(path.source)});
    globalThis.fetch = (url, request) => {
      if (!path.test(new URL(url).pathname)) return fetch(url, request);
      return fetch(url, { ...request, signal: AbortSignal.any([request.signal, AbortSignal.timeout(1000)]) });
    };`);
  return { NODE_OPTIONS: `${QUICK_WAITS['NODE_OPTIONS']} ${NODE_OPTIONS}` };
}

function preload(source: string): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(source)}` };
}

/** What the ledger of a repository holds, read beside the product's own processes. */
export interface LedgerContent {
  readonly verification: Verification;
  readonly events: readonly LedgerEvent[];
}

export async function readLedger(plot: Pick<Plot, 'github' | 'clock'>): Promise<LedgerContent> {
  const ledger = ledgerOf(plot, 'read');
  const events: LedgerEvent[] = [];
  for await (const event of ledger.events()) events.push(event);
  return { verification: await ledger.verify(), events };
}

/** Writes into the ledger of a plot beside the product's own processes. */
export async function appendTo(plot: Pick<Plot, 'github' | 'clock'>, events: readonly LedgerEvent[]): Promise<void> {
  await ledgerOf(plot, 'write').append(() => events);
}

function ledgerOf({ github, clock }: Pick<Plot, 'github' | 'clock'>, contents: 'read' | 'write'): Ledger<LedgerState> {
  const token = github.mintToken({ contents }, 'app');
  const { git } = connectGitHub({ token, repo: github.fullName, baseUrl: github.url, userAgent: 'test' });
  const store = gitBranchStore(git, { repo: github.fullName, branch: 'checkrein' });
  return treeLedger(store, stateFold, { repo: github.fullName, now: () => clock.now, ...STATE_TERMS });
}

/** What was learned of the world, without when and by whom: the same however often a run was interrupted. */
export function learned({ events }: LedgerContent): readonly string[] {
  return events.flatMap(learnedBy).sort();
}

function learnedBy(event: LedgerEvent): readonly string[] {
  switch (event.kind) {
    case 'run.started':
    case 'run.completed':
    case 'session.recorded':
    case 'session.absent':
      return [`${event.id} ${event.at} ${JSON.stringify(event.data)}`];
    case 'agent.observed':
      return [`${event.kind} ${JSON.stringify(event.data)}`];
    case 'alert.changed': {
      const { kind, fingerprint, episode } = event.data.change;
      return event.data.change.kind === 'updated' ? [] : [`alert ${kind} ${fingerprint} ${episode}`];
    }
    default:
      return [];
  }
}
