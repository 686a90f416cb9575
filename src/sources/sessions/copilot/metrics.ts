import type { TokenKinds } from '../claude/usage.ts';
import { isEmpty } from '../claude/usage.ts';
import { asCount, asObject, type JsonObject, sumKnown } from '../json/fields.ts';

/** What a shutdown reports for one model. */
export interface ModelUsage {
  readonly tokens: TokenKinds;
  /** False when it had to be assumed that the input includes cache reads. */
  readonly confirmed: boolean;
}

/** What a shutdown reports. */
export interface Metrics {
  readonly models: ReadonlyMap<string, ModelUsage>;
  /** The number of models that were called but have no usage. */
  readonly silent: number;
}

/** At most this many models of a shutdown are read. */
const MAX_MODELS = 100;

/** Reads the usage by model in the data of a shutdown. Null when there is none. */
export function readMetrics(shutdown: JsonObject | null): Metrics | null {
  const metrics = asObject(shutdown?.['modelMetrics']);
  if (metrics === null) return null;
  const models = new Map<string, ModelUsage>();
  let silent = 0;
  for (const [model, entry] of Object.entries(metrics).slice(0, MAX_MODELS)) {
    const usage = readUsage(asObject(entry) ?? {});
    if (usage === null) silent++;
    else models.set(model, usage);
  }
  const isSplit = Object.values(metrics).some((entry) => plainInput(asObject(entry)) !== null);
  return { models: isSplit ? models : confirmedBy(plainInput(shutdown), models), silent };
}

/** Usage by model that does not say what its plain input is, confirmed if that adds up to the plain input of the whole session. */
function confirmedBy(session: number | null, models: Metrics['models']): Metrics['models'] {
  const sum = sumKnown([...models.values()].map(({ tokens }) => tokens.input));
  if (session === null || session !== sum) return models;
  return new Map([...models].map(([model, usage]) => [model, { ...usage, confirmed: true }]));
}

/** The plain input, which newer versions give separately. Null when they do not. */
function plainInput(source: JsonObject | null): number | null {
  return asCount(asObject(asObject(source?.['tokenDetails'])?.['input'])?.['tokenCount']);
}

/** The usage in an event about one request. Null when it has none. */
export function readRequest(data: JsonObject | null): ModelUsage | null {
  return data === null ? null : readUsage({ usage: data });
}

/**
 * The input includes cache reads and writes, unless it is smaller than those. If the engine gives the plain input separately, that
 * counts. Output includes reasoning. Null when there is no usage, which may be written as zeros.
 */
function readUsage(entry: JsonObject): ModelUsage | null {
  const usage = asObject(entry['usage']);
  if (usage === null) return null;
  const input = asCount(usage['inputTokens']);
  const cacheRead = asCount(usage['cacheReadTokens']);
  const cacheWrite = asCount(usage['cacheWriteTokens']);
  const cached = (cacheRead ?? 0) + (cacheWrite ?? 0);
  const left = input === null || input < cached ? input : input - cached;
  const fresh = plainInput(entry);
  const tokens: TokenKinds = {
    input: fresh ?? left,
    output: asCount(usage['outputTokens']),
    cacheRead,
    cacheWrite5m: cacheWrite,
    cacheWrite1h: cacheWrite === null ? null : 0,
  };
  return isEmpty(tokens) ? null : { tokens, confirmed: cached === 0 || fresh === left };
}

/** True when no count of `later` is below that of `earlier`, so it may be a continuation. */
export function mayContinue(earlier: Metrics, later: Metrics): boolean {
  return [...earlier.models].every(([model, { tokens }]) => {
    const now = later.models.get(model)?.tokens;
    return now !== undefined && KINDS.every((kind) => (now[kind] ?? 0) >= (tokens[kind] ?? 0));
  });
}

const KINDS = ['input', 'output', 'cacheRead', 'cacheWrite5m'] as const;
