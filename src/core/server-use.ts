import type { Instant } from './time.ts';

/** How an agent calls an MCP server. Only sessions that called any tool count, and of which all calls are known. */
export interface ServerUse {
  readonly agent: string;
  /** As its records write it. */
  readonly server: string;
  /** The start of the last session that called it. */
  readonly last: Instant;
  /** Sessions from the first that called it to the last, and those of them that did; older ones count less. */
  readonly sessions: number;
  readonly calledIn: number;
  /** Sessions since the last one that called it. */
  readonly missing: number;
  /** The start of the first of these; null where there are none. */
  readonly missingSince: Instant | null;
}
