import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Instant } from '../../src/core/time.ts';
import type { Permissions } from '../fakes/github/world.ts';
import type { FakeGitHub } from '../fakes/github.ts';
import { makeCommandFiles, type StepResults } from './command-files.ts';
import { type Finished, ROOT, runNode } from './process.ts';

type Phase = 'main' | 'post';

export interface ActionRun {
  /** By the names in action.yml; whatever is left out has the default from there. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** `schedule` by default; `repository` is put into the payload. */
  readonly event?: { readonly name: string; readonly payload?: Readonly<Record<string, unknown>> };
  /** On top of what the runner sets. */
  readonly env?: Readonly<Record<string, string>>;
  /** The GitHub that the action talks to; without one, every request fails. */
  readonly github?: FakeGitHub;
  /** `github.token`; by default a new one with what `watch` needs. */
  readonly token?: string;
  /** The Node to run it on; the one that runs the tests by default. */
  readonly node?: string;
  /** The time on the action's wall when a phase starts. */
  readonly now?: Instant;
  /** `main` and, where action.yml declares one, `post` by default. */
  readonly phases?: readonly Phase[];
  /** Ends `main` with SIGKILL when this aborts: `AbortSignal.timeout(200)`. `post` still runs, as on a runner. */
  readonly killOn?: AbortSignal;
  /** Another signal for that. */
  readonly killWith?: NodeJS.Signals;
  /** Is given what a phase writes to its stdout, as it comes and unmasked. */
  readonly hear?: (text: string) => void;
  /** Where action.yml lies; the root of the repository by default. */
  readonly root?: string;
  /** True: what a step leaves running goes on when this returns, as it does in a job that goes on. */
  readonly goesOn?: boolean;
}

export interface ActionResult {
  /** That of the first phase which failed, else 0; null when a signal ended it. */
  readonly exitCode: number | null;
  /** Of all phases, with secrets masked as the runner masks them. */
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** What `main` saved for `post`. */
  readonly state: Readonly<Record<string, string>>;
  /** The job summary, phases one after the other. */
  readonly summary: string;
  /** What later steps of the job would see in their environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** What the job of a workflow that runs `watch` is granted. */
const WATCH_PERMISSIONS: Permissions = {
  actions: 'read',
  contents: 'write',
  issues: 'write',
  'pull-requests': 'read',
};

interface ActionFile {
  readonly inputs?: Readonly<Record<string, { readonly default?: unknown } | null>>;
  readonly runs: { readonly main: string; readonly post?: string };
}

/** Runs the built action as the runner does: one process a phase, a built environment, files for the results. */
export async function runAction(run: ActionRun = {}): Promise<ActionResult> {
  const root = run.root ?? ROOT;
  const file = parse(await readFile(join(root, 'action.yml'), 'utf8')) as ActionFile;
  const token = run.token ?? run.github?.mintToken(WATCH_PERMISSIONS) ?? 'ghs_without_a_server';
  const folder = await mkdtemp(join(tmpdir(), 'run-action-'));
  try {
    const env = { ...(await runnerEnv(run, folder)), ...inputEnv(file, run.inputs ?? {}, token), ...run.env };
    return await runPhases(run, { root, file, folder, env, secrets: [token] });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Prepared {
  readonly root: string;
  readonly file: ActionFile;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

interface PhaseResult extends Finished {
  readonly results: StepResults;
}

async function runPhases(run: ActionRun, prepared: Prepared): Promise<ActionResult> {
  const done: PhaseResult[] = [];
  let handedOn: Record<string, string> = {};
  for (const phase of run.phases ?? (['main', 'post'] as const)) {
    if (prepared.file.runs[phase] === undefined) continue;
    const result = await runPhase(run, prepared, phase, handedOn);
    handedOn = { ...handedOn, ...result.results.env, ...stateEnv(result.results.state) };
    done.push(result);
  }
  if (run.goesOn !== true) endLeftovers(handedOn);
  const mask = masker(prepared.secrets, done.map(({ stdout }) => stdout).join(''));
  return {
    exitCode: done.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? (done.some(({ signal }) => signal) ? null : 0),
    stdout: mask(done.map(({ stdout }) => stdout).join('')),
    stderr: mask(done.map(({ stderr }) => stderr).join('')),
    outputs: Object.assign({}, ...done.map(({ results }) => results.outputs)),
    state: Object.assign({}, ...done.map(({ results }) => results.state)),
    summary: done.map(({ results }) => results.summary).join(''),
    env: Object.assign({}, ...done.map(({ results }) => results.env)),
  };
}

async function runPhase(
  run: ActionRun,
  prepared: Prepared,
  phase: Phase,
  handedOn: Readonly<Record<string, string>>,
): Promise<PhaseResult> {
  const files = await makeCommandFiles(join(prepared.folder, phase));
  const finished = await runNode({
    script: join(prepared.root, prepared.file.runs[phase] ?? ''),
    env: { ...prepared.env, ...handedOn, ...files.env },
    cwd: prepared.folder,
    home: prepared.folder,
    ...(run.node === undefined ? {} : { node: run.node }),
    ...(run.now === undefined ? {} : { now: run.now }),
    ...(run.killOn === undefined || phase === 'post' ? {} : { killOn: run.killOn }),
    ...(run.hear === undefined ? {} : { hear: run.hear }),
    ...(run.killWith === undefined ? {} : { killWith: run.killWith }),
  });
  return { ...finished, results: await files.read() };
}

/** The runner ends what a job has left running. */
function endLeftovers(env: Readonly<Record<string, string>>): void {
  const meter = env['STATE_checkrein-meter'];
  if (meter === undefined || meter === '') return;
  try {
    process.kill((JSON.parse(meter) as { readonly pid: number }).pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function stateEnv(state: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));
}

/** The runner hides its token and whatever a step asked it to hide. */
function masker(secrets: readonly string[], stdout: string): (text: string) => string {
  const asked = [...stdout.matchAll(/^::add-mask::(.+)$/gm)].map(([, value = '']) => unescaped(value));
  const all = [...secrets, ...asked].filter((secret) => secret.trim() !== '');
  return (text) => all.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}

/** Workflow commands write line breaks as `%0A`. */
function unescaped(value: string): string {
  return value.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

/** `INPUT_` and the name in capitals; spaces become `_`, hyphens stay. */
function inputEnv(file: ActionFile, given: Readonly<Record<string, string>>, token: string): Record<string, string> {
  const declared = Object.entries(file.inputs ?? {});
  const unknown = Object.keys(given).filter((name) => !declared.some(([one]) => one === name));
  if (unknown.length > 0) throw new Error(`action.yml has no input ${unknown.join(', ')}`);
  return Object.fromEntries(
    declared.map(([name, input]) => {
      const value = given[name] ?? expand(String(input?.default ?? ''), token);
      return [`INPUT_${name.toUpperCase().replaceAll(' ', '_')}`, value];
    }),
  );
}

function expand(text: string, token: string): string {
  return text.replace(/\$\{\{\s*(.+?)\s*\}\}/g, (_, expression: string) => {
    if (expression !== 'github.token') throw new Error(`The driver cannot evaluate ${expression} in action.yml`);
    return token;
  });
}

/** What a step finds in its environment on a hosted runner. */
async function runnerEnv(run: ActionRun, folder: string): Promise<Record<string, string>> {
  const server = run.github?.url ?? 'http://127.0.0.1:9';
  const [owner = '', repo = ''] = (run.github?.fullName ?? 'octo/fleet').split('/');
  const { name = 'schedule', payload = {} } = run.event ?? {};
  const eventPath = join(folder, 'event.json');
  const repository = { name: repo, full_name: `${owner}/${repo}`, owner: { login: owner }, default_branch: 'main' };
  await writeFile(eventPath, JSON.stringify({ repository, ...payload }));
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__checkrein',
    GITHUB_ACTOR: 'octocat',
    GITHUB_TRIGGERING_ACTOR: 'octocat',
    GITHUB_API_URL: server,
    GITHUB_GRAPHQL_URL: `${server}/graphql`,
    GITHUB_SERVER_URL: server,
    GITHUB_EVENT_NAME: name,
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_JOB: 'watch',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_REPOSITORY: `${owner}/${repo}`,
    GITHUB_REPOSITORY_OWNER: owner,
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '9000001',
    GITHUB_RUN_NUMBER: '1',
    GITHUB_SHA: 'c0ffee'.padEnd(40, '0'),
    GITHUB_WORKFLOW: 'Checkrein',
    GITHUB_WORKFLOW_REF: `${owner}/${repo}/.github/workflows/checkrein.yml@refs/heads/main`,
    GITHUB_WORKSPACE: folder,
    RUNNER_ARCH: 'X64',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: folder,
    RUNNER_TOOL_CACHE: folder,
  };
}
