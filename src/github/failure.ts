import { type Failure, OutsideFailure } from '../core/failure.ts';
import { redact } from '../core/redact.ts';
import { plainLine } from '../core/text.ts';
import { type Duration, type Instant, MINUTE, SECOND, toMs } from '../core/time.ts';
import { type Headers, headerNumber, resetOf } from './usage.ts';

/** What a call is for: the words and the permission for its failures. */
export interface Purpose {
  /** Follows "could not": `list the runs of a workflow`. */
  readonly doing: string;
  /** The line of a workflow's `permissions:` block that the call needs. */
  readonly permission: string;
  /** A second such line, if one is not enough. */
  readonly alsoNeeds?: string;
}

/** The fields we use of errors from Octokit and fetch; every one may be missing. */
interface ErrorShape {
  readonly status?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly code?: unknown;
  readonly name?: unknown;
  readonly response?: { readonly headers?: Headers; readonly data?: unknown };
}

/**
 * Turns whatever a call to GitHub threw into a failure that says what to do.
 * @throws the error itself when it is a bug of ours rather than an outside failure.
 */
export function failureOf(error: unknown, purpose: Purpose, now: Instant): Failure {
  const outside = outsideCause(error);
  if (outside !== null) return outside;
  const shape = asShape(error);
  const limited = rateLimited(shape, purpose, now);
  if (limited !== null) return limited;
  if (shape.response !== undefined && typeof shape.status === 'number') {
    return ofStatus(shape.status, shape, purpose);
  }
  if (graphqlErrors(shape).length > 0) return ofGraphql(shape, purpose);
  if (isNetworkError(shape)) return ofNetwork(shape, purpose);
  throw error;
}

function outsideCause(error: unknown): Failure | null {
  if (error instanceof OutsideFailure) return error.failure;
  return error instanceof Error && error.cause instanceof OutsideFailure ? error.cause.failure : null;
}

function asShape(error: unknown): ErrorShape {
  return typeof error === 'object' && error !== null ? error : {};
}

/** GitHub's words about a refusal: one line, without secrets; empty if it sent none (a proxy's page). */
function wordsOf(shape: ErrorShape): string {
  const data = shape.response?.data;
  const message = typeof data === 'object' && data !== null && 'message' in data ? data.message : null;
  return typeof message === 'string' ? `: ${withoutStop(plainLine(redact(message), 160))}` : '';
}

/** Removes the period at the end, because our own follows. */
function withoutStop(words: string): string {
  return words.replace(/[.\s]+$/, '');
}

function ofStatus(status: number, shape: ErrorShape, purpose: Purpose): Failure {
  const answered = `Could not ${purpose.doing}: GitHub answered ${status}${wordsOf(shape)}`;
  const known = BY_STATUS[status]?.(answered, linesOf(purpose), wordsOf(shape));
  if (known !== undefined) return known;
  if (status >= 500) return unavailable(answered);
  return {
    kind: 'invalid',
    message: answered,
    remedy: 'GitHub refused the request itself; please report this with the message',
    retry: false,
  };
}

/** The lines of `permissions:` that a call needs, ready for use in a sentence. */
function linesOf({ permission, alsoNeeds }: Purpose): string {
  return alsoNeeds === undefined ? `\`${permission}\`` : `\`${permission}\` and \`${alsoNeeds}\``;
}

function unavailable(message: string): Failure {
  return {
    kind: 'unavailable',
    message,
    remedy: 'Nothing to do: the next run tries again. https://www.githubstatus.com says whether GitHub has trouble',
    retry: true,
  };
}

const BY_STATUS: Readonly<Record<number, (answered: string, permissions: string, words: string) => Failure>> = {
  401: (message) => ({
    kind: 'unauthorized',
    message,
    remedy: 'The token is wrong or has expired: pass `github-token` (in Actions) or set GITHUB_TOKEN (on a machine)',
    retry: false,
  }),
  403: (message, permissions, words) => ({
    kind: 'forbidden',
    message,
    remedy: /locked/i.test(words)
      ? 'Unlock the conversation, or leave it: nothing is written to it while it is locked'
      : `Add ${permissions} to the \`permissions:\` block of the workflow that runs Checkrein (keys left out there count as none); a personal token needs the same permission`,
    retry: false,
  }),
  404: (message, permissions) => ({
    kind: 'not_found',
    message,
    remedy: `Check the name. GitHub also answers 404 when the token may not see the repository: it needs ${permissions}`,
    retry: false,
  }),
  408: unavailable,
  409: (message, _permissions, words) =>
    /empty/i.test(words)
      ? {
          kind: 'unsupported',
          message,
          remedy: 'The repository has no commit yet, and GitHub cannot keep a branch in it: push a first commit',
          retry: false,
        }
      : { kind: 'conflict', message, remedy: 'Somebody else changed it: the next run starts from there', retry: true },
  410: (message, _permissions, words) =>
    /disabled/i.test(words)
      ? {
          // What is disabled still exists, so it must not be treated as gone.
          kind: 'unsupported',
          message,
          remedy: 'Issues are switched off in this repository: switch them on in Settings > General > Features',
          retry: false,
        }
      : {
          kind: 'gone',
          message,
          remedy: 'It has expired or was deleted; what it held cannot be had any more',
          retry: false,
        },
  422: (message, _permissions, words) =>
    /rule violation|protected branch/i.test(words)
      ? {
          kind: 'forbidden',
          message,
          remedy: 'A rule of the repository forbids it: let GitHub Actions write the branch in the ruleset',
          retry: false,
        }
      : {
          kind: 'invalid',
          message,
          remedy: 'GitHub refused the content of the request; please report this with the message',
          retry: false,
        },
};

/** Null when the refusal is not a rate limit. */
function rateLimited(shape: ErrorShape, purpose: Purpose, now: Instant): Failure | null {
  const headers = shape.response?.headers ?? {};
  const refused = shape.status === 403 || shape.status === 429;
  const primary = (refused && headers['x-ratelimit-remaining'] === '0') || graphqlLimited(shape);
  const retryAfter = headerNumber(headers, 'retry-after');
  const secondary = refused && (retryAfter !== null || shape.status === 429 || /secondary rate/i.test(wordsOf(shape)));
  if (!primary && !secondary) return null;
  const reset = resetOf(headers);
  const wait = waitOf(retryAfter, primary ? reset : null, now);
  return {
    kind: 'rate_limited',
    message: primary
      ? `Could not ${purpose.doing}: GitHub's request limit for this token is used up until ${reset ?? 'it is renewed'}`
      : `Could not ${purpose.doing}: GitHub asks to slow down (secondary rate limit) for ${Math.ceil(wait / SECOND)} s`,
    remedy: primary
      ? 'The next run after that goes on where this one stopped. All workflows of the repository share the limit; an App token has its own'
      : 'The next run goes on where this one stopped',
    retry: true,
    retryAfter: wait,
  };
}

function waitOf(retryAfterSeconds: number | null, reset: Instant | null, now: Instant): Duration {
  if (retryAfterSeconds !== null) return retryAfterSeconds * SECOND;
  return reset === null ? MINUTE : Math.max(SECOND, toMs(reset) - toMs(now) + SECOND);
}

interface GraphqlError {
  readonly type?: unknown;
  readonly message?: unknown;
}

/** The errors in the body of a GraphQL answer, which come with HTTP 200. */
function graphqlErrors(shape: ErrorShape): readonly GraphqlError[] {
  const data = shape.response?.data;
  const errors = typeof data === 'object' && data !== null && 'errors' in data ? data.errors : null;
  return Array.isArray(errors) ? errors.filter((entry) => typeof entry === 'object' && entry !== null) : [];
}

function graphqlLimited(shape: ErrorShape): boolean {
  return graphqlErrors(shape).some((error) => error.type === 'RATE_LIMITED');
}

/** The kind of failure for a type of GraphQL error. Any other type is a refusal of the request itself. */
const GRAPHQL_KINDS: Readonly<Record<string, Failure['kind']>> = {
  FORBIDDEN: 'forbidden',
  INSUFFICIENT_SCOPES: 'forbidden',
  NOT_FOUND: 'not_found',
};

function ofGraphql(shape: ErrorShape, purpose: Purpose): Failure {
  const [first] = graphqlErrors(shape);
  const words = typeof first?.message === 'string' ? `: ${plainLine(redact(first.message), 160)}` : '';
  const message = `Could not ${purpose.doing}: GitHub's GraphQL API refused it${words}`;
  // GraphQL reports its own internal errors like this, with HTTP 200 and without a type.
  if (first?.type === undefined && /something went wrong|timeout/i.test(words)) return unavailable(message);
  return {
    kind: GRAPHQL_KINDS[String(first?.type)] ?? 'invalid',
    message,
    remedy: `The token needs ${linesOf(purpose)}`,
    retry: false,
  };
}

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ENOTFOUND: 'its name could not be resolved',
  EAI_AGAIN: 'its name could not be resolved',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  TimeoutError: 'it did not answer in time',
  AbortError: 'it did not answer in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is signed by itself',
};

/** Octokit uses 500 for calls that got no answer; fetch itself throws a TypeError or a DOMException. */
function isNetworkError(shape: ErrorShape): boolean {
  return shape.status === 500 || networkWord(shape) !== null || shape.message === 'fetch failed';
}

function networkWord(shape: ErrorShape): string | null {
  const own = NETWORK[String(shape.code)] ?? NETWORK[String(shape.name)];
  if (own !== undefined) return own;
  return shape.cause === undefined || shape.cause === null ? null : networkWord(asShape(shape.cause));
}

function ofNetwork(shape: ErrorShape, purpose: Purpose): Failure {
  return {
    kind: 'unavailable',
    message: `Could not ${purpose.doing}: GitHub could not be reached, ${networkWord(shape) ?? 'the connection failed'}`,
    remedy: 'The next run tries again; if it stays, check GITHUB_API_URL and the network of the runner',
    retry: true,
  };
}
