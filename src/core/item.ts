import type { Actor } from './run.ts';
import type { Instant } from './time.ts';

/** An issue or a pull request that a bot or an app made, without any of its content. */
export interface ItemMark {
  readonly number: number;
  readonly kind: 'issue' | 'pull';
  /** As the API says it; null for an account that is gone. */
  readonly author: Actor | null;
  /** Slug of the app that made it; null where the API names none. */
  readonly app: string | null;
  readonly createdAt: Instant;
  /** When it changed last, as far as we have seen. */
  readonly updatedAt: Instant;
  readonly closedAt: Instant | null;
  readonly mergedAt: Instant | null;
  /** 16 hex digits of SHA-256 of the title in lower case with single spaces and without punctuation. */
  readonly titleHash: string;
  /** The agent whose run, and nobody else's, was going on when it was made; null where that does not tell. */
  readonly agent: string | null;
}

/** Who made it, as a key: bots have numbers that no name can forge. */
export function makerOf({ author, app }: Pick<ItemMark, 'author' | 'app'>): string {
  return author === null ? `app ${app ?? 'unknown'}` : String(author.id);
}
