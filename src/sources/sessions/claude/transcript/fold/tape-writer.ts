/** Numbers per entry, and the kinds of entries: see scan/assembly/tape.ts. */
export const FIELDS = 16;
export const ENTRY = { session: 1, response: 2, call: 3, result: 4, turn: 5, folder: 6, stretch: 7, note: 8 } as const;

/** Entries as the scanner writes them, and their texts. */
export interface WrittenTape {
  readonly entries: Int32Array;
  readonly texts: Uint8Array;
}

/** Writes entries, as the scanner does. */
export interface TapeWriter {
  /** Begins an entry, of which the following calls write fields. */
  readonly enter: (kind: number) => void;
  /** A count, or -1 for null. */
  readonly count: (field: number, count: number | null) => void;
  /** An ASCII text; its place and size take two fields. */
  readonly text: (field: number, text: string) => void;
  /** A moment, or null. */
  readonly moment: (field: number, moment: string | null) => void;
  /** What was written. Null if a text is not ASCII or a count has more than 31 bits: the tape cannot hold these. */
  readonly written: () => WrittenTape | null;
}

const MOST = 2 ** 31 - 1;

/** A new tape. */
export function newTape(): TapeWriter {
  const numbers: number[] = [];
  const texts: Buffer[] = [];
  let [size, fits] = [0, true];
  const put = (field: number, number: number): void => {
    numbers[numbers.length - FIELDS + field] = number;
  };
  const keep = (text: string): number => {
    const bytes = Buffer.from(text);
    fits &&= bytes.length === text.length;
    texts.push(bytes);
    size += bytes.length;
    return size - bytes.length;
  };
  return {
    enter: (kind) => {
      numbers.push(kind, ...Array<number>(FIELDS - 1).fill(0));
    },
    count: (field, count) => {
      fits &&= (count ?? 0) <= MOST;
      put(field, count ?? -1);
    },
    text: (field, text) => {
      put(field, keep(text));
      put(field + 1, text.length);
    },
    moment: (field, moment) => put(field, moment === null ? -1 : keep(moment)),
    written: () => (fits ? { entries: Int32Array.from(numbers), texts: Uint8Array.from(Buffer.concat(texts)) } : null),
  };
}
