import type { Actor } from './run.ts';
import type { Instant } from './time.ts';

/** An issue or a pull request made by a bot or an app, without any of its content. */
export interface ItemMark {
  readonly number: number;
  readonly kind: 'issue' | 'pull';
  /** As reported by the API; null for a deleted account. */
  readonly author: Actor | null;
  /** Slug of the app that made it; null if the API names none. */
  readonly app: string | null;
  readonly createdAt: Instant;
  /** When it last changed, as far as we have seen. */
  readonly updatedAt: Instant;
  readonly closedAt: Instant | null;
  readonly mergedAt: Instant | null;
  /** 16 hex digits of the SHA-256 of the title in lower case, with single spaces and without punctuation. */
  readonly titleHash: string;
  /** The only agent with a run in progress when it was made; null if that is not conclusive. */
  readonly agent: string | null;
}

/** A key for who made it. Bots have numbers, which no name can forge. */
export function makerOf({ author, app }: Pick<ItemMark, 'author' | 'app'>): string {
  return author === null ? `app ${app ?? 'unknown'}` : String(author.id);
}
