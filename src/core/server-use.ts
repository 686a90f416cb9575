import type { Instant } from './time.ts';

/** How an agent calls an MCP server. Only sessions that called some tool and whose calls are all known count. */
export interface ServerUse {
  readonly agent: string;
  /** As written in its records. */
  readonly server: string;
  /** The start of the last session that called it. */
  readonly last: Instant;
  /** Sessions from the first that called it to the last, and how many of them did. Older ones count less. */
  readonly sessions: number;
  readonly calledIn: number;
  /** Sessions since the last one that called it. */
  readonly missing: number;
  /** The start of the first of these; null if there are none. */
  readonly missingSince: Instant | null;
}
