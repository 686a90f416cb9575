import { OutsideFailure } from '../../core/failure.ts';
import { plainLine } from '../../core/text.ts';
import { type Instant, parseInstant } from '../../core/time.ts';
import { splitCsvLine } from './csv-line.ts';

/** One line of a series file. A line that could not be read is kept, with the reason in `complaint`. */
export interface SeriesRow {
  readonly line: number;
  /** As written in the file. */
  readonly timestamp: string;
  readonly value: string;
  readonly at: Instant | null;
  /** Null when it is missing or cannot be read. */
  readonly number: number | null;
  readonly complaint: string | null;
}

/** Which columns are meant, and how many lines were read. */
interface Reader {
  columns: { readonly timestamp: number; readonly value: number } | null;
  line: number;
}

/** The columns a header must have. */
const COLUMNS = ['timestamp', 'value'] as const;

/** How programs write a missing number. */
const MISSING = /^(|-|nan|null|none|na|n\/a|[+-]?inf(inity)?)$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Seconds or milliseconds since 1970, told apart by their size: 1e11 seconds are the year 5138. */
const EPOCH = /^\d{9,14}(\.\d+)?$/;
const LARGEST_SECONDS = 1e11;

/**
 * Reads `timestamp,value` lines as they arrive; each group of rows is what one piece of input completed. The first line names the
 * columns. Other columns are ignored.
 * @throws OutsideFailure when the first line does not name these columns, or there is none.
 */
export async function* readSeries(pieces: AsyncIterable<string | Buffer>): AsyncGenerator<readonly SeriesRow[]> {
  const decoder = new TextDecoder();
  const reader: Reader = { columns: null, line: 0 };
  let rest = '';
  for await (const piece of pieces) {
    rest += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield rowsOf(reader, lines);
  }
  yield rowsOf(reader, rest === '' ? [] : [rest]);
  if (reader.columns === null) throw invalid('the series is empty', 'Its first line must be `timestamp,value`');
}

function rowsOf(reader: Reader, lines: readonly string[]): readonly SeriesRow[] {
  const rows: SeriesRow[] = [];
  for (const line of lines) {
    reader.line += 1;
    const text = line.replace(/\r$/, '');
    if (text.trim() === '') continue;
    const fields = splitCsvLine(text);
    if (reader.columns === null) reader.columns = readHeader(fields, reader.line);
    else rows.push(readRow(fields, reader.columns, reader.line));
  }
  return rows;
}

function readHeader(fields: readonly string[], line: number): NonNullable<Reader['columns']> {
  const names = fields.map((field) => field.replace(/^\uFEFF/, '').toLowerCase());
  const columns = { timestamp: names.indexOf('timestamp'), value: names.indexOf('value') };
  if (columns.timestamp >= 0 && columns.value >= 0) return columns;
  const missing = COLUMNS.filter((name) => columns[name] < 0).map((name) => `no column '${name}'`);
  throw invalid(
    `line ${line}: there is ${missing.join(' and ')} in the header '${plainLine(names.join(','), 80)}'`,
    'Name the columns in the first line: `timestamp,value`',
  );
}

function readRow(fields: readonly string[], columns: NonNullable<Reader['columns']>, line: number): SeriesRow {
  const timestamp = fields[columns.timestamp] ?? '';
  const value = fields[columns.value];
  const at = readMoment(timestamp);
  const number = value === undefined ? null : readNumber(value);
  const complaint =
    at === null
      ? `'${plainLine(timestamp, 60)}' is no moment in ISO 8601 or since 1970`
      : value === undefined
        ? 'the value is cut off'
        : number === undefined
          ? `'${plainLine(value, 60)}' is no number`
          : null;
  return { line, timestamp, value: value ?? '', at, number: complaint === null ? (number ?? null) : null, complaint };
}

function readMoment(text: string): Instant | null {
  if (!EPOCH.test(text)) return parseInstant(text);
  const number = Number(text);
  return parseInstant(number < LARGEST_SECONDS ? number * 1_000 : number);
}

/** Null when the value is missing, undefined when it is not a number. */
function readNumber(text: string): number | null | undefined {
  if (MISSING.test(text)) return null;
  return NUMBER.test(text) ? finite(Number(text)) : undefined;
}

function finite(number: number): number | null {
  return Number.isFinite(number) ? number : null;
}

function invalid(message: string, remedy: string): OutsideFailure {
  return new OutsideFailure({ kind: 'invalid', message: message.replace(/^./, upper), remedy, retry: false });
}

function upper(letter: string): string {
  return letter.toUpperCase();
}
