import type { Hypothesis } from '../core/improvement.ts';
import type { Matchers } from '../core/notice-terms.ts';
import type { Duration } from '../core/time.ts';

/** What a person asks for in a comment. Texts are one plain line each and still a person's: inert them wherever they are shown. */
export type Command =
  /** Until the episode ends if no time is given. */
  | { readonly verb: 'ack'; readonly lasts: Duration | null; readonly why: string | null }
  | {
      readonly verb: 'silence';
      /** All alerts that match; null for the alert of this issue. Never empty. */
      readonly match: Matchers | null;
      readonly lasts: Duration | null;
      readonly why: string | null;
    }
  /** The silence with these matchers; null for that of this alert. */
  | { readonly verb: 'unsilence'; readonly match: Matchers | null }
  | { readonly verb: 'false-positive'; readonly undo: boolean; readonly why: string | null }
  /** Without names: every agent. */
  | { readonly verb: 'stop'; readonly agents: readonly string[]; readonly why: string | null }
  | {
      readonly verb: 'resume';
      /** The stop that is meant; null for the one in force when the comment was written. */
      readonly generation: number | null;
      /** The agent that is resumed first, on its own; null for all at once. */
      readonly canary: string | null;
      /** Resume although the cause still holds. Needs a reason. */
      readonly anyway: boolean;
      readonly why: string | null;
    }
  | { readonly verb: 'approve' | 'reject'; readonly id: string; readonly why: string | null }
  | { readonly verb: 'rollback'; readonly pull: number; readonly why: string | null }
  | { readonly verb: 'expect'; readonly hypothesis: Hypothesis }
  | {
      readonly verb: 'raise';
      readonly budget: string;
      /** In the unit of the budget. */
      readonly to: number;
      /** Whether the amount was given in dollars. */
      readonly inUsd: boolean;
      readonly lasts: Duration;
    }
  /** A model's finding was useful, or was not. */
  | { readonly verb: 'accept' | 'dismiss'; readonly finding: string; readonly why: string | null }
  | {
      readonly verb: 'override';
      /** Null for every agent. */
      readonly agent: string | null;
      readonly lasts: Duration;
      readonly why: string | null;
    }
  | { readonly verb: 'status' }
  | { readonly verb: 'help' };

export type Verb = Command['verb'];

/** Why nobody can act on a comment. */
export type Misreading =
  | 'too_long'
  | 'hidden_text'
  | 'in_code'
  | 'in_quote'
  | 'not_at_line_start'
  | 'more_than_one'
  | 'no_verb'
  | 'unknown_verb'
  | 'bad_arguments';

/** What was found in a comment. `none` means it is not addressed to us at all. */
export type Reading =
  | { readonly kind: 'none' }
  | { readonly kind: 'command'; readonly command: Command }
  | {
      readonly kind: 'misread';
      /** One of ours, or null if none was found. */
      readonly verb: Verb | null;
      readonly reason: Misreading;
      /** Our own text, apart from single words of the comment, shortened: inert it wherever it is shown. */
      readonly sentence: string;
    };

/** How each command is written, and what it does; the answer to `help`. */
export const GRAMMAR: Readonly<Record<Verb, { readonly form: string; readonly does: string }>> = {
  ack: { form: 'ack [for 2h] [why]', does: 'Takes the alert of this issue on: the issue stays, and says who has it.' },
  silence: {
    form: 'silence [LABEL=GLOB …] [for 1d] [why]',
    does: 'Tells nobody of this alert, or of all that fit, for a while (a day if not said).',
  },
  unsilence: {
    form: 'unsilence [LABEL=GLOB …]',
    does: 'Ends the silence of this alert, or the one with these labels.',
  },
  'false-positive': {
    form: 'false-positive [undo] [why]',
    does: 'Says that this alert was wrong: its rule asks for more here for a while.',
  },
  stop: { form: 'stop [AGENT …] [because WHY]', does: 'Stops the agents named, or all of them, at once.' },
  resume: {
    form: 'resume [@GENERATION] [canary AGENT] [anyway] [because WHY]',
    does: 'Switches on again exactly what the stop switched off.',
  },
  approve: {
    form: 'approve COMMIT|PROPOSAL|RESPONSE [why]',
    does: 'Approves the head of this pull request by at least 12 of its 40 digits, or a proposal, or what this alert asks for, for that alone and for a time.',
  },
  reject: {
    form: 'reject COMMIT|PROPOSAL|RESPONSE [why]',
    does: 'Rejects the head of this pull request, a proposal, or what this alert asks for.',
  },
  rollback: { form: 'rollback #PR [why]', does: 'Opens a draft that takes a merged pull request back.' },
  expect: {
    form: 'expect METRIC down|up [20%] [within 14d] [of AGENT] [guard METRIC …]',
    does: 'Says what the change of this pull request is held to once it is merged.',
  },
  raise: { form: 'raise BUDGET to AMOUNT for 1d', does: 'Allows a budget more for a while.' },
  accept: { form: 'accept O1 [why]', does: 'Says that a finding of the second opinion was of use. Changes no risk.' },
  dismiss: {
    form: 'dismiss O1 [why]',
    does: 'Says that a finding of the second opinion was of no use. Changes no risk.',
  },
  override: {
    form: 'override AGENT for 2h [because WHY]',
    does: 'Lets an agent (or `all`) start for a while where nobody can tell whether it may.',
  },
  status: { form: 'status', does: 'Says how the agents are.' },
  help: { form: 'help', does: 'Says which commands there are.' },
};

/** Every verb, in the order in which help lists them. */
export const VERBS: readonly Verb[] = Object.keys(GRAMMAR) as Verb[];
