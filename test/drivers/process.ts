import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Instant, toMs } from '../../src/core/time.ts';

/** The root of the repository. */
export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

export interface NodeProcess {
  readonly script: string;
  readonly args?: readonly string[];
  /** The whole environment but for PATH and HOME: nothing of whoever runs the tests is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** HOME of the process. */
  readonly home: string;
  /** The Node to run it on; the one that runs the tests by default. */
  readonly node?: string;
  /** The time on its wall when it starts; the clock goes on from there. The real time by default. */
  readonly now?: Instant;
  /** Ends the process as soon as this aborts: `AbortSignal.timeout(200)`. */
  readonly killOn?: AbortSignal;
  /** `SIGKILL` by default. */
  readonly killWith?: NodeJS.Signals;
  /** Is given what the process writes to its stdout, as it comes. */
  readonly hear?: (text: string) => void;
}

export interface Finished {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script in a Node of its own and waits for its end, whatever that is. */
export async function runNode(options: NodeProcess): Promise<Finished> {
  if (!existsSync(options.script)) throw new Error(`${options.script} is not there: run \`npm run build\` first`);
  const { node = process.execPath, now, script, args = [], killOn, killWith = 'SIGKILL' } = options;
  const flags = now === undefined ? [] : ['--import', clockAt(now)];
  const env = { PATH: `${dirname(node)}:/usr/bin:/bin`, HOME: options.home, ...options.env };
  return await new Promise((resolve, reject) => {
    const child = spawn(node, [...flags, script, ...args], {
      cwd: options.cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout.push(chunk);
      options.hear?.(chunk.toString('utf8'));
    });
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const kill = () => child.kill(killWith);
    if (killOn?.aborted) kill();
    killOn?.addEventListener('abort', kill, { once: true });
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      killOn?.removeEventListener('abort', kill);
      resolve({ exitCode, signal, stdout: textOf(stdout), stderr: textOf(stderr) });
    });
  });
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}

/** A module that sets the clock of a process, so that what is tested needs no switch for it. */
function clockAt(now: Instant): string {
  const source = `
    const offset = ${toMs(now)} - Date.now();
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...args) { args.length === 0 ? super(Real.now() + offset) : super(...args); }
      static now() { return Real.now() + offset; }
    };`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
