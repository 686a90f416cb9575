import type { Halt } from '../core/halt.ts';
import { parse } from '../sources/sessions/json/document.ts';
import { asObject, asText, type JsonObject } from '../sources/sessions/json/fields.ts';
import { callGitHub, type GitHubAnswer } from './github-calls.ts';
import type { GitHubAccess } from './plan.ts';

/** What a look at the emergency stop gave. */
export type HaltLook =
  | { readonly kind: 'none' }
  | { readonly kind: 'halted'; readonly generation: number }
  /** The ledger was there when the agent began, and is not any more. */
  | { readonly kind: 'gone' }
  /** Why nobody knows, in our words. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** Whom a stop is looked for. */
export interface HaltTerms {
  /** As `--ledger` takes it. */
  readonly ledger: string | null;
  readonly agent: string;
  readonly workflow: string | null;
  /** Whether the ledger is known to exist: a lease was written into it. */
  readonly written: boolean;
}

const ADDRESS = /^branch:([^/@]+\/[^/@]+)(?:@(.+))?$/;

/**
 * Looks for an emergency stop in the ledger's branch: one small request that GitHub answers without cost while the branch stands where
 * it stood, and the checkpoint of the branch when it has moved. Null where the ledger is no branch that can be asked.
 */
export function haltLook(access: GitHubAccess, terms: HaltTerms): (() => Promise<HaltLook>) | null {
  const [, repo, branch = 'checkrein'] = ADDRESS.exec(terms.ledger ?? '') ?? [];
  if (repo === undefined) return null;
  const at = `/repos/${repo}`;
  let etag: string | null = null;
  let known: HaltLook = { kind: 'none' };
  return async () => {
    const path = `${at}/git/ref/heads/${branch.split('/').map(encodeURIComponent).join('/')}`;
    const ref = await callGitHub(access, 'GET', path, etag === null ? {} : { 'if-none-match': etag });
    if (ref?.status === 304) return known;
    const head = headIn(ref);
    if (head === null) return nothingAt(ref?.status, terms);
    const found = await lookAt(access, at, head, terms);
    if (found.kind === 'unknown') return found;
    [known, etag] = [found, ref?.etag ?? null];
    return known;
  };
}

function headIn(ref: GitHubAnswer | null): string | null {
  if (ref?.status !== 200) return null;
  return asText(asObject(asObject(parse(ref.body.toString('utf8')))?.['object'])?.['sha']);
}

async function lookAt(access: GitHubAccess, repo: string, head: string, terms: HaltTerms): Promise<HaltLook> {
  const file = await callGitHub(access, 'GET', `${repo}/contents/state.json?ref=${encodeURIComponent(head)}`);
  if (file?.status !== 200) return nothingAt(file?.status, terms);
  const bytes = contentIn(file) ?? (await contentOfBlob(access, repo, file));
  const halt = bytes === null ? null : haltIn(bytes);
  if (halt === null) return { kind: 'unknown', reason: 'The emergency stop cannot be read from the ledger' };
  return lookOf(halt, terms);
}

/** A file of more than a megabyte comes without its content, which its blob has. */
async function contentOfBlob(access: GitHubAccess, repo: string, file: GitHubAnswer): Promise<Buffer | null> {
  const sha = asText(asObject(parse(file.body.toString('utf8')))?.['sha']);
  const blob = sha === null ? null : await callGitHub(access, 'GET', `${repo}/git/blobs/${encodeURIComponent(sha)}`);
  return blob?.status === 200 ? contentIn(blob) : null;
}

function contentIn({ body }: GitHubAnswer): Buffer | null {
  const file = asObject(parse(body.toString('utf8')));
  const content = file?.['encoding'] === 'base64' ? asText(file['content']) : null;
  return content === null ? null : Buffer.from(content, 'base64');
}

/** A ledger that was never written holds no stop; one that was written does not go away by itself. */
function nothingAt(status: number | undefined, { written }: HaltTerms): HaltLook {
  if (status !== 404) return { kind: 'unknown', reason: unread(status) };
  return written ? { kind: 'gone' } : { kind: 'none' };
}

function unread(status: number | undefined): string {
  return `The ledger could not be asked for an emergency stop${status === undefined ? '' : ` (GitHub answered ${status})`}`;
}

/** How the halt begins in the checkpoint, whose keys are in order: no text in it can look so, for its quotes are escaped. */
const START = '"halt":{"generation":';

/** What the checkpoint says of the stop, cut out of it: the checkpoint of a large ledger is not worth the memory to be read as a whole. */
export function haltIn(state: Buffer): JsonObject | null {
  const start = state.indexOf(START);
  if (start === -1) return null;
  const from = start + '"halt":'.length;
  let depth = 0;
  for (let at = from; at < state.length; at++) {
    const byte = state[at];
    if (byte === QUOTE) at = endOfText(state, at);
    else if (byte === OPEN) depth++;
    else if (byte === CLOSE) depth--;
    if (depth === 0) return asObject(parse(state.toString('utf8', from, at + 1)));
  }
  return null;
}

/** Where the quote stands that ends a text which begins at `from`; the end of the bytes when none does. */
function endOfText(state: Buffer, from: number): number {
  let at = from + 1;
  while (at < state.length && state[at] !== QUOTE) at += state[at] === BACKSLASH ? 2 : 1;
  return at;
}

const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x7b, 0x7d] as const;

/** A stop in force holds for an agent when it names it, or all, and still holds its workflow: what was resumed may go on. */
function lookOf(state: JsonObject, { agent, workflow }: HaltTerms): HaltLook {
  const halt = asObject(state['halt']) as Halt | null;
  if (halt === null) return { kind: 'none' };
  const isMeant = halt.scope.kind === 'all' || halt.scope.names.includes(agent);
  const held = Array.isArray(state['held']) ? state['held'].map((one) => asObject(one)?.['path']) : [];
  const isHeld = workflow === null || held.length === 0 || held.includes(workflow);
  return isMeant && isHeld ? { kind: 'halted', generation: halt.generation } : { kind: 'none' };
}
