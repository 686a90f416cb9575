import { asObject, asText, type JsonObject } from '../json/fields.ts';

/**
 * Reads the events of streamed responses in order. Returns the message that a row adds to, with its usage so far, and null for
 * other rows. A subagent's response may arrive while the main loop waits for one.
 */
export function partialMessages(): (row: JsonObject) => JsonObject | null {
  const open = new Map<string, JsonObject>();
  return (row) => {
    const event = row['type'] === 'stream_event' ? asObject(row['event']) : null;
    if (event === null) return null;
    const lane = asText(row['parent_tool_use_id']) ?? '';
    switch (event['type']) {
      case 'message_start':
        return begin(open, lane, asObject(event['message']));
      case 'message_delta':
        return goOn(open, lane, asObject(event['usage']));
      case 'message_stop':
        open.delete(lane);
        return null;
      default:
        return null;
    }
  };
}

function begin(open: Map<string, JsonObject>, lane: string, message: JsonObject | null): JsonObject | null {
  if (message === null || asText(message['id']) === null) {
    open.delete(lane);
    return null;
  }
  open.set(lane, message);
  return message;
}

/** What is read of a message's usage. Nothing else is carried on, because a forged event may hold any number of fields. */
const READ: readonly string[] = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'cache_creation',
  'server_tool_use',
  'speed',
];

/** The usage in a delta covers the message so far. Fields it omits keep their value. */
function goOn(open: Map<string, JsonObject>, lane: string, usage: JsonObject | null): JsonObject | null {
  const message = open.get(lane);
  if (message === undefined || usage === null) return null;
  const before = asObject(message['usage']);
  const told = READ.map((field) => [field, usage[field] ?? before?.[field]]);
  const more = { id: message['id'], model: message['model'], usage: Object.fromEntries(told) };
  open.set(lane, more);
  return more;
}
