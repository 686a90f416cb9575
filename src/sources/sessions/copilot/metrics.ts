import type { TokenKinds } from '../claude/usage.ts';
import { isEmpty } from '../claude/usage.ts';
import { asCount, asObject, type JsonObject } from '../json/fields.ts';

/** What a shutdown reports of one model. */
export interface ModelUsage {
  readonly tokens: TokenKinds;
  /** False when it had to be assumed that the input holds what came from the cache. */
  readonly confirmed: boolean;
}

/** What a shutdown reports. */
export interface Metrics {
  readonly models: ReadonlyMap<string, ModelUsage>;
  /** Models that were asked and of which it does not say how much they used. */
  readonly silent: number;
}

/** How many models of a shutdown are read. */
const MAX_MODELS = 100;

/** Reads `modelMetrics` of a shutdown; null when there are none. */
export function readMetrics(value: unknown): Metrics | null {
  const metrics = asObject(value);
  if (metrics === null) return null;
  const models = new Map<string, ModelUsage>();
  let silent = 0;
  for (const [model, entry] of Object.entries(metrics).slice(0, MAX_MODELS)) {
    const usage = readUsage(asObject(entry) ?? {});
    if (usage === null) silent++;
    else models.set(model, usage);
  }
  return { models, silent };
}

/** What an event about one request tells that it used; null when it tells nothing. */
export function readRequest(data: JsonObject | null): ModelUsage | null {
  return data === null ? null : readUsage({ usage: data });
}

/**
 * The input holds what was read from and written to the cache, unless it is smaller than that; where the engine names the
 * input by itself that counts. Reasoning is within the output. Null when nothing is told, which may be written as zeros.
 */
function readUsage(entry: JsonObject): ModelUsage | null {
  const usage = asObject(entry['usage']);
  if (usage === null) return null;
  const input = asCount(usage['inputTokens']);
  const cacheRead = asCount(usage['cacheReadTokens']);
  const cacheWrite = asCount(usage['cacheWriteTokens']);
  const cached = (cacheRead ?? 0) + (cacheWrite ?? 0);
  const left = input === null || input < cached ? input : input - cached;
  const fresh = asCount(asObject(asObject(entry['tokenDetails'])?.['input'])?.['tokenCount']);
  const tokens: TokenKinds = {
    input: fresh ?? left,
    output: asCount(usage['outputTokens']),
    cacheRead,
    cacheWrite5m: cacheWrite,
    cacheWrite1h: cacheWrite === null ? null : 0,
  };
  return isEmpty(tokens) ? null : { tokens, confirmed: cached === 0 || fresh === left };
}

/** True when no count of `later` is below that of `earlier`: it may go on from there. */
export function mayContinue(earlier: Metrics, later: Metrics): boolean {
  return [...earlier.models].every(([model, { tokens }]) => {
    const now = later.models.get(model)?.tokens;
    return now !== undefined && KINDS.every((kind) => (now[kind] ?? 0) >= (tokens[kind] ?? 0));
  });
}

const KINDS = ['input', 'output', 'cacheRead', 'cacheWrite5m'] as const;
