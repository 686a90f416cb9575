import Anthropic, { APIConnectionError, APIError } from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import type { Failure } from '../../core/failure.ts';
import { plainLine } from '../../core/text.ts';
import { type Duration, SECOND } from '../../core/time.ts';
import { boundedFetch, type Flight, newFlight } from './flight.ts';
import type { AnswerUsage, Opinions, Question, Reply } from './port.ts';

/** How the API is reached. */
export interface AnthropicAccess {
  readonly apiKey: string;
  readonly baseUrl: string;
  /** For one whole question: all tries, and the time between them. */
  readonly patience?: Duration;
}

const PATIENCE: Duration = 60 * SECOND;
/** In addition to the first try; for 429, 5xx and broken connections, after the delay that the API asks for. */
const RETRIES = 2;

/** Asks Anthropic's models. Reads nothing from the environment and logs nothing. */
export function anthropicOpinions(access: AnthropicAccess): Opinions {
  return { ask: (question) => ask(access, question) };
}

async function ask<T>(
  { apiKey, baseUrl, patience = PATIENCE }: AnthropicAccess,
  question: Question<T>,
): Promise<Reply<T>> {
  const flight = newFlight();
  const client = new Anthropic({
    ...{ apiKey, baseURL: baseUrl, authToken: null, webhookKey: null, maxRetries: RETRIES },
    ...{ logLevel: 'off', openTelemetry: false, fetch: boundedFetch(flight) },
  });
  const { model, system, text, answer, maxTokens } = question;
  try {
    const message = await client.messages.create(
      {
        model,
        system,
        max_tokens: maxTokens,
        messages: [{ role: 'user', content: text }],
        output_config: { format: zodOutputFormat(answer) },
      },
      // An answer that does not arrive is not requested again, because each request may be billed.
      { timeout: 2 * patience, signal: AbortSignal.timeout(patience) },
    );
    return readMessage(message, question);
  } catch (error) {
    if (error instanceof APIError)
      return { kind: 'unavailable', failure: failureOf(error, flight), charged: flight.charged() };
    // If the body is not JSON, we get the parser's own error.
    if (error instanceof SyntaxError) return { kind: 'unreadable', usage: null };
    throw error;
  }
}

function readMessage<T>(message: Anthropic.Message | null, { answer }: Question<T>): Reply<T> {
  // Types only say what a server should answer.
  if (typeof message !== 'object' || message === null) return { kind: 'unreadable', usage: null };
  const usage = usageOf(message);
  switch (message.stop_reason) {
    case 'refusal':
      return { kind: 'refused', usage };
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return { kind: 'cut_off', usage };
    case 'end_turn':
    case 'stop_sequence': {
      const parsed = answer.safeParse(jsonOf(message));
      return parsed.success ? { kind: 'answered', value: parsed.data, usage } : { kind: 'unreadable', usage };
    }
    default:
      // It has no tools and no further turn, so a server that says otherwise is not believed.
      return { kind: 'unreadable', usage };
  }
}

/** The content of the answer; undefined if it is not JSON. */
function jsonOf({ content }: Anthropic.Message): unknown {
  const blocks: unknown = content;
  const texts = Array.isArray(blocks) ? blocks.flatMap((block: unknown) => textOf(block)) : [];
  try {
    return JSON.parse(texts.join(''));
  } catch {
    return undefined;
  }
}

function textOf(block: unknown): readonly string[] {
  if (typeof block !== 'object' || block === null || !('type' in block) || !('text' in block)) return [];
  return block.type === 'text' && typeof block.text === 'string' ? [block.text] : [];
}

function usageOf(message: { readonly usage: Anthropic.Usage | null | undefined }): AnswerUsage | null {
  const { usage } = message;
  if (usage === null || usage === undefined) return null;
  const writes = usage.cache_creation;
  const used: AnswerUsage = {
    input: usage.input_tokens,
    output: usage.output_tokens,
    cacheRead: usage.cache_read_input_tokens ?? 0,
    cacheWrite5m: writes?.ephemeral_5m_input_tokens ?? usage.cache_creation_input_tokens ?? 0,
    cacheWrite1h: writes?.ephemeral_1h_input_tokens ?? 0,
  };
  return Object.values(used).every((count: unknown) => Number.isSafeInteger(count) && Number(count) >= 0) ? used : null;
}

const LATER = 'Nothing to do: a later run asks again';

/** In our own words, because a server's may contain anything. */
function failureOf(error: APIError, flight: Flight): Failure {
  if (flight.isTooLarge()) {
    const message = 'The answer of the model is larger than any should be';
    return { kind: 'too_large', message, remedy: 'See where ANTHROPIC_BASE_URL leads', retry: true };
  }
  const { status } = error;
  if (status === undefined) {
    const away = error instanceof APIConnectionError ? ', or could not be reached' : '';
    return {
      kind: 'unavailable',
      message: `The model's API did not answer in time${away}`,
      remedy: LATER,
      retry: true,
    };
  }
  return answeredFailure(status, typeWord(error));
}

function answeredFailure(status: number, type: string): Failure {
  switch (status) {
    case 401:
    case 403:
      return {
        kind: 'unauthorized',
        message: `The model's API refuses the key (${status})`,
        remedy: 'Set a key that is valid as the input anthropic-api-key',
        retry: false,
      };
    case 402:
      return {
        kind: 'budget_spent',
        message: "The account of the model's API has no credit (402)",
        remedy: 'Look at the billing of the key',
        retry: false,
      };
    case 400:
    case 404:
    case 413:
    case 422: {
      const message = `The model's API does not take the question (${status}${type})`;
      const remedy = 'See whether opinion.model names a model that gives structured answers';
      return { kind: 'invalid', message, remedy, retry: false };
    }
    case 429:
      return { kind: 'rate_limited', message: "The model's API asks for patience (429)", remedy: LATER, retry: true };
    default:
      return {
        kind: 'unavailable',
        message: `The model's API answered ${status}${type}`,
        remedy: LATER,
        retry: true,
      };
  }
}

/** The API's name for an error, with a leading space: ` overloaded_error`. */
function typeWord({ type }: APIError): string {
  return type === null ? '' : ` ${plainLine(String(type), 40)}`;
}
