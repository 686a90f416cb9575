import type { Call } from './call.ts';

/** A filtered list of runs ends here, whatever `total_count` says. */
export const FILTERED_LIST_CAP = 1_000;

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Paging {
  /** Entries beyond it are silently out of reach. */
  readonly cap?: number;
  /** Pages that come back empty although more follow. */
  readonly emptyPages?: readonly number[];
}

/** Cuts the asked page out of a list and makes the `Link` header. */
export function paginate<T>(call: Call, all: readonly T[], paging: Paging = {}): PageOf<T> {
  const { cap = Number.POSITIVE_INFINITY, emptyPages = [] } = paging;
  const perPage = positive(call.query.get('per_page'), 30, 100);
  const page = positive(call.query.get('page'), 1, Number.MAX_SAFE_INTEGER);
  const reachable = all.slice(0, cap);
  const last = Math.max(1, Math.ceil(reachable.length / perPage)) + emptyPages.length;
  const filled = page - emptyPages.filter((empty) => empty < page).length;
  const items = emptyPages.includes(page) ? [] : reachable.slice((filled - 1) * perPage, filled * perPage);
  return { items, total: all.length, headers: linkHeader(call, page, last) };
}

function linkHeader(call: Call, page: number, last: number): Record<string, string> {
  const links: string[] = [];
  if (page > 1) links.push(link(call, page - 1, 'prev'));
  if (page < last) links.push(link(call, page + 1, 'next'), link(call, last, 'last'));
  if (page > 1) links.push(link(call, 1, 'first'));
  return links.length > 0 ? { link: links.join(', ') } : {};
}

function link(call: Call, page: number, rel: string): string {
  const query = new URLSearchParams(call.query);
  query.set('page', String(page));
  return `<${call.baseUrl}${call.path}?${query}>; rel="${rel}"`;
}

function positive(text: string | null, fallback: number, most: number): number {
  const value = Number(text ?? fallback);
  return Number.isInteger(value) && value > 0 ? Math.min(value, most) : fallback;
}
