import { asText, type JsonObject } from '../json/fields.ts';
import { responsesOf } from './responses.ts';
import { readUsage, sizeOfInput } from './usage.ts';

/** The message for results in front of which an execution of the session broke off. */
export const BROKEN_OFF =
  'an execution of this session broke off without a result, and another one followed: the result leaves out what the first one used';

/**
 * Whether the messages begin an execution that broke off, and then another one, whose result knows nothing of the first. An engine
 * that was killed and started again into the same file leaves that. A second `init` alone proves nothing, since compactions may
 * print one: the main loop must also have read more than the result says.
 */
export function isBrokenOff(messages: readonly JsonObject[]): boolean {
  let since: JsonObject[] = [];
  for (const message of messages) {
    since.push(message);
    if (message['type'] !== 'result') continue;
    if (beginsTwice(since) && readMore(since, message)) return true;
    since = [];
  }
  return false;
}

function beginsTwice(messages: readonly JsonObject[]): boolean {
  return mainLoopOf(messages).filter(({ type, subtype }) => type === 'system' && subtype === 'init').length > 1;
}

function readMore(messages: readonly JsonObject[], result: JsonObject): boolean {
  const told = readUsage(result['usage']);
  const shown = responsesOf(mainLoopOf(messages));
  const read = shown.reduce((sum, { usage }) => sum + (usage === null ? 0 : sizeOfInput(usage)), 0);
  return told !== null && sizeOfInput(told) > 0 && read > sizeOfInput(told);
}

function mainLoopOf(messages: readonly JsonObject[]): readonly JsonObject[] {
  return messages.filter((message) => asText(message['parent_tool_use_id']) === null);
}
