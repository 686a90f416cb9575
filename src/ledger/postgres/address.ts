import type { Result } from '../../core/failure.ts';

/**
 * How the connection is protected. `plain` is not; `verified` proves who the server is, its name included;
 * `verified_chain` leaves the name out; `unverified` keeps others from reading along and proves nothing.
 */
export type Protection = 'plain' | 'verified' | 'verified_chain' | 'unverified';

/** Where a PostgreSQL database is and how to get in. */
export interface PostgresAddress {
  readonly kind: 'postgres';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Null: what PGUSER says, else the name of the user of this machine. */
  readonly user: string | null;
  /** Null: what PGPASSWORD says, else the file `.pgpass`. Never shown. */
  readonly password: string | null;
  readonly protection: Protection;
  /** A file with the certificates that are trusted; null: those that Node trusts. */
  readonly rootCertificates: string | null;
  /** Whose ledger is meant, OWNER/NAME; null where the address does not say. */
  readonly repo: string | null;
}

const FORM = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full&repo=OWNER/NAME';
const REPO = /^[A-Za-z0-9_.-]{1,100}(?:\/[A-Za-z0-9._-]{1,100})?$/;
const DEFAULT_PORT = 5432;

/** Modes that libpq knows and that would let the connection be plain without anybody noticing. */
const SILENTLY_PLAIN = ['allow', 'prefer'];
const MODES: Readonly<Record<string, Protection>> = {
  disable: 'plain',
  // As libpq's `require` where root certificates are at hand: a certificate that nobody checks protects from nobody.
  require: 'verified',
  'verify-ca': 'verified_chain',
  'verify-full': 'verified',
  'no-verify': 'unverified',
};

/**
 * Reads `postgres://…`. Unless `sslmode` says otherwise, the connection is encrypted and the certificate proven, and plain
 * only to this machine itself. No failure repeats any of the text: it may hold a password.
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
