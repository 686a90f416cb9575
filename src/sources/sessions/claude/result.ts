import type { LimitHit, SessionOutcome } from '../../../core/session.ts';
import { asAmount, asCount, asObject, asText, type JsonObject, objectsOf, sumKnown } from '../json/fields.ts';
import { splitToolName, type ToolCall } from '../tool-uses.ts';
import { addUsage, readUsage, type TokenKinds } from './usage.ts';

/** What the engine's own final message says. Null = it does not say. */
export interface ResultSummary {
  readonly outcome: SessionOutcome;
  readonly turns: number | null;
  readonly duration: number | null;
  readonly apiDuration: number | null;
  readonly denials: number | null;
  /** The calls of `denials`. */
  readonly denied: readonly Pick<ToolCall, 'server' | 'tool'>[] | null;
  readonly limitsHit: readonly LimitHit[] | null;
  readonly usd: number | null;
  readonly tokens: TokenKinds | null;
  /** True when `tokens` are of all models; false when they leave auxiliary models out. */
  readonly allModels: boolean;
  readonly models: readonly string[];
  /** Tokens and web searches by model, for pricing where no cost is reported. */
  readonly perModel: readonly ModelUsage[];
}

export interface ModelUsage {
  readonly model: string;
  readonly tokens: TokenKinds;
  readonly webSearches: number;
}

/**
 * Reads the `result` messages of a session, of any age; null without any. A session may have several: each carries the totals so far,
 * so the last one counts, and where they fell they had begun anew. What it denied each tells by itself.
 */
export function readResults(results: readonly JsonObject[]): ResultSummary | null {
  const [last, ...before] = results.map(readResult).reverse();
  if (last === undefined || before.length === 0) return last ?? null;
  const told = denialsOf(results.flatMap((result) => listOf(result['permission_denials'])));
  const said = results.some((result) => Array.isArray(result['permission_denials']));
  return {
    ...withClosed(last, closedIn([last, ...before].reverse())),
    turns: results.every(isNumbered) ? sumKnown([last, ...before].map(({ turns }) => turns)) : last.turns,
    ...(said ? told : { denials: null, denied: null }),
  };
}

/** Whether a result bears its number within the run: such a one counts the turns since the one before it. */
export function isNumbered(result: JsonObject): boolean {
  return asCount(result['result_index']) !== null;
}

/** The results behind which the totals began anew. */
function closedIn(results: readonly ResultSummary[]): readonly ResultSummary[] {
  return results.filter(({ usd }, index) => {
    const next = results[index + 1]?.usd ?? null;
    return usd !== null && next !== null && next < usd;
  });
}

function withClosed(last: ResultSummary, closed: readonly ResultSummary[]): ResultSummary {
  if (closed.length === 0) return last;
  const all = [...closed, last];
  return {
    ...last,
    usd: sumKnown(all.map(({ usd }) => usd)),
    tokens: addUsage(all.flatMap(({ tokens }) => tokens ?? [])),
    allModels: all.every(({ allModels }) => allModels),
    models: [...new Set(all.flatMap(({ models }) => models))],
    perModel: all.flatMap(({ perModel }) => perModel),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Calls that were not allowed, each once. */
function denialsOf(denials: readonly unknown[]): Pick<ResultSummary, 'denials' | 'denied'> {
  const each = new Map(denials.map((denial, index) => [asText(asObject(denial)?.['tool_use_id']) ?? index, denial]));
  const once = [...each.values()];
  const denied = objectsOf(once).map((denial) => splitToolName(asText(denial['tool_name']) ?? ''));
  return { denials: once.length, denied };
}

/** Reads one `result` message. */
function readResult(result: JsonObject): ResultSummary {
  const mainLoop = readUsage(result['usage']);
  const perModel = readModelUsage(result['modelUsage'], mainLoop);
  const denials = result['permission_denials'];
  return {
    outcome: outcomeOf(result),
    turns: asCount(result['num_turns']),
    duration: asCount(result['duration_ms']),
    apiDuration: asCount(result['duration_api_ms']),
    ...(Array.isArray(denials) ? denialsOf(denials) : { denials: null, denied: null }),
    limitsHit: limitsIn(result),
    usd: asAmount(result['total_cost_usd']) ?? sumOfModelCosts(result['modelUsage']),
    tokens: perModel.length > 0 ? addUsage(perModel.map((usage) => usage.tokens)) : mainLoop,
    allModels: perModel.length > 0,
    models: perModel.map((usage) => usage.model),
    perModel,
  };
}

/** Subtypes and terminal reasons that name a limit. */
const LIMITS: ReadonlyMap<unknown, LimitHit> = new Map([
  ['error_max_turns', 'turns'],
  ['max_turns', 'turns'],
  ['error_max_budget_usd', 'usd'],
  ['max_budget_usd', 'usd'],
  ['max_budget', 'usd'],
  ['budget_exhausted', 'usd'],
  ['prompt_too_long', 'context'],
  ['error_max_structured_output_retries', 'attempts'],
  ['structured_output_retry_exhausted', 'attempts'],
]);

/** Terminal reasons of a session that somebody ended: a signal to the process, most often of a job that was cancelled. */
const ABORTS: readonly unknown[] = ['aborted_streaming', 'aborted_tools'];

/** Null where the result is too old to tell how the session ended. */
function limitsIn(result: JsonObject): readonly LimitHit[] | null {
  const words = [result['subtype'], result['terminal_reason']];
  const hit = words.flatMap((word) => LIMITS.get(word) ?? []);
  return hit.length === 0 && asText(result['subtype']) === null ? null : [...new Set(hit)];
}

function outcomeOf(result: JsonObject): SessionOutcome {
  const subtype = asText(result['subtype']);
  if (limitsIn(result)?.some((limit) => limit !== 'attempts') === true) return 'stopped_by_limit';
  if (ABORTS.includes(result['terminal_reason'])) return 'cancelled';
  if (result['is_error'] === true || subtype?.startsWith('error') === true) return 'failed';
  if (subtype === 'success') return 'completed';
  return 'unknown';
}

/**
 * Newer versions tell the lifetimes of cache writes by model; a write of which none is told is priced as one of 5 minutes. In older
 * ones `modelUsage` holds one figure: how it splits is taken from the main loop's usage, whose 1-hour writes are given to the
 * models that wrote most.
 */
export function readModelUsage(value: unknown, mainLoop: TokenKinds | null): readonly ModelUsage[] {
  const usages = Object.entries(asObject(value) ?? {}).flatMap(([model, entry]) => {
    const usage = asObject(entry);
    return usage === null ? [] : [{ model, usage, ...writesIn(usage) }];
  });
  let longLeft = Math.max(0, (mainLoop?.cacheWrite1h ?? 0) - (sumKnown(usages.map(({ long }) => long)) ?? 0));
  const split = new Map<string, number>();
  for (const { model, long, open } of [...usages].sort((a, b) => b.open - a.open)) {
    const more = Math.min(longLeft, open);
    split.set(model, (long ?? 0) + more);
    longLeft -= more;
  }
  return usages.map(({ model, usage, written }) => {
    const long = split.get(model) ?? 0;
    return {
      model,
      webSearches: asCount(usage['webSearchRequests']) ?? 0,
      tokens: {
        input: asCount(usage['inputTokens']),
        output: asCount(usage['outputTokens']),
        cacheRead: asCount(usage['cacheReadInputTokens']),
        cacheWrite5m: written === null ? null : written - long,
        cacheWrite1h: written === null ? null : long,
      },
    };
  });
}

/** Cache writes of a model: all, those that are told to be of an hour, and those of which no lifetime is told. */
function writesIn(usage: JsonObject): {
  readonly written: number | null;
  readonly long: number | null;
  readonly open: number;
} {
  const written = asCount(usage['cacheCreationInputTokens']);
  const short = asCount(usage['cacheCreationEphemeral5mInputTokens']);
  const told = asCount(usage['cacheCreationEphemeral1hInputTokens']);
  const long = told === null ? null : Math.min(told, written ?? 0);
  return { written, long, open: Math.max(0, (written ?? 0) - (short ?? 0) - (long ?? 0)) };
}

function sumOfModelCosts(value: unknown): number | null {
  const costs = Object.values(asObject(value) ?? {}).map((entry) => asAmount(asObject(entry)?.['costUSD']));
  return costs.includes(null) ? null : sumKnown(costs);
}
