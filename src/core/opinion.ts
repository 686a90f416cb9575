import type { Money } from './money.ts';
import type { ReviewFinding } from './passport.ts';
import type { Instant } from './time.ts';

/** The name under which Checkrein's own use of a model is budgeted, leased and measured, like that of any agent. */
export const OWN_AGENT = 'checkrein';

/** What a model was asked about. */
export type OpinionAbout =
  | { readonly kind: 'pull'; readonly pull: number; readonly head: string }
  | { readonly kind: 'alert'; readonly fingerprint: string; readonly episode: number };

/** How a question ended. `unavailable` may be asked again: no answer came. */
export type OpinionEnd = 'answered' | 'refused' | 'cut_off' | 'unreadable' | 'unavailable';

/** A finding of a model, with the name by which people speak of it. */
export interface OpinionFinding extends ReviewFinding {
  readonly by: 'opinion';
  /** `O1`: unique for one head. */
  readonly id: string;
}

/** What a model guesses to be behind an alert. */
export interface Hypothesis {
  /** A model's words, redacted, one line, with nothing in them that works: inert them all the same where they are shown. */
  readonly text: string;
  readonly confidence: 'low' | 'medium' | 'high';
  /** Ids of what it rests on: of events of the ledger, of models, of other alerts. Never empty. */
  readonly evidence: readonly string[];
}

/** What came of asking a model. Its words are hostile data: they change no risk for the better and act on nothing. */
export interface Opinion {
  readonly about: OpinionAbout;
  /** When it was asked. */
  readonly at: Instant;
  /** As it was asked for. */
  readonly model: string;
  readonly end: OpinionEnd;
  /** SHA-256 of what was sent, without the mark of the call. */
  readonly asked: string;
  readonly cost: Money;
  /** All tokens; null where the answer did not tell. */
  readonly tokens: number | null;
  /** Empty for a question about an alert. */
  readonly findings: readonly OpinionFinding[];
  /** Null for a question about a pull request, and where nothing was left that rests on evidence. */
  readonly hypothesis: Hypothesis | null;
  /** Parts of the answer that were not taken: they name nothing that is there, or are too many. */
  readonly dropped: number;
  /** What the model did not get to see, in our words. */
  readonly unseen: readonly string[];
}

/** What a person said of a finding of a model. */
export interface FindingVerdict {
  readonly pull: number;
  readonly head: string;
  /** Of the finding: `O1`. */
  readonly finding: string;
  readonly verdict: 'accepted' | 'dismissed';
  /** Login of the person, as the API said it. */
  readonly by: string;
  readonly at: Instant;
  /** The person's words, one plain line: inert them wherever they are shown. */
  readonly why: string | null;
}

/** How useful opinions about pull requests were; null = not known. */
export interface OpinionUse {
  readonly given: number;
  readonly findings: number;
  readonly accepted: number;
  readonly dismissed: number;
  /** Of those that people judged. */
  readonly acceptedShare: number | null;
  /** In US dollars, of all opinions and guesses. */
  readonly cost: number | null;
  /** What opinions about pull requests cost together for each finding that was accepted, in US dollars. */
  readonly costPerAccepted: number | null;
}

/** Tells what opinions are about apart: `pull:12:HEAD`, `alert:FINGERPRINT:3`. */
export function aboutKey(about: OpinionAbout): string {
  return about.kind === 'pull' ? `pull:${about.pull}:${about.head}` : `alert:${about.fingerprint}:${about.episode}`;
}
