import { between, type Instant, parseInstant, SECOND } from '../../../core/time.ts';
import { asCount, asObject, asText, type JsonObject } from '../json/fields.ts';

/** A row of a rollout. */
export interface Row {
  readonly type: string;
  /** The kind of event or item. Null for row types with only one kind. */
  readonly kind: string | null;
  readonly payload: JsonObject;
  readonly at: Instant | null;
  /** Its position in the thread, which newer versions write. */
  readonly ordinal: number | null;
}

/** A thread's rollout: what it inherited from the thread that it was split off from, and what it did itself. */
export interface Rollout {
  readonly meta: JsonObject | null;
  readonly inherited: readonly Row[];
  readonly own: readonly Row[];
}

/** A forked or spawned thread writes what it inherits within this time after its own first row. */
const REPLAY = SECOND;

/**
 * The rows of a rollout. The first `session_meta` is the thread's own; others were inherited. Whatever the thread did before
 * `since`, in earlier runs, counts as inherited too.
 */
export function rolloutOf(records: readonly JsonObject[], since: Instant | null = null): Rollout {
  const rollout = wholeRollout(records);
  const first = since === null ? 0 : rollout.own.findIndex(({ at }) => at !== null && at >= since);
  if (first < 1) return rollout;
  const { meta, inherited, own } = rollout;
  return { meta, inherited: [...inherited, ...own.slice(0, first)], own: own.slice(first) };
}

/** A thread as its records are collected. */
interface GrowingThread {
  readonly records: JsonObject[];
  /** Its first row. */
  head: Row | null;
  /** Whether a row was seen that it cannot have taken over from another thread. */
  worked: boolean;
}

/** The records of each thread in a file. Somebody may have put several files into one, or the same one twice. */
export function threadsOf(records: readonly JsonObject[]): readonly (readonly JsonObject[])[] {
  let thread: GrowingThread = { records: [], head: null, worked: false };
  const threads = [thread.records];
  for (const record of records) {
    const row = toRow(record);
    const meta = row?.type === 'session_meta' ? row : null;
    if (meta !== null && beginsAnother(thread, meta)) {
      thread = { records: [], head: null, worked: false };
      threads.push(thread.records);
    }
    thread.records.push(record);
    thread.head ??= meta;
    thread.worked ||= row !== null && thread.head !== null && isOwnRow(thread.head, row);
  }
  return threads;
}

/** Whether a thread ends where this first row follows: it is not the thread's own, written anew, nor one that it took over. */
function beginsAnother({ head, worked }: GrowingThread, { payload, at, ordinal }: Row): boolean {
  if (head === null || head.at === null || at === null) return false;
  if (payload['id'] === head.payload['id']) return at === head.at;
  if (!worked && isNumberedAsInherited(head, ordinal)) return false;
  const later = between(head.at, at);
  return worked || later < 0 || later > REPLAY;
}

/** Whether a position is among those of what a thread took over, however long that took. The first row of another file begins anew. */
function isNumberedAsInherited(head: Row, ordinal: number | null): boolean {
  const start = asCount(head.payload['subagent_history_start_ordinal']);
  return start !== null && ordinal !== null && ordinal > (head.ordinal ?? 0) && ordinal < start;
}

function wholeRollout(records: readonly JsonObject[]): Rollout {
  const rows = records.map(toRow).filter((row) => row !== null);
  const head = rows.find(({ type }) => type === 'session_meta');
  const meta = head?.payload ?? null;
  if (head === undefined || !isSplitOff(head)) return { meta, inherited: [], own: rows };
  const first = rows.findIndex((row) => isOwnRow(head, row));
  // If no time separates the two, counting nothing is better than counting the parent's tokens twice.
  return first === -1
    ? { meta, inherited: rows, own: [] }
    : { meta, inherited: rows.slice(0, first), own: rows.slice(first) };
}

/** Whether the first row of a thread says that it was split off from another one, whose rows come along. */
export function isSplitOff({ payload }: Row): boolean {
  const subagent = asObject(asObject(payload['source'])?.['subagent']);
  const parents = [payload['forked_from_id'], payload['parent_thread_id'], parentIn(subagent)];
  return parents.some((parent) => asText(parent) !== null);
}

/** Whether a thread, given its first row, works for another one. One that a person has forked goes on by itself. */
export function isSubagent({ payload }: Row): boolean {
  const source = asObject(payload['source']);
  return asText(payload['parent_thread_id']) !== null || (source?.['subagent'] ?? null) !== null;
}

/** For some months, only a spawned thread's source named its parent. */
function parentIn(subagent: JsonObject | null): unknown {
  return asObject(subagent?.['thread_spawn'])?.['parent_thread_id'];
}

/**
 * Whether a row belongs to a split-off thread itself, given that thread's first row. Newer versions say at which position its own
 * history begins. Otherwise, rows written too late to be inherited are its own.
 */
export function isOwnRow(head: Row, { at, ordinal }: Row): boolean {
  const start = asCount(head.payload['subagent_history_start_ordinal']);
  if (start !== null && ordinal !== null) return ordinal >= start;
  return head.at !== null && at !== null && between(head.at, at) > REPLAY;
}

/** The row in a record, or null if there is none. */
export function toRow(record: JsonObject): Row | null {
  const payload = asObject(record['payload']);
  const type = asText(record['type']);
  if (payload === null || type === null) return toBareRow(record);
  const at = parseInstant(record['timestamp']);
  return { type, kind: asText(payload['type']), payload, at, ordinal: asCount(record['ordinal']) };
}

/** The items that the first versions wrote without a wrapper. */
const BARE_ITEMS: readonly unknown[] = [
  'message',
  'reasoning',
  'function_call',
  'function_call_output',
  'local_shell_call',
  'custom_tool_call',
  'custom_tool_call_output',
  'web_search_call',
];

/** True for the first line of a rollout in the form used until September 2025: it has no type. */
export function isBareHeader(record: JsonObject): boolean {
  if (Object.hasOwn(record, 'type') || asText(record['id']) === null || asText(record['timestamp']) === null)
    return false;
  return Object.hasOwn(record, 'instructions') || asObject(record['git']) !== null;
}

/** True for the other records of such a rollout: an item without a wrapper, or a state mark without content. */
export function isBareRecord(record: JsonObject): boolean {
  return record['record_type'] === 'state' || BARE_ITEMS.includes(record['type']);
}

function toBareRow(record: JsonObject): Row | null {
  if (isBareHeader(record)) {
    return { type: 'session_meta', kind: null, payload: record, at: parseInstant(record['timestamp']), ordinal: null };
  }
  const kind = asText(record['type']);
  if (kind === null || !BARE_ITEMS.includes(kind)) return null;
  return { type: 'response_item', kind, payload: record, at: parseInstant(record['timestamp']), ordinal: null };
}
