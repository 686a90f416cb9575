import { join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import { attempt, type Failure, OutsideFailure, type Result } from '../../core/failure.ts';
import { after, HOUR, type Instant } from '../../core/time.ts';
import type { Glance } from '../../github/glance-port.ts';
import type { GitHub } from '../../github/port.ts';
import type { RemoteCommit } from '../../github/remote.ts';
import { LEDGER_BRANCH } from '../../ledger/address.ts';
import { partitionPath } from '../../ledger/layout.ts';
import type { Ledger } from '../../ledger/port.ts';
import { readPlain } from '../../sources/sessions/plain-file.ts';
import { DEFAULT_ADDRESS, openLedger } from '../ledger/open-ledger.ts';
import { databaseOf, ledgerAddressOf } from '../ledger/place.ts';
import { connect, STOP_CALLS } from '../shell/connect.ts';
import { loadLocalConfig, readSettings } from '../shell/load-config.ts';
import { UsageError, type World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';

/** Where the guard looks. */
export interface GuardPlace {
  /** OWNER/NAME. */
  readonly repo: string;
  /** An address as `--ledger` takes it; null for what the configuration says; a failure when it cannot be known. */
  readonly ledger: string | Failure | null;
  /** A file on this machine, null for the usual one if it exists; or a path on the default branch. */
  readonly config: { readonly local: string | null } | { readonly remote: string };
  readonly now: Instant;
}

/** What the guard bases its decision on, as far as it could be read. */
export interface GuardGround {
  readonly config: Result<Config>;
  /** The mode of the configuration or, when that cannot be read, of the fallbacks. */
  readonly mode: 'shadow' | 'enforce';
  readonly ledger: Result<{ readonly at: Ledger<LedgerState>; readonly address: string }>;
}

/** Says which mode applies when the configuration cannot be read. */
const MODE = 'CHECKREIN_MODE';

/**
 * Reads the configuration and opens the ledger, with one request when the ledger is a branch of the same repository. Never throws
 * for outside failures: a guard that cannot see decides on that too.
 */
export async function groundOf(place: GuardPlace, world: World): Promise<GuardGround> {
  // The configuration parser is loaded while GitHub is asked for the file.
  const [{ github, text }] = await Promise.all([looked(place, world), import('../../config/parse.ts')]);
  const read = await attemptWell(async () => await settingsIn(text, place));
  const mode = read.ok ? read.value.mode : await modeWithout(text, world);
  const config = read.ok || mode === 'shadow' || !isUnseen(text) ? read : tellingOfMode(read.failure);
  const ledger = await attemptWell(async () => await ledgerFor(place, config, github, world));
  return { config, mode, ledger };
}

interface Looked {
  readonly github: Result<GitHub> | null;
  readonly text: Result<string | null> | null;
}

async function looked(place: GuardPlace, world: World): Promise<Looked> {
  if ('local' in place.config) {
    const needed = typeof place.ledger === 'string' && place.ledger.startsWith('branch:');
    return {
      github: needed ? await attemptWell(() => connect(place.repo, world, null, STOP_CALLS)) : null,
      text: null,
    };
  }
  const { remote } = place.config;
  const plain = await attemptWell(() => connect(place.repo, world, null, STOP_CALLS));
  if (!plain.ok) return { github: plain, text: plain };
  const github =
    place.ledger === null && databaseOf(world) === null ? await glancing(plain.value, remote, place.now) : plain.value;
  const bytes = await attempt(() => github.contents.file(remote));
  const text = bytes.ok ? { ok: true as const, value: bytes.value === null ? null : decoded(bytes.value) } : bytes;
  return { github: { ok: true, value: github }, text };
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The same repository, with the file and branch fetched in one request. Anything else is requested separately. */
async function glancing(github: GitHub, path: string, now: Instant): Promise<GitHub> {
  const seen = await attempt(() => github.glances.glance(path, LEDGER_BRANCH, partitionsAt(now)));
  if (!seen.ok) return github;
  const { contents } = github;
  const file = async (asked: string): Promise<Uint8Array | null> =>
    asked === path ? seen.value.file : await contents.file(asked);
  return { ...github, contents: { ...contents, file }, git: primed(github.git, seen.value.branch) };
}

/** Where the decision is recorded and where the latest ones before it are. The checkpoint may not know them yet. */
function partitionsAt(now: Instant): readonly string[] {
  return [...new Set([partitionPath(after(now, -HOUR)), partitionPath(now)])];
}

/** Serves the first look at the branch from the glance. Later looks see the branch as it is then. */
function primed(git: GitHub['git'], branch: Glance['branch']): GitHub['git'] {
  let fresh = true;
  return {
    ...git,
    branch: async (name): Promise<RemoteCommit | null> => {
      const isFirst = fresh && name === LEDGER_BRANCH;
      if (isFirst) fresh = false;
      return isFirst ? (branch?.at ?? null) : await git.branch(name);
    },
    tree: async (tree) => (branch?.at.tree === tree ? branch.files : await git.tree(tree)),
    blob: async (blob) => branch?.contents.get(blob) ?? (await git.blob(blob)),
  };
}

async function settingsIn(text: Looked['text'], { config }: GuardPlace): Promise<Config> {
  if ('local' in config) return (await loadLocalConfig(config.local)).config;
  if (text === null) throw new Error('a configuration on the default branch was not looked for');
  if (!text.ok) throw new OutsideFailure(text.failure);
  return await readSettings(text.value, config.remote);
}

/**
 * A broken configuration must not switch enforcement off. So `enforce` counts wherever it is still found: in the text, in the
 * step's environment, or in a checkout. A configuration that could not be read at all may ask for it, so it counts as enforce
 * until the step itself says `shadow`. Otherwise cutting the guard off from GitHub would be a way to start without it.
 */
async function modeWithout(text: Looked['text'], { env }: World): Promise<'shadow' | 'enforce'> {
  const said = `mode: ${env[MODE]?.trim() ?? ''}`;
  if (isUnseen(text)) return /^mode:\s*shadow$/.test(said) ? 'shadow' : 'enforce';
  const checkout = join(env['GITHUB_WORKSPACE'] ?? '.', '.github', 'checkrein.yml');
  const texts = [said, text?.ok === true ? (text.value ?? '') : '', checkedOut(checkout)];
  return texts.some((one) => /^mode:\s*["']?enforce\b/m.test(one)) ? 'enforce' : 'shadow';
}

const MOST_SETTINGS = 1_000_000;

/** The content of a checkout, which earlier steps may have written; empty when there is nothing readable. */
function checkedOut(path: string): string {
  try {
    return readPlain(path, MOST_SETTINGS)?.toString('utf8') ?? '';
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return '';
    throw error;
  }
}

/** Whether the default branch was asked and did not answer. Having no such file is an answer. */
function isUnseen(text: Looked['text']): boolean {
  return text?.ok === false;
}

function tellingOfMode(failure: Failure): { readonly ok: false; readonly failure: Failure } {
  const remedy = `${failure.remedy}. Unread it counts as enforce mode; ${MODE}: shadow in the env of the step says otherwise`;
  return { ok: false, failure: { ...failure, remedy } };
}

async function ledgerFor(
  place: GuardPlace,
  config: Result<Config>,
  github: Looked['github'],
  world: World,
): Promise<{ readonly at: Ledger<LedgerState>; readonly address: string }> {
  if (place.ledger !== null && typeof place.ledger !== 'string') throw new OutsideFailure(place.ledger);
  const configured = config.ok ? config.value.ledger : null;
  const address =
    'local' in place.config
      ? (place.ledger ?? databaseOf(world) ?? configured ?? DEFAULT_ADDRESS)
      : ledgerAddressOf(place.repo, place.ledger, configured, world);
  if (github !== null && !github.ok && address.startsWith('branch:')) throw new OutsideFailure(github.failure);
  const options = { world, now: () => place.now, repo: place.repo, github: github?.ok === true ? github.value : null };
  return { at: await openLedger(address, options), address };
}

/** Like `attempt`, but also catches mistakes in what a person wrote: they must not let an agent start. */
async function attemptWell<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return await attempt(work);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const failure: Failure = {
      kind: 'invalid',
      message: error.message,
      remedy: 'Fix it on the default branch; `checkrein rules check` finds mistakes before you commit',
      retry: false,
    };
    return { ok: false, failure };
  }
}
