import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentSaying, AgentScript, AgentStep } from './script.ts';

/*
 * Does towards the outside what Claude Code does: writes its transcript, exports events over OTLP as its environment says, and asks
 * the PreToolUse hooks of its settings before each call of a tool, all of them at once. As its documentation says, a hook over HTTP
 * that cannot be reached or does not answer with 2xx does not hold it up, a command that exits with 2 does, one refusal is enough,
 * and `continue: false` ends it.
 */

interface Hook {
  readonly type: string;
  readonly url?: string;
  readonly command?: string;
  readonly timeout?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly allowedEnvVars?: readonly string[];
}

interface Verdict {
  readonly denied: string | null;
  readonly stop: string | null;
}

const script = JSON.parse(process.argv[2] ?? '') as AgentScript;
const leavesOut = new Set(script.leavesOut);
if (leavesOut.has('sigterm')) process.on('SIGTERM', () => say({ troubled: 'SIGTERM', at: Date.now() }));

const folder = process.env['CLAUDE_CONFIG_DIR'] ?? join(process.env['HOME'] ?? '', '.claude');
const project = join(folder, 'projects', script.cwd.replace(/[^a-z0-9]/gi, '-'));
const transcript = join(project, `${script.session}.jsonl`);
let made = 0;

function say(what: AgentSaying): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

function note(type: string, message: object): void {
  if (leavesOut.has('transcript')) return;
  mkdirSync(project, { recursive: true });
  const row = {
    ...{ type, uuid: `row-${made}-${type}`, sessionId: script.session, cwd: script.cwd, isSidechain: false },
    ...{ timestamp: new Date().toISOString(), requestId: `req-${made}`, message },
  };
  appendFileSync(transcript, `${JSON.stringify(row)}\n`);
}

async function exportEvent(attributes: Readonly<Record<string, string | number>>): Promise<void> {
  const endpoint = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (leavesOut.has('telemetry') || endpoint === undefined || process.env['CLAUDE_CODE_ENABLE_TELEMETRY'] !== '1')
    return;
  const list = Object.entries({ ...attributes, 'session.id': script.session }).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { doubleValue: value } : { stringValue: value },
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'claude-code' } }] };
  const logRecords = [
    { timeUnixNano: `${Date.now()}000000`, body: { stringValue: 'claude_code.api_request' }, attributes: list },
  ];
  const body = JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
  await fetch(`${endpoint}/v1/logs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(
    // Telemetry that nobody takes is dropped.
    () => undefined,
  );
}

async function ask({ input, output, usd }: AgentStep & { kind: 'ask' }): Promise<void> {
  made++;
  const usage = {
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  };
  note('assistant', {
    ...{ id: `msg-${made}`, model: script.model, role: 'assistant', stop_reason: 'tool_use', usage },
    content: [{ type: 'text', text: 'x' }],
  });
  await exportEvent({
    ...{ 'event.name': 'api_request', model: script.model, cost_usd: usd, input_tokens: input, output_tokens: output },
    ...{ cache_read_tokens: 0, cache_creation_tokens: 0, request_id: `req-${made}`, 'event.sequence': made },
  });
  say({ did: 'ask', at: Date.now() });
}

function hooks(): readonly Hook[] {
  const path = join(folder, 'settings.json');
  if (leavesOut.has('hooks') || !existsSync(path)) return [];
  const settings = JSON.parse(readFileSync(path, 'utf8')) as {
    hooks?: { PreToolUse?: readonly { matcher?: string; hooks: readonly Hook[] }[] };
  };
  return (settings.hooks?.PreToolUse ?? []).flatMap((entry) => entry.hooks);
}

async function askHook(hook: Hook, question: string): Promise<Verdict> {
  return hook.type === 'http' ? await askByHttp(hook, question) : await askByCommand(hook, question);
}

async function askByHttp(
  { url = '', headers = {}, allowedEnvVars = [], timeout = 600 }: Hook,
  question: string,
): Promise<Verdict> {
  const filled = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value.replace(/\$(\w+)/g, (_all, variable: string) =>
        allowedEnvVars.includes(variable) ? (process.env[variable] ?? '') : '',
      ),
    ]),
  );
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...filled },
    body: question,
    signal: AbortSignal.timeout(timeout * 1_000),
  }).catch((error: Error) => error);
  if (answer instanceof Error || !answer.ok) {
    say({ troubled: 'a hook over HTTP did not answer', at: Date.now() });
    return { denied: null, stop: null };
  }
  const told = (await answer.json()) as {
    continue?: boolean;
    stopReason?: string;
    hookSpecificOutput?: { permissionDecision?: string; permissionDecisionReason?: string };
  };
  const output = told.hookSpecificOutput;
  return {
    denied: output?.permissionDecision === 'deny' ? (output.permissionDecisionReason ?? '') : null,
    stop: told.continue === false ? (told.stopReason ?? '') : null,
  };
}

async function askByCommand({ command = '' }: Hook, question: string): Promise<Verdict> {
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['pipe', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString();
  });
  child.stdin.on('error', () => undefined).end(question);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { denied: code === 2 ? stderr.trim() : null, stop: null };
}

async function call({ tool, input }: AgentStep & { kind: 'call' }): Promise<void> {
  made++;
  const id = `toolu-${made}`;
  note('assistant', {
    ...{ id: `msg-${made}`, model: script.model, role: 'assistant', stop_reason: 'tool_use' },
    content: [{ type: 'tool_use', id, name: tool, input }],
  });
  const question = JSON.stringify({
    ...{ session_id: script.session, transcript_path: transcript, cwd: script.cwd, hook_event_name: 'PreToolUse' },
    ...{ permission_mode: 'bypassPermissions', tool_name: tool, tool_input: input, tool_use_id: id },
  });
  const verdicts = await Promise.all(hooks().map((hook) => askHook(hook, question)));
  const stop = verdicts.find((verdict) => verdict.stop !== null)?.stop ?? null;
  const denied = verdicts.find((verdict) => verdict.denied !== null)?.denied ?? null;
  if (denied !== null) say({ denied, tool, at: Date.now() });
  else {
    if (tool === 'Write') writeFileSync(String(input['file_path']), String(input['content']));
    say({ did: tool, at: Date.now() });
  }
  note('user', {
    role: 'user',
    content: [{ type: 'tool_result', tool_use_id: id, is_error: denied !== null, content: 'x' }],
  });
  if (stop !== null) {
    say({ ended: stop, at: Date.now() });
    process.exit(1);
  }
}

for (let round = 0; round < script.rounds; round++) {
  for (const step of script.steps) {
    if (step.kind === 'ask') await ask(step);
    else if (step.kind === 'call') await call(step);
    else await sleep(step.ms);
  }
}
say({ ended: 'by itself', at: Date.now() });
