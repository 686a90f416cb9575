import { type Duration, HOUR, type Instant, SECOND, toMs } from '../../core/time.ts';
import type { Line, Means } from './channel.ts';
import { doubtful, postponed, refused, type Undelivered } from './delivery.ts';
import { isLoopback } from './secret.ts';

/** One call to a receiver. */
export interface Call {
  /** May be a secret, so it is never shown. */
  readonly url: string;
  /** What the receiver is called in messages: `PagerDuty`, `the webhook in SLACK_OPS_WEBHOOK`. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the receiver recognises a repeated message and shows it once. */
  readonly repeatable: boolean;
  /**
   * Finds the reason for a refusal in an answer, free of secrets. By default only a single word such as `invalid_payload`
   * is used.
   */
  readonly reasonIn?: (text: string) => string;
  /** How many characters of the answer to read; `MAX_ANSWER` by default. */
  readonly most?: number;
}

/** What a receiver answered. */
export interface Answer {
  readonly ok: true;
  readonly status: number;
  /** The beginning of the answer, up to what the call asked for. */
  readonly text: string;
}

/** The rest of a longer answer is not read. */
const MAX_ANSWER = 64 * 1_024;

const MAX_TRIES = 3;

/** Waits between tries when the receiver names none. */
const WAITS: readonly Duration[] = [SECOND, 4 * SECOND];

/** The longest wait that we accept from a receiver. */
const LONGEST_WAIT: Duration = 24 * HOUR;

const MAX_HOPS = 3;

/**
 * Sends one call to a receiver by POST, with a few retries where that is safe and patience is left. Thrown errors are not
 * shown, because they may contain the address.
 */
export async function post(call: Call, line: Line): Promise<Answer | Undelivered> {
  const fault = addressFault(call.url);
  if (fault !== null) return refused(`${call.name} cannot be called: ${fault}`);
  for (let tries = 1; ; tries++) {
    const outcome = await once(call, call.url, line.means, MAX_HOPS);
    if (outcome.ok || tries === MAX_TRIES || !outcome.retry || (outcome.unsure && !call.repeatable)) return outcome;
    const wait = outcome.waitFor ?? WAITS[tries - 1] ?? 0;
    if (!line.patience.take(wait)) return outcome;
    await line.means.sleep(wait);
  }
}

function addressFault(url: string): string | null {
  if (!URL.canParse(url)) return 'its address is none. Put it right';
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '') return 'its address has a name and a password in it. Leave them out';
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return null;
  return 'its address is not https. Put it right';
}

async function once(call: Call, url: string, means: Means, hops: number): Promise<Answer | Undelivered> {
  const { headers, body, name } = call;
  const signal = AbortSignal.timeout(means.timeout);
  let response: Response;
  try {
    const sent = { 'content-type': 'application/json', 'user-agent': 'checkrein', ...headers };
    response = await means.fetch(url, { method: 'POST', headers: sent, body, redirect: 'manual', signal });
  } catch (error) {
    return failureOf(error, name);
  }
  const next = nextHop(response, url);
  if (next !== null && hops > 0) {
    await response.body?.cancel();
    return await once(call, next, means, hops - 1);
  }
  const text = await firstPart(response, call.most ?? MAX_ANSWER);
  const { status } = response;
  if (status >= 200 && status < 300) return { ok: true, status, text };
  const reason = (call.reasonIn ?? wordIn)(text);
  const said = `${name} answered ${status}${reason === '' ? '' : ` (${reason})`}`;
  return failureOfStatus(status, said, waitOf(response.headers.get('retry-after'), means.clock()));
}

/** Where to repeat the call: only for redirects that keep the method, and never to another host. */
function nextHop({ status, headers }: Response, url: string): string | null {
  const location = headers.get('location');
  if ((status !== 307 && status !== 308) || location === null || !URL.canParse(location, url)) return null;
  const next = new URL(location, url);
  return next.origin === new URL(url).origin ? next.href : null;
}

/** The beginning of an answer. What cannot be read is left out, because the status has arrived already. */
async function firstPart({ body }: Response, most: number): Promise<string> {
  if (body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= most) break;
    }
  } catch {
    return text;
  }
  return text.slice(0, most);
}

/** Statuses that may pass by themselves, besides server errors. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/** Statuses with which the receiver says that it did nothing. */
const UNTOUCHED: ReadonlySet<number> = new Set([425, 429, 503]);

function failureOfStatus(status: number, said: string, waitFor: Duration | null): Undelivered {
  if (status >= 300 && status < 400)
    return refused(`${said}, which leads elsewhere and is not followed. Put its address right`);
  if (UNTOUCHED.has(status)) return postponed(said, waitFor);
  if (status >= 500 || PASSING.has(status)) return doubtful(said, waitFor);
  return refused(`${said}. ${REMEDIES[status] ?? 'See what it wants there'}`);
}

const REMEDIES: Readonly<Record<number, string>> = {
  400: 'It does not take such a message: see that the channel is of the right type',
  401: 'See whether its key or token is still valid',
  403: 'See whether its key, token or address is still valid and may post there',
  404: 'There is nobody at this address any more: make a new one',
  410: 'There is nobody at this address any more: make a new one',
  413: 'The message is too large for it',
};

/** A one-word reason from a receiver, such as `invalid_payload`: short and letters only, so it cannot contain a secret. */
function wordIn(text: string): string {
  const word = text.trim();
  return word.length <= 40 && /^[a-z]+(?:_[a-z]+){0,5}$/.test(word) ? word : '';
}

function waitOf(header: string | null, now: Instant): Duration | null {
  if (header === null) return null;
  const seconds = /^\d{1,9}(\.\d+)?$/.test(header.trim()) ? Number(header) * SECOND : Date.parse(header) - toMs(now);
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), LONGEST_WAIT) : null;
}

/** No connection was made, so nothing has arrived. */
const NOT_REACHED: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
]);

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO/;

function failureOf(error: unknown, name: string): Undelivered {
  const code = codeOf(error);
  if (CERTIFICATE.test(code)) {
    return refused(`${name} has no certificate that can be trusted (${code}). See that its address is right`);
  }
  if (NOT_REACHED.has(code)) return postponed(`${name} could not be reached (${code})`);
  if (error instanceof Error && error.name === 'TimeoutError') return doubtful(`${name} did not answer in time`);
  return doubtful(`the connection to ${name} broke off${code === '' ? '' : ` (${code})`}`);
}

/** The code of the cause of a failed fetch. Only a word in capitals, so that nothing else gets out. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : null;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : '';
  return typeof code === 'string' && /^[A-Z][A-Z_\d]{2,60}$/.test(code) ? code : '';
}
