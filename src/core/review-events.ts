import type { Passport } from './passport.ts';
import type { PullMark, ReviewMark } from './pull.ts';

/** Pull requests of agents, and what is said about them. */
export interface ReviewEvents {
  /** Replaces earlier sightings of it. */
  'pull.seen': { readonly pull: PullMark };
  'review.given': { readonly review: ReviewMark };
  /** Replaces the passport of an earlier head. */
  'passport.made': { readonly passport: Passport };
}

/** All kinds of these events. */
export const REVIEW_EVENTS: Readonly<Record<keyof ReviewEvents, true>> = {
  'pull.seen': true,
  'review.given': true,
  'passport.made': true,
};
