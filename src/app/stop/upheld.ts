/** The result of looking after the stop in force. */
export interface Upheld {
  /** For people, one line each. */
  readonly complaints: readonly string[];
  /** True when this job should have done something about it and could not. */
  readonly incomplete: boolean;
  /** True when something was done, so that the ledger has changed. */
  readonly done: boolean;
}
