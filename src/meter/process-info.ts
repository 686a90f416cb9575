/** What the system reports about a process. */
export interface ProcessInfo extends ProcessId {
  readonly parent: number;
  /** One letter: `T` is stopped, `Z` is dead but not yet reaped. */
  readonly state: string;
  /** Its command line, where the system reports it along with the rest. */
  readonly words?: readonly string[];
}

/** A process that runs steps. */
export interface StepRunner extends ProcessId {
  /** Whether all that descends from it belongs to one job: other runners may run several jobs in one process. */
  readonly oneJob: boolean;
}

/** A process that cannot be confused with a later one of the same number. */
export interface ProcessId {
  readonly pid: number;
  /** Its start time, as the system counts; distinguishes it from others of the same number. */
  readonly born: string;
}
