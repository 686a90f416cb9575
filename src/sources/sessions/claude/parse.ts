import type { Certainty } from '../../../core/outcome.ts';
import type { SessionReading } from '../../../core/session.ts';
import { between, type Duration, type Instant, parseInstant } from '../../../core/time.ts';
import { notingPrices, type PriceList } from '../../prices/price-list.ts';
import type { FormatReading } from '../format.ts';
import type { JsonDocument } from '../json/document.ts';
import { asText, type JsonObject } from '../json/fields.ts';
import { keptId } from '../kept-id.ts';
import type { RunningTotals } from '../running-totals.ts';
import { BROKEN_OFF, isBrokenOff } from './broken-off.ts';
import { executionDetail, keptModels } from './detail.ts';
import { CLAUDE_EXECUTION } from './execution-name.ts';
import { chooseCost, chooseTokens, computeCost, exceeds, reportedCost, type Sources } from './figures.ts';
import { type ApiResponse, responsesOf } from './responses.ts';
import { isNumbered, type ResultSummary, readResults } from './result.ts';
import { holdsEarlier, MAY_HOLD_EARLIER, runningTotals } from './resumed.ts';
import { summariseTools, type ToolTally, toolEventsOf } from './tools.ts';

/** At most this many sessions are read from one file. */
const MAX_SESSIONS = 100;

/**
 * Reads what Claude Code prints about a session: the execution file of claude-code-action (an array), the same messages as JSON
 * Lines (`stream-json`), or a single result object. The result's own totals take precedence over the messages.
 */
export function readClaudeExecution(document: JsonDocument, price: PriceList): FormatReading {
  const parts = splitBySession(document.records);
  const complaints: string[] = [];
  if (parts.length > MAX_SESSIONS) complaints.push(`holds more than ${MAX_SESSIONS} sessions: the rest was not read`);
  const read = parts
    .slice(0, MAX_SESSIONS)
    .map((messages) => readSession(messages, document.damaged, price, complaints));
  return {
    sessions: read.map(({ session }) => session),
    running: read.map(({ running }) => running),
    complaints,
  };
}

/**
 * Groups messages by session id. Messages without an id belong to the preceding session, the first ones to the first session. If no
 * message has an id, as in a job log, each `init` starts a session.
 */
function splitBySession(records: readonly JsonObject[]): readonly (readonly JsonObject[])[] {
  if (!records.some((record) => asText(record['session_id']) !== null)) return splitByInit(records);
  const parts = new Map<string, JsonObject[]>();
  let current = records.map((record) => asText(record['session_id'])).find((id) => id !== null) ?? '';
  for (const record of records) {
    current = asText(record['session_id']) ?? current;
    const part = parts.get(current) ?? [];
    part.push(record);
    parts.set(current, part);
  }
  return [...parts.values()];
}

function splitByInit(records: readonly JsonObject[]): readonly (readonly JsonObject[])[] {
  const parts: JsonObject[][] = [];
  for (const record of records) {
    const begins = record['type'] === 'system' && record['subtype'] === 'init';
    const part = parts.at(-1);
    if (part === undefined || (begins && part.some(({ type }) => type === 'result'))) parts.push([record]);
    else part.push(record);
  }
  return parts;
}

function readSession(
  messages: readonly JsonObject[],
  damaged: boolean,
  price: PriceList,
  complaints: string[],
): { readonly session: SessionReading; readonly running: RunningTotals | undefined } {
  const results = messages.filter((message) => message['type'] === 'result');
  const result = resultIn(messages, results);
  const responses = responsesOf(messages);
  const mayHoldEarlier = holdsEarlier(messages, result, responses);
  const sources: Sources = { result, responses, damaged, mayHoldEarlier };
  const events = toolEventsOf(messages);
  const tools = summariseTools(events);
  const tokens = chooseTokens(sources);
  const noting = notingPrices(price);
  const computed = computeCost(sources, noting.price);
  const cost = chooseCost(sources, computed);
  const turns = result !== null && !(result.turns === 0 && sources.responses.length > 0) ? result.turns : null;
  const toolState = stateOfTools(messages, result, damaged, tools);
  complaints.push(...oddities(sources, results, cost.unpriced));
  const session: SessionReading = {
    engine: 'claude',
    format: CLAUDE_EXECUTION,
    engineSession: keptId(messages.map((message) => asText(message['session_id'])).find((id) => id !== null) ?? null),
    models: modelsOf(messages, sources),
    ...times(messages, result?.duration ?? null, results.length > 1),
    outcome: result?.outcome ?? 'unknown',
    turns,
    tokens: tokens.value,
    cost: cost.value,
    reportedCost: reportedCost(sources),
    tools: tools.tools,
    denials: result?.denials ?? null,
    state: {
      tokens: tokens.state,
      cost: cost.state,
      turns: stateOfTurns(turns, result),
      tools: toolState,
      latency: stateOfLatency(tools, toolState),
    },
    detail: executionDetail(messages, events, sources, {
      computed,
      unpriced: noting.unpriced(),
      repeats: tools.repeats,
    }),
  };
  return { session, running: runningTotals(messages, sources) };
}

/** The summary of all results. One that belongs to an execution that broke off is missing. */
function resultIn(messages: readonly JsonObject[], results: readonly JsonObject[]): ResultSummary | null {
  const result = readResults(results);
  return result !== null && isBrokenOff(messages) ? { ...result, whole: false, brokenOff: true } : result;
}

/** Describes whatever does not add up, as sentences. */
function oddities(
  { result, responses, mayHoldEarlier }: Sources,
  results: readonly JsonObject[],
  unpriced: number,
): readonly string[] {
  const found: string[] = [];
  // Numbered results belong to one run, and each carries the totals so far.
  if (results.length > 1 && !results.every(isNumbered))
    found.push(`holds ${results.length} results of one session: the last one counts`);
  if (unpriced > 0)
    found.push(`${unpriced} of ${responses.length} responses have no known price: the cost leaves them out`);
  if (result?.brokenOff === true) found.push(BROKEN_OFF);
  else if (result?.allModels === true && result.tokens !== null && exceeds(responses, result.tokens)) {
    found.push('the messages hold more tokens than the result reports: the result counts, as a lower bound');
  }
  if (mayHoldEarlier) found.push(MAY_HOLD_EARLIER);
  return found;
}

/**
 * The absence of calls proves that there were none only if the file is complete and holds the conversation. An error of no known
 * call, as in early files without ids, belongs to one that is counted as a success.
 */
function stateOfTools(
  messages: readonly JsonObject[],
  result: ResultSummary | null,
  damaged: boolean,
  { errors, tools }: ToolTally,
): Certainty {
  if (!messages.some((message) => message['type'] === 'assistant')) return 'unknown';
  if (result === null || damaged) return 'partial';
  return errors > tools.reduce((sum, tool) => sum + tool.errors, 0) ? 'lower_bound' : 'exact';
}

function stateOfTurns(turns: number | null, result: ResultSummary | null): Certainty {
  if (turns === null) return 'unknown';
  return result?.whole === false ? 'lower_bound' : 'exact';
}

function stateOfLatency(tally: ToolTally, tools: Certainty): Certainty {
  if (tally.timed === 0) return 'unknown';
  return tally.timed === tally.calls && tools === 'exact' ? 'exact' : 'partial';
}

function modelsOf(messages: readonly JsonObject[], { result, responses }: Sources): readonly string[] {
  const used = [...responses.map((response: ApiResponse) => response.model), ...(result?.models ?? [])];
  const known = used.filter((model) => model !== null);
  const asked = messages.filter((message) => message['type'] === 'system').map((message) => asText(message['model']));
  return keptModels(known.length > 0 ? known : asked.filter((model) => model !== null));
}

interface Times {
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly duration: Duration | null;
}

/**
 * When the session began and ended, from the messages' own timestamps, which early files lack. If there are several results, each
 * covers only a part.
 */
function times(messages: readonly JsonObject[], reported: Duration | null, several: boolean): Times {
  let startedAt: Instant | null = null;
  let endedAt: Instant | null = null;
  for (const message of messages) {
    const at = parseInstant(message['timestamp']);
    if (at !== null && (startedAt === null || at < startedAt)) startedAt = at;
    if (at !== null && (endedAt === null || at > endedAt)) endedAt = at;
  }
  const duration = several
    ? (durationOf(startedAt, endedAt, null) ?? reported)
    : durationOf(startedAt, endedAt, reported);
  return { startedAt, endedAt, duration };
}

/**
 * The reported duration, otherwise the time between the first and the last message. After a crash the report may be 0, which no
 * session lasts.
 */
function durationOf(startedAt: Instant | null, endedAt: Instant | null, reported: Duration | null): Duration | null {
  const measured = startedAt === null || endedAt === null || startedAt === endedAt ? null : between(startedAt, endedAt);
  return reported === 0 ? measured : (reported ?? measured);
}
