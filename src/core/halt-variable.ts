/** What the repository variable of a stop says: `stopped:3`, or `stopped:3:` followed by what it held before. */
export interface HaltMark {
  readonly generation: number;
  /** Null if there was no such variable. */
  readonly before: string | null;
}

/** Null for a value that none of our stops has set. */
export function haltMark(value: string): HaltMark | null {
  const found = /^stopped:(\d{1,9})(?::([\s\S]*))?$/.exec(value);
  return found === null ? null : { generation: Number(found[1]), before: found[2] ?? null };
}

/** Whether the variable stops everybody, either through one of our stops or because a person set it to `stopped`. */
export function saysStopped(value: string): boolean {
  return /^stopped(?::|$)/i.test(value.trim());
}
