import type { Money } from './money.ts';
import type { ReviewFinding } from './passport.ts';
import type { Instant } from './time.ts';

/** The name under which Checkrein's own use of a model is budgeted, leased and measured, like that of any agent. */
export const OWN_AGENT = 'checkrein';

/** The subject of a question to a model. */
export type OpinionAbout =
  | { readonly kind: 'pull'; readonly pull: number; readonly head: string }
  | { readonly kind: 'alert'; readonly fingerprint: string; readonly episode: number };

/** How a question ended. `unavailable` means no answer came, so it may be asked again. */
export type OpinionEnd = 'answered' | 'refused' | 'cut_off' | 'unreadable' | 'unavailable';

/** A finding of a model, with the name people use to refer to it. */
export interface OpinionFinding extends ReviewFinding {
  readonly by: 'opinion';
  /** `O1`: unique per head. */
  readonly id: string;
}

/** A model's guess at the cause of an alert. */
export interface Hypothesis {
  /** A model's words, redacted, on one line, with nothing in them that works. Make them inert anyway wherever they are shown. */
  readonly text: string;
  readonly confidence: 'low' | 'medium' | 'high';
  /** Ids of the evidence it cites: events of the ledger, models, other alerts. Never empty. */
  readonly evidence: readonly string[];
}

/** The result of asking a model. Its words are hostile data: they never lower a risk and trigger nothing. */
export interface Opinion {
  readonly about: OpinionAbout;
  /** When it was asked. */
  readonly at: Instant;
  /** The model that was requested. */
  readonly model: string;
  readonly end: OpinionEnd;
  /** SHA-256 of what was sent, without the mark of the call. */
  readonly asked: string;
  readonly cost: Money;
  /** All tokens; null if the answer did not say. */
  readonly tokens: number | null;
  /** Empty for a question about an alert. */
  readonly findings: readonly OpinionFinding[];
  /** Null for a question about a pull request, and if nothing that cites evidence was left. */
  readonly hypothesis: Hypothesis | null;
  /** Parts of the answer that were rejected: they refer to nothing that exists, or there are too many. */
  readonly dropped: number;
  /** What the model did not get to see, in our words. */
  readonly unseen: readonly string[];
}

/** A person's verdict on a finding of a model. */
export interface FindingVerdict {
  readonly pull: number;
  readonly head: string;
  /** The finding: `O1`. */
  readonly finding: string;
  readonly verdict: 'accepted' | 'dismissed';
  /** Login of the person, as reported by the API. */
  readonly by: string;
  readonly at: Instant;
  /** The person's words as one plain line. Make them inert wherever they are shown. */
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
  /** In US dollars, for all opinions and guesses. */
  readonly cost: number | null;
  /** The total cost of opinions about pull requests per accepted finding, in US dollars. */
  readonly costPerAccepted: number | null;
}

/** A key that tells apart what opinions are about: `pull:12:HEAD`, `alert:FINGERPRINT:3`. */
export function aboutKey(about: OpinionAbout): string {
  return about.kind === 'pull' ? `pull:${about.pull}:${about.head}` : `alert:${about.fingerprint}:${about.episode}`;
}
