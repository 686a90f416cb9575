import { asText } from '../json/fields.ts';
import type { ToolCall } from '../tool-uses.ts';
import { type Call, noteCall, pathsIn, toToolCall } from './call-book.ts';
import { readEventEnd } from './event-ends.ts';
import { readResponseItem } from './response-items.ts';
import type { Row } from './rows.ts';

/** What a rollout says about tools. */
export interface ToolTally {
  readonly calls: readonly ToolCall[];
  /** Calls known to have succeeded or failed. */
  readonly judged: number;
  /** What was not allowed. Null when the record does not say. */
  readonly denials: number | null;
  /** What was not allowed, with names where known. */
  readonly denied: readonly Pick<ToolCall, 'server' | 'tool'>[];
  /** Paths of the files that were changed, as the record writes them. */
  readonly changed: readonly string[];
}

/** The tool calls of a thread, each once, no matter how many rows mention it. */
export function tallyTools(rows: readonly Row[]): ToolTally {
  const calls = new Map<string, Call>();
  const denied = new Set<string>();
  rows.forEach((row, index) => {
    const fallback = `row ${index}`;
    noteRow(calls, row, fallback);
    const target = row.kind === 'guardian_assessment' && row.payload['status'] === 'denied' ? row.payload : null;
    if (target !== null) denied.add(asText(target['target_item_id']) ?? asText(target['id']) ?? fallback);
  });
  for (const [id, call] of calls) {
    // Only other rows can tell whether a part of the call was denied or all of it.
    call.declined ||= call.failed === null && denied.has(id);
    if (call.declined) denied.add(id);
  }
  const made = withoutTwinSearches([...calls]).filter(({ tool }) => tool !== null);
  return {
    calls: made.map(toToolCall),
    judged: made.filter(({ failed, declined }) => failed !== null || declined).length,
    denials: denied.size === 0 ? null : denied.size,
    denied: [...denied].map((id) => calls.get(id) ?? { server: null, tool: null }),
    changed: pathsIn(made),
  };
}

/** Adds what a row says about a call. `fallback` distinguishes rows without an id. */
export function noteRow(calls: Map<string, Call>, row: Row, fallback: string): void {
  const report = row.type === 'response_item' ? readResponseItem(row, fallback) : readEvent(row, fallback);
  if (report !== null) noteCall(calls, report);
}

function readEvent(row: Row, fallback: string): ReturnType<typeof readEventEnd> {
  return row.type === 'event_msg' ? readEventEnd(row, fallback) : null;
}

/** Older versions write the call of a web search without an id but its end with one. Such a pair is one call. */
function withoutTwinSearches(calls: readonly (readonly [string, Call])[]): readonly Call[] {
  const isSearch = ({ tool, server }: Call): boolean => tool === 'web_search' && server === null;
  let endsAlone = calls.filter(([, call]) => isSearch(call) && call.startedAt === null && call.endedAt !== null).length;
  return calls.flatMap(([id, call]) => {
    const isTwin = isSearch(call) && id.startsWith('row ') && call.endedAt === null && endsAlone > 0;
    if (isTwin) endsAlone--;
    return isTwin ? [] : [call];
  });
}
