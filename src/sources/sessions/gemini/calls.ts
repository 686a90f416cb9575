import type { ToolErrorClass } from '../../../core/session.ts';
import { placeInWorkspace } from '../changed-files.ts';
import { asObject, asText } from '../json/fields.ts';

/** The engine's tools that change a file. */
const CHANGES: readonly unknown[] = ['write_file', 'replace', 'edit'];

/** The place of the file that a call changes, from its arguments. Null for calls that change none. */
export function changedBy(tool: unknown, args: unknown): string | null {
  const named = CHANGES.includes(tool) ? asObject(args) : null;
  const path = asText(named?.['file_path']) ?? asText(named?.['absolute_path']);
  return path === null ? null : placeInWorkspace(path, null);
}

/** The engine's words for kinds of errors. */
const WORDS: ReadonlyMap<string, ToolErrorClass> = new Map([
  ['invalid_tool_params', 'misuse'],
  ['tool_not_registered', 'misuse'],
  ['unknown', 'other'],
  ['unhandled_exception', 'other'],
  ['execution_failed', 'other'],
  ['policy_violation', 'denied'],
  ['permission_denied', 'denied'],
  ['shell_execute_error', 'exit'],
]);

/** Why a call failed, from its `error` or the word for its kind. */
export function whyFailed(error: unknown): ToolErrorClass {
  const word = asText(error) ?? asText(asObject(error)?.['type']);
  return word === null ? 'unknown' : (WORDS.get(word.toLowerCase()) ?? 'other');
}
