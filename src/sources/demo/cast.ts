import type { Agent } from '../../core/agent.ts';
import { sha256 } from '../../core/hash.ts';
import type { MoneyBasis } from '../../core/money.ts';
import type { Engine } from '../../core/session.ts';

/** Dollars per million tokens, and how many tokens of each kind a typical session uses. */
export interface EngineTraits {
  readonly model: string;
  readonly format: string;
  readonly basis: MoneyBasis;
  readonly usdPerMillion: {
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
  };
  readonly usualTokens: {
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
  };
}

/** The traits of an agent in the demonstration. */
export interface Character {
  readonly agent: Agent;
  readonly trigger: string;
  /** Runs on a typical weekday, and the share of them on a weekend day. */
  readonly runsADay: number;
  readonly weekend: number;
  /** UTC hours between which it starts. */
  readonly hours: readonly [number, number];
  /** How large its sessions are. 1 is typical for its engine. */
  readonly size: number;
  readonly minutes: number;
  readonly failureRate: number;
  /** Share of runs that leave no readable account. */
  readonly untold: number;
  readonly tools: readonly {
    readonly server: string | null;
    readonly tool: string;
    readonly callsPerTurn: number;
    readonly ms: number;
  }[];
}

export const ENGINES: Readonly<Record<'claude' | 'codex' | 'gemini', EngineTraits>> = {
  claude: {
    model: 'claude-sonnet-4-5',
    format: 'claude-execution',
    basis: 'billed',
    usdPerMillion: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
    usualTokens: { input: 2_000, output: 9_000, cacheRead: 900_000, cacheWrite: 70_000 },
  },
  codex: {
    model: 'gpt-5-codex',
    format: 'codex-exec',
    basis: 'list',
    usdPerMillion: { input: 1.25, output: 10, cacheRead: 0.125, cacheWrite: 0 },
    usualTokens: { input: 90_000, output: 12_000, cacheRead: 600_000, cacheWrite: 0 },
  },
  gemini: {
    model: 'gemini-2.5-flash',
    format: 'gemini-stats',
    basis: 'list',
    usdPerMillion: { input: 0.3, output: 2.5, cacheRead: 0.03, cacheWrite: 0 },
    usualTokens: { input: 60_000, output: 4_000, cacheRead: 120_000, cacheWrite: 0 },
  },
};

export type DemoEngine = keyof typeof ENGINES & Engine;

/** The agent that starts itself over and over on one day. */
export const RUNAWAY = 'nightly-fixer';
/** The agent whose sessions begin to fail. */
export const FAILING = 'test-healer';
/** The agent with one session cut off by the time limit of its job. */
export const CUT_OFF = 'pr-reviewer';
/** The agent that goes silent. */
export const SILENT = 'docs-gardener';

function agent(name: string, file: string, engine: DemoEngine, means: Agent['means'], reason: string): Agent {
  const workflow = `.github/workflows/${file}`;
  return { name, workflow, engine, means, reason, blob: sha256(workflow).slice(0, 40) };
}

/** The five agents of the demonstration. */
export const CAST: readonly Character[] = [
  {
    agent: agent(
      'nightly-fixer',
      'nightly-fixer.yml',
      'claude',
      'action',
      'uses anthropics/claude-code-action@v1 (job "fix")',
    ),
    trigger: 'schedule',
    runsADay: 9,
    weekend: 0.8,
    hours: [0, 6],
    size: 1.5,
    minutes: 14,
    failureRate: 0.04,
    untold: 0.01,
    tools: [
      { server: null, tool: 'Bash', callsPerTurn: 0.5, ms: 4_000 },
      { server: null, tool: 'Edit', callsPerTurn: 0.3, ms: 40 },
      { server: 'github', tool: 'create_pull_request', callsPerTurn: 0.05, ms: 900 },
    ],
  },
  {
    agent: agent(
      'issue-triage',
      'issue-triage.yml',
      'gemini',
      'action',
      'uses google-github-actions/run-gemini-cli@v0 (job "triage")',
    ),
    trigger: 'issues',
    runsADay: 18,
    weekend: 0.35,
    hours: [5, 22],
    size: 1,
    minutes: 2,
    failureRate: 0.02,
    untold: 0.05,
    tools: [
      { server: 'github', tool: 'add_labels_to_issue', callsPerTurn: 0.3, ms: 450 },
      { server: 'github', tool: 'search_issues', callsPerTurn: 0.5, ms: 1_300 },
    ],
  },
  {
    agent: agent('pr-reviewer', 'pr-review.yml', 'codex', 'action', 'uses openai/codex-action@v1 (job "review")'),
    trigger: 'pull_request',
    runsADay: 10,
    weekend: 0.15,
    hours: [7, 19],
    size: 1.2,
    minutes: 6,
    failureRate: 0.05,
    untold: 0.02,
    tools: [{ server: null, tool: 'shell', callsPerTurn: 0.8, ms: 1_800 }],
  },
  {
    agent: agent('test-healer', 'test-healer.yml', 'codex', 'cli', 'runs "codex exec" (job "heal")'),
    trigger: 'workflow_run',
    runsADay: 7,
    weekend: 0.3,
    hours: [6, 21],
    size: 1.6,
    minutes: 11,
    failureRate: 0.08,
    untold: 0.02,
    tools: [
      { server: null, tool: 'shell', callsPerTurn: 0.9, ms: 6_500 },
      { server: null, tool: 'apply_patch', callsPerTurn: 0.2, ms: 60 },
    ],
  },
  {
    agent: agent('docs-gardener', 'docs-gardener.lock.yml', 'claude', 'gh-aw', 'compiled by gh-aw (engine claude)'),
    trigger: 'schedule',
    runsADay: 2,
    weekend: 1,
    hours: [3, 9],
    size: 0.8,
    minutes: 8,
    failureRate: 0.03,
    untold: 0.02,
    tools: [
      { server: null, tool: 'Read', callsPerTurn: 0.7, ms: 15 },
      { server: 'safeoutputs', tool: 'create_pull_request', callsPerTurn: 0.05, ms: 300 },
    ],
  },
];
