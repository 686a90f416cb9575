/** What the system tells of a process. */
export interface ProcessInfo extends ProcessId {
  readonly parent: number;
  /** One letter: `T` is stopped, `Z` is dead and not yet taken away. */
  readonly state: string;
  /** The words that it was started with, where they were told together with all this. */
  readonly words?: readonly string[];
}

/** A process that cannot be taken for a later one that got the same number. */
export interface ProcessId {
  readonly pid: number;
  /** When it was born, as the system counts; tells it from others of the same number. */
  readonly born: string;
}
