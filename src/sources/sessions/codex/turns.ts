import type { SessionOutcome } from '../../../core/session.ts';
import type { Duration } from '../../../core/time.ts';
import { asCount, asObject, asText, type JsonObject } from '../json/fields.ts';
import type { Row } from './rows.ts';

/** One prompt and everything done about it. */
export interface Turn {
  /** Null until its end is known. */
  outcome: SessionOutcome | null;
  duration: Duration | null;
  aborted: boolean;
  /** An error was reported during the turn. */
  troubled: boolean;
}

const STARTS: readonly unknown[] = ['task_started', 'turn_started'];
const ENDS: readonly unknown[] = ['task_complete', 'turn_complete', 'turn_aborted'];

interface Log {
  readonly turns: Map<string, Turn>;
  /** The key of the turn in progress. */
  open: string | null;
}

/**
 * The thread's own turns, with the one that ended last at the end. The parent's turns are left out. One that is still in progress may
 * be the thread's own, unless the thread begins another one without ending it.
 */
export function turnsOf(inherited: readonly Row[], own: readonly Row[]): readonly Turn[] {
  const before: Log = { turns: new Map(), open: null };
  for (const row of inherited) readRow(row, before);
  const ongoing = before.open === null ? undefined : before.turns.get(before.open);
  const log: Log = { turns: new Map(), open: null };
  if (before.open !== null && ongoing !== undefined) {
    log.turns.set(before.open, ongoing);
    log.open = before.open;
  }
  for (const row of own) readRow(row, log);
  const turns = [...log.turns.values()];
  return turns.length > 1 ? turns.filter((turn) => turn !== ongoing) : turns;
}

function readRow({ type, kind, payload }: Row, log: Log): void {
  if (type !== 'event_msg') return;
  const id = asText(payload['turn_id']);
  if (STARTS.includes(kind)) {
    log.open = id ?? `turn ${log.turns.size}`;
    log.turns.set(log.open, { outcome: null, duration: null, aborted: false, troubled: false });
  } else if (ENDS.includes(kind)) {
    endTurn(id ?? log.open ?? `turn ${log.turns.size}`, payload, log);
  } else if (kind === 'error' && log.open !== null) {
    const turn = log.turns.get(log.open);
    if (turn !== undefined) turn.troubled = true;
  }
}

function endTurn(key: string, payload: JsonObject, log: Log): void {
  const before = log.turns.get(key);
  const aborted = payload['type'] === 'turn_aborted';
  log.turns.delete(key);
  log.turns.set(key, {
    outcome: aborted ? outcomeOfAbort(payload['reason']) : outcomeOfEnd(payload, before?.troubled === true),
    duration: asCount(payload['duration_ms']),
    aborted: aborted || before?.aborted === true,
    troubled: before?.troubled === true,
  });
  if (log.open === key) log.open = null;
}

function outcomeOfAbort(reason: unknown): SessionOutcome {
  if (reason === 'budget_limited') return 'stopped_by_limit';
  return reason === 'review_ended' ? 'completed' : 'cancelled';
}

/** Older versions end a failed turn like any other, but after an error and without a last message. */
function outcomeOfEnd(payload: JsonObject, troubled: boolean): SessionOutcome {
  const silent = asText(payload['last_agent_message']) === null;
  const { error } = payload;
  return asObject(error) !== null || asText(error) !== null || (troubled && silent) ? 'failed' : 'completed';
}
