/** The most recent numbers, in order of arrival and in order of size. */
export interface SortedWindow {
  readonly capacity: number;
  /** The numbers by size; only the first `size` count. Grows up to the capacity, so that a short series costs little. */
  sorted: Float64Array;
  /** The numbers in order of arrival, as a ring buffer. */
  ring: Float64Array;
  size: number;
  /** The index of the next number. */
  next: number;
}

const FIRST_SIZE = 64;

/** An empty window that keeps the last `capacity` numbers. */
export function sortedWindow(capacity: number): SortedWindow {
  const first = Math.min(capacity, FIRST_SIZE);
  return { capacity, sorted: new Float64Array(first), ring: new Float64Array(first), size: 0, next: 0 };
}

/** Adds a number, and drops the oldest if the window is full. */
export function push(window: SortedWindow, value: number): void {
  if (window.size === window.capacity) {
    const oldest = below(window, window.ring[window.next] ?? 0);
    window.sorted.copyWithin(oldest, oldest + 1, window.size);
    window.size -= 1;
  } else if (window.size === window.sorted.length) grow(window);
  const at = below(window, value);
  window.sorted.copyWithin(at + 1, at, window.size);
  window.sorted[at] = value;
  window.size += 1;
  window.ring[window.next] = value;
  window.next = (window.next + 1) % window.capacity;
}

/** While the window grows, the ring has not wrapped around yet, so its content is in order. */
function grow(window: SortedWindow): void {
  const length = Math.min(window.capacity, window.size * 2);
  for (const part of ['sorted', 'ring'] as const) {
    const larger = new Float64Array(length);
    larger.set(window[part]);
    window[part] = larger;
  }
}

/** How many of the numbers are smaller. */
export function below({ sorted, size }: SortedWindow, value: number): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The distance to the nearest of the numbers; infinite if there is none. */
export function nearestDistance(window: SortedWindow, value: number): number {
  const at = below(window, value);
  const above = at < window.size ? (window.sorted[at] ?? 0) - value : Number.POSITIVE_INFINITY;
  const under = at > 0 ? value - (window.sorted[at - 1] ?? 0) : Number.POSITIVE_INFINITY;
  return Math.min(above, under);
}

/** The number below which the share `p` lies, without averaging two of them; 0 for an empty window. */
export function quantileOf({ sorted, size }: SortedWindow, p: number): number {
  return size === 0 ? 0 : (sorted[Math.min(size - 1, Math.floor(p * size))] ?? 0);
}
