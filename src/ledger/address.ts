import type { Result } from '../core/failure.ts';
import { type PostgresAddress, parsePostgresAddress } from './postgres/address.ts';

/** Where a ledger is. */
export type LedgerAddress =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'branch'; readonly repo: string; readonly branch: string }
  | { readonly kind: 'memory' }
  | PostgresAddress;

/** The default branch of a ledger. */
export const LEDGER_BRANCH = 'checkrein';

const REPO = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;
/** What git refuses in a branch name, and a leading dash. */
const BAD_BRANCH = /^[-/]|\/$|\.$|\.\.|\/\/|(?:^|\/)\.|\.lock(?:\/|$)|@\{|^@$|[\p{Cc} ~^:?*[\\]/u;

/** Reads `dir:PATH`, `branch:OWNER/NAME[@REF]`, `memory:` or `postgres://…`. */
export function parseLedgerAddress(text: string): Result<LedgerAddress> {
  if (text === 'memory:') return { ok: true, value: { kind: 'memory' } };
  if (/^postgres(?:ql)?:/i.test(text)) return parsePostgresAddress(text);
  const [, scheme = '', rest = ''] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  if (scheme === 'dir' && rest !== '' && !rest.includes('\0')) {
    return { ok: true, value: { kind: 'directory', path: rest } };
  }
  if (scheme === 'branch') return branchAddress(rest);
  return refuse('The address of the ledger is not one that Checkrein knows');
}

function branchAddress(text: string): Result<LedgerAddress> {
  const at = text.indexOf('@');
  const repo = at === -1 ? text : text.slice(0, at);
  const branch = at === -1 ? LEDGER_BRANCH : text.slice(at + 1);
  if (!REPO.test(repo)) return refuse('The address of the ledger does not name a repository as OWNER/NAME');
  if (branch === '' || BAD_BRANCH.test(branch)) {
    return refuse('The address of the ledger names a branch that git does not allow');
  }
  return { ok: true, value: { kind: 'branch', repo, branch } };
}

function refuse(message: string): Result<LedgerAddress> {
  const remedy = 'Write dir:PATH, branch:OWNER/NAME, branch:OWNER/NAME@REF, postgres://… or memory:';
  return { ok: false, failure: { kind: 'invalid', message, remedy, retry: false } };
}
