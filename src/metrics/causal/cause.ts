import type { CausalEdge, DeedNode } from '../../core/causal.ts';
import type { Instant } from '../../core/time.ts';

/** A run as a cause and an effect. */
export interface CausalRun {
  readonly run: number;
  readonly agent: string;
  readonly trigger: string;
  /** Login of the account it acts for. */
  readonly actor: string | null;
  /** The number of the bot that set it off; null if a person did or it is not known. */
  readonly bot: number | null;
  /** The run that started it, if that is known for sure. */
  readonly parent: number | null;
  /** The pull request it is about. */
  readonly pull: number | null;
  /** When GitHub created it. */
  readonly at: Instant;
  /** True if the first attempt is not known. Further attempts are started by a button. */
  readonly again: boolean;
  /** When its attempts worked. */
  readonly spells: readonly { readonly from: Instant; readonly to: Instant | null }[];
}

/** What started a run, and how sure that is. */
export interface Cause {
  readonly deed: DeedNode;
  readonly certainty: CausalEdge['certainty'];
  readonly because: string;
}
