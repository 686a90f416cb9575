import type { Delivery, Notice, ReceiverData } from '../../../core/notice.ts';
import type { Channel, Line } from '../channel.ts';
import { delivered, type Undelivered } from '../delivery.ts';
import { readSecret } from '../environment.ts';
import { fitted } from '../fit.ts';
import { messageOf } from '../message.ts';
import { SLACK_ROOM, slackBody } from '../slack/blocks.ts';
import { type Asked, ask } from './ask.ts';
import type { SlackBotSettings } from './settings.ts';

/** Slack by the token of an app. One message for each episode, which is updated; what is news stands in its thread as well. */
export const slackBot: Channel<SlackBotSettings> = {
  type: 'slack-bot',
  secrets: ({ token }) => [{ key: 'token', name: token }],
  send: async (notice, previous, settings, line) => {
    const token = readSecret(settings.token, line.means);
    if (!token.ok) return token.failure;
    const said = fitted(messageOf(notice), (message) => JSON.stringify(slackBody(message)), SLACK_ROOM);
    const desk: Desk = { settings, token: token.value, line, body: JSON.parse(said) };
    const root = rootOf(previous, settings);
    if (root === null) return await begin(notice, desk);
    return await goOn(notice, root, desk);
  },
};

interface Desk {
  readonly settings: SlackBotSettings;
  readonly token: string;
  readonly line: Line;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The message that began the thread; null where there is none in this channel of Slack. */
function rootOf(previous: ReceiverData | null, { channel }: SlackBotSettings): string | null {
  const ts = previous?.['ts'];
  return ts !== undefined && previous?.['channel'] === channel ? ts : null;
}

async function begin({ key }: Notice, desk: Desk): Promise<Delivery> {
  const metadata = { event_type: 'checkrein_notice', event_payload: { key } };
  const made = await call('chat.postMessage', { ...desk.body, metadata }, desk);
  if (!made.ok) return undelivered(made);
  return delivered({ channel: desk.settings.channel, ts: made.ts ?? '' });
}

/** The message says how things are; a reply in its thread tells those who follow it, because an update notifies nobody. */
async function goOn(notice: Notice, ts: string, desk: Desk): Promise<Delivery> {
  const receiver = { channel: desk.settings.channel, ts };
  if (notice.kind !== 'remind') {
    const updated = await call('chat.update', { ...desk.body, ts }, desk);
    if (!updated.ok && updated.gone) return await begin(notice, desk);
    if (!updated.ok) return undelivered(updated);
  }
  const loud = notice.because === 'escalated' || notice.because === 'severity_raised';
  const replied = await call('chat.postMessage', { ...desk.body, thread_ts: ts, reply_broadcast: loud }, desk);
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
