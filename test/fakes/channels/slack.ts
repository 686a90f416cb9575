import { jsonObject, type Receiver, type Said, startReceiver } from './receiver.ts';

/** A message in a channel of Slack. */
export interface SlackMessage {
  readonly ts: string;
  readonly channel: string;
  /** The message whose thread it stands in; null for one in the channel. */
  readonly thread: string | null;
  readonly broadcast: boolean;
  /** The app that wrote it. */
  bot: string;
  body: Readonly<Record<string, unknown>>;
  edits: number;
}

export interface FakeSlack extends Receiver {
  readonly messages: SlackMessage[];
  /** The address of an incoming webhook. */
  readonly webhook: string;
  /** The base of the API. */
  readonly api: string;
  readonly token: string;
  readonly channel: string;
  /** When set, the next calls of the API answer 200 with these errors. */
  readonly errors: string[];
  /** What the app may do beside writing: `channels:history` lets it read the channel. */
  readonly scopes: Set<string>;
}

const TOKEN = ['xoxb', '1234567890', 'planted-slack-token'].join('-');
const CHANNEL = 'C0123456789';
const BOT = 'B0PLANTED';
const SECRET_PATH = '/services/T0PLANTED/B0PLANTED/planted-slack-path';

/** Slack: an incoming webhook, and as much of the Web API as a bot needs, with the limits of Block Kit. */
export async function startSlack(): Promise<FakeSlack> {
  const messages: SlackMessage[] = [];
  const errors: string[] = [];
  const scopes = new Set(['chat:write', 'channels:history']);
  const receiver = await startReceiver(({ path, headers, body }) => {
    const sent = jsonObject(body);
    if (path === SECRET_PATH) return viaWebhook(sent, messages);
    if (!path.startsWith('/api/')) return { status: 404, body: 'no_service' };
    const planned = errors.shift();
    if (planned !== undefined) return no(planned);
    if (headers['authorization'] !== `Bearer ${TOKEN}`) return no('invalid_auth');
    const method = path.slice('/api/'.length);
    if (method === 'auth.test') return yes({ user_id: 'U0PLANTED', bot_id: BOT });
    if (sent['channel'] !== CHANNEL) return no('channel_not_found');
    if (!method.startsWith('conversations.')) return viaApi(method, sent, messages);
    return scopes.has('channels:history') ? read(method, sent, messages) : no('missing_scope');
  });
  const { url } = receiver;
  const places = { webhook: `${url}${SECRET_PATH}`, api: `${url}/api`, token: TOKEN, channel: CHANNEL };
  return Object.assign(receiver, { messages, errors, scopes, ...places });
}

function viaWebhook(sent: Readonly<Record<string, unknown>>, messages: SlackMessage[]): Said {
  if (faultOf(sent) !== null) return { status: 400, body: 'invalid_blocks' };
  post(sent, messages);
  return { status: 200, body: 'ok', headers: { 'content-type': 'text/html' } };
}

function viaApi(method: string, sent: Readonly<Record<string, unknown>>, messages: SlackMessage[]): Said {
  if (faultOf(sent) !== null) return no('invalid_blocks');
  if (method === 'chat.postMessage') return yes({ ts: post(sent, messages) });
  if (method !== 'chat.update') return no('unknown_method');
  const known = messages.find(({ ts }) => ts === sent['ts']);
  if (known === undefined) return no('message_not_found');
  known.body = sent;
  known.edits += 1;
  return yes({ ts: known.ts });
}

function post(sent: Readonly<Record<string, unknown>>, messages: SlackMessage[]): string {
  const ts = `1763900000.${String(messages.length + 1).padStart(6, '0')}`;
  const thread = typeof sent['thread_ts'] === 'string' ? sent['thread_ts'] : null;
  const broadcast = sent['reply_broadcast'] === true;
  messages.push({ ts, channel: CHANNEL, thread, broadcast, body: sent, edits: 0, bot: BOT });
  return ts;
}

/**
 * `conversations.history`, newest first and without replies that were not broadcast, and `conversations.replies`, oldest first with the root
 * (docs.slack.dev/reference/methods); metadata only for those who ask for it.
 */
function read(method: string, sent: Readonly<Record<string, unknown>>, messages: readonly SlackMessage[]): Said {
  const isThread = method === 'conversations.replies';
  if (isThread && !messages.some(({ ts }) => ts === sent['ts'])) return no('thread_not_found');
  const listed = isThread
    ? messages.filter(({ ts, thread }) => ts === sent['ts'] || thread === sent['ts'])
    : messages.filter(({ thread, broadcast }) => thread === null || broadcast).reverse();
  const from = Number(sent['cursor'] ?? 0);
  const to = from + Math.min(Number(sent['limit'] ?? 100), 999);
  const shown = listed.slice(from, to).map(({ ts, thread, bot, body: { text, blocks, metadata } }) => ({
    ...{ type: 'message', ts, bot_id: bot, text, blocks },
    ...(thread === null ? {} : { thread_ts: thread }),
    ...(sent['include_all_metadata'] === true && metadata !== undefined ? { metadata } : {}),
  }));
  const next = to < listed.length ? String(to) : '';
  return yes({ messages: shown, has_more: next !== '', response_metadata: { next_cursor: next } });
}

function yes(body: Readonly<Record<string, unknown>>): Said {
  return { status: 200, body: JSON.stringify({ ok: true, ...body }) };
}

function no(error: string): Said {
  return { status: 200, body: JSON.stringify({ ok: false, error }) };
}

/** What Slack would refuse: the limits of its reference of blocks. */
function faultOf(sent: Readonly<Record<string, unknown>>): string | null {
  const blocks = Array.isArray(sent['blocks']) ? sent['blocks'] : null;
  if (blocks === null || blocks.length === 0 || blocks.length > 50) return 'blocks';
  for (const block of blocks) {
    const { type, text, fields = [] } = block;
    if (type === 'header' && (text.type !== 'plain_text' || text.text.length > 150 || text.text === ''))
      return 'header';
    if (type === 'section' && text !== undefined && (text.text.length > 3_000 || text.text === '')) return 'section';
    if (fields.length > 10 || fields.some((field: { text: string }) => field.text.length > 2_000)) return 'fields';
    if (type === 'section' && text === undefined && fields.length === 0) return 'empty section';
  }
  return null;
}
