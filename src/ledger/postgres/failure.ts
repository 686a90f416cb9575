import { type Failure, OutsideFailure } from '../../core/failure.ts';

type Explained = Pick<Failure, 'kind' | 'remedy' | 'retry'> & { readonly what: string };

const AWAY: Explained = {
  kind: 'unavailable',
  what: 'the server cannot be reached',
  remedy:
    'Look whether the server runs and whether this machine may reach it, then run it again: what was acknowledged is kept',
  retry: true,
};
const LOST: Explained = { ...AWAY, what: 'the connection to the server was lost' };
const BUSY: Explained = {
  kind: 'unavailable',
  what: 'the server has no connection left',
  remedy: 'Put pgbouncer before the database or allow it more connections (docs/scaling.md), and run it again',
  retry: true,
};
const LOGIN: Explained = {
  kind: 'unauthorized',
  what: 'the server refused user or password',
  remedy:
    'Look at user and password in the address; signs such as @ / : % in a password are written as %40 %2F %3A %25',
  retry: false,
};
const RIGHTS: Explained = {
  kind: 'forbidden',
  what: 'the user may not do this',
  remedy: 'Let the user own the database or its schema checkrein (docs/sql.md names the rights)',
  retry: false,
};
const READ_ONLY: Explained = {
  kind: 'forbidden',
  what: 'the database can only be read, as a standby can',
  remedy: 'Name the primary server, or let the user write. Reading works all the same',
  retry: false,
};
const FULL: Explained = {
  kind: 'unavailable',
  what: 'the disk or the memory of the server is full',
  remedy: 'Free some space on the server and run it again: what was acknowledged is kept',
  retry: false,
};
const SLOW: Explained = {
  kind: 'unavailable',
  what: 'the server took too long',
  remedy: 'Look for a lock or a heavy query that holds it up (pg_stat_activity), and run it again',
  retry: true,
};
const MET: Explained = {
  kind: 'conflict',
  what: 'others wrote to the same rows again and again',
  remedy: 'Nothing was written. Run it again, and let fewer jobs write to this ledger at the same time',
  retry: true,
};
const NO_TABLES: Explained = {
  kind: 'invalid',
  what: 'tables of the ledger are missing, though its migrations are written down as done',
  remedy: 'Restore the schema checkrein from a backup, or drop the whole schema to start anew',
  retry: false,
};
const DAMAGED: Explained = {
  kind: 'unreadable',
  what: 'the server says that its own files are damaged',
  remedy:
    'Restore the table that the log of the server names, or drop that partition: the next run goes on without it and says what is missing',
  retry: false,
};
const NO_PROOF: Explained = {
  kind: 'unauthorized',
  what: 'the certificate of the server is not trusted',
  remedy:
    'Give the certificates to trust as sslrootcert=PATH in the address, or renew that of the server. sslmode=no-verify does without proof',
  retry: false,
};

/** By SQLSTATE (https://www.postgresql.org/docs/18/errcodes-appendix.html), by its class, and by Node's own codes. */
const BY_CODE: Readonly<Record<string, Explained>> = {
  '08': LOST,
  '28': LOGIN,
  '53': FULL,
  '53300': BUSY,
  '3D000': {
    kind: 'not_found',
    what: 'there is no such database',
    remedy: 'Make it with CREATE DATABASE, or name another one',
    retry: false,
  },
  '42501': RIGHTS,
  '25006': READ_ONLY,
  '57014': SLOW,
  '55P03': SLOW,
  '25P03': SLOW,
  '57P01': LOST,
  '57P02': LOST,
  '57P03': { ...AWAY, what: 'the server is starting or stopping' },
  '40001': MET,
  '40P01': MET,
  '42P01': NO_TABLES,
  '42883': NO_TABLES,
  '3F000': NO_TABLES,
  '58': DAMAGED,
  XX: DAMAGED,
  ECONNREFUSED: AWAY,
  ENOTFOUND: AWAY,
  EAI_AGAIN: AWAY,
  EHOSTUNREACH: AWAY,
  ENETUNREACH: AWAY,
  ETIMEDOUT: AWAY,
  ECONNRESET: LOST,
  EPIPE: LOST,
  CERT_HAS_EXPIRED: { ...NO_PROOF, what: 'the certificate of the server has expired' },
  CERT_NOT_YET_VALID: { ...NO_PROOF, what: 'the certificate of the server is not valid yet' },
  ERR_TLS_CERT_ALTNAME_INVALID: { ...NO_PROOF, what: 'the certificate of the server is for another host' },
  SELF_SIGNED_CERT_IN_CHAIN: NO_PROOF,
  DEPTH_ZERO_SELF_SIGNED_CERT: NO_PROOF,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NO_PROOF,
  UNABLE_TO_GET_ISSUER_CERT: NO_PROOF,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NO_PROOF,
};

/** Errors for which pg gives only a message. */
const BY_WORDS: readonly (readonly [RegExp, string, Explained])[] = [
  [/timeout (?:expired|exceeded)/i, 'timeout', AWAY],
  [/Connection terminated|Client (?:has encountered a connection error|was closed)/i, 'connection', LOST],
  [
    /does not support SSL/i,
    'no TLS',
    {
      kind: 'unsupported',
      what: 'the server does not speak TLS',
      remedy:
        'Switch TLS on at the server; sslmode=disable in the address sends everything in the clear, passwords too',
      retry: false,
    },
  ],
  [
    /password must be a string|no password/i,
    'no password',
    { ...LOGIN, what: 'the server wants a password and none was given' },
  ],
];

/** Whether an error means that the connection is lost, so that the outcome of the last request is unknown. */
export function isLost(error: unknown): boolean {
  const found = explain(error);
  return found !== null && (found.explained === LOST || found.explained.what === AWAY.what || found.code === '57P03');
}

/** Whether the same transaction may succeed if retried at once. */
export function isPassing(error: unknown): boolean {
  const code = explain(error)?.code;
  return code === '40001' || code === '40P01';
}

/** Runs `work` and turns errors of the database or the connection into failures that say what to do. */
export async function onServer<T>(place: string, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const found = explain(error);
    if (found === null) throw error;
    const { what, ...rest } = found.explained;
    // The server's own words may contain names and values of strangers; its code says enough.
    throw new OutsideFailure({ ...rest, message: `Could not ${doing} ${place}: ${what} (${found.code})` });
  }
}

function explain(error: unknown): { readonly code: string; readonly explained: Explained } | null {
  if (!(error instanceof Error) || error instanceof OutsideFailure) return null;
  // Node tries several addresses of a host and joins the errors of all of them.
  if (error instanceof AggregateError && error.errors.length > 0) return explain(error.errors[0]);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = BY_CODE[code] ?? BY_CODE[code.length === 5 ? code.slice(0, 2) : ''];
  if (known !== undefined) return { code, explained: known };
  for (const [words, name, explained] of BY_WORDS) if (words.test(error.message)) return { code: name, explained };
  return null;
}
