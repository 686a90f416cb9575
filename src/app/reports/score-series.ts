import type { Detector, Watcher } from '../../detectors/detector.ts';
import { type Judgement, REPORT, type Settings } from '../../detectors/method.ts';
import { readSeries, type SeriesRow } from './series-rows.ts';

/** A point that was reported, with everything the finding says. */
export type SeriesReport = Extract<Judgement, { kind: 'judged' }> & { readonly line: number; readonly at: string };

/** What `detect --json` prints: a contract that programs rely on. Fields may be added, meanings do not change. */
export interface SeriesScores {
  readonly method: string;
  readonly rows: number;
  /** Rows whose score is unknown, by reason. They score 0 and nothing is reported about them. */
  readonly unknown: Readonly<Record<string, number>>;
  readonly reports: readonly SeriesReport[];
  readonly complaints: readonly { readonly line: number; readonly reason: string }[];
}

/** Writes a piece of the CSV output. */
type Write = (text: string) => Promise<void> | void;

interface Tally {
  rows: number;
  readonly unknown: Map<string, number>;
  readonly reports: SeriesReport[];
  readonly complaints: { line: number; reason: string }[];
}

/**
 * Scores a series row by row, each by the rows before it, and writes `timestamp,value,anomaly_score` as it goes: one row for each
 * input row, including unreadable ones.
 * @throws OutsideFailure when the input cannot be read or lacks these columns.
 */
export async function scoreSeries(
  input: AsyncIterable<string | Buffer>,
  detector: Detector,
  settings: Settings,
  write: Write,
): Promise<SeriesScores> {
  const watcher = detector.watch(settings);
  const tally: Tally = { rows: 0, unknown: new Map(), reports: [], complaints: [] };
  let header = 'timestamp,value,anomaly_score\n';
  for await (const group of readSeries(input)) {
    const text = group.map((row) => csvLine(row, scoreRow(row, watcher, tally))).join('');
    if (text === '') continue;
    await write(header + text);
    header = '';
  }
  if (header !== '') await write(header);
  return { method: detector.name, ...tally, unknown: Object.fromEntries(tally.unknown) };
}

/** The score of a row. Anything else about it goes to the tally. */
function scoreRow(row: SeriesRow, watcher: Watcher, tally: Tally): number {
  tally.rows += 1;
  if (row.complaint !== null) tally.complaints.push({ line: row.line, reason: row.complaint });
  if (row.at === null) {
    count(tally.unknown, 'the line cannot be read');
    return 0;
  }
  const judgement = watcher.judge({ at: row.at, value: row.number });
  if (judgement.kind === 'unknown')
    count(tally.unknown, row.complaint === null ? judgement.reason : 'the line cannot be read');
  else if (judgement.score >= REPORT) tally.reports.push({ line: row.line, at: row.at, ...judgement });
  return judgement.score;
}

/** Reasons that count points (`3 points; 10 are needed`) are merged into one. */
function count(unknown: Map<string, number>, reason: string): void {
  const general = /\bneeded$|^only \d/.test(reason) ? 'too few points came before' : reason;
  unknown.set(general, (unknown.get(general) ?? 0) + 1);
}

function csvLine({ timestamp, value }: SeriesRow, score: number): string {
  return `${csvField(timestamp)},${csvField(value)},${Number(score.toPrecision(6))}\n`;
}

function csvField(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
