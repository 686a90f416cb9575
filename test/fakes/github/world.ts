import type { RunConclusion, RunStatus } from '../../../src/core/run.ts';
import type { Duration, Instant } from '../../../src/core/time.ts';
import type { FakePull } from './pulls.ts';
import { DEFAULT_SWITCHES, type Switches } from './switches.ts';

/**
 * What the fake GitHub holds. Everything here is plain and mutable: a test changes the world directly,
 * and the next answer shows it. Answers are drawn from it in `shapes/`.
 */
export interface World {
  readonly repo: FakeRepo;
  readonly switches: Switches;
  readonly users: FakeUser[];
  /** Roles of people by login; whoever is absent is a stranger (404). */
  readonly roles: Map<string, Role>;
  readonly workflows: FakeWorkflow[];
  readonly runs: FakeRun[];
  readonly artifacts: FakeArtifact[];
  readonly issues: FakeIssue[];
  readonly pulls: FakePull[];
  /** What apps found of commits; jobs of runs are check runs beside these. */
  readonly checkRuns: FakeCheckRun[];
  readonly labels: FakeLabel[];
  readonly statuses: FakeStatus[];
  /** Values of the repository's variables by name. */
  readonly variables: Map<string, string>;
  readonly tokens: Map<string, FakeToken>;
  /** What happens by itself when its time comes: triggers, clicks of people. In no order. */
  readonly timeline: TimedAct[];
  /** Hands out numeric ids; every id is used once in the whole world. */
  nextId(): number;
}

export interface TimedAct {
  readonly at: Instant;
  happens(at: Instant): void;
}

interface FakeRepo {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  isPrivate: boolean;
  hasIssues: boolean;
}

export interface FakeUser {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
}

export interface Role {
  /** The folded permission: maintain reads `write`, triage reads `read`. */
  readonly permission: 'admin' | 'write' | 'read' | 'none';
  /** The real or custom role. */
  readonly roleName: string;
}

type WorkflowState = 'active' | 'deleted' | 'disabled_fork' | 'disabled_inactivity' | 'disabled_manually';

export interface FakeWorkflow {
  readonly id: number;
  readonly path: string;
  name: string;
  state: WorkflowState;
  readonly createdAt: Instant;
  /** The number of its newest run; 0 before the first. */
  lastRunNumber: number;
  /** What runs that start by an event or a dispatch do; null: they wait for a runner for ever. */
  plan: RunPlan | null;
}

/** What a run does by itself while time passes. */
export interface RunPlan {
  /** What it is in until it gets a runner; `queued` by default. */
  readonly status?: Exclude<RunStatus, 'in_progress' | 'completed'>;
  /** How long that takes; for ever when left out. */
  readonly startsAfter?: Duration;
  readonly jobs: readonly {
    readonly name: string;
    /** How long it works; until it is ended when left out. */
    readonly lasts?: Duration;
    /** Goes on after a cancel. */
    readonly always?: boolean;
  }[];
}

interface FakeStep {
  readonly name: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
}

export type JobConclusion = Exclude<RunConclusion, 'stale' | 'startup_failure'>;

/** What a job says of itself beside its log. */
export interface FakeAnnotation {
  readonly level: 'notice' | 'warning' | 'failure';
  /** The file that it is about; left out: the job itself. */
  readonly path?: string;
  readonly message: string;
}

export interface FakeJob {
  readonly id: number;
  readonly name: string;
  status: RunStatus;
  conclusion: JobConclusion | null;
  readonly createdAt: Instant;
  startedAt: Instant;
  completedAt: Instant | null;
  readonly labels: readonly string[];
  readonly steps: readonly FakeStep[];
  readonly annotations: readonly FakeAnnotation[];
  /** Runs on after a cancel, as with `if: always()`, until it is ended by force or five minutes have passed. */
  readonly always: boolean;
  /** How long it works from its start; null: until somebody ends it. */
  readonly lasts: Duration | null;
}

export interface FakeCheckRun {
  readonly id: number;
  readonly headSha: string;
  readonly name: string;
  status: RunStatus;
  conclusion: JobConclusion | null;
  readonly startedAt: Instant;
  completedAt: Instant | null;
  /** Of its output; null where it says nothing. */
  title: string | null;
}

/** One attempt of a run; its moments never change when the run is tried again. */
export interface FakeAttempt {
  readonly attempt: number;
  status: RunStatus;
  conclusion: RunConclusion | null;
  startedAt: Instant;
  updatedAt: Instant;
  /** When it gets a runner; null: it stays as it is. */
  readonly beginsAt: Instant | null;
  /** When it was first asked to end. */
  cancelledAt: Instant | null;
  readonly triggeringActor: FakeUser;
  readonly jobs: FakeJob[];
}

export interface FakeRun {
  readonly id: number;
  readonly runNumber: number;
  readonly workflow: FakeWorkflow;
  readonly event: string;
  readonly headBranch: string | null;
  readonly headSha: string;
  readonly displayTitle: string;
  readonly createdAt: Instant;
  readonly actor: FakeUser;
  /** From a fork: GitHub then lists no pull requests. */
  readonly fromFork: boolean;
  /** Reusable workflows of this repository that its jobs call. */
  readonly calls: readonly FakeWorkflow[];
  /** Never empty; the last one is the run as it is now. */
  readonly attempts: [FakeAttempt, ...FakeAttempt[]];
  /** `ATTEMPT/NAME` of every artifact uploaded so far. */
  readonly artifactNames: Set<string>;
}

export interface FakeArtifact {
  readonly id: number;
  readonly run: FakeRun;
  readonly attempt: number;
  readonly name: string;
  readonly zip: Uint8Array;
  readonly digest: string;
  readonly createdAt: Instant;
  expired: boolean;
}

export interface FakeLabel {
  readonly id: number;
  readonly name: string;
  readonly color: string;
}

export interface FakeComment {
  readonly id: number;
  readonly author: FakeUser;
  /** The slug of the app that wrote it, whosever token it used. */
  readonly viaApp: string | null;
  body: string;
  readonly createdAt: Instant;
  updatedAt: Instant;
  /** Whoever changed it last; null when nobody did. */
  editor: FakeUser | null;
  lastEditedAt: Instant | null;
  isMinimized: boolean;
  readonly reactions: FakeReaction[];
}

export interface FakeReaction {
  readonly id: number;
  readonly user: FakeUser;
  readonly content: '+1' | '-1' | 'laugh' | 'confused' | 'heart' | 'hooray' | 'rocket' | 'eyes';
  readonly createdAt: Instant;
}

export interface FakeIssue {
  readonly id: number;
  readonly number: number;
  readonly author: FakeUser;
  readonly viaApp: string | null;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  stateReason: 'completed' | 'reopened' | 'not_planned' | 'duplicate' | null;
  labels: FakeLabel[];
  assignees: FakeUser[];
  locked: boolean;
  /** Where it went: no list shows it any more; asked for by number, GitHub says that it was deleted or does not say why. */
  gone: 'deleted' | 'moved' | null;
  readonly isPullRequest: boolean;
  readonly createdAt: Instant;
  updatedAt: Instant;
  closedAt: Instant | null;
  closedBy: FakeUser | null;
  readonly comments: FakeComment[];
}

export interface FakeStatus {
  readonly id: number;
  readonly sha: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: FakeUser;
  readonly createdAt: Instant;
}

export type PermissionKey =
  | 'actions'
  | 'administration'
  | 'checks'
  | 'contents'
  | 'deployments'
  | 'discussions'
  | 'environments'
  | 'issues'
  | 'metadata'
  | 'pull-requests'
  | 'statuses'
  | 'variables'
  | 'workflows';

export type Access = 'read' | 'write';

export type Permissions = Readonly<Partial<Record<PermissionKey, Access>>>;

/** `github_token`: the job's own; `app`: an installation of a dedicated App; `user`: a person's token. */
export type TokenKind = 'github_token' | 'app' | 'user';

export interface FakeToken {
  readonly secret: string;
  readonly kind: TokenKind;
  readonly permissions: Permissions;
  readonly user: FakeUser;
  /** The app slug that content written with this token carries; null for a person's token. */
  readonly app: string | null;
}

/** The number of a run that is about to start. */
export function nextRunNumber(workflow: FakeWorkflow): number {
  workflow.lastRunNumber += 1;
  return workflow.lastRunNumber;
}

/** The newest attempt of a run. */
export function currentAttempt(run: FakeRun): FakeAttempt {
  return run.attempts.at(-1) ?? run.attempts[0];
}

/** @throws Error when the world has no such user. */
export function userNamed(world: World, login: string): FakeUser {
  const user = world.users.find((one) => one.login === login);
  if (!user) throw new Error(`The world has no user ${login}`);
  return user;
}

export const ACTIONS_BOT: FakeUser = { id: 41898282, login: 'github-actions[bot]', type: 'Bot' };

/** A repository with its bots, one admin (`octocat`) and nothing else in it. */
export function emptyWorld(owner: string, name: string, switches: Partial<Switches>): World {
  let lastId = 1_000;
  const admin: FakeUser = { id: 583231, login: 'octocat', type: 'User' };
  return {
    repo: { id: 77_001, owner, name, defaultBranch: 'main', isPrivate: false, hasIssues: true },
    switches: { ...DEFAULT_SWITCHES, ...switches },
    users: [
      ACTIONS_BOT,
      { id: 209825114, login: 'claude[bot]', type: 'Bot' },
      { id: 198982749, login: 'Copilot', type: 'Bot' },
      { id: 900_001, login: 'checkrein[bot]', type: 'Bot' },
      { id: 900_002, login: owner, type: 'Organization' },
      admin,
    ],
    roles: new Map([[admin.login, { permission: 'admin', roleName: 'admin' }]]),
    workflows: [],
    runs: [],
    artifacts: [],
    issues: [],
    pulls: [],
    checkRuns: [],
    labels: [],
    statuses: [],
    variables: new Map(),
    tokens: new Map(),
    timeline: [],
    nextId() {
      lastId += 1;
      return lastId;
    },
  };
}
