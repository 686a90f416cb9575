import { join } from 'node:path';
import type { Environment } from '../later-steps.ts';
import { askingCommand, TIMEOUT } from './asking-command.ts';
import { claudeHooks } from './claude.ts';
import type { HookEntry, HookedEngine, HookTerms } from './engines.ts';

/** Where and how hooks are configured for an engine. */
export interface HookPlaces {
  /** Its name for people. */
  readonly name: string;
  readonly entry: (terms: HookTerms, env: Environment) => HookEntry;
  /** The user's settings; null when the engine ignores hooks there until somebody has reviewed them. */
  readonly ofUser: ((env: Environment, home: string) => string) | null;
  /** The machine's settings below `/etc`, which no user or project can switch off. */
  readonly ofMachine: string;
  /** Whether a hook that is in both is called only once, so that it may be in both. */
  readonly asksOnce: boolean;
}

/**
 * According to the documentation of each engine, tested with Claude Code 2.1, Codex 0.169, Gemini CLI 0.61 and Copilot
 * 1.0.102.
 */
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
    // Hooks in the user's settings are ignored until somebody has reviewed and trusted them.
    ofUser: null,
    ofMachine: 'codex/hooks.json',
    asksOnce: false,
  },
  gemini: {
    name: 'the Gemini CLI',
    // In milliseconds. A hook without a name cannot be switched off by a list of names in the checkout.
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
