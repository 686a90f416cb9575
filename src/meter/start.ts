import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { OutsideFailure } from '../core/failure.ts';
import type { GuardHandover } from '../core/guard.ts';
import type { OwnPrice } from '../core/price.ts';
import { type Duration, MINUTE, SECOND } from '../core/time.ts';
import { filesOf, installHooks, planHooks } from './hooks/install.ts';
import { jobRunner, longestJob } from './job-runner.ts';
import { type Environment, laterSteps } from './later-steps.ts';
import type { GitHubAccess, MeterHandle, MeterPlan, MeterReady } from './plan.ts';
import { sessionRoots } from './roots.ts';

/** The inputs for starting the meter. */
export interface MeterStart {
  readonly handover: GuardHandover;
  readonly prices: readonly OwnPrice[];
  /** For the emergency stop, and to cancel the run; null without a token. */
  readonly github: GitHubAccess | null;
  /** How often to look for the emergency stop, in milliseconds; once a minute by default. */
  readonly haltEvery?: number;
  /** What happens to the session when the ledger is lost; it is ended by default. */
  readonly ledgerLoss?: MeterPlan['ledgerLoss'];
  /** The longest that the meter may live; by default the longest that a job can last. */
  readonly most?: Duration;
  /** Where the machine's own settings are, which nobody can switch off on GitHub's own machines; `/etc` by default. */
  readonly etc?: string;
}

/** A running meter. */
export interface StartedMeter {
  readonly handle: MeterHandle;
  /** For the later steps of the job (`GITHUB_ENV`). */
  readonly env: Readonly<Record<string, string>>;
  /** What is not ideal, in our words. */
  readonly notes: readonly string[];
}

/** A meter whose process starts while it is decided whether the agent may start. */
export interface WaitingMeter {
  /**
   * Lets it follow the agent, even after this step has ended, and puts its hooks into the engine's settings. @throws
   * OutsideFailure when it does not start: in enforce mode no agent should run then.
   */
  begin(start: MeterStart): Promise<StartedMeter>;
  /** Ends one that is not needed; has no effect on one that has begun. */
  dismiss(): void;
}

const PATIENCE = 10 * SECOND;

/**
 * Starts the process that is to follow an agent. It does nothing before it is told to begin, and ends by itself if this step
 * is gone before that. It does not inherit the runner's RUNNER_TRACKING_ID, because the runner would kill it before it has
 * removed its hooks. It ends with the job's last step, or when what runs the job's steps is gone.
 * @param env The environment of the step: HOME, RUNNER_TEMP, GITHUB_WORKSPACE and where engines keep their files.
 * @param program The meter's program.
 */
export function wakeMeter(env: Environment, program: string = meterProgram()): WaitingMeter {
  const mark = randomWord();
  const folder = join(env['RUNNER_TEMP'] ?? '/tmp', `checkrein-meter-${mark.slice(0, 8)}`);
  const fault = faultOfMaking(folder);
  if (fault !== null) return { begin: () => Promise.reject(notStarted(fault)), dismiss: () => undefined };
  const woken = spawnMeter(program, folder, env);
  let begun = false;
  return {
    begin: (start) => {
      begun = true;
      return follow(start, { env, mark, folder, woken });
    },
    dismiss: () => {
      if (begun) return;
      begun = true;
      endMeter(woken.child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Waking {
  readonly env: Environment;
  readonly mark: string;
  readonly folder: string;
  readonly woken: WokenProcess;
}

async function follow(start: MeterStart, { env, mark, folder, woken }: Waking): Promise<StartedMeter> {
  const { handover, prices, github, haltEvery = MINUTE, ledgerLoss = 'end', etc = '/etc' } = start;
  const shared = env['RUNNER_ENVIRONMENT'] !== 'github-hosted';
  const most = start.most ?? longestJob(shared);
  const engine = handover.engine;
  const hooks = planHooks(engine, env, { shared, etc });
  const plan: MeterPlan = {
    ...{ handover, folder, mark, prices, github, haltEvery, ledgerLoss, shared, settings: filesOf(hooks) },
    ...{ key: randomWord(), seal: randomWord(), worker: jobRunner(process.ppid), most },
    workspace: env['GITHUB_WORKSPACE'] ?? process.cwd(),
    roots: sessionRoots((name) => env[name]),
  };
  const ready = await readyWith(plan, woken);
  const terms = { ...ready, ...{ key: plan.key, mark, folder, shared, mode: handover.mode } };
  const later = laterSteps({ port: ready.port, key: plan.key, mark, engine }, env);
  const { files, notes } = installHooks(hooks, terms, env);
  return {
    handle: { ...ready, folder, key: plan.key, seal: plan.seal, settings: files },
    env: later.env,
    notes: [...later.notes, ...notes],
  };
}

/** Why a folder cannot be made; null when it was. */
function faultOfMaking(folder: string): string | null {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return null;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return `its folder cannot be made (${error.code})`;
  }
}

interface WokenProcess {
  readonly child: ChildProcess;
  /** The line with which it reports that it listens; less than a line when it ends without one. */
  readonly answer: Promise<string>;
}

function spawnMeter(program: string, folder: string, env: Environment): WokenProcess {
  const child = spawn(process.execPath, [...LIGHT, program], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    cwd: folder,
    env: Object.fromEntries(KEPT.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
  });
  const answer = new Promise<string>((resolve) => {
    let text = '';
    const done = (): void => resolve(text);
    child.once('error', done).once('exit', done);
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString('utf8');
      if (text.includes('\n')) done();
    });
    // One that is already dead accepts no plan and reports nothing either.
    child.stdin.on('error', done);
  });
  return { child, answer };
}

/**
 * Sends the plan and waits until it listens. The plan goes through a pipe, because it contains what the agent must not read.
 */
async function readyWith(plan: MeterPlan, { child, answer }: WokenProcess): Promise<MeterReady> {
  child.stdin?.end(JSON.stringify(plan));
  const patience = new AbortController();
  const said = await Promise.race([answer, wait(PATIENCE, '', { signal: patience.signal }).catch(() => '')]);
  patience.abort();
  if (!said.includes('\n')) {
    endMeter(child);
    throw notStarted('it did not say that it listens');
  }
  letGo(child);
  return JSON.parse(said) as MeterReady;
}

function endMeter(child: ChildProcess): void {
  letGo(child);
  child.kill('SIGKILL');
}

/** Lets this step end without waiting for it. */
function letGo(child: ChildProcess): void {
  child.removeAllListeners();
  child.stdin?.destroy();
  child.stdout?.destroy();
  child.unref();
}

/** Options for a Node process that does little and should stay small. */
export const LIGHT: readonly string[] = [
  '--max-semi-space-size=1',
  '--v8-pool-size=1',
  '--max-old-space-size=192',
  '--no-warnings',
];
/**
 * What the meter needs from the environment: certificates and proxies for its one request a minute. None of it is a secret of
 * ours.
 */
const KEPT: readonly string[] = ['PATH', 'HOME', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];

function notStarted(why: string): OutsideFailure {
  return new OutsideFailure({
    kind: 'unavailable',
    message: `The meter that follows the agent did not start: ${why}`,
    remedy: 'Look at the disk and the memory of the runner; without the meter no limit is held while the agent runs',
    retry: true,
  });
}

/** Where the meter's program is: next to this folder in the sources, otherwise at the root of the bundle. */
function meterProgram(): string {
  const here = import.meta.url;
  const place = here.endsWith('.ts') ? '../meter.ts' : here.includes('/chunks/') ? '../meter.js' : './meter.js';
  return fileURLToPath(new URL(place, here));
}

/** 244 bits that cannot be guessed. */
function randomWord(): string {
  return `${crypto.randomUUID()}${crypto.randomUUID()}`.replaceAll('-', '');
}
