import { asText, type JsonObject } from '../json/fields.ts';
import { isBefore } from '../opentelemetry/version.ts';
import type { RunningTotals } from '../running-totals.ts';
import type { Sources } from './figures.ts';
import type { ApiResponse } from './responses.ts';
import type { ResultSummary } from './result.ts';
import { addUsage, isEmpty, sizeOfInput, type TokenKinds } from './usage.ts';

/** Since this version a resumed session continues the totals that its transcript saved. Before, each run started at 0. */
const GOES_ON_SINCE = '2.1.277';

/** At most this many models of a result are checked. */
const MAX_MODELS = 20;

/** The message for results that may include more than their own run used. */
export const MAY_HOLD_EARLIER =
  'the result tells more than its messages show: if the session was resumed, a part of it is of an earlier run';

/** The version of Claude Code that wrote the messages, or null if they do not say. */
function versionIn(messages: readonly JsonObject[]): string | null {
  const inits = messages.filter(({ type, subtype }) => type === 'system' && subtype === 'init');
  return asText(inits.at(-1)?.['claude_code_version']);
}

/**
 * Whether the totals of a result may include earlier runs of its session. This takes a version that continues totals, no result
 * that reports only what is new, and a model that read more than its messages show. Missing messages of subagents or compactions
 * look the same.
 */
export function holdsEarlier(
  messages: readonly JsonObject[],
  result: ResultSummary | null,
  responses: readonly ApiResponse[],
): boolean {
  const version = versionIn(messages);
  if (result === null || result.ownOnly || version === null || isBefore(version, GOES_ON_SINCE)) return false;
  return result.perModel.slice(0, MAX_MODELS).some(({ model, tokens }) => {
    const shown = responses.filter((response) => response.model !== null && isSameModel(model, response.model));
    const usages = shown.map(({ usage }) => usage).filter((usage) => usage !== null);
    return usages.length > 0 && sizeOfInput(tokens) > sumOfInput(usages);
  });
}

/** The totals of a result that may continue in the next run of its session. Undefined when they cover one run only. */
export function runningTotals(
  messages: readonly JsonObject[],
  { result, responses }: Pick<Sources, 'result' | 'responses'>,
): RunningTotals | undefined {
  const version = versionIn(messages);
  if (result?.tokens == null || !result.allModels || result.ownOnly) return undefined;
  if (version !== null && isBefore(version, GOES_ON_SINCE)) return undefined;
  const own = result.mainLoop ?? shownUsage(responses);
  return own === null || isEmpty(own) ? undefined : { tokens: result.tokens, usd: result.usd, own };
}

/** The usage that the messages show, or null if they show none. */
function shownUsage(responses: readonly ApiResponse[]): TokenKinds | null {
  const usages = responses.map(({ usage }) => usage).filter((usage) => usage !== null);
  return usages.length === 0 ? null : addUsage(usages);
}

function sumOfInput(usages: readonly TokenKinds[]): number {
  return usages.reduce((sum, usage) => sum + sizeOfInput(usage), 0);
}

/** Totals add the context size to the model's name (`claude-opus-5[1m]`), and either side may include its date. */
function isSameModel(inTotals: string, inMessages: string): boolean {
  const [plain = ''] = inTotals.split('[');
  return plain.startsWith(inMessages) || inMessages.startsWith(plain);
}
