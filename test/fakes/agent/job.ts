import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GuardHandover, MeterReport } from '../../../src/core/guard.ts';
import { finishMeter } from '../../../src/meter/finish.ts';
import type { MeterEnding, MeterHandle } from '../../../src/meter/plan.ts';
import { readReport } from '../../../src/meter/report-file.ts';
import { type MeterStart, type StartedMeter, wakeMeter } from '../../../src/meter/start.ts';
import { ROOT } from '../../drivers/process.ts';
import type { EngineScript } from './other-engines.ts';
import type { AgentSaying, AgentScript } from './script.ts';

/** A job with a meter, on a machine of its own as far as folders go. */
export interface MeteredJob extends Beside {
  readonly home: string;
  readonly workspace: string;
  readonly finish: () => Promise<MeterEnding>;
}

/** What goes on in a job beside its meter. */
export interface Beside extends AsyncDisposable {
  readonly meter: StartedMeter;
  /** Starts the fake agent as a later step would. */
  readonly agent: (script: Partial<AgentScript>, env?: Readonly<Record<string, string>>) => RunningAgent;
  /** The report as it stands; undefined while there is none. */
  readonly report: () => MeterReport | undefined;
  /** Waits until the report is as is wished: five seconds from one to the next, but for a machine that is busy. */
  readonly reported: (wish: (report: MeterReport) => boolean, within?: number) => Promise<MeterReport>;
}

export interface RunningAgent {
  readonly child: ChildProcess;
  readonly said: readonly AgentSaying[];
  /** Milliseconds since 1970 of its end. */
  readonly ended: Promise<number>;
}

/** What tests may wish of a job. */
export interface JobWish extends Partial<Omit<MeterStart, 'handover' | 'env'>> {
  readonly handover?: Partial<GuardHandover>;
  readonly env?: Readonly<Record<string, string>>;
  /** The meter's program, if not the one that is shipped. */
  readonly program?: string;
  /** Called with the folders before the meter starts. */
  readonly prepare?: (home: string, workspace: string) => void;
}

/** The meter as it is shipped. */
export const METER: string = join(ROOT, 'dist/meter.js');

/** Starts a job with its meter. The engine is Claude Code and the mode is enforce where nothing else is said. */
export async function meteredJob({
  handover,
  env = {},
  program = METER,
  prepare,
  ...more
}: JobWish): Promise<MeteredJob> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-meter-test-')));
  const [home, workspace, temp] = ['home', 'work', 'temp'].map((name) => join(root, name)) as [string, string, string];
  for (const folder of [home, workspace, temp]) mkdirSync(folder);
  prepare?.(home, workspace);
  const stepEnv = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    RUNNER_TEMP: temp,
    GITHUB_WORKSPACE: workspace,
    ...env,
  };
  const meter = await wakeMeter(stepEnv, program).begin({
    handover: { ...HANDOVER, startedAt: new Date().toISOString(), ...handover },
    prices: [],
    github: null,
    ...more,
  });
  const beside = besideMeter(meter, stepEnv);
  return {
    ...beside,
    ...{ home, workspace },
    finish: () => finishMeter(meter.handle),
    [Symbol.asyncDispose]: async () => {
      await beside[Symbol.asyncDispose]();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** The environment of the steps of a job, as far as tests set it. */
export interface StepEnv extends Readonly<Record<string, string>> {
  readonly GITHUB_WORKSPACE: string;
}

/** The later steps of a job whose meter runs. Nothing of it goes on when this is disposed of. */
export function besideMeter(meter: StartedMeter, stepEnv: StepEnv): Beside {
  const running: ChildProcess[] = [];
  const report = (): MeterReport | undefined => wholeReport(meter.handle);
  return {
    ...{ meter, report },
    agent: (script, laterEnv = {}) => {
      const whole = { ...SCRIPT, cwd: stepEnv.GITHUB_WORKSPACE, ...script };
      const agent = startAgent(whole, { ...stepEnv, ...meter.env, ...laterEnv });
      running.push(agent.child);
      return agent;
    },
    reported: async (wish, within = 60_000) => {
      const until = Date.now() + within;
      for (;;) {
        const found = report();
        if (found !== undefined && wish(found)) return found;
        if (Date.now() > until) throw new Error(`the meter does not report what is wished: ${JSON.stringify(found)}`);
        await sleep(20);
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const child of running) child.kill('SIGKILL');
      await finishMeter(meter.handle);
      try {
        process.kill(meter.handle.pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    },
  };
}

/** The report of a meter as it stands; undefined while there is none. */
export function wholeReport({ folder, seal }: MeterHandle): MeterReport | undefined {
  const found = readReport(folder, seal);
  return found === null || found === 'forged' ? undefined : found;
}

/** What a guard leaves for the rest of a job, but for the moment at which it did. */
export const HANDOVER: GuardHandover = {
  ...{ v: 1, repo: 'octo/fleet', startedAt: '', mode: 'enforce', decision: 'allow', lease: null, engine: 'claude' },
  errand: {
    ...{ agent: 'fixer', workflow: '.github/workflows/fixer.yml', run: 7, attempt: 1, job: 'fix' },
    ...{ actor: null, trigger: null, parent: null },
  },
  ...{ limits: {}, scope: {}, ledger: null, config: '.github/checkrein.yml' },
};

const SCRIPT: AgentScript = {
  ...{ session: 'session-1', cwd: '', model: 'claude-sonnet-4-5', steps: [], rounds: 1, leavesOut: [] },
};

/** Starts the fake agent with nothing but the environment given. */
export function startAgent(script: AgentScript, env: Readonly<Record<string, string>>): RunningAgent {
  return startScript('claude-code.ts', script, env);
}

/** Starts a fake engine of another maker in a job. */
export function startEngine({ meter, home, workspace }: MeteredJob, script: Omit<EngineScript, 'cwd'>): RunningAgent {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, ...meter.env };
  return startScript('other-engines.ts', { ...script, cwd: workspace }, env);
}

function startScript(
  name: string,
  script: AgentScript | EngineScript,
  env: Readonly<Record<string, string>>,
): RunningAgent {
  const said: AgentSaying[] = [];
  const child = spawn(process.execPath, [join(ROOT, 'test/fakes/agent', name), JSON.stringify(script)], {
    env,
    cwd: script.cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let rest = '';
  child.stdout.on('data', (part: Buffer) => {
    const lines = (rest + part.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) said.push(JSON.parse(line) as AgentSaying);
  });
  return { child, said, ended: new Promise((resolve) => child.once('close', () => resolve(Date.now()))) };
}
