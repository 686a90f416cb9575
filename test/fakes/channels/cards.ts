import { jsonObject, type Receiver, startReceiver } from './receiver.ts';

/** A receiver of cards behind an address that is a secret. */
export interface CardReceiver extends Receiver {
  readonly webhook: string;
  /** Bodies that were shown, each of them once more for each time it came. */
  readonly shown: Readonly<Record<string, unknown>>[];
}

const CHAT_PATH = '/v1/spaces/AAAA/messages';
const TEAMS_PATH = '/workflows/planted-teams-path/triggers/manual/paths/invoke';

/** Google Chat: a webhook of a space. Takes up to 32,000 bytes. */
export async function startGoogleChat(): Promise<CardReceiver> {
  const shown: Readonly<Record<string, unknown>>[] = [];
  const receiver = await startReceiver(({ path, query, body }) => {
    if (path !== CHAT_PATH || query.get('token') !== 'planted-chat-token') return { status: 404 };
    const sent = jsonObject(body);
    if (Buffer.byteLength(body) > 32_000 || !Array.isArray(sent['cardsV2'])) {
      return { status: 400, body: JSON.stringify({ error: { code: 400, status: 'INVALID_ARGUMENT' } }) };
    }
    shown.push(sent);
    return { status: 200, body: JSON.stringify({ name: `spaces/AAAA/messages/${shown.length}` }) };
  });
  const webhook = `${receiver.url}${CHAT_PATH}?key=planted-chat-key&token=planted-chat-token`;
  return Object.assign(receiver, { shown, webhook });
}

/** Microsoft Teams: a webhook of Workflows, which answers 202 and shows the card later. Takes up to 28 KB. */
export async function startTeams(): Promise<CardReceiver> {
  const shown: Readonly<Record<string, unknown>>[] = [];
  const receiver = await startReceiver(({ path, query, body }) => {
    if (path !== TEAMS_PATH || query.get('sig') !== 'planted-teams-signature') return { status: 401 };
    if (Buffer.byteLength(body) > 28_000) return { status: 413 };
    const sent = jsonObject(body);
    if (sent['type'] !== 'message' || !Array.isArray(sent['attachments'])) return { status: 400 };
    shown.push(sent);
    return { status: 202 };
  });
  return Object.assign(receiver, { shown, webhook: `${receiver.url}${TEAMS_PATH}?sig=planted-teams-signature` });
}
