import { asCount, asObject, asText, type JsonObject } from '../json/fields.ts';
import { type CallReport, readChanges, readDuration, readExit, readStatus } from './call-book.ts';
import type { Row } from './rows.ts';

/** Events that end a call, and the tool to assume if no other row names it. */
const ENDS: ReadonlyMap<string | null, string> = new Map([
  ['exec_command_end', 'exec_command'],
  ['patch_apply_end', 'apply_patch'],
  ['mcp_tool_call_end', ''],
  ['dynamic_tool_call_response', ''],
  ['web_search_end', 'web_search'],
  ['image_generation_end', 'image_generation'],
  ['view_image_tool_call', 'view_image'],
  ['collab_agent_spawn_end', 'spawn_agent'],
  ['collab_agent_interaction_end', 'send_input'],
  ['collab_waiting_end', 'wait'],
  ['collab_close_end', 'close_agent'],
  ['collab_resume_end', 'resume_agent'],
]);

/** Items that replace those events in newer versions. */
const ITEMS: ReadonlyMap<unknown, string> = new Map([
  ['CommandExecution', 'exec_command'],
  ['FileChange', 'apply_patch'],
  ['McpToolCall', ''],
  ['DynamicToolCall', ''],
  ['CollabAgentToolCall', ''],
  ['Extension', ''],
  ['WebSearch', 'web_search'],
  ['ImageGeneration', 'image_generation'],
  ['ImageView', 'view_image'],
]);

/** What an event says about a call, or null if it is not about one. */
export function readEventEnd({ kind, payload, at }: Row, fallback: string): CallReport | null {
  if (kind === 'item_completed') return readItem(payload, fallback);
  const generic = ENDS.get(kind);
  if (generic === undefined) return null;
  const id = asText(payload['call_id']) ?? fallback;
  return {
    id,
    ...namesIn(payload, generic),
    ...verdictOf(payload),
    files: readChanges(payload['changes']),
    endedAt: at,
    duration: readDuration(payload['duration']),
    input: inputIn(payload),
  };
}

function readItem(event: JsonObject, fallback: string): CallReport | null {
  const item = asObject(event['item']);
  const generic = ITEMS.get(item?.['type']);
  if (item === null || generic === undefined) return null;
  const id = asText(item['id']) ?? fallback;
  const files = readChanges(item['changes']);
  const duration = durationOf(item, event);
  return { id, ...namesIn(item, generic), ...verdictOf(item), files, duration, input: inputIn(item) };
}

function durationOf(item: JsonObject, event: JsonObject): number | null {
  const started = asCount(event['started_at_ms']);
  const completed = asCount(event['completed_at_ms']);
  const measured = started === null || completed === null || completed < started ? null : completed - started;
  return readDuration(item['duration']) ?? measured;
}

/** A call of an MCP server names both server and tool. Other tools added by the user name only the tool. */
function namesIn(source: JsonObject, generic: string): Pick<CallReport, 'server' | 'tool'> {
  const invocation = asObject(source['invocation']) ?? source;
  const server = asText(invocation['server']);
  const tool = asText(invocation['tool']) ?? (generic === '' ? asText(source['kind']) : null);
  return { server, tool: tool ?? generic };
}

/** The input of a call that has no row of its own. A file change says too little: the next one to the same file may differ. */
function inputIn(source: JsonObject): unknown {
  const invocation = asObject(source['invocation']) ?? source;
  return invocation['arguments'] ?? source['command'] ?? source['query'] ?? undefined;
}

function verdictOf(source: JsonObject): Pick<CallReport, 'failed' | 'declined' | 'exit'> {
  const { failed, declined } = readStatus(source['status']);
  const exit = readExit(source['exit_code']);
  const verdicts = [failed ?? null, exit, succeeded(source['success']), failedResult(source['result'])];
  const known = verdicts.filter((verdict) => verdict !== null);
  return { failed: known.length === 0 ? null : known.includes(true), declined: declined === true, exit: exit === true };
}

function succeeded(success: unknown): boolean | null {
  return typeof success === 'boolean' ? !success : null;
}

/** The result of an MCP call: `{Ok: {isError}}` or `{Err}` in events, the content itself in items. */
function failedResult(value: unknown): boolean | null {
  const result = asObject(value);
  if (result === null) return null;
  if (Object.hasOwn(result, 'Err')) return true;
  const content = asObject(result['Ok']) ?? result;
  return content['isError'] === true || content['is_error'] === true;
}
