import { type Failure, OutsideFailure } from '../../core/failure.ts';
import { hmacSha256, sha256 } from '../../core/hash.ts';
import { inertLine } from '../../core/text.ts';
import { type Duration, SECOND } from '../../core/time.ts';
import type { Lever, LeverOrder } from './levers.ts';

/**
 * The address of a webhook and the secret that authenticates us; neither may ever be shown. Null when the environment lacks
 * it.
 */
export interface WebhookAddress {
  readonly url: string | null;
  readonly secret: string | null;
  /** Names of the environment variables, for people. */
  readonly urlName: string;
  readonly secretName: string;
}

const TIMEOUT: Duration = 10 * SECOND;
const MAX_REASON = 400;
const MOST_AGENTS = 500;

/** Notifies whoever manages the agents' keys that they are stopped or resumed, so that the keys can be turned off and on. */
export function webhookLever(address: WebhookAddress, timeout: Duration = TIMEOUT): Lever {
  return {
    kind: 'webhook',
    looks: false,
    isFor: () => true,
    ask: async (order) => {
      const { url, secret } = checked(address);
      const body = JSON.stringify(messageOf(order));
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'checkrein',
        'idempotency-key': keyOf(order),
        'x-checkrein-signature-256': `sha256=${hmacSha256(secret, body)}`,
      };
      const failure = failureOfStatus(await statusOf(url, { method: 'POST', headers, body }, timeout));
      if (failure !== null) throw new OutsideFailure(failure);
    },
  };
}

/** What is sent. A stable contract: fields may be added. */
function messageOf({ event, repo, generation, agents, reason, at }: LeverOrder): Readonly<Record<string, unknown>> {
  const names = [...agents].sort().slice(0, MOST_AGENTS);
  return {
    event,
    repo,
    generation,
    agents: names.map((name) => inertLine(name)),
    reason: inertLine(reason, MAX_REASON),
    at,
  };
}

/** The same key for the same stop, whichever process sends it; a different one for every other stop. */
function keyOf({ event, repo, generation, at }: LeverOrder): string {
  return sha256(JSON.stringify([repo, generation, event, at]));
}

/** @throws OutsideFailure when it cannot be called, without the address or the secret in its text. */
function checked({ url, secret, urlName, secretName }: WebhookAddress): {
  readonly url: string;
  readonly secret: string;
} {
  if (url === null || url === '') throw unusable(`the environment has no ${urlName}`, HAND_ON);
  if (secret === null || secret === '') throw unusable(`the environment has no ${secretName}`, HAND_ON);
  if (!isCallable(url)) {
    throw unusable(`what ${urlName} holds is no https address without a name and a password in it`, 'Put it right');
  }
  return { url, secret };
}

const HAND_ON = 'Hand it to the step of Checkrein from a secret, under `env:`';

function unusable(why: string, remedy: string): OutsideFailure {
  return new OutsideFailure({
    kind: 'unsupported',
    message: `The webhook of the stop could not be called: ${why}`,
    remedy,
    retry: false,
  });
}

/** Whether an address may be called: https or this machine, without a user name and password in it. */
export function isCallable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Null when there was no answer. Thrown errors are not looked at, because they may contain the address. */
async function statusOf(url: string, request: RequestInit, timeout: Duration): Promise<number | null> {
  try {
    const answer = await fetch(url, { ...request, redirect: 'manual', signal: AbortSignal.timeout(timeout) });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return null;
  }
}

/** Statuses that may pass by themselves, besides server errors. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

const BY_HAND = 'See why its receiver does so; until then switch the keys of the agents off and on by hand';

function failureOfStatus(status: number | null): Failure | null {
  if (status === null) return failure('unavailable', 'did not answer in time, or could not be reached', true);
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) {
    return failure('invalid', `answered ${status}, which leads elsewhere and is not followed`, false);
  }
  const passes = status >= 500 || PASSING.has(status);
  return failure(passes ? 'unavailable' : 'invalid', `answered ${status}`, passes);
}

function failure(kind: Failure['kind'], what: string, retry: boolean): Failure {
  return { kind, message: `The webhook of the stop ${what}`, remedy: BY_HAND, retry };
}
