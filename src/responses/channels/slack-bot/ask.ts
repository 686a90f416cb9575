import type { Line } from '../channel.ts';
import { doubtful, postponed, refused, type Undelivered } from '../delivery.ts';
import { type Call, post } from '../post.ts';

/** The result of a call to Slack's API. */
export type Asked =
  | { readonly ok: true; readonly ts: string | null }
  | {
      readonly ok: false;
      readonly failure: Undelivered;
      /** True when the message no longer exists or cannot be changed. */
      readonly gone: boolean;
    };

/** What is needed to call Slack's API. */
export interface Access {
  readonly api: string;
  readonly token: string;
  readonly line: Line;
}

/** Calls one method of Slack's API. It answers 200 to nearly everything and reports success in the body. */
export async function ask(method: string, body: Readonly<Record<string, unknown>>, access: Access): Promise<Asked> {
  // Updating twice is harmless; posting twice makes two messages.
  const answer = await post(callOf(method, body, access, method === 'chat.update'), access.line);
  if (!answer.ok) return { ok: false, failure: answer, gone: false };
  const said = readAnswer(answer.text);
  if (said === null)
    return { ok: false, failure: doubtful(`Slack (${method}) gave an answer that is none`), gone: false };
  if (said.ok) return { ok: true, ts: said.ts };
  return { ok: false, failure: failureOf(said.error, method), gone: GONE.has(said.error) };
}

/** The most that is read of a channel's history. */
const MAX_PAGE = 2 * 1_024 * 1_024;

/** Calls a method that only reads; null when it fails, whatever the reason. */
export async function askToRead(
  method: string,
  body: Readonly<Record<string, unknown>>,
  access: Access,
): Promise<Readonly<Record<string, unknown>> | null> {
  const answer = await post({ ...callOf(method, body, access, true), most: MAX_PAGE }, access.line);
  const said = answer.ok ? parsed(answer.text) : null;
  return said !== null && said['ok'] === true ? said : null;
}

function callOf(
  method: string,
  body: Readonly<Record<string, unknown>>,
  { api, token }: Access,
  repeatable: boolean,
): Call {
  return {
    url: `${api.replace(/\/$/, '')}/${method}`,
    name: `Slack (${method})`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
    repeatable,
  };
}

/** Null for anything but a JSON object. */
function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

type Said = { readonly ok: true; readonly ts: string | null } | { readonly ok: false; readonly error: string };

function readAnswer(text: string): Said | null {
  const value = parsed(text);
  if (value === null || !('ok' in value)) return null;
  const { ok, ts, error } = value;
  if (ok === true) return { ok: true, ts: typeof ts === 'string' && /^\d{1,12}\.\d{1,9}$/.test(ts) ? ts : null };
  return { ok: false, error: typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? error : 'no reason given' };
}

const GONE: ReadonlySet<string> = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'thread_not_found',
]);

const PASSING: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'service_unavailable',
  'team_added_to_org',
]);

const DOUBTFUL: ReadonlySet<string> = new Set(['internal_error', 'fatal_error', 'request_timeout']);

function failureOf(error: string, method: string): Undelivered {
  const said = `Slack (${method}) answered ${error}`;
  if (PASSING.has(error)) return postponed(said);
  if (DOUBTFUL.has(error)) return doubtful(said);
  return refused(`${said}. ${REMEDIES[error] ?? 'See what the documents of Slack say about it'}`);
}

const TOKEN = 'Make a new bot token, and put it into the secret';

const REMEDIES: Readonly<Record<string, string>> = {
  not_in_channel: 'Invite the app to the channel: /invite @NAME',
  channel_not_found: 'See that `channel` is the id of a channel that the app is a member of',
  is_archived: 'The channel is archived: name another',
  invalid_auth: TOKEN,
  not_authed: TOKEN,
  token_revoked: TOKEN,
  token_expired: TOKEN,
  account_inactive: TOKEN,
  missing_scope: 'Give the app the scope chat:write, and install it again',
};
