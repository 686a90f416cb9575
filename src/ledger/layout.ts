import { dayOf, type Instant } from '../core/time.ts';

/** For people who find the files. Written once, never read. */
export const README_PATH = 'README.md';
/** The checkpoint: only a cache of what follows from the events. */
export const STATE_PATH = 'state.json';
/** The folders with everything else. Nothing else in a folder or branch is looked at. */
export const FOLDERS: readonly string[] = ['events', 'chain', 'rollups', 'cut'];
/** How many batches one chain file contains. */
export const BATCHES_PER_FILE = 250;

const PARTITION = /^events\/(\d{4})\/(\d{2})\/(\1-\2-\d{2})\.ndjson$/;
const CHAIN = /^chain\/(\d{4,})\.ndjson$/;

/** The file for events of the UTC day of `at`. */
export function partitionPath(at: Instant): string {
  return pathOfDay(dayOf(at));
}

/** The file for events of a UTC day given as `2026-11-21`. */
export function pathOfDay(day: string): string {
  return `events/${day.slice(0, 4)}/${day.slice(5, 7)}/${day}.ndjson`;
}

/** The UTC day of a partition file; null when the path is not one. */
export function dayOfPartition(path: string): string | null {
  return PARTITION.exec(path)?.[3] ?? null;
}

/** The number, from 1, of the chain file that contains a batch. */
export function chainFileOf(batch: number): number {
  return Math.floor((batch - 1) / BATCHES_PER_FILE) + 1;
}

/** The path of a chain file by its number, from 1. */
export function chainPath(file: number): string {
  return `chain/${String(file).padStart(4, '0')}.ndjson`;
}

/** The number of a chain file; null when the path is not one. */
export function chainFileNumber(path: string): number | null {
  const digits = CHAIN.exec(path)?.[1];
  return digits === undefined || path !== chainPath(Number(digits)) ? null : Number(digits);
}

/** The numbers of the chain files among `paths`, ascending. */
export function chainFiles(paths: Iterable<string>): readonly number[] {
  const numbers: number[] = [];
  for (const path of paths) {
    const number = chainFileNumber(path);
    if (number !== null) numbers.push(number);
  }
  return numbers.sort((a, b) => a - b);
}

/** The parent folder of what is left from before each cut. */
export const CUTS = 'cut/';

const CUT = /^cut\/(\d{8,})\//;

/** The folder of a cut after a batch. Its content is written once and never changed. */
export function cutFolder(batch: number): string {
  return `cut/${String(batch).padStart(8, '0')}`;
}

/** The batch of the last cut among `paths`; null if there was no cut. */
export function lastCut(paths: Iterable<string>): number | null {
  let last: number | null = null;
  for (const path of paths) {
    const digits = CUT.exec(path)?.[1];
    if (digits !== undefined && path === `${cutFolder(Number(digits))}/record.json`)
      last = Math.max(last ?? 0, Number(digits));
  }
  return last;
}

/** Whether a file can be derived from the others: the checkpoint and its rollups. */
export function isRemade(path: string): boolean {
  return path === STATE_PATH || path.startsWith('rollups/');
}
