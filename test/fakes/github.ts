import { after, type Duration, fromMs, type Instant } from '../../src/core/time.ts';
import type { SchemaError } from './github/answer.ts';
import { settle } from './github/clock.ts';
import { type Faults, makeFaults } from './github/faults.ts';
import { type BareRepository, makeBareRepository } from './github/git.ts';
import { addComment, addIssue, type NewComment, type NewIssue } from './github/issues.ts';
import type { FakePull, PullSpec } from './github/pulls.ts';
import { makeRates, type Rates } from './github/rates.ts';
import { type Start, startRun, trigger } from './github/runs.ts';
import {
  type ArtifactOptions,
  type AttemptSpec,
  addArtifact,
  addRun,
  addUser,
  addWorkflowFile,
  commitFile,
  type RunSpec,
  rerun,
} from './github/seed.ts';
import { type CommentSpec, openComment, openPull, ordinaryStart } from './github/seed-live.ts';
import { type LoggedRequest, serve } from './github/server.ts';
import type { Switches } from './github/switches.ts';
import { mintToken, readOnly } from './github/tokens.ts';
import {
  emptyWorld,
  type FakeArtifact,
  type FakeAttempt,
  type FakeComment,
  type FakeIssue,
  type FakeRun,
  type FakeUser,
  type FakeWorkflow,
  type Permissions,
  type Role,
  type TokenKind,
  userNamed,
  type World,
} from './github/world.ts';

export interface FakeGitHubOptions extends Partial<Switches> {
  /** `octo` by default. */
  readonly owner?: string;
  /** `fleet` by default. */
  readonly repo?: string;
  /** The time on the fake's wall; the real one by default. */
  readonly now?: () => Instant;
  /** No commit at all: git data calls are refused as in an empty repository. */
  readonly emptyRepository?: boolean;
}

/** A GitHub with one repository, on a port of its own. */
export interface FakeGitHub extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`: the base of REST; GraphQL is at `/graphql` below it. */
  readonly url: string;
  /** `octo/fleet`. */
  readonly fullName: string;
  /** The bare repository; a rival or a vandal writes to it directly. */
  readonly git: BareRepository;
  /** For git over HTTP; wants a token with `contents` as Basic `x-access-token:TOKEN`. */
  readonly cloneUrl: string;
  /** Everything the repository holds; change it freely. */
  readonly world: World;
  /** Every request so far, also those that were never answered. */
  readonly log: LoggedRequest[];
  /** What shall go wrong. */
  readonly faults: Faults;
  /** How much may still be asked; change pools to drain them. */
  readonly rates: Rates;
  /** Where the fake itself broke GitHub's description. Stopping a fake with entries here throws: its test proved nothing. */
  readonly schemaErrors: SchemaError[];
  /** A new token with exactly these permissions (and `metadata: read`). Tokens of forks read only. */
  mintToken(permissions: Permissions, kind?: TokenKind, options?: { readonly fork?: boolean }): string;
  /** A new person or bot; with a role they are a collaborator. */
  addUser(user: { readonly login: string; readonly type?: FakeUser['type']; readonly role?: Role }): FakeUser;
  /** Opened by `octocat`, now and without labels, where nothing else is said. */
  addIssue(issue: Partial<NewIssue>): FakeIssue;
  addComment(issue: FakeIssue, comment: Partial<NewComment>): FakeComment;
  /** Commits a workflow file to the default branch and lists the workflow under the `name:` in it. */
  addWorkflowFile(path: string, content: string): Promise<FakeWorkflow>;
  addRun(run: RunSpec): FakeRun;
  /** Starts a run that lives: it does what its plan says as the clock moves, and ends when it is cancelled. */
  startRun(workflow: FakeWorkflow, start?: Partial<Start>): FakeRun;
  /** An event that starts a run as GitHub would; null when the workflow is disabled. */
  trigger(workflow: FakeWorkflow, start?: Partial<Start>): FakeRun | null;
  /** Does something when the clock comes there, before whatever request is next. */
  at(moment: Instant, happens: (at: Instant) => void): void;
  /** Does something again and again, first at `from`. */
  every(period: Duration, from: Instant, happens: (at: Instant) => void): void;
  /** Lets happen what is due by the clock, for whoever looks at the world without a request. */
  settle(): void;
  /** Opens a pull request of `claude[bot]` with a branch and a commit, where nothing else is said. */
  addPull(pull?: Partial<PullSpec>): Promise<FakePull>;
  /** Writes a comment by `octocat` under a new issue, where nothing else is said. */
  openComment(comment: CommentSpec): { readonly issue: FakeIssue; readonly comment: FakeComment };
  /** A further attempt of a run. */
  rerun(run: FakeRun, attempt: AttemptSpec & { readonly startedAt: Instant; readonly by?: FakeUser }): FakeAttempt;
  addArtifact(
    run: FakeRun,
    name: string,
    files: Readonly<Record<string, string | Uint8Array>>,
    options?: ArtifactOptions,
  ): FakeArtifact;
  /** Commits one file; the branch is made when it is not there. Answers the id of the commit. */
  commitFile(branch: string, path: string, content: string | Uint8Array): Promise<string>;
}

/** Starts one; `await using` stops it. Takes some 20 ms; schemas compile when their endpoint is first answered. */
export async function startFakeGitHub(options: FakeGitHubOptions = {}): Promise<FakeGitHub> {
  const {
    owner = 'octo',
    repo = 'fleet',
    now = () => fromMs(Date.now()),
    emptyRepository = false,
    ...switches
  } = options;
  const world = emptyWorld(owner, repo, switches);
  const git = await makeBareRepository(world.repo.defaultBranch);
  if (!emptyRepository) await commitFile(git, now(), world.repo.defaultBranch, 'README.md', `# ${repo}\n`);
  const faults = makeFaults();
  const rates = makeRates();
  const log: LoggedRequest[] = [];
  const schemaErrors: SchemaError[] = [];
  const server = await serve({ world, git, rates, faults, log, schemaErrors, now });
  return {
    url: server.url,
    fullName: `${owner}/${repo}`,
    git,
    cloneUrl: `${server.url}/${owner}/${repo}.git`,
    world,
    log,
    faults,
    rates,
    schemaErrors,
    mintToken: (permissions, kind = 'github_token', { fork = false } = {}) =>
      mintToken(world, fork ? readOnly(permissions) : permissions, kind).secret,
    addUser: (user) => addUser(world, user),
    addIssue: (issue) => addIssue(world, { ...byOctocat(world, now()), title: 'An issue', ...issue }),
    addComment: (issue, comment) =>
      addComment(world, issue, { ...byOctocat(world, now()), body: 'A comment', ...comment }),
    addWorkflowFile: (path, content) => addWorkflowFile(world, git, now(), path, content),
    addRun: (spec) => addRun(world, spec),
    startRun: (workflow, start = {}) => startRun(world, workflow, ordinaryStart(world, now(), start)),
    trigger: (workflow, start = {}) => trigger(world, workflow, ordinaryStart(world, now(), start)),
    at: (moment, happens) => void world.timeline.push({ at: moment, happens }),
    every: (period, from, happens) => repeat(world, period, from, happens),
    settle: () => settle(world, now()),
    addPull: (pull = {}) => openPull(world, git, now(), pull),
    openComment: (comment) => openComment(world, now(), comment),
    rerun: (run, spec) => rerun(world, run, spec),
    addArtifact: (run, name, files, extra) => addArtifact(world, run, name, files, extra),
    commitFile: (branch, path, content) => commitFile(git, now(), branch, path, content),
    async [Symbol.asyncDispose]() {
      await server.close();
      await git.remove();
      if (schemaErrors.length > 0) throw new Error(`The fake GitHub was wrong: ${JSON.stringify(schemaErrors)}`);
    },
  };
}

function repeat(world: World, period: Duration, from: Instant, happens: (at: Instant) => void): void {
  world.timeline.push({
    at: from,
    happens: (at) => {
      happens(at);
      repeat(world, period, after(at, period), happens);
    },
  });
}

/** The ordinary circumstances of what people write. */
function byOctocat(world: World, at: Instant): Omit<NewIssue, 'title'> {
  return { author: userNamed(world, 'octocat'), viaApp: null, at, body: null, labels: [], assignees: [] };
}
