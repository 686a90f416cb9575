import type { Invocation } from '../shell/flags.ts';
import { jsonText } from '../shell/screen.ts';
import type { World } from '../shell/world.ts';
import type { IngestedSession, IngestReport } from './ingest.ts';
import { complaintList, renderIngest } from './table.ts';

/** Prints JSON and CSV piece by piece: the sessions of a large folder would not fit into one string. */
export function print(report: IngestReport, invocation: Invocation, { out, err }: World): void {
  if (invocation.has('json')) {
    for (const piece of jsonPieces(report)) out.write(piece);
  } else if (invocation.has('csv')) {
    for (const line of csvLines(report.sessions)) out.write(line);
    if (report.complaints.length > 0) err.write(`${complaintList(report.complaints)}\n`);
  } else {
    out.write(renderIngest(report, out.columns));
  }
}

/** The report as one line of JSON, in pieces. */
export function* jsonPieces({ sessions, totals, complaints }: IngestReport): Iterable<string> {
  yield '{"sessions":[';
  yield* joined(sessions);
  yield `],"totals":${jsonText(totals)},"complaints":[`;
  yield* joined(complaints);
  yield ']}\n';
}

/** How many members are written at once. */
const AT_ONCE = 500;

function* joined(members: readonly unknown[]): Iterable<string> {
  for (let from = 0; from < members.length; from += AT_ONCE) {
    const written = members
      .slice(from, from + AT_ONCE)
      .map(jsonText)
      .join(',');
    yield from === 0 ? written : `,${written}`;
  }
}

type Cell = string | number | null;

/** The CSV columns. Amounts are in US dollars, times in milliseconds. New columns go at the end. */
const COLUMNS: Readonly<Record<string, (session: IngestedSession) => Cell>> = {
  id: ({ id }) => id,
  agent: ({ agent }) => agent,
  engine: ({ engine }) => engine,
  format: ({ format }) => format,
  path: ({ path }) => path,
  startedAt: ({ startedAt }) => startedAt,
  endedAt: ({ endedAt }) => endedAt,
  durationMs: ({ durationMs }) => durationMs,
  outcome: ({ outcome }) => outcome,
  models: ({ models }) => models.join(' '),
  input: ({ tokens }) => tokens.input,
  output: ({ tokens }) => tokens.output,
  cacheRead: ({ tokens }) => tokens.cacheRead,
  cacheWrite5m: ({ tokens }) => tokens.cacheWrite5m,
  cacheWrite1h: ({ tokens }) => tokens.cacheWrite1h,
  tokens: ({ tokens }) => tokens.total,
  costUsd: ({ cost }) => cost.usd,
  costBasis: ({ cost }) => cost.basis,
  reportedUsd: ({ reportedCost }) => reportedCost.usd,
  turns: ({ turns }) => turns,
  toolCalls: ({ tools, state }) => (state.tools === 'unknown' ? null : total(tools.map(({ calls }) => calls))),
  toolErrors: ({ tools, state }) => (state.tools === 'unknown' ? null : total(tools.map(({ errors }) => errors))),
  denials: ({ denials }) => denials,
  tokensState: ({ state }) => state.tokens,
  costState: ({ state }) => state.cost,
};

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** The sessions as CSV (RFC 4180) with a header. Unknown values are empty cells. */
export function* csvLines(sessions: readonly IngestedSession[]): Iterable<string> {
  yield `${Object.keys(COLUMNS).join(',')}\r\n`;
  const cells = Object.values(COLUMNS);
  for (const session of sessions) yield `${cells.map((cell) => csvCell(cell(session))).join(',')}\r\n`;
}

/** Spreadsheets treat text that begins like this as a formula. Names and paths are not ours. */
const FORMULA = /^[=+\-@\t\r]/;

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = (FORMULA.test(cell) ? `'${cell}` : cell).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ');
  return /[",\s]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
