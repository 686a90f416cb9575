import type { Judgement } from './improvement.ts';
import type { RerunKind } from './notice-terms.ts';
import type { Severity } from './outcome.ts';
import type { Instant } from './time.ts';

/** The kinds of action Checkrein can take. Each is one folder in responses/. */
export type ResponseKind = 'issue' | 'stop' | 'rollback' | 'rerun';

/** A list of all kinds, for readers that must tell known kinds from unknown ones. */
export const RESPONSE_KINDS: readonly ResponseKind[] = ['issue', 'stop', 'rollback', 'rerun'];

/** An intended action outside, as data. Doing the same key twice changes nothing. */
export type PlannedResponse = IssueResponse | StopResponse | RollbackResponse | RerunResponse;

/** A stop that a rule asks for. A person's stop is not a response: it is carried out at once, whatever the rules say. */
export interface StopResponse {
  readonly kind: 'stop';
  readonly act: 'stop';
  /** `stop:FINGERPRINT:EPISODE`: a rule asks once per episode. */
  readonly key: string;
  /** Why this is planned, in a word, for people and logs. */
  readonly because: string;
  readonly fingerprint: string;
  readonly episode: number;
  /** Names of the agents to stop, sorted; never empty. */
  readonly agents: readonly string[];
  readonly rule: string;
}

/** A draft pull request that reverts a change which made something worse, if the configuration asks for it. */
export interface RollbackResponse {
  readonly kind: 'rollback';
  readonly act: 'draft';
  /** `rollback:PULL@LOOK`: once per look that found it worse. */
  readonly key: string;
  /** Why this is planned, in a word, for people and logs. */
  readonly because: string;
  /** `rollback:PULL`, in the place where other responses name their alert. */
  readonly fingerprint: string;
  /** The number of the look. */
  readonly episode: number;
  readonly pull: number;
  /** What the draft says it is based on. */
  readonly judgement: Judgement | null;
}

/** A failed run that is to be re-run because its alert asks for it. */
export interface RerunResponse {
  readonly kind: 'rerun';
  /** `rerun-failed`: its failed jobs and those that depend on them; `retry-run`: all of it. */
  readonly act: RerunKind;
  /** `rerun:FINGERPRINT:EPISODE:RUN.ATTEMPT` */
  readonly key: string;
  /** Why this is planned, in a word, for people and logs. */
  readonly because: string;
  readonly fingerprint: string;
  readonly episode: number;
  readonly agent: string;
  readonly run: number;
  /** The attempt that ended badly. It is only re-run if this is still the last attempt. */
  readonly attempt: number;
}

interface IssueResponseBase {
  readonly kind: 'issue';
  readonly key: string;
  /** Why this is planned, in a word, for people and logs. */
  readonly because: string;
  readonly fingerprint: string;
  readonly episode: number;
}

/** What an issue should say. */
export interface IssueContent {
  readonly title: string;
  readonly body: string;
  /** Hash of the title and the body without the marker. */
  readonly hash: string;
  readonly labels: readonly string[];
  readonly severity: Severity;
}

export type IssueResponse =
  | (IssueResponseBase & { readonly act: 'open'; readonly content: IssueContent })
  | (IssueResponseBase & {
      readonly act: 'update';
      readonly issue: number;
      readonly content: IssueContent;
      /** A separate comment, because an edit notifies nobody; null if the news can wait until somebody looks. */
      readonly comment: string | null;
    })
  | (IssueResponseBase & {
      readonly act: 'reopen';
      readonly issue: number;
      readonly content: IssueContent;
      readonly comment: string;
    })
  | (IssueResponseBase & {
      readonly act: 'close';
      readonly issue: number;
      readonly content: IssueContent;
      readonly comment: string;
    });

/** The result of a planned response. */
export interface Receipt {
  readonly key: string;
  readonly kind: ResponseKind;
  readonly act: PlannedResponse['act'];
  readonly fingerprint: string;
  readonly episode: number;
  readonly ok: boolean;
  readonly issue: number | null;
  readonly url: string | null;
  readonly hash: string | null;
  /** The severity the issue states, if it was written. */
  readonly severity: Severity | null;
  /** Free of secrets; null if it went well. */
  readonly error: string | null;
  /** True if the target is gone for good, so that it must be created again. */
  readonly gone: boolean;
  /** Postponed because it must wait for something else. It did not fail, and the next run takes it up. */
  readonly later?: true;
}

/** Who is carrying out a response, written to the ledger before it is done. */
export interface Claim {
  readonly key: string;
  readonly kind: ResponseKind;
  readonly act: PlannedResponse['act'];
  readonly fingerprint: string;
  readonly episode: number;
  /** Unique per process. */
  readonly by: string;
  readonly at: Instant;
}
