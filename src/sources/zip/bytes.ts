/** Reads the little-endian numbers of a zip. Every read is checked against the end of the bytes. */
export interface ByteReader {
  readonly length: number;
  u16(at: number): number;
  u32(at: number): number;
  /** A 64-bit number. A value above 2^53 is returned as one that exceeds every limit. */
  u64(at: number): number;
}

/** Thrown on a read past the end: the zip is cut off or its numbers are wrong. */
export class OutOfBytes extends Error {}

/** A reader over the bytes of a zip. */
export function byteReader(bytes: Uint8Array): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const checked = (at: number, size: number): number => {
    if (at < 0 || at + size > bytes.length) throw new OutOfBytes(`no ${size} bytes at ${at}`);
    return at;
  };
  return {
    length: bytes.length,
    u16: (at) => view.getUint16(checked(at, 2), true),
    u32: (at) => view.getUint32(checked(at, 4), true),
    u64: (at) => Number(view.getBigUint64(checked(at, 8), true)),
  };
}
