import type { Row, RowDraft } from './row.ts';

/** Rows by subject and by bucket (`2026-11-21T09` or `2026-11-21`). The repository is the sum of its subjects. */
export type RowTable = Readonly<Record<string, Readonly<Record<string, Row>>>>;

/** A table being folded into. Only what is written to is copied, so that a few events cost little. */
export interface OpenTable {
  /** The row of a subject in a bucket, created if missing; may be written to. */
  rowOf(subject: string, bucket: string): RowDraft;
  /** The table without the buckets before `oldest` and the rows that became empty. */
  close(oldest: string): RowTable;
}

/** Opens a table for writing; the given one stays unchanged. */
export function openTable(table: RowTable): OpenTable {
  const subjects = { ...table };
  const copied = new Map<string, Record<string, Row>>();
  const own = new Set<Row>();
  const rowsOf = (subject: string): Record<string, Row> => {
    const known = copied.get(subject);
    if (known !== undefined) return known;
    const rows = { ...subjects[subject] };
    copied.set(subject, rows);
    subjects[subject] = rows;
    return rows;
  };
  return {
    rowOf: (subject, bucket) => {
      const rows = rowsOf(subject);
      const known = rows[bucket];
      if (known !== undefined && own.has(known)) return known as RowDraft;
      const row: RowDraft = { n: { ...known?.n }, v: { ...known?.v } };
      rows[bucket] = row;
      own.add(row);
      return row;
    },
    close: (oldest) => {
      for (const subject of Object.keys(subjects)) {
        for (const bucket of goneBuckets(subjects[subject] ?? {}, oldest)) delete rowsOf(subject)[bucket];
        if (Object.keys(subjects[subject] ?? {}).length === 0) delete subjects[subject];
      }
      return subjects;
    },
  };
}

function goneBuckets(rows: Readonly<Record<string, Row>>, oldest: string): readonly string[] {
  return Object.entries(rows).flatMap(([bucket, { n, v }]) =>
    bucket < oldest || (isEmpty(n) && isEmpty(v)) ? bucket : [],
  );
}

function isEmpty(object: object): boolean {
  for (const key in object) if (Object.hasOwn(object, key)) return false;
  return true;
}
