import { parse } from '../json/document.ts';
import { asObject, asText, type JsonObject, objectsOf } from '../json/fields.ts';
import { splitToolName } from '../tool-uses.ts';
import { type CallReport, readExit } from './call-book.ts';
import type { Row } from './rows.ts';

/** Calls whose tool is given by the kind of item. */
const NAMED_BY_KIND: ReadonlyMap<string | null, string> = new Map([
  ['local_shell_call', 'local_shell'],
  ['tool_search_call', 'tool_search'],
  ['web_search_call', 'web_search'],
  ['image_generation_call', 'image_generation'],
]);

const CALLS: readonly unknown[] = ['function_call', 'custom_tool_call'];
const RESULTS: readonly unknown[] = ['function_call_output', 'custom_tool_call_output', 'tool_search_output'];

/** What a conversation item says about a call, or null if it is not about one. Some versions leave out ids. */
export function readResponseItem({ kind, payload, at }: Row, fallback: string): CallReport | null {
  const id = asText(payload['call_id']) ?? asText(payload['id']) ?? fallback;
  const tool = NAMED_BY_KIND.get(kind);
  const input = payload['arguments'] ?? payload['input'] ?? payload['action'];
  if (tool !== undefined) return { id, tool, input, startedAt: at };
  if (CALLS.includes(kind)) return { id, ...nameOf(payload), input, startedAt: at };
  // A result without the row of its call is not counted: the call was made before the record began.
  if (!RESULTS.includes(kind)) return null;
  const failed = failureOf(payload['output']);
  return { id, endedAt: at, failed, exit: failed === true };
}

function nameOf(payload: JsonObject): Pick<CallReport, 'server' | 'tool'> {
  const name = asText(payload['name']) ?? '';
  const namespace = asText(payload['namespace']);
  if (namespace?.startsWith('mcp__') !== true) return splitToolName(name);
  return { server: namespace.slice('mcp__'.length).replace(/_{1,2}$/, ''), tool: name };
}

/** What Codex writes above the output of a command. */
const EXIT_LINE =
  /^(?:Chunk ID: [^\n]{0,80}\n)?(?:Wall time: [^\n]{0,80}\n)?(?:Exit code:|Process exited with code) (-?\d{1,10})\n/;

/** Only this much of an output is examined: its head. */
const HEAD = 400;

/** Whether the head of a command's output has an exit code other than 0. Null when it has none. */
function failureOf(output: unknown): boolean | null {
  const text = textOf(output);
  if (text?.startsWith('{"output":') === true) {
    return readExit(asObject(asObject(parse(text))?.['metadata'])?.['exit_code']);
  }
  const code = EXIT_LINE.exec(text?.slice(0, HEAD) ?? '')?.[1];
  return code === undefined ? null : Number(code) !== 0;
}

function textOf(output: unknown): string | null {
  if (typeof output === 'string') return output;
  const first = objectsOf(Array.isArray(output) ? output : [output])[0];
  return asText(first?.['text']);
}
