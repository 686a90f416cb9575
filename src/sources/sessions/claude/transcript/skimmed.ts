import type { PriceList } from '../../../prices/price-list.ts';
import type { ByteSource, PlacedFlaw } from '../../json/line-feed.ts';
import type { TranscriptPart } from './part.ts';
import { partsOf } from './parts.ts';
import type { Scanner } from './scan/scanner.ts';
import { type ScannedTranscript, scanTranscript } from './skim.ts';
import type { Wanted } from './tally.ts';

/** What a transcript tells. */
export interface SkimmedTranscript {
  readonly parts: readonly TranscriptPart[];
  readonly flaws: readonly PlacedFlaw[];
}

/**
 * What was read, put together. Null for a file without a message, and for one that does not say of which session it is: its name
 * has to be made of all its bytes.
 */
export function putTogether(
  { pieces, flaws }: ScannedTranscript,
  wanted: Wanted,
  price: PriceList,
): SkimmedTranscript | null {
  const parts = partsOf(pieces, { wanted, price, damaged: flaws.length > 0 });
  return parts.length === 0 || parts.some(({ session }) => session === null) ? null : { parts, flaws };
}

/** Both steps: what a transcript tells, or null where it has to be read whole. */
export function skimTranscript(
  source: ByteSource,
  scanner: Scanner,
  wanted: Wanted,
  price: PriceList,
): SkimmedTranscript | null {
  const scanned = scanTranscript(source, scanner, wanted);
  return scanned === null ? null : putTogether(scanned, wanted, price);
}
