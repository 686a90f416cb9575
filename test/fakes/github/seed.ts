import { createHash } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';
import type { RunConclusion, RunStatus } from '../../../src/core/run.ts';
import { after, type Duration, type Instant, MINUTE } from '../../../src/core/time.ts';
import type { BareRepository } from './git.ts';
import {
  ACTIONS_BOT,
  currentAttempt,
  type FakeArtifact,
  type FakeAttempt,
  type FakeJob,
  type FakeRun,
  type FakeUser,
  type FakeWorkflow,
  type JobConclusion,
  nextRunNumber,
  type Role,
  type World,
} from './world.ts';

/** Makes a person or a bot known; with a role they are a collaborator. */
export function addUser(
  world: World,
  { login, type = 'User', role }: { readonly login: string; readonly type?: FakeUser['type']; readonly role?: Role },
): FakeUser {
  const user: FakeUser = { id: world.nextId(), login, type };
  world.users.push(user);
  if (role) world.roles.set(login, role);
  return user;
}

interface JobSpec {
  readonly name: string;
  /** The attempt's by default. */
  readonly status?: RunStatus;
  readonly conclusion?: JobConclusion | null;
  readonly startedAt?: Instant;
  readonly completedAt?: Instant | null;
  readonly labels?: readonly string[];
  readonly steps?: readonly { readonly name: string; readonly conclusion: string | null }[];
  readonly annotations?: FakeJob['annotations'];
  /** Goes on after a cancel. */
  readonly always?: boolean;
  /** How long it works; until somebody ends it by default. */
  readonly lasts?: Duration;
}

export interface AttemptSpec {
  /** `completed` by default. */
  readonly status?: RunStatus;
  /** `success` by default when completed, null otherwise. */
  readonly conclusion?: RunConclusion | null;
  /** `createdAt` by default. */
  readonly startedAt?: Instant;
  /** Two minutes after the start by default. */
  readonly updatedAt?: Instant;
  /** One job named `agent` by default. */
  readonly jobs?: readonly JobSpec[];
}

export interface RunSpec extends AttemptSpec {
  readonly workflow: FakeWorkflow;
  /** `schedule` by default. */
  readonly event?: string;
  readonly createdAt: Instant;
  /** Number of the attempt; those before it are made as failures that started at `createdAt`. 1 by default. */
  readonly attempt?: number;
  readonly actor?: FakeUser;
  /** The default branch by default. */
  readonly branch?: string | null;
  readonly headSha?: string;
  readonly title?: string;
  readonly fromFork?: boolean;
}

/** Puts a run with its jobs into the world. */
export function addRun(world: World, spec: RunSpec): FakeRun {
  const actor = spec.actor ?? ACTIONS_BOT;
  const last = spec.attempt ?? 1;
  const earlier = Array.from({ length: last - 1 }, (_, index) =>
    makeAttempt(world, index + 1, spec.createdAt, actor, { conclusion: 'failure' }),
  );
  const newest = makeAttempt(world, last, spec.startedAt ?? spec.createdAt, actor, spec);
  const [first = newest, ...rest] = [...earlier, newest];
  const run: FakeRun = {
    id: world.nextId(),
    runNumber: nextRunNumber(spec.workflow),
    workflow: spec.workflow,
    event: spec.event ?? 'schedule',
    headBranch: spec.branch === undefined ? world.repo.defaultBranch : spec.branch,
    headSha: spec.headSha ?? createHash('sha1').update(spec.createdAt).digest('hex'),
    displayTitle: spec.title ?? spec.workflow.name,
    createdAt: spec.createdAt,
    actor,
    fromFork: spec.fromFork ?? false,
    calls: [],
    attempts: [first, ...rest],
    artifactNames: new Set(),
  };
  world.runs.push(run);
  return run;
}

/** Tries a run again: a new attempt with a start of its own; the moment the run was created stays. */
export function rerun(
  world: World,
  run: FakeRun,
  spec: AttemptSpec & { readonly startedAt: Instant; readonly by?: FakeUser },
): FakeAttempt {
  const attempt = makeAttempt(world, currentAttempt(run).attempt + 1, spec.startedAt, spec.by ?? run.actor, spec);
  run.attempts.push(attempt);
  return attempt;
}

function makeAttempt(world: World, attempt: number, startedAt: Instant, by: FakeUser, spec: AttemptSpec): FakeAttempt {
  const status = spec.status ?? 'completed';
  const conclusion = spec.conclusion ?? (status === 'completed' ? 'success' : null);
  const updatedAt = spec.updatedAt ?? after(startedAt, 2 * MINUTE);
  const made = {
    attempt,
    status,
    conclusion,
    startedAt,
    updatedAt,
    beginsAt: null,
    cancelledAt: null,
    triggeringActor: by,
  };
  const jobs = (spec.jobs ?? [{ name: 'agent' }]).map((job) => makeJob(world, job, made));
  return { ...made, jobs };
}

function makeJob(world: World, spec: JobSpec, attempt: Omit<FakeAttempt, 'jobs'>): FakeJob {
  const status = spec.status ?? attempt.status;
  const isOver = status === 'completed';
  const inherited =
    attempt.conclusion === 'startup_failure' || attempt.conclusion === 'stale' ? 'failure' : attempt.conclusion;
  return {
    id: world.nextId(),
    name: spec.name,
    status,
    conclusion: spec.conclusion === undefined ? (isOver ? inherited : null) : spec.conclusion,
    createdAt: attempt.startedAt,
    startedAt: spec.startedAt ?? attempt.startedAt,
    completedAt: spec.completedAt === undefined ? (isOver ? attempt.updatedAt : null) : spec.completedAt,
    labels: spec.labels ?? ['ubuntu-latest'],
    steps: (spec.steps ?? []).map(({ name, conclusion }) => ({
      name,
      status: conclusion === null ? 'in_progress' : 'completed',
      conclusion,
    })),
    annotations: spec.annotations ?? [],
    always: spec.always ?? false,
    lasts: spec.lasts ?? null,
  };
}

export interface ArtifactOptions {
  readonly expired?: boolean;
  /** When the attempt was last updated by default. */
  readonly createdAt?: Instant;
  /** These bytes instead of a zip of the files. */
  readonly rawZip?: Uint8Array;
}

/**
 * Uploads an artifact of the newest attempt of a run.
 * @throws Error when the attempt has one of that name: artifacts are immutable and their names unique.
 */
export function addArtifact(
  world: World,
  run: FakeRun,
  name: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  options: ArtifactOptions = {},
): FakeArtifact {
  const { attempt, updatedAt } = currentAttempt(run);
  const key = `${attempt}/${name}`;
  if (run.artifactNames.has(key)) throw new Error(`Run ${run.id} has an artifact ${name} already`);
  run.artifactNames.add(key);
  const zip = options.rawZip ?? zipOf(files);
  const artifact: FakeArtifact = {
    id: world.nextId(),
    run,
    attempt,
    name,
    zip,
    digest: `sha256:${createHash('sha256').update(zip).digest('hex')}`,
    createdAt: options.createdAt ?? updatedAt,
    expired: options.expired ?? false,
  };
  world.artifacts.push(artifact);
  return artifact;
}

function zipOf(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const entries = Object.entries(files).map(([path, content]) => [
    path,
    typeof content === 'string' ? strToU8(content) : content,
  ]);
  return zipSync(Object.fromEntries(entries), { level: 1 });
}

/** Commits one file to a branch (made when it is not there) as `octocat`, and answers the id of the commit. */
export async function commitFile(
  git: BareRepository,
  at: Instant,
  branch: string,
  path: string,
  content: string | Uint8Array,
): Promise<string> {
  const ref = `refs/heads/${branch}`;
  const head = await git.readRef(ref);
  const base = head === null ? null : (await git.readCommit(head)).tree;
  const blob = await git.writeBlob(typeof content === 'string' ? Buffer.from(content) : content);
  const tree = await git.writeTree(base, [{ path, mode: '100644', sha: blob }]);
  const author = { name: 'octocat', email: 'octocat@users.noreply.github.com', date: at };
  const sha = await git.writeCommit(tree, head === null ? [] : [head], `Change ${path}`, author);
  if (!(await git.moveRef(ref, head, sha))) throw new Error(`${branch} moved while ${path} was committed`);
  return sha;
}

/** Commits a workflow file to the default branch; a new one is listed among the workflows from then on. */
export async function addWorkflowFile(
  world: World,
  git: BareRepository,
  at: Instant,
  path: string,
  content: string,
): Promise<FakeWorkflow> {
  await commitFile(git, at, world.repo.defaultBranch, path, content);
  const name = /^name:\s*(.+?)\s*$/m.exec(content)?.[1]?.replace(/^(['"])(.*)\1$/, '$2') ?? path;
  const known = world.workflows.find((workflow) => workflow.path === path);
  if (known) {
    known.name = name;
    return known;
  }
  const workflow: FakeWorkflow = {
    id: world.nextId(),
    path,
    name,
    state: 'active',
    createdAt: at,
    lastRunNumber: 0,
    plan: null,
  };
  world.workflows.push(workflow);
  return workflow;
}
