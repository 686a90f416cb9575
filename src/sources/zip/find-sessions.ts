import { OutsideFailure } from '../../core/failure.ts';
import type { PriceList } from '../prices/price-list.ts';
import type { Complaint } from '../sessions/format.ts';
import { mayBeSession } from '../sessions/head.ts';
import { type FoundSession, identify, putTogether } from '../sessions/identity.ts';
import type { SessionPiece } from '../sessions/pieces.ts';
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
  const sessions: FoundSession[] = [];
  const complaints: Complaint[] = [];
  const pieces: SessionPiece[] = [];
  const formats = new Set<string>();
  let candidates = 0;
  try {
    for (const item of readZip(zip, limits, mayBeSession)) {
      candidates++;
      const inside = `${path}!/${item.path}`;
      const found = readItem(inside, item, price);
      if (item.kind === 'file') sessions.push(...identify(inside, item.bytes, found));
      complaints.push(...found.complaints);
      if (found.piece !== undefined) pieces.push({ ...found.piece, origin: `${origin}!/${item.path}` });
      if (found.format !== null) formats.add(found.format);
    }
  } catch (error) {
    // What was found before the zip became too large is kept.
    if (!(error instanceof OutsideFailure) || candidates === 0) throw error;
    complaints.push({ path, line: null, byte: null, reason: error.failure.message });
  }
  return { sessions: putTogether(sessions), complaints, pieces, candidates, formats: [...formats] };
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
