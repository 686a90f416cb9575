import { inputHash } from '../input-hash.ts';
import { asObject, asText, type JsonObject } from '../json/fields.ts';
import type { ToolCall } from '../tool-uses.ts';
import { readChanges, readExit } from './call-book.ts';

/** The items that are tool calls. Others are messages, thoughts, lists and errors. */
const TOOL_ITEMS: readonly unknown[] = [
  'command_execution',
  'file_change',
  'mcp_tool_call',
  'web_search',
  'collab_tool_call',
];

/** The tool calls among the events of one process, each as its last event has it. */
export function toolItemsOf(events: readonly JsonObject[]): readonly JsonObject[] {
  const items = new Map<string, JsonObject>();
  events.forEach((event, index) => {
    const item = asText(event['type'])?.startsWith('item.') === true ? asObject(event['item']) : null;
    if (item === null || !TOOL_ITEMS.includes(item['type'])) return;
    const id = asText(item['id']);
    if (id !== null) items.set(`id ${id}`, item);
    else if (event['type'] === 'item.completed') items.set(`event ${index}`, item);
  });
  return [...items.values()];
}

/** True when Codex was not allowed to do it. */
export function isDeclined(item: JsonObject): boolean {
  return item['status'] === 'declined';
}

/** Converts an item to a tool call. */
export function toToolCall(item: JsonObject): ToolCall {
  const isMcp = item['type'] === 'mcp_tool_call';
  const named = isMcp || item['type'] === 'collab_tool_call' ? asText(item['tool']) : null;
  return {
    server: isMcp ? (asText(item['server']) ?? '') : null,
    tool: named ?? asText(item['type']),
    failed: isFailed(item),
    why: isDeclined(item) ? 'denied' : hasFailedCommand(item) ? 'exit' : null,
    // A file change only names the files, and each one may be different.
    input: inputHash(item['arguments'] ?? item['command'] ?? item['query'] ?? undefined),
    latency: null,
  };
}

/** The paths that items report as changed. */
export function changesIn(items: readonly JsonObject[]): readonly string[] {
  return items.flatMap((item) =>
    item['type'] === 'file_change' && !isFailed(item) ? readChanges(item['changes']) : [],
  );
}

function hasFailedCommand(item: JsonObject): boolean {
  return readExit(item['exit_code']) === true;
}

function isFailed(item: JsonObject): boolean {
  return hasFailedCommand(item) || item['status'] === 'failed' || isDeclined(item) || asObject(item['error']) !== null;
}
