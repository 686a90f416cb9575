import { KNOWN_COMMANDS, type KnownCommand, PACKAGE_COMMANDS } from './known.ts';
import { type Command, commandsIn } from './shell.ts';

/** Words that may precede a command without changing which one it is. */
const BEFORE: ReadonlySet<string> = new Set([
  ...['if', 'then', 'else', 'elif', 'do', 'while', 'until', '!', '{', '}', 'time', 'exec', 'command', 'builtin'],
  ...['sudo', 'env', 'nohup', 'nice', 'xargs', 'stdbuf', 'unbuffer', 'timeout', 'gtimeout', 'setsid'],
]);

/** Programs that run a package. The package's name follows. */
const RUNNERS: ReadonlySet<string> = new Set(['npx', 'bunx', 'uvx', 'pnpx']);
const RUNNER_PAIRS: ReadonlySet<string> = new Set([
  'pnpm dlx',
  'pnpm exec',
  'yarn dlx',
  'npm exec',
  'pipx run',
  'bun x',
  'uv run',
]);

const SHELLS: ReadonlySet<string> = new Set(['bash', 'sh', 'zsh', 'dash', 'eval', 'script']);

/** Scripts nested deeper than this are not examined. */
const MAX_DEPTH = 4;

/** The first command of a script that starts an agent session, or null if there is none. */
export function agentCommand(script: string, depth = 0): KnownCommand | null {
  for (const command of commandsIn(script)) {
    const known = knownCommand(command) ?? (depth < MAX_DEPTH ? inShell(command, depth) : null);
    if (known !== null) return known;
  }
  return null;
}

function knownCommand(words: Command): KnownCommand | null {
  const start = commandStart(words);
  const name = programName(words[start] ?? '');
  const rest = words.slice(start + 1);
  if (name === 'python' || name === 'python3') return pythonModule(rest);
  const known = KNOWN_COMMANDS.find(({ command }) => command === name);
  return known?.runs(rest) ? known : null;
}

/** The index of the program, after assignments, wrappers with their options, and package runners. */
function commandStart(words: Command): number {
  let at = 0;
  while (at < words.length) {
    const word = words[at] ?? '';
    const skipped = isPrefix(word) ? 1 : runnerLength(words, at);
    if (skipped === 0) return at;
    at += skipped;
    // Options of the wrapper, and the duration of `timeout 30m`.
    while (/^(-|\d+(\.\d+)?[smhd]?$)/.test(words[at] ?? '')) at += 1;
  }
  return at;
}

function isPrefix(word: string): boolean {
  return BEFORE.has(word) || /^[A-Za-z_]\w*\+?=/.test(word);
}

function runnerLength(words: Command, at: number): number {
  const word = words[at] ?? '';
  if (RUNNERS.has(word)) return 1;
  return RUNNER_PAIRS.has(`${word} ${words[at + 1] ?? ''}`) ? 2 : 0;
}

/** `./node_modules/.bin/claude` and `@anthropic-ai/claude-code@latest` are both `claude`. */
function programName(word: string): string {
  const unversioned = word.replace(/(?<=.)(@|==).*$/, '');
  return PACKAGE_COMMANDS[unversioned] ?? unversioned.slice(unversioned.lastIndexOf('/') + 1);
}

function pythonModule(args: Command): KnownCommand | null {
  const flag = args.indexOf('-m');
  if (flag === -1) return null;
  const module = args[flag + 1] ?? '';
  const name = PACKAGE_COMMANDS[module] ?? module;
  const known = KNOWN_COMMANDS.find(({ command }) => command === name);
  return known?.runs(args.slice(flag + 2)) ? known : null;
}

/** `bash -c "claude -p …"`: any argument of a shell may be a script. */
function inShell(words: Command, depth: number): KnownCommand | null {
  const start = commandStart(words);
  if (!SHELLS.has(programName(words[start] ?? ''))) return null;
  for (const word of words.slice(start + 1)) {
    const found = /\s/.test(word) ? agentCommand(word, depth + 1) : null;
    if (found !== null) return found;
  }
  return null;
}
