import { dayOf, type Instant } from '../core/time.ts';

/** Entries by UTC day and key, so that only the days that change are copied. */
export type ByDay<Entry> = Readonly<Record<string, Readonly<Record<string, Entry>>>>;

/** A table being written to. */
export interface Days<Entry> {
  get(key: string, at: Instant): Entry | undefined;
  put(key: string, entry: Entry & { readonly at: Instant }): void;
  /** Drops the days before `oldest`. Age alone decides what goes, so that batches do not matter. */
  close(oldest: string): ByDay<Entry>;
}

/** Opens a table for writing; the given one stays unchanged. */
export function openDays<Entry>(table: ByDay<Entry>): Days<Entry> {
  const days: Record<string, Record<string, Entry>> = { ...table };
  const own = new Set<string>();
  return {
    get: (key, at) => {
      const entries = days[dayOf(at)];
      return entries !== undefined && Object.hasOwn(entries, key) ? entries[key] : undefined;
    },
    put: (key, entry) => {
      const day = dayOf(entry.at);
      const entries = own.has(day) ? (days[day] ?? {}) : { ...days[day] };
      entries[key] = entry;
      days[day] = entries;
      own.add(day);
    },
    close: (oldest) => {
      for (const day of Object.keys(days)) if (day < oldest) delete days[day];
      return days;
    },
  };
}

/** All days merged; for equal keys the later day counts. */
export function flat<Entry>(days: ByDay<Entry>): Readonly<Record<string, Entry>> {
  return Object.assign(
    {},
    ...Object.keys(days)
      .sort()
      .map((day) => days[day]),
  );
}
