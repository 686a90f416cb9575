import type { LedgerEvent } from '../../core/event.ts';
import { OutsideFailure } from '../../core/failure.ts';
import type { SourceMoment } from '../progress.ts';
import { type Claims, type ClaimTerms, claimSpool, removeTaken, type TakenFile } from './claim.ts';
import { readTaken, spoolEvents } from './read.ts';

/** The contents of a spool. The files stay until `remove`, which is to be called when the events are in the ledger. */
export interface SpoolTake {
  readonly events: readonly LedgerEvent[];
  readonly complaints: readonly string[];
  readonly files: number;
  readonly lines: number;
  readonly remove: () => Promise<void>;
}

/** Beyond this many measures per run, the rest is left to the next run. */
const MOST_MEASURES = 50_000;

/**
 * Reads the spool of a folder and sums up its lines by minute, as events with the same ids however often this is done.
 * @throws OutsideFailure when the folder cannot be read.
 */
export async function takeSpool(folder: string, moment: SourceMoment, terms: ClaimTerms): Promise<SpoolTake> {
  const claims = await claim(folder, terms);
  const events: LedgerEvent[] = [];
  const complaints = [...claims.complaints];
  const done: TakenFile[] = [];
  let lines = 0;
  let measures = 0;
  for (const file of claims.files) {
    if (measures >= MOST_MEASURES) break;
    const reading = await readTaken(file);
    if (typeof reading === 'string') complaints.push(`${file.name}: ${reading}`);
    if (reading === null || typeof reading === 'string') continue;
    done.push(file);
    events.push(...spoolEvents(reading, moment));
    lines += reading.lines;
    measures += reading.measures.length;
    if (reading.complaint !== null) complaints.push(`${file.name}: ${reading.complaint}`);
  }
  return { events, complaints, files: done.length, lines, remove: () => removeTaken(done) };
}

async function claim(folder: string, terms: ClaimTerms): Promise<Claims> {
  try {
    return await claimSpool(folder, terms);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
    throw new OutsideFailure({
      kind: error.code === 'EACCES' || error.code === 'EPERM' ? 'forbidden' : 'invalid',
      message: `The spool folder ${folder} cannot be read (${String(error.code)})`,
      remedy: 'Name a folder that may be read and written, in CHECKREIN_SPOOL or with --spool',
      retry: false,
    });
  }
}
