import type { Trial } from './trial.ts';

/** A piece of what lines of its own for each kind cost and bring: shares of all normal days, and of all incidents. */
interface Piece {
  readonly wrong: number;
  readonly found: number;
}

/**
 * The share of incidents that are found when every kind has the line that is best for it, and no more than this share of all normal days
 * lies above them together: how much of what is missed is lost because one line serves all kinds.
 */
export function foundWithOwnLines(trials: readonly Trial[], share: number): number {
  const cells = trials.reduce((sum, { incidents }) => sum + incidents.length, 0);
  const pieces = trials.flatMap((trial) => piecesOf(trial, trials.length, cells));
  pieces.sort((a, b) => b.found * a.wrong - a.found * b.wrong);
  let [left, found] = [share, 0];
  for (const piece of pieces) {
    const part = piece.wrong > left ? left / piece.wrong : 1;
    found += part * piece.found;
    left -= part * piece.wrong;
  }
  return found;
}

/** The upper hull of what each line would let through and find, from the strictest on: its pieces bring less and less. */
function piecesOf({ normal, incidents }: Trial, kinds: number, cells: number): readonly Piece[] {
  const all = [normal, ...incidents.map(({ scores }) => scores)].map((scores) => [...scores].sort((a, b) => b - a));
  const lines = [...new Set(all.flat())].sort((a, b) => b - a);
  const places = all.map(() => 0);
  const hull: Piece[] = [{ wrong: 0, found: 0 }];
  for (const line of lines) {
    const [wrong = 0, ...found] = all.map((scores, i) => {
      while ((scores[places[i] as number] ?? Number.NEGATIVE_INFINITY) >= line) places[i] = (places[i] as number) + 1;
      return (places[i] as number) / scores.length;
    });
    const point = { wrong: wrong / kinds, found: found.reduce((sum, part) => sum + part, 0) / cells };
    while (hull.length > 1 && !isBent(hull.at(-2) as Piece, hull.at(-1) as Piece, point)) hull.pop();
    hull.push(point);
  }
  return hull.slice(1).map((point, i) => ({
    wrong: point.wrong - (hull[i] as Piece).wrong,
    found: point.found - (hull[i] as Piece).found,
  }));
}

function isBent(first: Piece, middle: Piece, last: Piece): boolean {
  const before = (middle.found - first.found) * (last.wrong - first.wrong);
  return before > (last.found - first.found) * (middle.wrong - first.wrong);
}
