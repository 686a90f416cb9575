import type { Halt } from '../core/halt.ts';
import { parse } from '../sources/sessions/json/document.ts';
import { asObject, type JsonObject } from '../sources/sessions/json/fields.ts';
import { callGitHub } from './github-calls.ts';
import type { GitHubAccess } from './plan.ts';

/** What a look at the emergency stop gave. */
export type HaltLook =
  | { readonly kind: 'none' }
  | { readonly kind: 'halted'; readonly generation: number }
  /** Why nobody knows, in our words. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** Whom a stop is looked for. */
export interface HaltTerms {
  /** As `--ledger` takes it. */
  readonly ledger: string | null;
  readonly agent: string;
  readonly workflow: string | null;
}

const ADDRESS = /^branch:([^/@]+\/[^/@]+)(?:@(.+))?$/;

/**
 * Looks for an emergency stop in the ledger's branch: one small request that GitHub answers without cost while the branch stands where
 * it stood, and the checkpoint of the branch when it has moved. Null where the ledger is no branch that can be asked.
 */
export function haltLook(access: GitHubAccess, terms: HaltTerms): (() => Promise<HaltLook>) | null {
  const [, repo, branch = 'checkrein'] = ADDRESS.exec(terms.ledger ?? '') ?? [];
  if (repo === undefined) return null;
  let etag: string | null = null;
  let known: HaltLook = { kind: 'none' };
  return async () => {
    const path = `/repos/${repo}/git/ref/heads/${branch.split('/').map(encodeURIComponent).join('/')}`;
    const ref = await callGitHub(access, 'GET', path, etag === null ? {} : { 'if-none-match': etag });
    if (ref?.status === 304) return known;
    if (ref?.status === 404) return { kind: 'none' };
    const head = ref?.status === 200 ? asObject(asObject(parse(ref.body.toString('utf8')))?.['object'])?.['sha'] : null;
    if (typeof head !== 'string') return { kind: 'unknown', reason: unread(ref?.status) };
    const state = await callGitHub(
      access,
      'GET',
      `/repos/${repo}/contents/state.json?ref=${encodeURIComponent(head)}`,
      {
        accept: 'application/vnd.github.raw+json',
      },
    );
    if (state?.status === 404) return { kind: 'none' };
    if (state?.status !== 200) return { kind: 'unknown', reason: unread(state?.status) };
    const halt = haltIn(state.body);
    if (halt === null) return { kind: 'unknown', reason: 'The emergency stop cannot be read from the ledger' };
    known = lookOf(halt, terms);
    etag = ref?.etag ?? null;
    return known;
  };
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
  let [depth, inText] = [0, false];
  for (let at = from; at < state.length; at++) {
    const byte = state[at];
    if (inText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN) depth++;
    else if (byte === CLOSE && --depth === 0) return asObject(parse(state.toString('utf8', from, at + 1)));
  }
  return null;
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
