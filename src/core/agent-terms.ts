/** What the configuration lets an agent do in one session. What it does not mention is not checked. */
export interface AgentTerms {
  /** A session or a pull request outside this scope is a violation. `max_lines` applies to pull requests only. */
  readonly scope?:
    | {
        readonly read_only?: boolean | undefined;
        readonly tools?: readonly string[] | undefined;
        readonly mcp_servers?: readonly string[] | undefined;
        readonly paths?: readonly string[] | undefined;
        readonly max_files?: number | undefined;
        readonly max_lines?: number | undefined;
      }
    | undefined;
  /** A session above one of these limits is a violation. With a guard, it is ended while it runs. */
  readonly limits?:
    | {
        readonly usd?: number | undefined;
        readonly tokens?: number | undefined;
        readonly turns?: number | undefined;
        readonly minutes?: number | undefined;
        /** Identical calls of a tool in a row. */
        readonly repeats?: number | undefined;
        /** Dollars per minute over the last five minutes. */
        readonly usd_per_minute?: number | undefined;
      }
    | undefined;
}
