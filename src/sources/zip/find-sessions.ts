import { basename } from 'node:path';
import { OutsideFailure } from '../../core/failure.ts';
import { GUARD_RECORD_FILE } from '../../core/guard-record.ts';
import { SPOOL_FILE } from '../../core/spool-line.ts';
import type { Instant } from '../../core/time.ts';
import type { PriceList } from '../prices/price-list.ts';
import type { Complaint, SessionPiece } from '../sessions/format.ts';
import type { FoundSession } from '../sessions/found-session.ts';
import { mayBeSession } from '../sessions/head.ts';
import { identify, putTogether } from '../sessions/identity.ts';
import { readSessionFile } from '../sessions/recognise.ts';
import { readZip, ZIP_LIMITS, type ZipItem, type ZipLimits } from './read-zip.ts';

/** The sessions in a zip. */
export interface FoundSessions {
  readonly sessions: readonly FoundSession[];
  readonly complaints: readonly Complaint[];
  /** Files that begin like a session file, and entries that were refused. */
  readonly candidates: number;
  /** Files that only yield a session together with others of the same run. */
  readonly pieces: readonly SessionPiece[];
  /** Formats that were recognised, whether read or not. */
  readonly formats: readonly string[];
  /** The bytes of spool files, which hold no sessions. */
  readonly spools: readonly Uint8Array[];
  /** The bytes of guard records about their jobs. */
  readonly records: readonly Uint8Array[];
}

/**
 * Finds the session files in a zip by their content, regardless of names. Other files are silently skipped. Session files that
 * cannot be read in full cause complaints. `origin` is the source of the zip, as in `SessionPiece`; `since` is when the run began
 * that the artifact belongs to.
 * @throws OutsideFailure `unreadable` or `too_large` when the zip yields nothing at all.
 */
export function findSessions(
  path: string,
  zip: Uint8Array,
  price: PriceList,
  limits: ZipLimits = ZIP_LIMITS,
  origin: string = path,
  since: Instant | null = null,
): FoundSessions {
  const found: Finds = { sessions: [], complaints: [], pieces: [], formats: new Set(), spools: [], records: [] };
  let candidates = 0;
  try {
    for (const item of readZip(zip, limits, mayBeSession)) {
      candidates++;
      addItem(found, { path, origin, since }, item, price);
    }
  } catch (error) {
    // Whatever was found before the zip became too large is kept.
    if (!(error instanceof OutsideFailure) || candidates === 0) throw error;
    found.complaints.push({ path, line: null, byte: null, reason: error.failure.message });
  }
  return { ...found, sessions: putTogether(found.sessions), candidates, formats: [...found.formats] };
}

interface Finds {
  readonly sessions: FoundSession[];
  readonly complaints: Complaint[];
  readonly pieces: SessionPiece[];
  readonly formats: Set<string>;
  readonly spools: Uint8Array[];
  readonly records: Uint8Array[];
}

function addItem(
  finds: Finds,
  { path, origin, since }: { readonly path: string; readonly origin: string; readonly since: Instant | null },
  item: ZipItem,
  price: PriceList,
): void {
  if (item.kind === 'file' && SPOOL_FILE.test(basename(item.path))) {
    finds.spools.push(item.bytes);
    return;
  }
  if (item.kind === 'file' && GUARD_RECORD_FILE.test(basename(item.path))) {
    finds.records.push(item.bytes);
    return;
  }
  const inside = `${path}!/${item.path}`;
  const from = `${origin}!/${item.path}`;
  const found = readItem(inside, item, price, since);
  const sessions = item.kind === 'file' ? identify(inside, item.bytes, found) : [];
  finds.sessions.push(...sessions.map((session) => ({ ...session, origin: from })));
  finds.complaints.push(...found.complaints);
  if (found.piece !== undefined) finds.pieces.push({ ...found.piece, origin: from });
  if (found.format !== null) finds.formats.add(found.format);
}

function readItem(
  path: string,
  item: ZipItem,
  price: PriceList,
  since: Instant | null,
): ReturnType<typeof readSessionFile> {
  if (item.kind === 'refused') {
    return {
      format: null,
      sessions: [],
      parts: [],
      complaints: [{ path, line: null, byte: null, reason: item.reason }],
    };
  }
  const reading = readSessionFile(path, item.bytes, price, since);
  return reading.format === null ? { ...reading, sessions: [], parts: [], complaints: [] } : reading;
}
