import { asText, type JsonObject } from '../json/fields.ts';
import { isBefore } from '../opentelemetry/version.ts';
import type { RunningTotals } from '../running-totals.ts';
import type { Sources } from './figures.ts';
import type { ApiResponse } from './responses.ts';
import type { ResultSummary } from './result.ts';
import { addUsage, isEmpty, sizeOfInput, type TokenKinds } from './usage.ts';

/** From this version on a session that is resumed goes on with the totals that its transcript saved; before, each run began at 0. */
const GOES_ON_SINCE = '2.1.277';

/** So many models of a result are looked at. */
const MAX_MODELS = 20;

/** What is said where a result may tell more than its run used. */
export const MAY_HOLD_EARLIER =
  'the result tells more than its messages show: if the session was resumed, a part of it is of an earlier run';

/** The version of Claude Code that wrote the messages; null where they do not tell. */
function versionIn(messages: readonly JsonObject[]): string | null {
  const inits = messages.filter(({ type, subtype }) => type === 'system' && subtype === 'init');
  return asText(inits.at(-1)?.['claude_code_version']);
}

/**
 * Whether the totals of a result may hold what earlier runs of its session used: a version wrote it that goes on counting, no result
 * tells what is new, and of a model that speaks in the messages more was read than they show. Subagents and compactions whose messages
 * are missing look the same.
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

/** The totals of a result that may go on in the next run of its session; undefined where they tell of one run only. */
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

/** What messages show; null where they show nothing. */
function shownUsage(responses: readonly ApiResponse[]): TokenKinds | null {
  const usages = responses.map(({ usage }) => usage).filter((usage) => usage !== null);
  return usages.length === 0 ? null : addUsage(usages);
}

function sumOfInput(usages: readonly TokenKinds[]): number {
  return usages.reduce((sum, usage) => sum + sizeOfInput(usage), 0);
}

/** Totals name the context with the model (`claude-opus-5[1m]`), and either of the two may name its date. */
function isSameModel(inTotals: string, inMessages: string): boolean {
  const [plain = ''] = inTotals.split('[');
  return plain.startsWith(inMessages) || inMessages.startsWith(plain);
}
