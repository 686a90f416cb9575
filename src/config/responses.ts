import { z } from 'zod';
import type { RemedyKind } from '../core/notice-terms.ts';
import type { Duration } from '../core/time.ts';
import { durationOption } from './values.ts';

/** What a rule asks for if its alert is critical. */
export interface RuleResponse {
  readonly do: RemedyKind;
  /** Whether it is carried out; null if the `mode` of the whole file decides. */
  readonly mode: 'shadow' | 'enforce' | null;
  /** How long until the same is done again about the same alert. */
  readonly cooldown: Duration;
  /** The most of these in 24 hours. */
  readonly max_per_day: number;
  /** How long a denial lasts. */
  readonly lasts: Duration;
  /** `approval`: a person must say yes first. */
  readonly requires: 'approval' | null;
  /** How long a person's approval is valid. */
  readonly approval_lasts: Duration;
  /** The most attempts a run may have had to be re-run. */
  readonly max_attempts: number;
}

const word = z.enum(['notify', 'pause-agent', 'deny', 'stop', 'retry-run', 'rerun-failed', 'none']);

const group = z.strictObject({
  do: word,
  mode: z.enum(['shadow', 'enforce']).nullable().default(null),
  cooldown: durationOption('1h', 'How long until the same is done again about the same alert.'),
  max_per_day: z.int().min(0).max(50).default(3),
  lasts: durationOption('4h', 'How long an agent that is denied may not start.'),
  requires: z.enum(['approval']).nullable().default(null),
  approval_lasts: durationOption('4h', 'How long the approval of a lead is good.'),
  max_attempts: z
    .int()
    .min(2)
    .max(50)
    .default(3)
    .describe('A run that has had this many attempts is not run again; GitHub itself allows 50.'),
});

/** One word, or a group if a rule has a mode or limits of its own. */
export const ruleResponse: z.ZodType<RuleResponse, unknown> = z
  .union([word.transform((said) => group.parse({ do: said })), group], {
    error:
      "expected 'stop', 'pause-agent', 'deny', 'retry-run', 'rerun-failed', 'none' or 'notify', or a group such as { do: stop, mode: shadow }",
  })
  .prefault('none');
