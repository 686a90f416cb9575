/** What the repository variable of a stop says: `stopped:3`, or `stopped:3:` and what it held before. */
export interface HaltMark {
  readonly generation: number;
  /** Null when there was no such variable. */
  readonly before: string | null;
}

/** Null for a value that no stop of ours has set. */
export function haltMark(value: string): HaltMark | null {
  const found = /^stopped:(\d{1,9})(?::([\s\S]*))?$/.exec(value);
  return found === null ? null : { generation: Number(found[1]), before: found[2] ?? null };
}

/** Whether the variable stops everybody: by a stop of ours, or because a person wrote `stopped` into it. */
export function saysStopped(value: string): boolean {
  return /^stopped(?::|$)/i.test(value.trim());
}
