import type { Result } from '../../core/failure.ts';

/**
 * How the connection is protected. `plain` is not; `verified` checks the server's certificate including its name;
 * `verified_chain` does not check the name; `unverified` encrypts without checking anything.
 */
export type Protection = 'plain' | 'verified' | 'verified_chain' | 'unverified';

/** Where a PostgreSQL database is and how to log in. */
export interface PostgresAddress {
  readonly kind: 'postgres';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Null: the value of PGUSER, else the name of this machine's user. */
  readonly user: string | null;
  /** Null: the value of PGPASSWORD, else the file `.pgpass`. Never shown. */
  readonly password: string | null;
  readonly protection: Protection;
  /** A file with the trusted certificates; null: those that Node trusts. */
  readonly rootCertificates: string | null;
  /** The repository of the ledger, OWNER/NAME; null if the address does not say. */
  readonly repo: string | null;
}

const FORM = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full&repo=OWNER/NAME';
const REPO = /^[A-Za-z0-9_.-]{1,100}(?:\/[A-Za-z0-9._-]{1,100})?$/;
const DEFAULT_PORT = 5432;

/** libpq modes that would silently allow an unencrypted connection. */
const SILENTLY_PLAIN = ['allow', 'prefer'];
const MODES: Readonly<Record<string, Protection>> = {
  disable: 'plain',
  // Like libpq's `require` when root certificates are available: an unchecked certificate protects against nobody.
  require: 'verified',
  'verify-ca': 'verified_chain',
  'verify-full': 'verified',
  'no-verify': 'unverified',
};

/**
 * Reads `postgres://…`. Unless `sslmode` says otherwise, the connection is encrypted and the certificate verified; only
 * connections to this machine are plain. No failure repeats any of the text, because it may contain a password.
 */
export function parsePostgresAddress(text: string): Result<PostgresAddress> {
  const url = parseUrl(text);
  if (url === null) return refuse(`The address of the PostgreSQL ledger is not of the form ${FORM}`);
  const unknown = [...url.searchParams.keys()].find((name) => !['sslmode', 'sslrootcert', 'repo'].includes(name));
  if (unknown !== undefined) {
    return refuse('The address of the PostgreSQL ledger has an option beside sslmode, sslrootcert and repo');
  }
  const host = decoded(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  const database = decoded(url.pathname.slice(1));
  const [user, password] = [decoded(url.username), decoded(url.password)];
  if (host === null || database === null || user === null || password === null) {
    return refuse('The address of the PostgreSQL ledger holds a % that no two digits follow');
  }
  if (host === '' || database === '' || database.includes('/')) {
    return refuse(`The address of the PostgreSQL ledger names no host or no database; its form is ${FORM}`);
  }
  const repo = url.searchParams.get('repo');
  if (repo !== null && !REPO.test(repo)) {
    return refuse('The option repo in the address of the PostgreSQL ledger is no OWNER/NAME');
  }
  const protection = protectionOf(url.searchParams.get('sslmode'), host);
  if (typeof protection !== 'string') return protection;
  const place = { kind: 'postgres', host, port: url.port === '' ? DEFAULT_PORT : Number(url.port), database } as const;
  const rootCertificates = url.searchParams.get('sslrootcert');
  const login = { user: user === '' ? null : user, password: password === '' ? null : password };
  return { ok: true, value: { ...place, ...login, protection, rootCertificates, repo } };
}

function protectionOf(mode: string | null, host: string): Protection | Result<PostgresAddress> {
  if (mode === null) return isLoopback(host) ? 'plain' : 'verified';
  if (SILENTLY_PLAIN.includes(mode)) {
    return refuse('The sslmode of the PostgreSQL ledger would send everything in the clear where the server wishes it');
  }
  return MODES[mode] ?? refuse('The sslmode of the PostgreSQL ledger is not known');
}

/** What never leaves this machine. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function parseUrl(text: string): URL | null {
  if (!/^postgres(?:ql)?:\/\//i.test(text) || !URL.canParse(text)) return null;
  return new URL(text);
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

function refuse(message: string): {
  readonly ok: false;
  readonly failure: Extract<Result<never>, { ok: false }>['failure'];
} {
  const remedy =
    'sslmode is verify-full, verify-ca, require (the same as verify-full), no-verify or disable; write signs such as @ / : % in a password as %40 %2F %3A %25';
  return { ok: false, failure: { kind: 'invalid', message, remedy, retry: false } };
}

/** The place for people: no user, no password, no options. */
export function postgresPlace({ host, port, database }: PostgresAddress): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return `postgres://${shown}${port === DEFAULT_PORT ? '' : `:${port}`}/${database}`;
}
