import type { DeclaredPowers } from '../../core/judged-workflow.ts';
import { keptName, redact } from '../../core/redact.ts';
import { agentCommand } from './commands.ts';
import { type Command, commandsIn } from './shell.ts';

/** What one step of a workflow says to its agent. */
export interface AgentStep {
  /** Its inputs, for a step that uses an action. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Its script, for a step that runs commands. */
  readonly script: string | null;
}

/** At most this many tools and servers of a file are kept. */
const MOST = 200;

/** What the agent steps of a file allow together. Null when there are none. A step without a list of tools is unlimited. */
export function powersOf(steps: readonly AgentStep[]): DeclaredPowers | null {
  const all = steps.map(powersOfStep);
  return all.length === 0 ? null : joinPowers(all);
}

/** What several files or steps allow together. */
export function joinPowers(all: readonly DeclaredPowers[]): DeclaredPowers {
  const whole = (lists: readonly (readonly string[] | null)[]): readonly string[] | null => {
    const known = lists.filter((list) => list !== null);
    return known.length === lists.length ? [...new Set(known.flat())].slice(0, MOST) : null;
  };
  return {
    tools: whole(all.map(({ tools }) => tools)),
    servers: whole(all.map(({ servers }) => servers)),
    unguarded: [...new Set(all.flatMap(({ unguarded }) => unguarded))].sort(),
  };
}

function powersOfStep({ inputs, script }: AgentStep): DeclaredPowers {
  const commands = [...ARGUMENTS.map((name) => withoutDetails(text(inputs[name]))), script ?? ''].flatMap(
    allCommandsIn,
  );
  const lists = [
    ...TOOL_INPUTS.map((name) => inputs[name]).filter((value) => typeof value === 'string'),
    ...commands.flatMap((words) => valuesOf(words, TOOL_FLAGS)),
  ];
  return {
    tools: toolsIn(lists),
    servers: serversIn(commands),
    unguarded: [...new Set([...commands.flatMap(switchesIn), ...inputSwitches(inputs)])],
  };
}

const ARGUMENTS = ['claude_args', 'codex-args', 'codex_args', 'args', 'gemini_args'] as const;
const TOOL_INPUTS = ['allowed_tools', 'allowedTools'] as const;
const TOOL_FLAGS: readonly string[] = ['--allowedTools', '--allowed-tools', '--tools'];

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Shortens `Bash(git log:*)` to `Bash`. Parentheses are part of a word in an action's arguments, but not in a script. */
function withoutDetails(list: string): string {
  return list.slice(0, 100_000).replace(/\([^()]{0,2000}\)/g, '');
}

/** The commands of a script, and those of nested scripts that run an agent (`bash -c "claude …"`). Prompts are not commands. */
function allCommandsIn(script: string): readonly Command[] {
  const commands = commandsIn(script);
  const inner = commands.flat().filter((word) => /\s/.test(word) && agentCommand(word) !== null);
  return [...commands, ...inner.flatMap((word) => commandsIn(word))];
}

/** The values of a flag: the words up to the next flag, or the text after its `=`. */
function valuesOf(words: Command, flags: readonly string[]): readonly string[] {
  return words.flatMap((word, at) => {
    const flag = flags.find((name) => word.startsWith(`${name}=`));
    if (flag !== undefined) return [word.slice(flag.length + 1)];
    if (!flags.includes(word)) return [];
    const rest = words.slice(at + 1);
    const end = rest.findIndex((next) => next.startsWith('-'));
    return [rest.slice(0, end === -1 ? rest.length : end).join(',')];
  });
}

/** The names in lists such as `Edit,Bash(git log:*)`. Null if there is no list, or if part of it comes from an expression. */
function toolsIn(lists: readonly string[]): readonly string[] | null {
  if (lists.length === 0 || lists.some((list) => /\$\{\{|EXPRESSION|\$\w|\$\{/.test(list))) return null;
  const names = lists
    .flatMap((list) => redact(withoutDetails(list)).split(/[\s,]+/))
    .map((name) => keptName(name.replace(/^["']|["']$/g, '')))
    .filter((name) => name !== '');
  return names.length === 0 ? null : [...new Set(names)].slice(0, MOST);
}

/** Only with `--strict-mcp-config` are the servers on the command line complete. */
function serversIn(commands: readonly Command[]): readonly string[] | null {
  if (!commands.some((words) => words.includes('--strict-mcp-config'))) return null;
  const configs = commands.flatMap((words) => valuesOf(words, ['--mcp-config'])).map(serversOfConfig);
  const known = configs.filter((servers) => servers !== null);
  return configs.length === 0 || known.length < configs.length ? null : known.flat().map((name) => keptName(name));
}

function serversOfConfig(config: string): readonly string[] | null {
  if (!config.trimStart().startsWith('{')) return null;
  const servers = /"mcpServers"\s*:/.test(config) ? parsedServers(config) : null;
  return servers === null ? null : Object.keys(servers).slice(0, MOST);
}

function parsedServers(config: string): object | null {
  try {
    const servers: unknown = (JSON.parse(config) as { readonly mcpServers?: unknown }).mcpServers;
    return typeof servers === 'object' ? servers : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Flags that disable permissions or the sandbox, and pairs of a flag and its value. */
const SWITCHES: readonly string[] = [
  '--dangerously-skip-permissions',
  '--dangerously-bypass-approvals-and-sandbox',
  '--yolo',
  '--allow-all-tools',
  '--allow-all',
];
const PAIRS: readonly (readonly [flags: readonly string[], value: string, shown: string])[] = [
  [['--permission-mode'], 'bypassPermissions', '--permission-mode bypassPermissions'],
  [['--approval-mode'], 'yolo', '--approval-mode yolo'],
  [['--sandbox', '-s'], 'danger-full-access', '--sandbox danger-full-access'],
];

function switchesIn(words: Command): readonly string[] {
  const flags = SWITCHES.filter((flag) => words.includes(flag) || words.includes(`${flag}=true`));
  const pairs = PAIRS.filter(([names, value]) =>
    words.some((word, at) =>
      names.some((name) => word === `${name}=${value}` || (word === name && words[at + 1] === value)),
    ),
  );
  return [...flags, ...pairs.map(([, , shown]) => shown)];
}

/** Equivalent inputs of actions. */
const INPUT_SWITCHES: readonly (readonly [name: string, value: string])[] = [
  ['permission_mode', 'bypassPermissions'],
  ['permission-mode', 'bypassPermissions'],
  ['sandbox', 'danger-full-access'],
  ['safety-strategy', 'unsafe'],
  ['dangerously_skip_permissions', 'true'],
];

function inputSwitches(inputs: AgentStep['inputs']): readonly string[] {
  const set = INPUT_SWITCHES.filter(([name, value]) => String(inputs[name] ?? '') === value);
  const settings = text(inputs['settings']);
  const inSettings = [
    ...(/"defaultMode"\s*:\s*"bypassPermissions"/.test(settings) ? ['settings: bypassPermissions'] : []),
    ...(/"approvalMode"\s*:\s*"yolo"/i.test(settings) ? ['settings: yolo'] : []),
  ];
  return [...set.map(([name, value]) => `${name}: ${value}`), ...inSettings];
}
