import type { Severity } from '../../core/outcome.ts';
import type { ViolationSign } from '../../core/violation.ts';

/** A sign and how much it matters on its own. */
export interface WeighedSign extends ViolationSign {
  readonly severity: Severity;
}
