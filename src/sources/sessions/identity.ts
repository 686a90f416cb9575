import { canonicalJson } from '../../core/canonical.ts';
import { sha256 } from '../../core/hash.ts';
import { redact } from '../../core/redact.ts';
import type { SessionReading } from '../../core/session.ts';

/** A session, the file that holds it (`archive.zip!/path/inside`), and an id that is the same wherever it is found. */
export interface FoundSession {
  readonly id: string;
  readonly path: string;
  readonly reading: SessionReading;
}

/** An engine's own session id as it may be kept: as it is when it looks like an id, else its hash; null of none. */
export function keptId(id: string | null): string | null {
  if (id === null) return null;
  const plain = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$/.test(id) && (/^[0-9a-f-]+$/i.test(id) || redact(id) === id);
  return plain ? id : `sha256:${sha256(id).slice(0, 32)}`;
}

/** The sessions of one file with their ids: the engine's own, else a hash of the file. */
export function identify(
  path: string,
  bytes: Uint8Array,
  readings: readonly SessionReading[],
): readonly FoundSession[] {
  return readings.map((reading, index) => {
    const id = reading.engineSession ?? `sha256:${sha256(bytes).slice(0, 32)}${index === 0 ? '' : `:${index + 1}`}`;
    return { id, path, reading };
  });
}

/**
 * Each session once, in the order in which they were found. Of two records of one session the one with the engine's own
 * result counts, else the longer one. Two different results under one id are two executions (a resumed session keeps its
 * id): both stay, the later one as `<id>#2`.
 */
export function eachOnce(found: readonly FoundSession[]): readonly FoundSession[] {
  const kept = new Map<string, FoundSession>();
  for (const session of found) {
    let key = session.id;
    for (let n = 2; ; n++) {
      const before = kept.get(key);
      if (before === undefined || isSameExecution(before.reading, session.reading)) {
        kept.set(key, { ...better(before, session), id: key });
        break;
      }
      key = `${session.id}#${n}`;
    }
  }
  return [...kept.values()];
}

function isSameExecution(a: SessionReading, b: SessionReading): boolean {
  return !(hasResult(a) && hasResult(b)) || canonicalJson(a) === canonicalJson(b);
}

function hasResult(reading: SessionReading): boolean {
  return reading.reportedCost.usd !== null || reading.turns !== null;
}

function better(before: FoundSession | undefined, session: FoundSession): FoundSession {
  if (before === undefined || (hasResult(session.reading) && !hasResult(before.reading))) return session;
  if (hasResult(before.reading)) return before;
  return (session.reading.tokens.total ?? -1) > (before.reading.tokens.total ?? -1) ? session : before;
}
