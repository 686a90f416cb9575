/** Compares bytes at two places, eight at a time. The last eight may overlap those before. */
export function isSame(a: usize, b: usize, size: u32): bool {
  if (size < 8) {
    for (let at: u32 = 0; at < size; at++) if (load<u8>(a + at) !== load<u8>(b + at)) return false;
    return true;
  }
  const last = size - 8;
  for (let at: u32 = 0; at < last; at += 8) if (load<u64>(a + at) !== load<u64>(b + at)) return false;
  return load<u64>(a + last) === load<u64>(b + last);
}

/**
 * Bytes are copied and cleared sixteen at a time, so this many may be touched past the end. The built-in operation costs a call.
 */
export const BEHIND: usize = 16;

export function copyBytes(to: usize, from: usize, size: u32): void {
  for (let at: usize = 0; at < size; at += 16) v128.store(to + at, v128.load(from + at));
}

export function clearBytes(from: usize, size: u32): void {
  for (let at: usize = 0; at < size; at += 16) v128.store(from + at, i8x16.splat(0));
}
