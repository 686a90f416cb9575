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

/** Reads a `result` message, of any age. */
export function readResult(result: JsonObject): ResultSummary {
  const mainLoop = readUsage(result['usage']);
  const perModel = readModelUsage(result['modelUsage'], mainLoop);
  const denials = result['permission_denials'];
  return {
    outcome: outcomeOf(result),
    turns: asCount(result['num_turns']),
    duration: asCount(result['duration_ms']),
    apiDuration: asCount(result['duration_api_ms']),
    denials: Array.isArray(denials) ? denials.length : null,
    denied: Array.isArray(denials)
      ? objectsOf(denials).map((denial) => splitToolName(asText(denial['tool_name']) ?? ''))
      : null,
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
  ['error_max_structured_output_retries', 'attempts'],
]);

/** Null where the result is too old to tell how the session ended. */
function limitsIn(result: JsonObject): readonly LimitHit[] | null {
  const words = [result['subtype'], result['terminal_reason']];
  const hit = words.flatMap((word) => LIMITS.get(word) ?? []);
  return hit.length === 0 && asText(result['subtype']) === null ? null : [...new Set(hit)];
}

function outcomeOf(result: JsonObject): SessionOutcome {
  const subtype = asText(result['subtype']);
  if (limitsIn(result)?.some((limit) => limit !== 'attempts') === true) return 'stopped_by_limit';
  if (result['is_error'] === true || subtype?.startsWith('error') === true) return 'failed';
  if (subtype === 'success') return 'completed';
  return 'unknown';
}

/**
 * `modelUsage` holds one figure for cache writes. How it splits by lifetime is taken from the main loop's usage: its
 * 1-hour writes are given to the models that wrote most, the rest is of 5 minutes.
 */
function readModelUsage(value: unknown, mainLoop: TokenKinds | null): readonly ModelUsage[] {
  const usages = Object.entries(asObject(value) ?? {}).flatMap(([model, entry]) => {
    const usage = asObject(entry);
    return usage === null ? [] : [{ model, usage, written: asCount(usage['cacheCreationInputTokens']) }];
  });
  let longLeft = mainLoop?.cacheWrite1h ?? 0;
  const split = new Map<string, number>();
  for (const { model, written } of [...usages].sort((a, b) => (b.written ?? 0) - (a.written ?? 0))) {
    const long = Math.min(longLeft, written ?? 0);
    split.set(model, long);
    longLeft -= long;
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

function sumOfModelCosts(value: unknown): number | null {
  const costs = Object.values(asObject(value) ?? {}).map((entry) => asAmount(asObject(entry)?.['costUSD']));
  return costs.includes(null) ? null : sumKnown(costs);
}
