import type { TokenKinds } from '../claude/usage.ts';
import { asCount, asObject } from '../json/fields.ts';

/** Tokens as Codex counts them: `input` includes cache reads and writes, `output` includes reasoning. */
export interface CodexUsage {
  readonly input: number;
  readonly output: number;
  /** Null when the record does not say. */
  readonly cached: number | null;
  readonly written: number | null;
}

/** Reads a usage of Codex. Null when input or output is missing. Its own total is ignored because records disagree on it. */
export function readCodexUsage(value: unknown): CodexUsage | null {
  const usage = asObject(value);
  const input = asCount(usage?.['input_tokens']);
  const output = asCount(usage?.['output_tokens']);
  if (input === null || output === null) return null;
  const cached = asCount(usage?.['cached_input_tokens']);
  return { input, output, cached, written: asCount(usage?.['cache_write_input_tokens']) };
}

/**
 * The usage between two running totals: nothing if the later one repeats the earlier. A total that fell was reset, so all of it is
 * new.
 */
export function growth(before: CodexUsage | null, now: CodexUsage): CodexUsage {
  if (before === null || now.input < before.input || now.output < before.output) return now;
  return {
    input: now.input - before.input,
    output: now.output - before.output,
    cached: growthOf(before.cached, now.cached),
    written: growthOf(before.written, now.written),
  };
}

function growthOf(before: number | null, now: number | null): number | null {
  return now === null ? null : Math.max(0, now - (before ?? 0));
}

/** True when nothing was used. */
export function isNothing({ input, output }: CodexUsage): boolean {
  return input === 0 && output === 0;
}

/** Splits by kind, with cache reads and writes taken out of the input. Codex writes only short-lived caches. */
export function kindsOf({ input, output, cached, written }: CodexUsage): TokenKinds {
  const cacheRead = cached === null ? null : Math.min(cached, input);
  const cacheWrite5m = written === null ? null : Math.min(written, input - (cacheRead ?? 0));
  return {
    input: input - (cacheRead ?? 0) - (cacheWrite5m ?? 0),
    output,
    cacheRead,
    cacheWrite5m,
    cacheWrite1h: written === null ? null : 0,
  };
}
