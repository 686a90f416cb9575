import { type Access, askToRead } from './ask.ts';

/** The result of looking for a message that may have been sent. */
export type Search =
  | { readonly kind: 'found'; readonly ts: string }
  | { readonly kind: 'absent' }
  /** The app may not read the channel, or Slack did not return everything. */
  | { readonly kind: 'unknown' };

/** The event type by which we recognise our own message. */
const EVENT_TYPE = 'checkrein_notice';

/** Metadata that lets us find a message again; readers do not see it. */
export function metadataOf(key: string): Readonly<Record<string, unknown>> {
  return { event_type: EVENT_TYPE, event_payload: { key } };
}

/** A channel, or the thread under one of its messages. */
interface Place {
  readonly channel: string;
  readonly thread: string | null;
}

const PAGE = 100;
const MOST_PAGES = 3;

/**
 * Looks for our own message with a key among the newest of a channel, or in one of its threads. It is not searched by time,
 * because our clock may differ from Slack's. Only messages of our own app count, because any app can put such a key on a
 * message.
 */
export async function findMessage(key: string, { channel, thread }: Place, access: Access): Promise<Search> {
  const us = await askToRead('auth.test', {}, access);
  const me = us?.['bot_id'] ?? us?.['user_id'];
  if (typeof me !== 'string' || me === '') return { kind: 'unknown' };
  let cursor: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await pageOf({ channel, thread }, cursor, access);
    const found = page?.messages.find((message) => isOurs(message, me, key))?.['ts'];
    if (typeof found === 'string') return { kind: 'found', ts: found };
    if (page === null) return { kind: 'unknown' };
    if (page.next === null) return { kind: 'absent' };
    cursor = page.next;
  }
  return { kind: 'unknown' };
}

interface Page {
  readonly messages: readonly Fields[];
  /** Null on the last page. */
  readonly next: string | null;
}

/** Null where Slack does not answer. */
async function pageOf({ channel, thread }: Place, cursor: string | null, access: Access): Promise<Page | null> {
  const method = thread === null ? 'conversations.history' : 'conversations.replies';
  const place = thread === null ? { channel } : { channel, ts: thread };
  const from = cursor === null ? {} : { cursor };
  const said = await askToRead(method, { ...place, ...from, limit: PAGE, include_all_metadata: true }, access);
  const messages = said?.['messages'];
  if (!Array.isArray(messages)) return null;
  const next = fieldsOf(said?.['response_metadata'])['next_cursor'];
  return { messages: messages.map(fieldsOf), next: typeof next === 'string' && next !== '' ? next : null };
}

function isOurs(message: Fields, me: string, key: string): boolean {
  const { event_type: type, event_payload: payload } = fieldsOf(message['metadata']);
  const author = message['bot_id'] ?? message['user'];
  return author === me && type === EVENT_TYPE && fieldsOf(payload)['key'] === key;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
