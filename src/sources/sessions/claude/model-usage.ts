import { asCount, asObject, type JsonObject, sumKnown } from '../json/fields.ts';
import type { TokenKinds } from './usage.ts';

/** Total usage of one model. */
export interface ModelUsage {
  readonly model: string;
  readonly tokens: TokenKinds;
  readonly webSearches: number;
}

/**
 * Reads usage by model. Newer versions give the lifetime of cache writes per model, and a write without a lifetime is priced as a
 * 5-minute one. In older versions `modelUsage` holds a single figure. It is split by the main loop's usage, whose 1-hour writes are
 * assigned to the models that wrote most.
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

/** Cache writes of a model: all of them, those known to last an hour, and those without a lifetime. */
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
