import type { Delivery, Notice, ReceiverData } from '../../../core/notice.ts';
import type { Channel, Line } from '../channel.ts';
import { delivered, type Undelivered } from '../delivery.ts';
import { readSecret } from '../environment.ts';
import { fitted } from '../fit.ts';
import { perhapsAgain } from '../forgetful.ts';
import { messageOf } from '../message.ts';
import { SLACK_ROOM, slackBody } from '../slack/blocks.ts';
import { type Asked, ask } from './ask.ts';
import { findMessage, metadataOf, type Search } from './find.ts';
import type { SlackBotSettings } from './settings.ts';

/** Slack through the token of an app. Each episode has one message, which is updated; news is also posted in its thread. */
export const slackBot: Channel<SlackBotSettings> = {
  type: 'slack-bot',
  secrets: ({ token }) => [{ key: 'token', name: token }],
  send: async (notice, previous, settings, line) => {
    const token = readSecret(settings.token, line.means);
    if (!token.ok) return token.failure;
    const desk: Desk = { settings, token: token.value, line };
    const root = rootOf(previous, settings);
    const before = line.isAgain ? await lookFor(notice, root, desk) : ABSENT;
    if (before.kind === 'found') return delivered({ channel: settings.channel, ts: root ?? before.ts });
    const told = before.kind === 'unknown' ? perhapsAgain(notice) : notice;
    return root === null ? await begin(told, desk) : await goOn(told, root, desk);
  },
};

const ABSENT: Search = { kind: 'absent' };

/** A run that died or got no answer may have sent it. In that case Slack has it. */
function lookFor({ key }: Notice, thread: string | null, { settings, token, line }: Desk): Promise<Search> {
  return findMessage(key, { channel: settings.channel, thread }, { api: settings.api, token, line });
}

interface Desk {
  readonly settings: SlackBotSettings;
  readonly token: string;
  readonly line: Line;
}

function bodyOf(notice: Notice): Readonly<Record<string, unknown>> {
  return JSON.parse(fitted(messageOf(notice), (message) => JSON.stringify(slackBody(message)), SLACK_ROOM));
}

/** The message that started the thread; null where there is none in this Slack channel. */
function rootOf(previous: ReceiverData | null, { channel }: SlackBotSettings): string | null {
  const ts = previous?.['ts'];
  return ts !== undefined && previous?.['channel'] === channel ? ts : null;
}

async function begin(notice: Notice, desk: Desk): Promise<Delivery> {
  const metadata = metadataOf(notice.key);
  const made = await call('chat.postMessage', { ...bodyOf(notice), metadata }, desk);
  if (!made.ok) return undelivered(made);
  return delivered({ channel: desk.settings.channel, ts: made.ts ?? '' });
}

/** The message shows the current state. A reply in its thread notifies followers, because an update notifies nobody. */
async function goOn(notice: Notice, ts: string, desk: Desk): Promise<Delivery> {
  const receiver = { channel: desk.settings.channel, ts };
  const body = bodyOf(notice);
  if (notice.kind !== 'remind') {
    const updated = await call('chat.update', { ...body, ts }, desk);
    if (!updated.ok && updated.gone) return await begin(notice, desk);
    if (!updated.ok) return undelivered(updated);
  }
  const loud = notice.because === 'escalated' || notice.because === 'severity_raised';
  const reply = { ...body, thread_ts: ts, reply_broadcast: loud, metadata: metadataOf(notice.key) };
  const replied = await call('chat.postMessage', reply, desk);
  if (!replied.ok && replied.gone) return await begin(notice, desk);
  return replied.ok ? delivered(receiver) : undelivered(replied);
}

function call(method: string, body: Readonly<Record<string, unknown>>, desk: Desk): Promise<Asked> {
  const { settings, token, line } = desk;
  return ask(method, { channel: settings.channel, ...body }, { api: settings.api, token, line });
}

function undelivered(asked: Extract<Asked, { ok: false }>): Undelivered {
  return asked.failure;
}
