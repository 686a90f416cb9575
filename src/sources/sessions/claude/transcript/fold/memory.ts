/** A program's memory as numbers and texts. Places are byte offsets, and fields are counted in 32-bit numbers. */
export interface ProgramMemory {
  readonly number: (place: number, field: number) => number;
  /** Of a 64-bit number, counted in these. */
  readonly amount: (place: number, field: number) => number;
  /** Several 64-bit numbers from a place on, not copied. */
  readonly amounts: (place: number, count: number) => Float64Array;
  readonly setNumber: (place: number, field: number, number: number) => void;
  readonly setAmount: (place: number, field: number, amount: number) => void;
  /** Sets several 64-bit numbers from a place on. */
  readonly setAmounts: (place: number, field: number, amounts: readonly number[]) => void;
  /** A text with one letter per byte, whose place and size are in two fields. */
  readonly text: (place: number, field: number) => string;
  readonly letters: (place: number, size: number) => string;
  readonly write: (place: number, bytes: Uint8Array) => void;
}

/** Looks at a shared memory, which stays where it is when it grows. Views are made anew to reach what was added. */
export function viewOf(memory: WebAssembly.Memory): ProgramMemory {
  let views = viewsOf(memory);
  const upTo = (end: number): Views => {
    if (end > views.bytes.length) views = viewsOf(memory);
    return views;
  };
  const number = (place: number, field: number): number =>
    upTo(place + (field + 1) * 4).numbers[(place >> 2) + field] ?? 0;
  const letters = (place: number, size: number): string =>
    upTo(place + size).bytes.toString('latin1', place, place + size);
  return {
    number,
    amount: (place, field) => upTo(place + (field + 1) * 8).amounts[(place >> 3) + field] ?? 0,
    amounts: (place, count) => upTo(place + count * 8).amounts.subarray(place >> 3, (place >> 3) + count),
    setNumber: (place, field, value) => {
      upTo(place + (field + 1) * 4).numbers[(place >> 2) + field] = value;
    },
    setAmount: (place, field, value) => {
      upTo(place + (field + 1) * 8).amounts[(place >> 3) + field] = value;
    },
    setAmounts: (place, field, values) => {
      upTo(place + (field + values.length) * 8).amounts.set(values, (place >> 3) + field);
    },
    text: (place, field) => letters(number(place, field), number(place, field + 1)),
    letters,
    write: (place, bytes) => upTo(place + bytes.length).bytes.set(bytes, place),
  };
}

interface Views {
  readonly bytes: Buffer;
  readonly numbers: Int32Array;
  readonly amounts: Float64Array;
}

function viewsOf({ buffer }: WebAssembly.Memory): Views {
  return { bytes: Buffer.from(buffer), numbers: new Int32Array(buffer), amounts: new Float64Array(buffer) };
}
