import type { CausalEdge, DeedNode } from '../../core/causal.ts';
import type { Instant } from '../../core/time.ts';

/** A run as a cause and an effect. */
export interface CausalRun {
  readonly run: number;
  readonly agent: string;
  readonly trigger: string;
  /** Login of whom it acts for. */
  readonly actor: string | null;
  /** The number of the bot that set it off; null where a person did, or nobody knows. */
  readonly bot: number | null;
  /** The run that started it, where that is known for sure. */
  readonly parent: number | null;
  /** The pull request that it is about. */
  readonly pull: number | null;
  /** When GitHub made it. */
  readonly at: Instant;
  /** True where the first attempt is not known: what started a further one is a button. */
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
