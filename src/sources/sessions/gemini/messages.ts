import { between, type Instant, parseInstant } from '../../../core/time.ts';
import type { TokenKinds } from '../claude/usage.ts';
import { inputHash } from '../input-hash.ts';
import { asCount, asObject, asText, type JsonObject, objectsOf } from '../json/fields.ts';
import type { ToolCall } from '../tool-uses.ts';
import { changedBy } from './calls.ts';
import { tokensOf } from './tokens.ts';
import { geminiToolName } from './tool-names.ts';

/** A message of a chat, assembled from all records with its id. */
export interface ChatMessage {
  readonly type: string | null;
  readonly model: string | null;
  /** Null when no tokens were recorded. */
  readonly usage: TokenKinds | null;
  readonly asksForTools: boolean;
  readonly at: Instant | null;
}

/** Everything ever said in a session, and all tool calls. */
export interface Chat {
  readonly messages: ReadonlyMap<string, ChatMessage>;
  readonly calls: ReadonlyMap<string, ChatCall>;
}

/** A chat that is still being collected. */
export interface GrowingChat {
  readonly messages: Map<string, ChatMessage>;
  readonly calls: Map<string, ChatCall>;
  nameless: number;
}

interface ChatCall {
  /** Key of the message that requested it. */
  readonly message: string;
  readonly row: JsonObject;
}

/** True for the record that names a session. In older files it also holds the messages. */
export function isHeader(record: JsonObject): boolean {
  return asText(record['projectHash']) !== null && asText(record['sessionId']) !== null;
}

/** True for a model message in a form that only the Gemini CLI writes. */
export function isModelMessage(record: JsonObject): boolean {
  if (record['type'] !== 'gemini' || asText(record['id']) === null) return false;
  return asObject(record['tokens']) !== null || Array.isArray(record['toolCalls']) || Array.isArray(record['thoughts']);
}

/**
 * Collects the messages. A repeated id replaces the earlier message. Rewinding a conversation (`$rewindTo`) or shortening it
 * (`$set` of its messages) removes nothing here, because what it drops was paid for.
 */
export function collectChat(records: readonly JsonObject[]): Chat {
  const chat = newChat();
  for (const record of records) takeRecord(chat, record);
  return chat;
}

/** An empty chat. */
export function newChat(): GrowingChat {
  return { messages: new Map(), calls: new Map(), nameless: 0 };
}

/** Adds the next record of a chat. */
export function takeRecord(chat: GrowingChat, record: JsonObject): void {
  const { messages, calls } = chat;
  for (const row of messagesIn(record)) {
    const key = asText(row['id']) ?? `message ${chat.nameless++}`;
    messages.set(key, readMessage(row, messages.get(key)));
    objectsOf(row['toolCalls']).forEach((call, position) => {
      calls.set(asText(call['id']) ?? `${key} call ${position}`, { message: key, row: call });
    });
  }
}

/** The chat without anything said before `since`. Unchanged if there is nothing older, or nothing else. */
export function chatSince(chat: Chat, since: Instant): Chat {
  const messages = new Map([...chat.messages].filter(([, { at }]) => at === null || at >= since));
  if (messages.size === chat.messages.size || messages.size === 0) return chat;
  return { messages, calls: new Map([...chat.calls].filter(([, { message }]) => messages.has(message))) };
}

function messagesIn(record: JsonObject): readonly JsonObject[] {
  const held = [...objectsOf(record['messages']), ...objectsOf(asObject(record['$set'])?.['messages'])];
  return asText(record['id']) !== null && asText(record['type']) !== null ? [...held, record] : held;
}

function readMessage(row: JsonObject, before: ChatMessage | undefined): ChatMessage {
  return {
    type: asText(row['type']),
    model: asText(row['model']) ?? before?.model ?? null,
    usage: readTokens(row['tokens']) ?? before?.usage ?? null,
    asksForTools: objectsOf(row['toolCalls']).length > 0,
    at: parseInstant(row['timestamp']) ?? before?.at ?? null,
  };
}

function readTokens(value: unknown): TokenKinds | null {
  const tokens = asObject(value);
  if (tokens === null) return null;
  return tokensOf({
    prompt: asCount(tokens['input']),
    output: asCount(tokens['output']),
    cached: asCount(tokens['cached']),
    thoughts: asCount(tokens['thoughts']),
    tool: asCount(tokens['tool']),
    total: asCount(tokens['total']),
  });
}

const FAILED: readonly unknown[] = ['error', 'cancelled'];

/** The calls with their outcome. */
export function toolCallsOf({ messages, calls }: Chat): readonly ToolCall[] {
  return [...calls.values()].map(({ message, row }) => ({
    ...geminiToolName(asText(row['name']), asText(row['displayName'])),
    failed: FAILED.includes(row['status']),
    why: row['status'] === 'cancelled' ? ('rejected' as const) : null,
    input: inputHash(row['args']),
    latency: latencyOf(row, messages.get(message)),
  }));
}

/** The places of the files that calls changed. */
export function changesOf({ calls }: Chat): readonly string[] {
  return [...calls.values()].flatMap(({ row }) =>
    row['status'] === 'success' ? (changedBy(row['name'], row['args']) ?? []) : [],
  );
}

/**
 * The time from the model's message to the call's end. A message without recorded tokens was written only after its calls, so its
 * time does not help.
 */
function latencyOf(call: JsonObject, message: ChatMessage | undefined): number | null {
  const done = call['status'] === 'success' || FAILED.includes(call['status']);
  const end = parseInstant(call['timestamp']);
  if (!done || end === null || message?.usage == null || message.at === null) return null;
  const latency = between(message.at, end);
  return latency >= 0 ? latency : null;
}

/** All moments named in the record of a session. */
export function momentsOf(records: readonly JsonObject[], { messages, calls }: Chat): readonly (Instant | null)[] {
  const told = records.flatMap((record) => {
    const set = asObject(record['$set']);
    return [record['startTime'], record['lastUpdated'], set?.['lastUpdated']].map(parseInstant);
  });
  return [
    ...told,
    ...[...messages.values()].map(({ at }) => at),
    ...[...calls.values()].map(({ row }) => parseInstant(row['timestamp'])),
  ];
}
