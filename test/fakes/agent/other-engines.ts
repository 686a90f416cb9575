import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentSaying } from './script.ts';

/*
 * Does towards the outside what Codex 0.169, the Gemini CLI 0.61 and Copilot 1.0.102 do before they call a tool, as their documentation
 * says and as these versions were seen to do: where they look for hooks, what they ask, and what they take for a refusal.
 */

/** What a fake engine does. */
export interface EngineScript {
  readonly engine: 'codex' | 'gemini' | 'copilot';
  readonly cwd: string;
  /** Where the settings of the machine are. */
  readonly etc: string;
  readonly calls: readonly (
    | { readonly tool: string; readonly input: unknown; readonly server?: readonly [server: string, tool: string] }
    | { readonly wait: number }
  )[];
}

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Verdict = Readonly<Record<'denied' | 'ended', string | null>>;

const script = JSON.parse(process.argv[2] ?? '') as EngineScript;
const { engine, cwd, etc } = script;
const home = process.env['HOME'] ?? '';
const GOES_ON: Verdict = { denied: null, ended: null };

function say(what: AgentSaying): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

interface Settings {
  readonly hooksConfig?: { readonly enabled?: boolean };
  readonly hooks?: Readonly<Record<string, readonly HookEntry[]>>;
}

interface HookEntry {
  readonly hooks?: readonly { readonly command: string }[];
  readonly bash?: string;
}

function read(path: string): Settings {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Settings) : {};
}

function filesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** `{ hooks: { EVENT: [{ hooks: [{ command }] }] } }` */
function grouped({ hooks }: Settings, event: string): readonly string[] {
  return (hooks?.[event] ?? []).flatMap((entry) => (entry.hooks ?? []).map(({ command }) => command));
}

function commands(): readonly string[] {
  switch (engine) {
    case 'codex':
      // Those of the user run once somebody has looked at them, which nobody has here.
      return grouped(read(join(etc, 'codex/hooks.json')), 'PreToolUse');
    case 'gemini': {
      // What the machine says goes before what is checked out, and that before what the user says.
      const layers = [join(home, '.gemini'), join(cwd, '.gemini'), join(etc, 'gemini-cli')].map((folder) =>
        read(join(folder, 'settings.json')),
      );
      const enabled = layers.flatMap(({ hooksConfig }) => hooksConfig?.enabled ?? []);
      return enabled.at(-1) === false ? [] : layers.flatMap((layer) => grouped(layer, 'BeforeTool'));
    }
    case 'copilot':
      return [...filesIn(join(etc, 'github-copilot/policy.d')), ...filesIn(join(home, '.copilot/hooks'))].flatMap(
        (path) => (read(path).hooks?.['preToolUse'] ?? []).flatMap(({ bash }) => bash ?? []),
      );
    default:
      return engine satisfies never;
  }
}

function question(tool: string, input: unknown, server?: readonly [string, string]): object {
  if (engine === 'copilot') return { sessionId: 's', timestamp: Date.now(), cwd, toolName: tool, toolArgs: input };
  return {
    ...{ session_id: 's', transcript_path: null, cwd, tool_name: tool, tool_input: input },
    hook_event_name: engine === 'codex' ? 'PreToolUse' : 'BeforeTool',
    ...(server === undefined ? {} : { mcp_context: { server_name: server[0], tool_name: server[1] } }),
  };
}

async function ask(command: string, asked: object): Promise<Verdict> {
  // In a workflow the Gemini CLI gives its hooks next to nothing of its environment.
  const env = engine === 'gemini' ? { PATH: process.env['PATH'] ?? '', HOME: home } : process.env;
  const child = spawn('/bin/sh', ['-c', command], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (part: Buffer) => {
    stdout += part.toString();
  });
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString();
  });
  child.stdin.on('error', () => undefined).end(JSON.stringify(asked));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return verdictOf({ code, stdout, stderr: stderr.trim() });
}

function verdictOf({ code, stdout, stderr }: Answer): Verdict {
  if (engine === 'copilot' && code !== 0) return { denied: stderr || 'hook errored', ended: null };
  if (code === 2) return { denied: stderr === '' ? null : stderr, ended: null };
  if (code !== 0 || stdout.trim() === '') return GOES_ON;
  const told = JSON.parse(stdout) as Record<string, unknown>;
  if (engine === 'copilot')
    return {
      denied: told['permissionDecision'] === 'deny' ? String(told['permissionDecisionReason']) : null,
      ended: null,
    };
  if (engine === 'gemini') {
    if (told['continue'] === false) return { denied: String(told['reason']), ended: String(told['stopReason']) };
    return { denied: told['decision'] === 'deny' ? String(told['reason']) : null, ended: null };
  }
  // Codex takes what it does not support before a tool for a mistake of the hook, and goes on.
  if ('continue' in told || 'stopReason' in told || 'suppressOutput' in told) return GOES_ON;
  const output = told['hookSpecificOutput'] as Record<string, unknown> | undefined;
  return {
    denied: output?.['permissionDecision'] === 'deny' ? String(output['permissionDecisionReason']) : null,
    ended: null,
  };
}

for (const call of script.calls) {
  if ('wait' in call) {
    await sleep(call.wait);
    continue;
  }
  const asked = question(call.tool, call.input, call.server);
  const verdicts = await Promise.all(commands().map((command) => ask(command, asked)));
  const denied = verdicts.find((verdict) => verdict.denied !== null)?.denied ?? null;
  say(denied === null ? { did: call.tool, at: Date.now() } : { denied, tool: call.tool, at: Date.now() });
  const ended = verdicts.find((verdict) => verdict.ended !== null)?.ended ?? null;
  if (ended !== null) {
    say({ ended, at: Date.now() });
    process.exit(1);
  }
}
say({ ended: 'by itself', at: Date.now() });
