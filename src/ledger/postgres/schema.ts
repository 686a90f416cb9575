import type { Generated, GeneratedAlways } from 'kysely';

/** The tables as used in queries; migrations/ says what they are for. `bigint` is returned as text. */
export interface Tables {
  readonly 'checkrein.ledgers': { repo: string; version: Generated<string>; losses: number; shared: Generated<number> };
  readonly 'checkrein.documents': { repo: string; path: string; bytes: number; content: Uint8Array };
  readonly 'checkrein.batches': {
    repo: string;
    file: number;
    seq: number;
    line: Uint8Array;
    size: GeneratedAlways<number>;
  };
  readonly 'checkrein.events': {
    repo: string;
    /** A UTC day, `0001-05-05 BC` for one in the year 0. */
    day: string;
    seq: number;
    line: Uint8Array;
    size: GeneratedAlways<number>;
    event: GeneratedAlways<unknown>;
  };
  readonly 'checkrein.upkeep': { at: Date | null; losses: number };
  readonly 'checkrein.migrations': { name: string };
}
