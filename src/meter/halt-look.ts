import type { LedgerLoss } from '../core/guard.ts';
import type { Halt } from '../core/halt.ts';
import { after, HOUR, type Instant } from '../core/time.ts';
import { partitionPath, STATE_PATH } from '../ledger/layout.ts';
import { parse } from '../sources/sessions/json/document.ts';
import { asObject, asText, type JsonObject } from '../sources/sessions/json/fields.ts';
import { callGitHub, type GitHubAnswer } from './github-calls.ts';
import type { GitHubAccess } from './plan.ts';

/** The result of looking for the emergency stop. */
export type HaltLook =
  | { readonly kind: 'none' }
  | { readonly kind: 'halted'; readonly generation: number }
  /** The ledger had the lease when the agent began, and now is gone or has less than before. */
  | { readonly kind: 'lost'; readonly how: LedgerLoss }
  /** Why it is unknown, in our words. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** Which agent to look for a stop for. */
export interface HaltTerms {
  /** In the form that `--ledger` accepts. */
  readonly ledger: string | null;
  readonly agent: string;
  readonly workflow: string | null;
  /** The lease that was written to the ledger, which proves that it exists; null when none was. */
  readonly lease: string | null;
  /** When it was written. */
  readonly leasedAt: Instant;
}

const ADDRESS = /^branch:([^/@]+\/[^/@]+)(?:@(.+))?$/;

/**
 * Looks for an emergency stop in the ledger's branch: one small request, free of cost while the branch has not moved, and its
 * checkpoint when it has. Null when the ledger is not a branch that can be read.
 */
export function haltLook(access: GitHubAccess, terms: HaltTerms): (() => Promise<HaltLook>) | null {
  const [, repo, branch = 'checkrein'] = ADDRESS.exec(terms.ledger ?? '') ?? [];
  if (repo === undefined) return null;
  const at = `/repos/${repo}`;
  const name = branch.split('/').map(encodeURIComponent).join('/');
  const memory: Memory = { etag: null, known: { kind: 'none' }, batch: 0 };
  return async () => {
    const { etag } = memory;
    const ref = await callGitHub(
      access,
      'GET',
      `${at}/git/ref/heads/${name}`,
      etag === null ? {} : { 'if-none-match': etag },
    );
    if (ref?.status === 304) return memory.known;
    const head = headIn(ref);
    if (head === null)
      return await nothingAt(ref?.status, terms, () =>
        isSurelyGone(access, `${at}/git/matching-refs/heads/${name}`, branch),
      );
    const found = await lookAt(access, at, head, terms, memory);
    // A loss is checked anew each time, because a replica at GitHub may only be lagging.
    if (found.kind === 'unknown' || found.kind === 'lost') return found;
    [memory.known, memory.etag] = [found, ref?.etag ?? null];
    return found;
  };
}

/** What earlier looks have seen. */
interface Memory {
  etag: string | null;
  known: HaltLook;
  /** The number of the last batch. It only grows, even when the ledger is compacted. */
  batch: number;
}

/**
 * GitHub also says "not found" to a token without access. The branch is only certainly gone when the branches of that name
 * can be listed and there is none.
 */
async function isSurelyGone(access: GitHubAccess, path: string, branch: string): Promise<boolean> {
  const answer = await callGitHub(access, 'GET', path);
  const refs: unknown = answer?.status === 200 ? parse(answer.body.toString('utf8')) : null;
  return Array.isArray(refs) && refs.every((ref) => asObject(ref)?.['ref'] !== `refs/heads/${branch}`);
}

function headIn(ref: GitHubAnswer | null): string | null {
  if (ref?.status !== 200) return null;
  return asText(asObject(asObject(parse(ref.body.toString('utf8')))?.['object'])?.['sha']);
}

async function lookAt(
  access: GitHubAccess,
  repo: string,
  head: string,
  terms: HaltTerms,
  memory: Memory,
): Promise<HaltLook> {
  const read = (path: string): Promise<FileRead> => fileAt(access, repo, head, path);
  const { status, bytes } = await read(STATE_PATH);
  if (status !== 200) return await nothingAt(status, terms, async () => true);
  const halt = bytes === null ? null : haltIn(bytes);
  if (bytes === null || halt === null)
    return { kind: 'unknown', reason: 'The emergency stop cannot be read from the ledger' };
  const found = lookOf(halt, terms);
  // A visible stop takes effect, whatever happened to the rest.
  return found.kind === 'none' ? await standing(bytes, read, terms, memory) : found;
}

/** How the checkpoint marks the end of the ledger. No text in it can look like this, because its quotes are escaped. */
const HEAD = '"head":{"batch":';

/**
 * Whether the ledger still has everything it had: its batches are numbered, and leases are kept longer than any job lasts.
 * The checkpoint may be older than the start of an agent, whose lease is then only among the events.
 */
async function standing(
  state: Buffer,
  read: (path: string) => Promise<FileRead>,
  { lease, leasedAt }: HaltTerms,
  memory: Memory,
): Promise<HaltLook> {
  if (lease === null) return { kind: 'none' };
  const batch = batchIn(state) ?? memory.batch;
  if (batch < memory.batch) return { kind: 'lost', how: 'rewound' };
  const word = JSON.stringify(lease);
  const found: HaltLook = state.includes(word) ? { kind: 'none' } : await amongEvents(word, leasedAt, read);
  if (found.kind === 'none') memory.batch = batch;
  return found;
}

/**
 * Looks for the lease among the events of its day. An earlier guard of the job may have taken it, and it was written by
 * GitHub's clock, which may be ahead of ours.
 */
async function amongEvents(
  word: string,
  leasedAt: Instant,
  read: (path: string) => Promise<FileRead>,
): Promise<HaltLook> {
  const around = [leasedAt, after(leasedAt, HOUR), after(leasedAt, -12 * HOUR)];
  for (const path of new Set(around.map(partitionPath))) {
    const { status, bytes } = await read(path);
    if (bytes === null && status !== 404) return { kind: 'unknown', reason: unread(status) };
    if (bytes?.includes(word) === true) return { kind: 'none' };
  }
  return { kind: 'lost', how: 'rewound' };
}

function batchIn(state: Buffer): number | null {
  const start = state.indexOf(HEAD);
  const digits =
    start === -1 ? null : /^\d{1,15}/.exec(state.toString('latin1', start + HEAD.length, start + HEAD.length + 16));
  return digits === null ? null : Number(digits[0]);
}

interface FileRead {
  /** The status of GitHub's answer; undefined without one. */
  readonly status: number | undefined;
  /** Null when there is none or it cannot be read. */
  readonly bytes: Buffer | null;
}

/** A file of a commit. Above a megabyte, the content is missing and must be read from the blob. */
async function fileAt(access: GitHubAccess, repo: string, commit: string, path: string): Promise<FileRead> {
  const file = await callGitHub(access, 'GET', `${repo}/contents/${path}?ref=${encodeURIComponent(commit)}`);
  if (file?.status !== 200) return { status: file?.status, bytes: null };
  return { status: 200, bytes: contentIn(file) ?? (await contentOfBlob(access, repo, file)) };
}

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

/** A ledger that was never written has no stop; one that was written does not disappear by itself. */
async function nothingAt(
  status: number | undefined,
  { lease }: HaltTerms,
  isSure: () => Promise<boolean>,
): Promise<HaltLook> {
  if (status !== 404) return { kind: 'unknown', reason: unread(status) };
  if (lease === null) return { kind: 'none' };
  return (await isSure()) ? { kind: 'lost', how: 'gone' } : { kind: 'unknown', reason: unread(status) };
}

function unread(status: number | undefined): string {
  return `The ledger could not be asked for an emergency stop${status === undefined ? '' : ` (GitHub answered ${status})`}`;
}

/**
 * How the halt starts in the checkpoint, whose keys are sorted. No text in it can look like this, because its quotes are
 * escaped.
 */
const START = '"halt":{"generation":';

/**
 * The checkpoint's entry for the stop, cut out of the bytes: parsing the whole checkpoint of a large ledger would take too
 * much memory.
 */
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

/** The position of the quote that ends a text starting at `from`; the end of the bytes when there is none. */
function endOfText(state: Buffer, from: number): number {
  let at = from + 1;
  while (at < state.length && state[at] !== QUOTE) at += state[at] === BACKSLASH ? 2 : 1;
  return at;
}

const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x7b, 0x7d] as const;

/** A stop in force applies to an agent when it names it, or all, and still holds its workflow: what was resumed may go on. */
function lookOf(state: JsonObject, { agent, workflow }: HaltTerms): HaltLook {
  const halt = asObject(state['halt']) as Halt | null;
  if (halt === null) return { kind: 'none' };
  const isMeant = halt.scope.kind === 'all' || halt.scope.names.includes(agent);
  const held = Array.isArray(state['held']) ? state['held'].map((one) => asObject(one)?.['path']) : [];
  const isHeld = workflow === null || held.length === 0 || held.includes(workflow);
  return isMeant && isHeld ? { kind: 'halted', generation: halt.generation } : { kind: 'none' };
}
