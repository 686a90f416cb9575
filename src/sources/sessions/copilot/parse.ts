import { UNKNOWN_MONEY } from '../../../core/money.ts';
import type { Certainty } from '../../../core/outcome.ts';
import { keptName } from '../../../core/redact.ts';
import type { SessionOutcome, SessionReading } from '../../../core/session.ts';
import { between, type Duration, type Instant, parseInstant } from '../../../core/time.ts';
import type { PriceList } from '../../prices/price-list.ts';
import type { FormatReading } from '../format.ts';
import type { JsonDocument } from '../json/document.ts';
import { asObject, asText, type JsonObject } from '../json/fields.ts';
import { spellingOf } from '../json/spelling.ts';
import { keptId } from '../kept-id.ts';
import { eventDetail, unitsSince } from './detail.ts';
import { asEvent } from './stream-end.ts';
import { type ToolTally, tallyTools } from './tools.ts';
import { usageSince } from './usage.ts';

/** The name of the format in readings. */
export const COPILOT_EVENTS = 'copilot-events';

/** At most this many sessions are read from one file, and this many models are kept per session. */
const MAX_SESSIONS = 100;
const MAX_MODELS = 20;

/**
 * Reads the events of the Copilot CLI. The cost stays unknown: Copilot bills AI units and requests, whose price depends on the
 * plan, so no price list applies. They are kept as `billedUnits`.
 */
export function readCopilotEvents(document: JsonDocument, _price: PriceList, since: Instant | null): FormatReading {
  const parts = splitBySession(withoutCopies(document.records.map(asEvent)));
  const complaints = parts.length > MAX_SESSIONS ? [TOO_MANY] : [];
  return {
    sessions: parts.slice(0, MAX_SESSIONS).map((events) => readSession(eventsSince(events, since), document.damaged)),
    complaints,
  };
}

const TOO_MANY = `holds more than ${MAX_SESSIONS} sessions: the rest was not read`;

/** The first event of its id, time and type, with its spelling once another one was compared with it. */
interface FirstEvent {
  readonly event: JsonObject;
  spelling: string | null | undefined;
}

/**
 * Each event once. A log that was put together from several files may hold some twice, and sums would count them again. Events nested
 * too deeply to be spelled are not compared.
 */
function withoutCopies(events: readonly JsonObject[]): readonly JsonObject[] {
  const seen = new Map<string, FirstEvent>();
  return events.filter((event) => {
    const [id, at, type] = [asText(event['id']), parseInstant(event['timestamp']), asText(event['type'])];
    if (id === null || at === null || type === null) return true;
    const key = `${id} ${at} ${type}`;
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, { event, spelling: undefined });
      return true;
    }
    if (first.spelling === undefined) first.spelling = spellingOf(first.event);
    return first.spelling === null || first.spelling !== spellingOf(event);
  });
}

/**
 * Only the start of a log and the end of a stream name a session. What follows belongs to it, and so does anything before the first
 * one.
 */
function splitBySession(records: readonly JsonObject[]): readonly (readonly JsonObject[])[] {
  const parts = new Map<string, JsonObject[]>();
  let current = records.map(startedSession).find((id) => id !== null) ?? '';
  for (const record of records) {
    current = startedSession(record) ?? current;
    const part = parts.get(current) ?? [];
    part.push(record);
    parts.set(current, part);
  }
  return [...parts.values()];
}

const NAMING: readonly unknown[] = ['session.start', 'session.shutdown'];

function startedSession(event: JsonObject): string | null {
  return NAMING.includes(event['type']) ? asText(asObject(event['data'])?.['sessionId']) : null;
}

interface SessionEvents {
  /** What earlier runs of the session did. */
  readonly earlier: readonly JsonObject[];
  readonly events: readonly JsonObject[];
}

/** The events since then, or all of them if none came since. */
function eventsSince(events: readonly JsonObject[], since: Instant | null): SessionEvents {
  const first = since === null ? 0 : events.findIndex((event) => (parseInstant(event['timestamp']) ?? '') >= since);
  return first < 1 ? { earlier: [], events } : { earlier: events.slice(0, first), events: events.slice(first) };
}

function readSession({ earlier, events }: SessionEvents, damaged: boolean): SessionReading {
  const all = earlier.length === 0 ? events : [...earlier, ...events];
  const usage = usageSince(earlier, all, damaged);
  const tally = tallyTools(events);
  const outcome = outcomeOf(events);
  const decisions = events.filter((event) => event['type'] === 'permission.completed');
  const denied = decisions.length === 0 ? null : decisions.filter(isDenial);
  const tools = stateOfTools(events, tally, damaged || outcome === 'unknown');
  return {
    engine: 'copilot',
    format: COPILOT_EVENTS,
    engineSession: keptId(all.map(startedSession).find((id) => id !== null) ?? null),
    models: modelsOf(all, usage.models),
    ...times(events),
    outcome,
    turns: null,
    tokens: usage.tokens,
    cost: UNKNOWN_MONEY,
    reportedCost: UNKNOWN_MONEY,
    tools: tally.tools,
    denials: denied === null ? null : denied.length,
    state: {
      tokens: usage.state,
      cost: 'unknown',
      turns: 'unknown',
      tools,
      latency: stateOfLatency(tally, tools),
    },
    detail: { ...eventDetail(events, tally, denied), billedUnits: unitsSince(earlier, all) },
  };
}

function isDenial(event: JsonObject): boolean {
  const kind = asText(asObject(asObject(event['data'])?.['result'])?.['kind']);
  return kind?.startsWith('denied') === true;
}

/** How it ended, judged by its shutdown and by any trouble before it. A session that continues after its shutdown has no end. */
function outcomeOf(events: readonly JsonObject[]): SessionOutcome {
  let outcome: SessionOutcome = 'unknown';
  let trouble: SessionOutcome | null = null;
  for (const event of events) {
    switch (event['type']) {
      case 'session.resume':
      case 'user.message':
      case 'assistant.message':
        outcome = 'unknown';
        trouble = null;
        break;
      case 'session.error':
        trouble = 'failed';
        break;
      case 'abort':
        outcome = 'unknown';
        trouble = 'cancelled';
        break;
      case 'session.shutdown':
        outcome = endedBy(event, trouble);
        break;
      default:
    }
  }
  return outcome;
}

function endedBy(shutdown: JsonObject, trouble: SessionOutcome | null): SessionOutcome {
  const type = asObject(shutdown['data'])?.['shutdownType'];
  if (type === 'error') return 'failed';
  return type === 'routine' ? (trouble ?? 'completed') : 'unknown';
}

/** The absence of calls proves that there were none only if the session came to its end. */
function stateOfTools(events: readonly JsonObject[], { calls }: ToolTally, cutOff: boolean): Certainty {
  if (cutOff && calls === 0 && !events.some(({ type }) => type === 'assistant.message')) return 'unknown';
  return cutOff ? 'partial' : 'exact';
}

function stateOfLatency({ calls, timed }: ToolTally, tools: Certainty): Certainty {
  if (timed === 0) return 'unknown';
  return timed === calls && tools === 'exact' ? 'exact' : 'partial';
}

const ANSWERS: readonly unknown[] = ['assistant.message', 'assistant.usage'];

/** The models that were used, otherwise those that were chosen. What `auto` chose is not recorded. */
function modelsOf(events: readonly JsonObject[], reported: readonly string[]): readonly string[] {
  const answered = events.map((event) => (ANSWERS.includes(event['type']) ? modelIn(event, 'model') : null));
  const used = [...reported, ...answered].filter((model) => model !== null);
  const chosen = events.flatMap((event) => [modelIn(event, 'selectedModel'), modelIn(event, 'newModel')]);
  const models = used.length > 0 ? used : chosen.filter((model) => model !== null && model !== 'auto');
  const names = [...new Set(models)].slice(0, MAX_MODELS).map((model) => keptName(model ?? ''));
  return [...new Set(names)].filter((name) => name !== '');
}

function modelIn(event: JsonObject, field: string): string | null {
  return asText(asObject(event['data'])?.[field]);
}

interface Times {
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly duration: Duration | null;
}

/** When the session began and ended. The duration excludes the time between an end and a resumption. */
function times(events: readonly JsonObject[]): Times {
  let [startedAt, endedAt, duration]: [Instant | null, Instant | null, Duration] = [null, null, 0];
  let [first, last]: (Instant | null)[] = [null, null];
  const close = (): void => {
    duration += first == null || last == null ? 0 : between(first, last);
    [first, last] = [null, null];
  };
  for (const event of events) {
    if (event['type'] === 'session.resume') close();
    const at = parseInstant(event['timestamp']);
    if (at === null) continue;
    [first, last] = [earliest(first, at), newest(last, at)];
    [startedAt, endedAt] = [earliest(startedAt, at), newest(endedAt, at)];
  }
  close();
  return { startedAt, endedAt, duration: duration === 0 ? null : duration };
}

function earliest(a: Instant | null | undefined, b: Instant): Instant {
  return a == null || b < a ? b : a;
}

function newest(a: Instant | null | undefined, b: Instant): Instant {
  return a == null || b > a ? b : a;
}
