import { join } from 'node:path';
import type { Environment } from '../later-steps.ts';
import { askingCommand, TIMEOUT } from './asking-command.ts';
import { claudeHooks } from './claude.ts';
import type { HookEntry, HookedEngine, HookTerms } from './engines.ts';

/** How an engine is given a hook. */
export interface HookPlaces {
  /** What people call it. */
  readonly name: string;
  readonly entry: (terms: HookTerms, env: Environment) => HookEntry;
  /** The settings of the user; null where the engine heeds no hook in them that nobody has looked at. */
  readonly ofUser: ((env: Environment, home: string) => string) | null;
  /** The settings of the machine below `/etc`, which no user and no project switches off. */
  readonly ofMachine: string;
  /** Whether one hook that stands in both is asked once, so that it may stand in both. */
  readonly asksOnce: boolean;
}

/** By the documentation of each engine, tried on Claude Code 2.1, Codex 0.169, Gemini CLI 0.61 and Copilot 1.0.102. */
export const HOOK_PLACES: Readonly<Record<HookedEngine, HookPlaces>> = {
  claude: {
    name: 'Claude Code',
    entry: claudeHooks,
    ofUser: (env, home) => join(env['CLAUDE_CONFIG_DIR'] || join(home, '.claude'), 'settings.json'),
    ofMachine: 'claude-code/managed-settings.d/90-checkrein.json',
    asksOnce: true,
  },
  codex: {
    name: 'Codex',
    entry: (terms, env) => grouped('PreToolUse', askingCommand('codex', terms, env['PATH']), TIMEOUT),
    // Those of the user it passes by until somebody has looked at them and trusts them.
    ofUser: null,
    ofMachine: 'codex/hooks.json',
    asksOnce: false,
  },
  gemini: {
    name: 'the Gemini CLI',
    // Counted in milliseconds. A hook without a name cannot be switched off by a list of names in what is checked out.
    entry: (terms, env) => ({
      ...grouped('BeforeTool', askingCommand('gemini', terms, env['PATH']), TIMEOUT * 1_000),
      head: { hooksConfig: { enabled: true } },
    }),
    ofUser: (_env, home) => join(home, '.gemini', 'settings.json'),
    ofMachine: 'gemini-cli/settings.json',
    asksOnce: false,
  },
  copilot: {
    name: 'Copilot',
    entry: (terms, env) => ({
      event: 'preToolUse',
      entry: { type: 'command', bash: askingCommand('copilot', terms, env['PATH']), timeoutSec: TIMEOUT },
      head: { version: 1 },
    }),
    ofUser: (env, home) => join(env['COPILOT_HOME'] || join(home, '.copilot'), 'hooks', 'checkrein.json'),
    ofMachine: 'github-copilot/policy.d/90-checkrein.json',
    asksOnce: false,
  },
};

function grouped(event: string, command: string, timeout: number): HookEntry {
  return { event, entry: { matcher: '*', hooks: [{ type: 'command', command, timeout }] }, head: {} };
}
