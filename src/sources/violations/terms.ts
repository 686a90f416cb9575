import type { Severity } from '../../core/outcome.ts';
import type { ViolationSign } from '../../core/violation.ts';

/** What the configuration lets an agent do in one session. */
export interface AgentTerms {
  readonly scope?:
    | {
        readonly read_only?: boolean | undefined;
        readonly tools?: readonly string[] | undefined;
        readonly mcp_servers?: readonly string[] | undefined;
        readonly paths?: readonly string[] | undefined;
        readonly max_files?: number | undefined;
      }
    | undefined;
  readonly limits?:
    | {
        readonly usd?: number | undefined;
        readonly tokens?: number | undefined;
        readonly turns?: number | undefined;
        readonly minutes?: number | undefined;
      }
    | undefined;
}

/** A sign and how much it matters on its own. */
export interface WeighedSign extends ViolationSign {
  readonly severity: Severity;
}
