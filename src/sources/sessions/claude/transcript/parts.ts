import { asText, type JsonObject } from '../../json/fields.ts';
import { keptId } from '../../kept-id.ts';
import type { TranscriptPart } from './part.ts';
import type { TapePiece } from './scan/scanner.ts';
import { newTally, type Putting, partOf, type Tally, takeRow } from './tally.ts';
import { type Listener, readTape } from './tape.ts';

/** What was read of a file: the scanner's output, interleaved with rows that had to be parsed in full. */
export type Piece = TapePiece | { readonly kind: 'rows'; readonly rows: readonly JsonObject[] };

/** The sessions of a file that contain any conversation. */
export function partsOf(pieces: readonly Piece[], how: Putting): readonly TranscriptPart[] {
  const sessions = new Map<string | null, Tally>();
  let current = newTally();
  let index = 0;
  // Rows without a session id belong to the preceding session, the first ones to the first session.
  const follow: Listener['tally'] = (id) => {
    if (id === null) return current;
    const known = sessions.get(id) ?? (sessions.size === 0 ? current : newTally());
    sessions.set(id, known);
    current = known;
    return known;
  };
  const passRows: Listener['passRows'] = (count) => {
    index += count;
  };
  for (const piece of pieces) {
    if (piece.kind === 'tape') readTape(piece, how.price, { tally: follow, passRows });
    else for (const row of piece.rows) takeRow(follow(asText(row['sessionId'])), row, index++, how);
  }
  if (sessions.size === 0) sessions.set(null, current);
  return [...sessions]
    .filter(([, { spoken }]) => spoken)
    .map(([session, tally]) => partOf(keptId(session), tally, how.damaged));
}
