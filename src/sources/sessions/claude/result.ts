import type { LimitHit, SessionOutcome } from '../../../core/session.ts';
import { asAmount, asCount, asObject, asText, type JsonObject, objectsOf, sumKnown } from '../json/fields.ts';
import { splitToolName, type ToolCall } from '../tool-uses.ts';
import { type ModelUsage, readModelUsage } from './model-usage.ts';
import { type OwnUsage, ownUsageIn } from './own-usage.ts';
import { addUsage, readUsage, type TokenKinds } from './usage.ts';

/** What the engine's own final message says. Null where it does not say. */
export interface ResultSummary {
  readonly outcome: SessionOutcome;
  readonly turns: number | null;
  readonly duration: number | null;
  readonly apiDuration: number | null;
  readonly denials: number | null;
  /** The calls counted in `denials`. */
  readonly denied: readonly Pick<ToolCall, 'server' | 'tool'>[] | null;
  readonly limitsHit: readonly LimitHit[] | null;
  readonly usd: number | null;
  readonly tokens: TokenKinds | null;
  /** True when `tokens` cover all models, false when they leave out auxiliary models. */
  readonly allModels: boolean;
  readonly models: readonly string[];
  /** Tokens and web searches by model, for pricing when no cost is reported. */
  readonly perModel: readonly ModelUsage[];
  /** What the main loop of the last result used in this run, without auxiliary models. Null when it does not say. */
  readonly mainLoop: TokenKinds | null;
  /** True when each result reports only what is new, so that nothing here comes from an earlier run of the session. */
  readonly ownOnly: boolean;
  /** False when a result is known to be missing. */
  readonly whole: boolean;
  /** True when it is that of an execution that broke off. */
  readonly brokenOff?: boolean;
}

/**
 * Reads the `result` messages of a session, whatever their version. Null if there are none. With several results, each carries the
 * totals so far, so the last one counts. Totals that drop have started over. Denials are reported by each result separately.
 */
export function readResults(results: readonly JsonObject[]): ResultSummary | null {
  const totals = readTotals(results);
  const own = totals === null ? null : ownUsageIn(results);
  return totals === null || own === null ? totals : withOwn(totals, own);
}

/** Replaces the totals by what the run used itself, because a resumed or forked session keeps counting in them. */
function withOwn(totals: ResultSummary, { perModel, tokens, usd, whole }: OwnUsage): ResultSummary {
  if (totals.tokens !== null && isSame(totals.tokens, tokens)) return { ...totals, ownOnly: true, whole };
  // The time spent on responses is only reported as a total.
  const models = perModel.map(({ model }) => model);
  return { ...totals, tokens, usd, perModel, models, allModels: true, apiDuration: null, ownOnly: true, whole };
}

function isSame(a: TokenKinds, b: TokenKinds): boolean {
  return (['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const).every(
    (kind) => a[kind] === b[kind],
  );
}

function readTotals(results: readonly JsonObject[]): ResultSummary | null {
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

/** Whether a result has a number within its run. Such a result counts the turns since the previous one. */
export function isNumbered(result: JsonObject): boolean {
  return asCount(result['result_index']) !== null;
}

/** The results after which the totals started over. */
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

/** Calls that were not allowed, each counted once. */
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
    // In the job log, claude-code-action shortens the list to its length.
    ...(Array.isArray(denials)
      ? denialsOf(denials)
      : { denials: asCount(result['permission_denials_count']), denied: null }),
    limitsHit: limitsIn(result),
    // The first files of claude-code-action have the cost as `cost_usd`.
    usd: asAmount(result['total_cost_usd'] ?? result['cost_usd']) ?? sumOfModelCosts(result['modelUsage']),
    tokens: perModel.length > 0 ? addUsage(perModel.map((usage) => usage.tokens)) : mainLoop,
    allModels: perModel.length > 0,
    models: perModel.map((usage) => usage.model),
    perModel,
    mainLoop,
    ownOnly: false,
    whole: true,
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

/** Terminal reasons of a session that was ended from outside: a signal to the process, usually because the job was cancelled. */
const ABORTS: readonly unknown[] = ['aborted_streaming', 'aborted_tools'];

/** Null when the result is too old to say how the session ended. */
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

function sumOfModelCosts(value: unknown): number | null {
  const costs = Object.values(asObject(value) ?? {}).map((entry) => asAmount(asObject(entry)?.['costUSD']));
  return costs.includes(null) ? null : sumKnown(costs);
}
