import type { FindingVerdict, Opinion } from './opinion.ts';

/** What a model was asked, and what people made of its answers. */
export interface OpinionEvents {
  /** Also where no answer came; the spend of it is a session of its own. */
  'opinion.given': { readonly opinion: Opinion };
  /** Replaces what was said of that finding before. */
  'opinion.judged': { readonly judged: FindingVerdict };
}

/** Every kind of them. */
export const OPINION_EVENTS: Readonly<Record<keyof OpinionEvents, true>> = {
  'opinion.given': true,
  'opinion.judged': true,
};
