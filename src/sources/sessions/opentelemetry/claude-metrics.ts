import { isEmpty, type TokenKinds } from '../claude/usage.ts';
import type { ModelSum } from '../priced-sums.ts';
import { byModel, latestOf, type MetricPoint, sumPoints, textIn } from './otlp.ts';

/** The totals of a session's metrics. */
export interface MetricTotals {
  /** Null when no point has tokens. */
  readonly tokens: TokenKinds | null;
  /** The same by model and speed, which differ in price. */
  readonly sums: readonly ModelSum[];
  readonly usd: number | null;
  readonly models: readonly string[];
}

/** Sums the metrics of a session. */
export function totalsOf(points: readonly MetricPoint[]): MetricTotals {
  const used = points.filter(({ metric }) => metric === 'claude_code.token.usage');
  const tokens = tokensIn(used);
  return {
    tokens: Object.values(tokens).some((count) => count !== null) ? tokens : null,
    sums: [...byModel(used)].flatMap(([model, own]) => sumsOf(model, own)),
    usd: sumPoints(points.filter(({ metric }) => metric === 'claude_code.cost.usage')),
    models: points.map(({ attributes }) => textIn(attributes, 'model')).filter((model) => model !== null),
  };
}

function sumsOf(model: string | null, points: readonly MetricPoint[]): readonly ModelSum[] {
  return [false, true].flatMap((fast) => {
    const own = points.filter(({ attributes }) => (attributes.get('speed') === 'fast') === fast);
    const tokens = tokensIn(own);
    return isEmpty(tokens) ? [] : [{ model, tokens, fast, at: latestOf(own) }];
  });
}

/** The metrics do not say for how long something was written to the cache: as everywhere, it counts as written for 5 minutes. */
function tokensIn(points: readonly MetricPoint[]): TokenKinds {
  const ofType = (type: string): number | null =>
    sumPoints(points.filter(({ attributes }) => attributes.get('type') === type));
  const written = ofType('cacheCreation');
  return {
    input: ofType('input'),
    output: ofType('output'),
    cacheRead: ofType('cacheRead'),
    cacheWrite5m: written,
    cacheWrite1h: written === null ? null : 0,
  };
}
