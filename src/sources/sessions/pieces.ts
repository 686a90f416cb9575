import { sha256 } from '../../core/hash.ts';
import type { PriceList } from '../prices/price-list.ts';
import type { Complaint, SessionPiece } from './format.ts';
import type { FoundSession } from './found-session.ts';
import { type ToldSession, withOwnRecords } from './gh-aw/own-records.ts';
import { eachOnce } from './identity.ts';

/** The sessions of a run and what does not add up. */
export interface PutTogether {
  readonly sessions: readonly FoundSession[];
  readonly complaints: readonly Complaint[];
}

/**
 * Reads the pieces of one run together. `own` are the engine's own records of the same run. They describe the same work, so they
 * are not counted again.
 */
export function joinRun(pieces: readonly SessionPiece[], own: readonly FoundSession[], price: PriceList): PutTogether {
  const [first] = pieces;
  if (first === undefined || first.format.joined === undefined) return { sessions: own, complaints: [] };
  const { sessions, complaints } = first.format.joined.read(pieces, price);
  const hash = sha256(
    pieces
      .map((piece) => piece.hash)
      .sort()
      .join(),
  );
  const joined = sessions.map(({ path, reading, detection }, index): ToldSession => {
    const id = reading.engineSession ?? `sha256:${hash.slice(0, 32)}${index === 0 ? '' : `:${index + 1}`}`;
    return { id, path, reading, part: null, detection };
  });
  // The engine's output and its own files may describe the same session.
  const together = withOwnRecords(joined, eachOnce(own));
  return { sessions: together.sessions, complaints: [...complaints, ...together.complaints] };
}

/** Reads pieces from many places. Pieces in one place belong to one run. Sessions elsewhere are left as they are. */
export function joinPlaces(
  pieces: readonly SessionPiece[],
  sessions: readonly FoundSession[],
  price: PriceList,
): PutTogether {
  const runs = groupByRun(pieces);
  const complaints: Complaint[] = [];
  const found = new Set<FoundSession>();
  const own = runs.map((): Set<FoundSession> => new Set());
  const runsAt = placesOf(runs);
  const enter = (session: FoundSession): void => {
    found.add(session);
    for (const run of runsAround(session.path, runsAt)) own[run]?.add(session);
  };
  for (const session of sessions) enter(session);
  for (const [index, { pieces: ofRun }] of runs.entries()) {
    // An earlier run may have taken some of them.
    const left = [...(own[index] ?? [])].filter((session) => found.has(session));
    const run = joinRun(ofRun, left, price);
    for (const session of left) found.delete(session);
    for (const session of run.sessions) enter(session);
    complaints.push(...run.complaints);
  }
  return { sessions: [...found], complaints };
}

/** The numbers of the runs whose pieces are in a place. */
function placesOf(runs: readonly RunGroup[]): ReadonlyMap<string, readonly number[]> {
  const numbers = new Map<string, number[]>();
  for (const [index, { places }] of runs.entries()) {
    for (const place of places) {
      const known = numbers.get(place);
      if (known === undefined) numbers.set(place, [index]);
      else known.push(index);
    }
  }
  return numbers;
}

/** Folders and artifacts of all layouts that gh-aw has used. A file's place is above all of them. */
const LAYOUT =
  /^(?:usage|agent|agent-artifacts?|activation|activity|detection|threat-detection|sandbox|firewall|firewall-logs[^/]*|firewall-audit-logs[^/]*|logs|audit|api-proxy-logs|mcp-logs|aw[-_]info(?:\.json)?|agent_usage(?:\.json)?|gh-aw|aic-usage-cache|tmp)(?:\.zip)?$/i;

/** The folder or zip that holds the files of a run, above the folders that gh-aw creates. `''` if there is none. */
export function placeOf(path: string): string {
  const steps = path.replaceAll('\\', '/').replaceAll('!/', '/').split('/').slice(0, -1);
  while (steps.length > 0 && LAYOUT.test(steps.at(-1) ?? '')) steps.pop();
  return steps.join('/');
}

interface RunGroup {
  readonly places: string[];
  readonly pieces: SessionPiece[];
}

/**
 * Groups pieces by run. Pieces in one place belong to one run. If several runs were put into one place, each zip or folder is a
 * place of its own. Places that name the same run belong together.
 */
function groupByRun(pieces: readonly SessionPiece[]): readonly RunGroup[] {
  const places = [...groupBy(pieces, ({ origin }) => placeOf(origin))].flatMap(([place, ofPlace]) =>
    runsIn(ofPlace).length < 2
      ? [[place, ofPlace] as const]
      : [...groupBy(ofPlace, ({ origin }) => containerOf(origin))],
  );
  const groups = new Map<string, RunGroup>();
  for (const [place, ofPlace] of places) {
    const runs = runsIn(ofPlace);
    const key = runs.length === 1 ? `run ${runs[0]}` : `place ${place}`;
    const group = groups.get(key) ?? { places: [], pieces: [] };
    groups.set(key, group);
    group.places.push(place);
    for (const piece of ofPlace) group.pieces.push(piece);
  }
  return [...groups.values()];
}

function runsIn(pieces: readonly SessionPiece[]): readonly string[] {
  return [...new Set(pieces.flatMap(({ format, document }) => format.joined?.runs(document) ?? []))];
}

function containerOf(origin: string): string {
  const zip = origin.indexOf('!/');
  return zip === -1 ? origin.slice(0, Math.max(0, origin.lastIndexOf('/'))) : origin.slice(0, zip);
}

function groupBy(
  pieces: readonly SessionPiece[],
  key: (piece: SessionPiece) => string,
): ReadonlyMap<string, readonly SessionPiece[]> {
  const groups = new Map<string, SessionPiece[]>();
  for (const piece of pieces) {
    const group = groups.get(key(piece));
    if (group === undefined) groups.set(key(piece), [piece]);
    else group.push(piece);
  }
  return groups;
}

/** The folder into which gh-aw puts what the engine itself writes. */
const OWN = /(?:^|\/)(?:sandbox\/agent|copilot-session-state|agent-stdio|detection\.log)\b/;

/** The runs that a file's session is an engine's own record of: those with a place somewhere above it. */
function runsAround(path: string, runsAt: ReadonlyMap<string, readonly number[]>): readonly number[] {
  const plain = path.replaceAll('\\', '/').replaceAll('!/', '/');
  if (!OWN.test(plain)) return [];
  return placesAbove(plain).flatMap((place) => (OWN.test(plain.slice(place.length)) ? (runsAt.get(place) ?? []) : []));
}

/** All folders above a path, beginning with none. */
function placesAbove(path: string): readonly string[] {
  const places = [''];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) places.push(path.slice(0, at));
  return places;
}
