import type { ServerNaming } from '../../core/server-names.ts';
import type { ToolUse } from '../../core/session.ts';
import { parse } from '../../sources/sessions/json/document.ts';
import { asObject, asText, type JsonObject } from '../../sources/sessions/json/fields.ts';
import { splitToolName } from '../../sources/sessions/tool-uses.ts';
import type { HookedEngine } from './engines.ts';

type ToolName = Pick<ToolUse, 'server' | 'tool'>;

/** What an engine asks before a tool call. */
export interface Question {
  /** The session, and the agent within it that calls. */
  readonly session: string;
  readonly cwd: string | null;
  /** The possible names of the tool: several when the engine joins server and tool in one word. Never empty. */
  readonly names: readonly [ToolName, ...ToolName[]];
  readonly input: unknown;
  readonly transcript: string | null;
}

/** How an engine asks, and which answers it understands. */
export interface Dialect {
  readonly read: (question: JsonObject) => Question;
  /** How the names in its questions are to be compared with those of the configuration. */
  readonly naming: ServerNaming;
  readonly deny: (reason: string) => JsonObject;
  /** Refuses and lets the engine end its session; null when it has no such answer. */
  readonly dismiss: ((reason: string) => JsonObject) | null;
}

/** According to the documentation of each engine, and tested with each of them. */
export const DIALECTS: Readonly<Record<HookedEngine, Dialect>> = {
  claude: {
    read: readSnakes,
    naming: 'claude',
    deny: denyInClaude,
    dismiss: (reason) => ({ ...denyInClaude(reason), continue: false, stopReason: reason }),
  },
  // Codex treats `continue: false` before a tool as a hook error and continues.
  codex: { read: readSnakes, naming: 'codex', deny: denyInClaude, dismiss: null },
  gemini: {
    read: readGemini,
    naming: 'exact',
    deny: (reason) => ({ decision: 'deny', reason }),
    dismiss: (reason) => ({ decision: 'deny', reason, continue: false, stopReason: reason }),
  },
  copilot: {
    read: readCopilot,
    naming: 'exact',
    deny: (reason) => ({ permissionDecision: 'deny', permissionDecisionReason: reason }),
    dismiss: null,
  },
};

function denyInClaude(reason: string): JsonObject {
  return {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'deny',
      permissionDecisionReason: reason,
    },
  };
}

function readSnakes(question: JsonObject): Question {
  return {
    session: `${asText(question['session_id']) ?? ''} ${asText(question['agent_id']) ?? ''}`,
    cwd: asText(question['cwd']),
    names: [splitToolName(asText(question['tool_name']) ?? '')],
    input: question['tool_input'],
    transcript: asText(question['transcript_path']),
  };
}

/** The server is given next to the tool's name, which starts with `mcp_` and the server. */
function readGemini(question: JsonObject): Question {
  const read = readSnakes(question);
  const context = asObject(question['mcp_context']);
  const [server, tool] = [asText(context?.['server_name']), asText(context?.['tool_name'])];
  if (server !== null && tool !== null) return { ...read, names: [{ server, tool }] };
  const named = /^mcp_([^_]+)_(.+)$/.exec(asText(question['tool_name']) ?? '');
  return named === null ? read : { ...read, names: [{ server: named[1] ?? '', tool: named[2] ?? '' }] };
}

/** Its arguments may be a string of JSON. A server's tool is called `<server>-<tool>`, and both may contain hyphens. */
function readCopilot(question: JsonObject): Question {
  const args = question['toolArgs'];
  const name = asText(question['toolName']) ?? '';
  const splits = [...name.matchAll(/-/g)].slice(0, MOST_SPLITS).map(({ index }) => ({
    server: name.slice(0, index),
    tool: name.slice(index + 1),
  }));
  const [first, ...others] = splits;
  return {
    session: asText(question['sessionId']) ?? '',
    cwd: asText(question['cwd']),
    names: first === undefined ? [{ server: null, tool: name }] : [first, ...others],
    input: typeof args === 'string' ? (parse(args) ?? args) : args,
    transcript: null,
  };
}

/** No tool name has more hyphens than this. */
const MOST_SPLITS = 10;
