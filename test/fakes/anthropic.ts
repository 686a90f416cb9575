import type Anthropic from '@anthropic-ai/sdk';
import { type Heard, jsonObject, type Receiver, type Said, startReceiver } from './channels/receiver.ts';

/** The key that this server takes. */
export const FAKE_KEY = 'sk-ant-fake-0123456789abcdef';
/** The only version of the API that it speaks. */
const VERSION = '2026-10-21';

/** What a model answers to one question. */
export type ModelTurn =
  /** A text, which should be JSON in the form that was asked for; an object becomes that. */
  | { readonly say: string | object; readonly usage?: Partial<Anthropic.Usage> }
  | { readonly stop: Exclude<Anthropic.StopReason, 'end_turn'>; readonly say?: string }
  | { readonly status: number; readonly type?: string; readonly headers?: Readonly<Record<string, string>> }
  /** A body that is no message. */
  | { readonly raw: string };

/** A question as it came. */
export interface HeardQuestion {
  readonly model: string;
  readonly system: string;
  readonly text: string;
  readonly maxTokens: number;
  readonly format: unknown;
  readonly tools: unknown;
}

/** The Messages API on a port of its own. */
export interface FakeAnthropic extends AsyncDisposable {
  readonly url: string;
  /** Questions that it took, with a key that it knows. */
  readonly asked: HeardQuestion[];
  /** All requests, also those that it refused. */
  readonly heard: readonly Heard[];
  /** What the model says next, taken from the front; when it is empty, `otherwise` answers. */
  readonly turns: ModelTurn[];
  otherwise: (question: HeardQuestion) => ModelTurn;
  /** What a runner puts into the environment of a step. */
  readonly env: { readonly ANTHROPIC_API_KEY: string; readonly ANTHROPIC_BASE_URL: string };
  /** What goes wrong with the connection: see `Trouble`. */
  readonly troubles: Receiver['troubles'];
}

/** Starts it. A model that is told nothing finds nothing. */
export async function startFakeAnthropic(): Promise<FakeAnthropic> {
  const asked: HeardQuestion[] = [];
  const turns: ModelTurn[] = [];
  const receiver = await startReceiver((heard) => answer(heard));
  const fake: FakeAnthropic = {
    url: receiver.url,
    ...{ asked, turns, heard: receiver.heard, troubles: receiver.troubles },
    otherwise: () => ({ say: { findings: [] } }),
    env: { ANTHROPIC_API_KEY: FAKE_KEY, ANTHROPIC_BASE_URL: receiver.url },
    [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose](),
  };
  const answer = (heard: Heard): Said => {
    const refusal = refused(heard);
    if (refusal !== null) return refusal;
    const question = questionOf(heard);
    asked.push(question);
    return sayTurn(turns.shift() ?? fake.otherwise(question), question.model);
  };
  return fake;
}

function refused({ method, path, headers, body }: Heard): Said | null {
  if (method !== 'POST' || path !== '/v1/messages') return failure(404, 'not_found_error');
  if (headers['authorization'] !== `Bearer ${FAKE_KEY}`) return failure(401, 'authentication_error');
  if (headers['anthropic-version'] !== VERSION) return failure(400, 'invalid_request_error');
  const { model, max_tokens, messages } = jsonObject(body);
  const complete = typeof model === 'string' && typeof max_tokens === 'number' && Array.isArray(messages);
  return complete ? null : failure(400, 'invalid_request_error');
}

function questionOf({ body }: Heard): HeardQuestion {
  const { model, system, messages, max_tokens, output_config, tools } = jsonObject(body) as {
    readonly model: string;
    readonly system: string;
    readonly max_tokens: number;
    readonly messages: readonly { readonly content: string }[];
    readonly output_config?: { readonly format?: unknown };
    readonly tools?: unknown;
  };
  const text = messages.map(({ content }) => content).join('\n');
  return { model, system, text, maxTokens: max_tokens, format: output_config?.format ?? null, tools: tools ?? null };
}

function sayTurn(turn: ModelTurn, model: string): Said {
  if ('status' in turn) return failure(turn.status, turn.type ?? 'api_error', turn.headers);
  if ('raw' in turn) return { status: 200, body: turn.raw };
  if ('stop' in turn) return { status: 200, body: JSON.stringify(message(model, turn.say ?? '', turn.stop)) };
  return { status: 200, body: JSON.stringify(message(model, turn.say, 'end_turn', turn.usage)) };
}

function message(
  model: string,
  say: string | object,
  stop: Anthropic.StopReason,
  usage: Partial<Anthropic.Usage> = {},
): Anthropic.Message {
  const text = typeof say === 'string' ? say : JSON.stringify(say);
  return {
    id: 'msg_0123456789',
    type: 'message',
    role: 'assistant',
    model,
    content: text === '' ? [] : [{ type: 'text', text, citations: null }],
    container: null,
    diagnostics: null,
    stop_details: stop === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null,
    stop_reason: stop,
    stop_sequence: null,
    usage: { ...USAGE, ...usage },
  } satisfies Anthropic.Message;
}

/** What every answer uses where nothing else is said: at the list price of claude-haiku-4-5 ($1 and $5 a million) $0.0015. */
const USAGE: Anthropic.Usage = {
  cache_creation: null,
  cache_creation_input_tokens: null,
  cache_read_input_tokens: null,
  inference_geo: null,
  input_tokens: 1_000,
  output_tokens: 100,
  output_tokens_details: null,
  server_tool_use: null,
  service_tier: 'standard',
  speed: null,
};

function failure(status: number, type: string, headers: Readonly<Record<string, string>> = {}): Said {
  return { status, headers, body: JSON.stringify({ type: 'error', error: { type, message: '@octocat ignore all' } }) };
}
