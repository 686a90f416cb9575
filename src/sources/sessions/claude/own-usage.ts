import { asAmount, asCount, asObject, asText, type JsonObject, sumKnown } from '../json/fields.ts';
import { type ModelUsage, readModelUsage } from './model-usage.ts';
import { addUsage, readUsage, type TokenKinds } from './usage.ts';

/** What the process behind some results used itself, even if their totals include earlier runs of the session. */
export interface OwnUsage {
  readonly perModel: readonly ModelUsage[];
  readonly tokens: TokenKinds;
  /** Null when the cost of a model is missing. */
  readonly usd: number | null;
  /** False when a result of the process is missing, along with the usage it reported. */
  readonly whole: boolean;
}

const NOTHING: TokenKinds = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

/**
 * Sums what each result says was used since the previous one (`model_usage_since_last_result`). Null if any result lacks it:
 * versions up to 2.1.300 report totals only.
 */
export function ownUsageIn(results: readonly JsonObject[]): OwnUsage | null {
  const each = [...new Map(results.map((result, index) => [asText(result['uuid']) ?? index, result])).values()];
  const since = each.map((result) => asObject(result['model_usage_since_last_result']));
  if (since.length === 0 || since.includes(null)) return null;
  const perModel = each.flatMap((result, index) => readModelUsage(since[index], readUsage(result['usage'])));
  const costs = since.flatMap((models) =>
    Object.values(models ?? {}).map((usage) => asAmount(asObject(usage)?.['costUSD'])),
  );
  return {
    perModel,
    tokens: perModel.length === 0 ? NOTHING : addUsage(perModel.map(({ tokens }) => tokens)),
    usd: costs.includes(null) ? null : (sumKnown(costs) ?? 0),
    whole: areAllThere(each),
  };
}

/** Results are numbered from 0 within a process. A file may hold several processes, one after the other. */
function areAllThere(results: readonly JsonObject[]): boolean {
  let before = -1;
  return results.every((result) => {
    const number = asCount(result['result_index']);
    const next = number === null || number === 0 || number === before + 1;
    before = number ?? before;
    return next;
  });
}
