import { UNKNOWN_MONEY } from '../../../core/money.ts';
import type { Certainty } from '../../../core/outcome.ts';
import {
  type SessionOutcome,
  type SessionReading,
  type Tokens,
  UNKNOWN_DETAIL,
  UNKNOWN_TOKENS,
} from '../../../core/session.ts';
import { filesChangedOf, placeInWorkspace } from '../changed-files.ts';
import { addUsage, withTotal } from '../claude/usage.ts';
import type { FormatReading } from '../format.ts';
import type { JsonDocument } from '../json/document.ts';
import { asObject, asText, type JsonObject } from '../json/fields.ts';
import { keptId } from '../kept-id.ts';
import { repeatsOf } from '../repeats.ts';
import { deniedToolsOf, toolUsesOf } from '../tool-uses.ts';
import { changesIn, isDeclined, toolItemsOf, toToolCall } from './exec-items.ts';
import { type CodexUsage, growth, isNothing, kindsOf, readCodexUsage } from './usage.ts';

/** The name of the format in readings. */
export const CODEX_EXEC = 'codex-exec';

/** At most this many threads are read from one stream. */
const MAX_THREADS = 100;

/** What one process wrote about a thread. Item ids restart in each process. */
interface Part {
  readonly thread: string | null;
  /** False when the stream begins in the middle of the thread. */
  readonly fromStart: boolean;
  readonly events: readonly JsonObject[];
}

/**
 * Reads what `codex exec --json` prints. A stream may hold several threads, and each is a session. It has no times, model or cost.
 */
export function readCodexExec(document: JsonDocument): FormatReading {
  const threads = threadsOf(document.records);
  const complaints =
    threads.length > MAX_THREADS ? [`holds more than ${MAX_THREADS} threads: the rest was not read`] : [];
  const sessions = threads.slice(0, MAX_THREADS).map((parts) => readThread(parts, document.damaged));
  return { sessions, complaints };
}

/**
 * Splits the events by thread. A resumed thread starts again under its id. Events before the first start belong to a thread without
 * an id.
 */
function threadsOf(records: readonly JsonObject[]): readonly (readonly Part[])[] {
  const threads = new Map<string, Part[]>();
  let events: JsonObject[] = [];
  const begin = (thread: string | null, fromStart: boolean): void => {
    events = [];
    const key = thread === null ? `unnamed ${threads.size}` : `thread ${thread}`;
    const parts = threads.get(key) ?? [];
    parts.push({ thread, fromStart, events });
    threads.set(key, parts);
  };
  for (const record of records) {
    if (record['type'] === 'thread.started') begin(asText(record['thread_id']), true);
    else if (threads.size === 0) begin(null, false);
    events.push(record);
  }
  return [...threads.values()];
}

function readThread(parts: readonly Part[], damaged: boolean): SessionReading {
  const turns = turnsOf(parts);
  const items = parts.flatMap(({ events }) => toolItemsOf(events));
  const declined = items.filter(isDeclined);
  const whole = !damaged && parts.every(({ fromStart }) => fromStart);
  const ended = turns.length > 0 && !turns.some(({ ending }) => ending === 'open');
  const complete = whole && ended;
  const places = changesIn(items).map((path) => placeInWorkspace(path, null));
  const tokens = tokensOf(turns, damaged);
  const thread = parts[0]?.thread ?? null;
  return {
    engine: 'codex',
    format: CODEX_EXEC,
    engineSession: keptId(thread),
    models: [],
    startedAt: null,
    endedAt: null,
    duration: null,
    outcome: outcomeOf(turns.at(-1)),
    turns: turns.length === 0 ? null : turns.length,
    tokens: tokens.value,
    cost: UNKNOWN_MONEY,
    reportedCost: UNKNOWN_MONEY,
    tools: toolUsesOf(items.map(toToolCall)),
    denials: declined.length === 0 && !complete ? null : declined.length,
    state: {
      tokens: tokens.state,
      cost: 'unknown',
      turns: stateOfTurns(turns, whole),
      tools: stateOfTools(complete, items.length + turns.length),
      latency: 'unknown',
    },
    detail: {
      ...UNKNOWN_DETAIL,
      cutOff: turns.length === 0 ? null : !ended,
      filesChanged: filesChangedOf(places, complete),
      deniedTools: declined.length === 0 && !complete ? null : deniedToolsOf(declined.map((item) => toToolCall(item))),
      repeats: repeatsOf(items.map(toToolCall)),
    },
  };
}

interface Turn {
  readonly ending: 'open' | 'completed' | 'failed';
  /** The running total of the thread after the turn. Null when it is missing. */
  readonly usage: CodexUsage | null;
}

/** The turns of a thread, including those that end without a start. */
function turnsOf(parts: readonly Part[]): readonly Turn[] {
  return parts.flatMap(({ events }) => {
    const turns: Turn[] = [];
    for (const event of events) {
      const ending = ENDINGS.get(event['type']);
      if (ending !== undefined) endTurn(turns, ending, ending === 'completed' ? readTotal(event) : null);
    }
    return turns;
  });
}

function endTurn(turns: Turn[], ending: Turn['ending'], usage: CodexUsage | null): void {
  if (ending !== 'open' && turns.at(-1)?.ending === 'open') turns.pop();
  turns.push({ ending, usage });
}

const ENDINGS: ReadonlyMap<unknown, Turn['ending']> = new Map([
  ['turn.started', 'open'],
  ['turn.completed', 'completed'],
  ['turn.failed', 'failed'],
]);

/** Codex writes zeros when it saw no count. */
function readTotal(event: JsonObject): CodexUsage | null {
  const usage = readCodexUsage(asObject(event['usage']));
  return usage === null || isNothing(usage) ? null : usage;
}

/** Each turn reports the running total of its thread, so the last one counts. A total that falls has started over. */
function tokensOf(turns: readonly Turn[], damaged: boolean): { readonly value: Tokens; readonly state: Certainty } {
  const used: CodexUsage[] = [];
  let total: CodexUsage | null = null;
  for (const { usage } of turns) {
    if (usage === null) continue;
    used.push(growth(total, usage));
    total = usage;
  }
  if (total === null) return { value: UNKNOWN_TOKENS, state: 'unknown' };
  const value = withTotal(addUsage(used.map(kindsOf)));
  if (damaged) return { value, state: 'partial' };
  return { value, state: turns.every(({ usage }) => usage !== null) ? 'exact' : 'lower_bound' };
}

function outcomeOf(last: Turn | undefined): SessionOutcome {
  return last === undefined || last.ending === 'open' ? 'unknown' : last.ending;
}

function stateOfTurns(turns: readonly Turn[], whole: boolean): Certainty {
  if (turns.length === 0) return 'unknown';
  return whole ? 'exact' : 'lower_bound';
}

/**
 * The absence of calls proves that there were none only if the stream covers its thread from the start to the end of the last turn.
 */
function stateOfTools(complete: boolean, evidence: number): Certainty {
  if (evidence === 0) return 'unknown';
  return complete ? 'exact' : 'partial';
}
