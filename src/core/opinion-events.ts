import type { FindingVerdict, Opinion } from './opinion.ts';

/** What a model was asked, and what people made of its answers. */
export interface OpinionEvents {
  /** Also written if no answer came. Its cost is recorded as a session of its own. */
  'opinion.given': { readonly opinion: Opinion };
  /** Replaces earlier verdicts on that finding. */
  'opinion.judged': { readonly judged: FindingVerdict };
}

/** All kinds of these events. */
export const OPINION_EVENTS: Readonly<Record<keyof OpinionEvents, true>> = {
  'opinion.given': true,
  'opinion.judged': true,
};
