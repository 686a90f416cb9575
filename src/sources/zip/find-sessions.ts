import { basename } from 'node:path';
import { OutsideFailure } from '../../core/failure.ts';
import { GUARD_RECORD_FILE } from '../../core/guard-record.ts';
import { SPOOL_FILE } from '../../core/spool-line.ts';
import type { PriceList } from '../prices/price-list.ts';
import type { Complaint, SessionPiece } from '../sessions/format.ts';
import type { FoundSession } from '../sessions/found-session.ts';
import { mayBeSession } from '../sessions/head.ts';
import { identify, putTogether } from '../sessions/identity.ts';
import { readSessionFile } from '../sessions/recognise.ts';
import { readZip, ZIP_LIMITS, type ZipItem, type ZipLimits } from './read-zip.ts';

/** What a zip holds of sessions. */
export interface FoundSessions {
  readonly sessions: readonly FoundSession[];
  readonly complaints: readonly Complaint[];
  /** Files that begin as a session file does, and entries that were refused. */
  readonly candidates: number;
  /** Files that tell of a session only together with others of the same run. */
  readonly pieces: readonly SessionPiece[];
  /** Formats that were recognised, read or not. */
  readonly formats: readonly string[];
  /** The bytes of spool files, which hold no sessions. */
  readonly spools: readonly Uint8Array[];
  /** The bytes of files that hold what a guard says of its job. */
  readonly records: readonly Uint8Array[];
}

/**
 * Finds the session files in a zip by their content, whatever they and the zip are called. Files that are no session are passed
 * over in silence; session files that cannot be read whole are complained of.
 * `origin` is where the zip comes from, as in `SessionPiece`.
 * @throws OutsideFailure `unreadable` or `too_large` when the zip gives nothing at all.
 */
export function findSessions(
  path: string,
  zip: Uint8Array,
  price: PriceList,
  limits: ZipLimits = ZIP_LIMITS,
  origin: string = path,
): FoundSessions {
  const found: Finds = { sessions: [], complaints: [], pieces: [], formats: new Set(), spools: [], records: [] };
  let candidates = 0;
  try {
    for (const item of readZip(zip, limits, mayBeSession)) {
      candidates++;
      addItem(found, { path, origin }, item, price);
    }
  } catch (error) {
    // What was found before the zip became too large is kept.
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
  { path, origin }: { readonly path: string; readonly origin: string },
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
  const found = readItem(inside, item, price);
  if (item.kind === 'file') finds.sessions.push(...identify(inside, item.bytes, found));
  finds.complaints.push(...found.complaints);
  if (found.piece !== undefined) finds.pieces.push({ ...found.piece, origin: `${origin}!/${item.path}` });
  if (found.format !== null) finds.formats.add(found.format);
}

function readItem(path: string, item: ZipItem, price: PriceList): ReturnType<typeof readSessionFile> {
  if (item.kind === 'refused') {
    return {
      format: null,
      sessions: [],
      parts: [],
      complaints: [{ path, line: null, byte: null, reason: item.reason }],
    };
  }
  const reading = readSessionFile(path, item.bytes, price);
  return reading.format === null ? { ...reading, sessions: [], parts: [], complaints: [] } : reading;
}
