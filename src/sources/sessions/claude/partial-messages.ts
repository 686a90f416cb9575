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

/** The usage in a delta covers the message so far. Fields it omits keep their value. */
function goOn(open: Map<string, JsonObject>, lane: string, usage: JsonObject | null): JsonObject | null {
  const message = open.get(lane);
  if (message === undefined || usage === null) return null;
  const told = Object.entries(usage).filter(([, value]) => value !== null);
  const more = { ...message, usage: { ...asObject(message['usage']), ...Object.fromEntries(told) } };
  open.set(lane, more);
  return more;
}
