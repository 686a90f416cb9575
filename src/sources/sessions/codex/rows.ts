import { between, type Instant, parseInstant, SECOND } from '../../../core/time.ts';
import { asObject, asText, type JsonObject } from '../json/fields.ts';

/** A row of a rollout. */
export interface Row {
  readonly type: string;
  /** What kind of event or item it is; null of rows that are of one kind only. */
  readonly kind: string | null;
  readonly payload: JsonObject;
  readonly at: Instant | null;
}

/** A thread's rollout: what it took over from the thread that it was split off from, and what it did itself. */
export interface Rollout {
  readonly meta: JsonObject | null;
  readonly inherited: readonly Row[];
  readonly own: readonly Row[];
}

/** A forked or spawned thread writes what it takes over within so long after its own first row. */
const REPLAY = SECOND;

/** The rows of a rollout. The first `session_meta` is the thread's own; others came along with what was taken over. */
export function rolloutOf(records: readonly JsonObject[]): Rollout {
  const rows = records.map(toRow).filter((row) => row !== null);
  const head = rows.find(({ type }) => type === 'session_meta');
  const meta = head?.payload ?? null;
  if (head === undefined || !isSplitOff(head)) return { meta, inherited: [], own: rows };
  const first = rows.findIndex(({ at }) => isAfterReplay(head.at, at));
  // Where no time tells the two apart, nothing is counted rather than the parent's tokens twice.
  return first === -1
    ? { meta, inherited: rows, own: [] }
    : { meta, inherited: rows.slice(0, first), own: rows.slice(first) };
}

/** Whether the first row of a thread says that it was split off from another one, whose rows come along. */
export function isSplitOff({ payload }: Row): boolean {
  return (asText(payload['forked_from_id']) ?? asText(payload['parent_thread_id'])) !== null;
}

/** Whether a row was written too late to be one that a thread born at `born` took over. */
export function isAfterReplay(born: Instant | null, at: Instant | null): boolean {
  return born !== null && at !== null && between(born, at) > REPLAY;
}

/** The row that a record holds; null where it holds none. */
export function toRow(record: JsonObject): Row | null {
  const payload = asObject(record['payload']);
  const type = asText(record['type']);
  if (payload === null || type === null) return null;
  return { type, kind: asText(payload['type']), payload, at: parseInstant(record['timestamp']) };
}
