import type { PriceList } from '../../../prices/price-list.ts';
import type { ByteSource, PlacedFlaw } from '../../json/line-feed.ts';
import type { TranscriptPart } from './part.ts';
import { partsOf } from './parts.ts';
import type { Scanner } from './scan/scanner.ts';
import { type ScannedTranscript, scanTranscript } from './skim.ts';
import type { Wanted } from './tally.ts';

/** What a transcript says. */
export interface SkimmedTranscript {
  readonly parts: readonly TranscriptPart[];
  readonly flaws: readonly PlacedFlaw[];
}

/**
 * Assembles what was read. Null for a file without messages, and for one without a session id, whose name has to be made from all
 * its bytes.
 */
export function putTogether(
  { pieces, flaws }: ScannedTranscript,
  wanted: Wanted,
  price: PriceList,
): SkimmedTranscript | null {
  const parts = partsOf(pieces, { wanted, price, damaged: flaws.length > 0 });
  return parts.length === 0 || parts.some(({ session }) => session === null) ? null : { parts, flaws };
}

/** Does both steps: returns what a transcript says, or null if it has to be read in full. */
export function skimTranscript(
  source: ByteSource,
  scanner: Scanner,
  wanted: Wanted,
  price: PriceList,
): SkimmedTranscript | null {
  const scanned = scanTranscript(source, scanner, wanted);
  return scanned === null ? null : putTogether(scanned, wanted, price);
}
