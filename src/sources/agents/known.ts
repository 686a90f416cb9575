import type { Engine } from '../../core/session.ts';

/** An action that runs an agent. */
export interface KnownAction {
  /** `owner/repo`, or a folder in it, including everything below. Lower case. */
  readonly action: string;
  /** Null for engines whose sessions we cannot read. */
  readonly engine: Engine | null;
}

/** Add an action here and it is watched. */
export const KNOWN_ACTIONS: readonly KnownAction[] = [
  { action: 'anthropics/claude-code-action', engine: 'claude' },
  { action: 'anthropics/claude-code-base-action', engine: 'claude' },
  { action: 'anthropics/claude-code-security-review', engine: 'claude' },
  { action: 'openai/codex-action', engine: 'codex' },
  { action: 'google-github-actions/run-gemini-cli', engine: 'gemini' },
  { action: 'google-gemini/gemini-cli-action', engine: 'gemini' },
  { action: 'github/copilot-cli-action', engine: 'copilot' },
  { action: 'github/copilot-action', engine: 'copilot' },
  { action: 'sourcegraph/amp-action', engine: null },
  { action: 'sourcegraph/amp', engine: null },
  { action: 'cursor/cursor-action', engine: null },
  { action: 'cursor/agent-action', engine: null },
  { action: 'sst/opencode/github', engine: null },
  { action: 'anomalyco/opencode/github', engine: null },
  { action: 'all-hands-ai/openhands', engine: null },
  { action: 'all-hands-ai/openhands-resolver', engine: null },
  { action: 'openhands/openhands', engine: null },
  { action: 'openhands/software-agent-sdk', engine: null },
  { action: 'mirrajabi/aider-github-action', engine: null },
  { action: 'block/goose', engine: null },
  { action: 'augmentcode/augment-agent', engine: null },
  { action: 'augmentcode/review-pr', engine: null },
  { action: 'augmentcode/describe-pr', engine: null },
  { action: 'factory-ai/droid-action', engine: null },
  { action: 'warpdotdev/warp-agent-action', engine: null },
  { action: 'warpdotdev/oz-agent-action', engine: null },
  { action: 'qwenlm/qwen-code-action', engine: null },
  { action: 'iflow-ai/iflow-cli-action', engine: null },
  { action: 'qodo-ai/pr-agent', engine: null },
  { action: 'codium-ai/pr-agent', engine: null },
  { action: 'pullfrog/pullfrog', engine: null },
];

/** A command-line program that runs an agent. */
export interface KnownCommand {
  readonly command: string;
  readonly engine: Engine | null;
  /** Whether these arguments start a session instead of, for example, printing the version. */
  readonly runs: (args: readonly string[]) => boolean;
}

const hasFlag =
  (...flags: readonly string[]): KnownCommand['runs'] =>
  (args) =>
    args.some((arg) => flags.some((flag) => arg === flag || arg.startsWith(`${flag}=`)));

const hasSubcommand =
  (...names: readonly string[]): KnownCommand['runs'] =>
  (args) =>
    args.some((arg) => names.includes(arg));

const either =
  (...tests: readonly KnownCommand['runs'][]): KnownCommand['runs'] =>
  (args) =>
    tests.some((runs) => runs(args));

/** Add a program here and it is watched. */
export const KNOWN_COMMANDS: readonly KnownCommand[] = [
  { command: 'claude', engine: 'claude', runs: hasFlag('-p', '--print', '--dangerously-skip-permissions') },
  { command: 'codex', engine: 'codex', runs: either(hasSubcommand('exec', 'e', 'review'), hasFlag('-q', '--quiet')) },
  { command: 'gemini', engine: 'gemini', runs: hasFlag('-p', '--prompt', '-y', '--yolo', '--approval-mode') },
  { command: 'copilot', engine: 'copilot', runs: hasFlag('-p', '--prompt') },
  {
    command: 'aider',
    engine: null,
    runs: hasFlag('-m', '--message', '--msg', '-f', '--message-file', '--yes', '--yes-always'),
  },
  { command: 'opencode', engine: null, runs: either(hasSubcommand('run'), (args) => args.join(' ') === 'github run') },
  { command: 'goose', engine: null, runs: hasSubcommand('run') },
  { command: 'cursor-agent', engine: null, runs: hasFlag('-p', '--print', '-f', '--force') },
  { command: 'amp', engine: null, runs: hasFlag('-x', '--execute') },
  { command: 'qwen', engine: null, runs: hasFlag('-p', '--prompt', '-y', '--yolo') },
  { command: 'iflow', engine: null, runs: hasFlag('-p', '--prompt', '-y', '--yolo') },
  { command: 'droid', engine: null, runs: hasSubcommand('exec') },
  { command: 'auggie', engine: null, runs: hasFlag('-p', '--print') },
  { command: 'crush', engine: null, runs: hasSubcommand('run') },
  { command: 'kiro-cli', engine: null, runs: hasFlag('--no-interactive') },
  { command: 'q', engine: null, runs: hasFlag('--no-interactive') },
  { command: 'openhands', engine: null, runs: hasFlag('--headless', '-t', '--task', '-f', '--file') },
  { command: 'sweagent', engine: null, runs: hasSubcommand('run', 'run-batch') },
];

/** Names of npm and PyPI packages and Python modules, as package runners accept them, and the program that they start. */
export const PACKAGE_COMMANDS: Readonly<Record<string, string>> = {
  '@anthropic-ai/claude-code': 'claude',
  '@openai/codex': 'codex',
  '@google/gemini-cli': 'gemini',
  '@github/copilot': 'copilot',
  '@sourcegraph/amp': 'amp',
  '@ampcode/cli': 'amp',
  '@qwen-code/qwen-code': 'qwen',
  '@iflow-ai/iflow-cli': 'iflow',
  '@augmentcode/auggie': 'auggie',
  '@charmland/crush': 'crush',
  'opencode-ai': 'opencode',
  'aider-chat': 'aider',
  'openhands-ai': 'openhands',
  'openhands.core.main': 'openhands',
};

/** Agents that GitHub runs itself. They have workflows and runs, but no file in the repository. */
export const DYNAMIC_AGENTS: readonly {
  readonly prefix: string;
  readonly name: string;
  readonly engine: Engine | null;
}[] = [
  { prefix: 'dynamic/copilot-swe-agent/', name: 'copilot', engine: 'copilot' },
  { prefix: 'dynamic/copilot-pull-request-reviewer/', name: 'copilot-review', engine: 'copilot' },
];
