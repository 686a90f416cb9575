import type { PriceList } from '../../../prices/price-list.ts';
import type { FormatReading } from '../../format.ts';
import type { JsonDocument } from '../../json/document.ts';
import type { TranscriptPart } from './part.ts';
import { partsOf } from './parts.ts';
import { isNotedWhole, readingOf } from './reading.ts';
import { rowsOf } from './rows.ts';

/** At most this many sessions are read from one file. */
export const MAX_SESSIONS = 100;

/**
 * Reads the transcript that Claude Code keeps of a session (JSON Lines), a subagent's file next to it, or the export of the web
 * version (one object with `loglines`). A session that continues in other files has to be joined from the `parts` of all of them.
 */
export function readClaudeTranscript(document: JsonDocument, price: PriceList): FormatReading {
  return readParts(transcriptParts(document, price));
}

/** Makes a reading from the parts of a transcript. */
export function readParts(parts: readonly TranscriptPart[]): FormatReading {
  const read = parts.slice(0, MAX_SESSIONS);
  return { sessions: read.map(readingOf), complaints: complaintsOf(parts), parts: read };
}

/** The complaints about the parts of a transcript. */
export function complaintsOf(parts: readonly TranscriptPart[]): readonly string[] {
  const complaints = parts.slice(0, MAX_SESSIONS).flatMap(withoutPrice);
  if (parts.length === 0) complaints.push('holds no messages: nothing is known of the session');
  if (parts.length > MAX_SESSIONS) complaints.push(`holds more than ${MAX_SESSIONS} sessions: the rest was not read`);
  return complaints;
}

/** The sessions of a file that contain any conversation. */
export function transcriptParts({ records, damaged }: JsonDocument, price: PriceList): readonly TranscriptPart[] {
  return partsOf([{ kind: 'rows', rows: rowsOf(records) }], { wanted: 'all', price, damaged });
}

/** What has no price, as sentences. A model's fast mode may lack a price even if its normal mode has one. */
function withoutPrice(part: TranscriptPart): string[] {
  const { responses } = part;
  const used = responses.filter(({ usage }) => usage !== null);
  const without = used.filter(({ usd }) => usd === null);
  if (without.length === 0 || isNotedWhole(part)) return [];
  const fast = without.filter((response) => response.fast).length;
  const mode = fast === 0 ? '' : `, ${fast} of them in fast mode`;
  return [`${without.length} of ${used.length} responses have no known price${mode}: the cost leaves them out`];
}
