import type { Instant } from '../core/time.ts';

/** What shows that something was opened a second time. */
interface Opened {
  readonly number: number;
  readonly titleHash: string;
  readonly createdAt: Instant;
  readonly closedAt: Instant | null;
}

/** True for something with the title of another one that was opened earlier and was still open. */
export function wasOpenAlready(items: readonly Opened[], item: Opened): boolean {
  return items.some(
    (other) =>
      other.number < item.number &&
      other.titleHash === item.titleHash &&
      (other.closedAt === null || other.closedAt > item.createdAt),
  );
}
