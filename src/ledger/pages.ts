import type { MeasureQuery, MeasureRow } from '../core/measure-row.ts';
import type { Step } from '../core/series.ts';
import { after, DAY, HOUR, type Instant, monthOf, startOf } from '../core/time.ts';
import { changedRows, mergeIntoPage, type PageName, questionOf, rowsOfLine, STEP_NAMES } from './page.ts';
import { isPageOf, pageHash, readLines } from './page-file.ts';
import type { ByHash, ReadPart } from './page-part.ts';

/** The hash of each page that belongs to a checkpoint, by path. */
export type PageHashes = Readonly<Record<string, string>>;

/** The pages of a checkpoint, as far as they are in memory. */
export interface Pages {
  readonly hashes: PageHashes;
  readonly held: ReadonlyMap<string, Uint8Array>;
  /** Paths of held pages that the files do not have yet. */
  readonly unwritten: ReadonlySet<string>;
}

export const NO_PAGES: Pages = { hashes: {}, held: new Map(), unwritten: new Set() };

/** Pages that are not in memory. */
export function pagesOf(hashes: PageHashes): Pages {
  return { ...NO_PAGES, hashes };
}

/** A page that is not the one named by the checkpoint, so it is unknown what has been counted in it. */
export class PageMismatch extends Error {
  override readonly name = 'PageMismatch';
  readonly path: string;

  constructor(path: string) {
    super(`${path} holds other rollups than its checkpoint names`);
    this.path = path;
  }
}

/** Reads a file; null when it does not exist. */
export type ReadFile = (path: string) => Promise<Uint8Array | null>;

/** The content of a page of the checkpoint. @throws PageMismatch when the file has a different version. */
export async function readPage(pages: Pages, path: string, read: ReadFile): Promise<Uint8Array | null> {
  const hash = pages.hashes[path];
  if (hash === undefined) return null;
  const held = pages.held.get(path);
  if (held !== undefined) return held;
  const bytes = await read(path);
  if (bytes === null || !isPageOf(bytes, hash)) throw new PageMismatch(path);
  return bytes;
}

/** The pages after more rows, without those before the kept range. */
export async function addRows(
  pages: Pages,
  rows: readonly MeasureRow[],
  keptSince: Readonly<Record<Step, Instant>>,
  read: ReadFile,
): Promise<Pages> {
  const hashes: Record<string, string> = { ...pages.hashes };
  const held = new Map(pages.held);
  const unwritten = new Set(pages.unwritten);
  for (const [path, group] of byPage(rows)) {
    const page = mergeIntoPage(await readPage(pages, path, read), group.rows, group.name);
    hashes[path] = pageHash(page);
    held.set(path, page);
    unwritten.add(path);
  }
  for (const path of Object.keys(hashes)) {
    const name = pageNameOf(path);
    if (name === null || endOf(name) > keptSince[name.step]) continue;
    delete hashes[path];
    held.delete(path);
    unwritten.delete(path);
  }
  return { hashes, held, unwritten };
}

/** The paths of the pages that a query needs. */
export function pagesFor(hashes: PageHashes, { step, from, to }: MeasureQuery): readonly string[] {
  return Object.keys(hashes).filter((path) => {
    const name = pageNameOf(path);
    return name?.step === step && endOf(name) > from && startOfPage(name) < to;
  });
}

/** The answer of a page of the checkpoint to a query. @throws PageMismatch when the file has a different version. */
export async function answerOf(
  { hashes, held }: Pages,
  path: string,
  query: MeasureQuery,
  { read, lately }: { readonly read: ReadPart; readonly lately: ByHash },
): Promise<readonly MeasureRow[]> {
  const page = held.get(path);
  const part: ReadPart = page === undefined ? read : async (from, to) => page.subarray(from, to);
  const lines = await readLines(part, hashes[path] ?? '', questionOf(query), lately);
  if (lines === null) throw new PageMismatch(path);
  const stretch = pageNameOf(path)?.stretch ?? '';
  return lines.flatMap((line) => rowsOfLine(line, query, stretch));
}

/** Whether a file of that name contains rollups. */
export function isPage(path: string): boolean {
  return pageNameOf(path) !== null;
}

/**
 * The rollups of a file that differ from an earlier version; empty for a file that is not a page. For a store that also keeps
 * them in tables and sees which files a commit changes.
 */
export function changedRollups(path: string, before: Uint8Array | null, after: Uint8Array): readonly MeasureRow[] {
  const name = pageNameOf(path);
  return name === null ? [] : changedRows(before, after, name);
}

const PAGE = /^rollups\/(minute|hour|day)\/(\d{4}-\d{2}-\d(?:\d(?:T\d{2})?)?)\.ndjson$/;
const STRETCH: Readonly<Record<Step, number>> = {
  minute: '2026-11-21T09'.length,
  hour: '2026-11-21'.length,
  day: '2026-11-2'.length,
};

function pageNameOf(path: string): PageName | null {
  const [, step = '', stretch = ''] = PAGE.exec(path) ?? [];
  return (step === 'minute' || step === 'hour' || step === 'day') && stretch.length === STRETCH[step]
    ? { step, stretch }
    : null;
}

function pathOf({ step, stretch }: PageName): string {
  return `rollups/${step}/${stretch}.ndjson`;
}

/** The first moment after the stretch of a page. */
function endOf({ step, stretch }: PageName): Instant {
  switch (step) {
    case 'minute':
      return after(startOf(stretch), HOUR);
    case 'hour':
      return after(startOf(stretch), DAY);
    case 'day': {
      const [start, month] = [startOfPage({ step, stretch }), stretch.slice(0, '2026-11'.length)];
      const next = after(start, stretch.endsWith('0') ? 9 * DAY : 10 * DAY);
      return monthOf(next) === month ? next : startOf(monthOf(next));
    }
    default:
      return step satisfies never;
  }
}

/** The first moment of the stretch of a page. A month has no day 0. */
function startOfPage({ step, stretch }: PageName): Instant {
  return startOf(step === 'day' && !stretch.endsWith('0') ? `${stretch}0` : stretch);
}

interface PageRows {
  readonly name: PageName;
  readonly rows: MeasureRow[];
}

function byPage(rows: readonly MeasureRow[]): ReadonlyMap<string, PageRows> {
  const groups = new Map<string, PageRows>();
  for (const row of rows) {
    const name = { step: row.step, stretch: STEP_NAMES[row.step].pageOf(row.at) };
    const path = pathOf(name);
    const group = groups.get(path) ?? { name, rows: [] };
    groups.set(path, group);
    group.rows.push(row);
  }
  return groups;
}
