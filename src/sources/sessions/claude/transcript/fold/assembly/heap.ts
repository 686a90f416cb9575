// This folder is AssemblyScript: it is compiled to WebAssembly (see scripts/compile-assembly.ts) and not seen by tsc.

/** Reading and copying may touch this many bytes past an item. */
const SPARE: usize = 64;
const PAGE_BITS: u64 = 16;
/** Memory grows by a quarter, at least by this many pages. */
const FEWEST_PAGES: u64 = 64;
/** More than any memory has. */
const MOST_PAGES: u64 = 1 << 16;

/** Of the memory that the system gives, on most systems. */
const PAGE: usize = 1 << 12;

let top: usize = (__heap_base + 7) & ~7;
/** The page behind all that was taken. */
let unused: usize = pageFrom(top);

function pageFrom(place: usize): usize {
  return (place + PAGE - 1) & ~(PAGE - 1);
}

/** Whether there was no more memory. The program has stopped then and cannot go on. */
export let exhausted: bool = false;

/** Cleared memory of this size. It stays as it is until the program ends. */
export function claim(size: usize): usize {
  const from = unused;
  const at = reserve(size);
  // Where a page is read before it is written, the system gives it twice, and interrupts all other threads to do so.
  for (let page = from; page < top; page += PAGE) store<u8>(page, 0);
  return at;
}

/** The same for somebody who fills it at once. */
export function reserve(size: usize): usize {
  const at = top;
  // In a wider number, so that an enormous size does not begin anew at 0.
  const end = <u64>at + size + SPARE;
  top = (at + size + 7) & ~7;
  unused = pageFrom(top);
  const pages = <u64>memory.size();
  const wanted = end >> PAGE_BITS;
  if (wanted >= pages) widen(wanted - pages + 1, max(pages >> 2, FEWEST_PAGES));
  return at;
}

function widen(missing: u64, more: u64): void {
  if (missing < more && memory.grow(<i32>more) >= 0) return;
  if (missing <= MOST_PAGES && memory.grow(<i32>missing) >= 0) return;
  exhausted = true;
  unreachable();
}

/**
 * The end of a list, and a reference to nothing. AssemblyScript does not follow nulls through loops, so references are never null here
 * but may be to place 0.
 */
export function nothing<T>(): T {
  return changetype<T>(0);
}

/** Whether a reference is to something. */
export function exists<T>(item: T): bool {
  return changetype<usize>(item) !== 0;
}
