import type { TokenKinds } from '../claude/usage.ts';

/** What the Gemini API counts for a request, or sums of it. Null where the record does not say. */
export interface GeminiCounts {
  /** The whole prompt, including cache reads in nearly every record. */
  readonly prompt: number | null;
  readonly output: number | null;
  readonly cached: number | null;
  readonly thoughts: number | null;
  /** What the results of the API's own tools added to the prompt. */
  readonly tool: number | null;
  readonly total: number | null;
}

/**
 * Tokens as they are billed: thoughts count as output, tool prompts as input, and cache reads are taken out of the input. Null when
 * nothing was recorded, which the engine writes as zeros. There are no cache writes, because Gemini does not charge for them.
 */
export function tokensOf(counts: GeminiCounts): TokenKinds | null {
  const { prompt, output, cached, thoughts, tool } = counts;
  if ([prompt, output, cached, thoughts, tool].every((count) => (count ?? 0) === 0)) return null;
  return {
    input: prompt === null ? null : freshOf(prompt, counts) + (tool ?? 0),
    output: output === null ? null : output + (thoughts ?? 0),
    cacheRead: cached,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
  };
}

/** The prompt without cache reads. They were left out already only if the total is larger by exactly that amount. */
function freshOf(prompt: number, { output, cached, thoughts, tool, total }: GeminiCounts): number {
  if (cached === null || cached > prompt) return prompt;
  const sum = prompt + (output ?? 0) + (thoughts ?? 0) + (tool ?? 0);
  const leftOut = cached > 0 && total === sum + cached;
  return leftOut ? prompt : prompt - cached;
}
