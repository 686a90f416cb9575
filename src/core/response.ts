import type { Judgement } from './improvement.ts';
import type { RerunKind } from './notice-terms.ts';
import type { Severity } from './outcome.ts';
import type { Instant } from './time.ts';

/** The kinds of hands that Checkrein has. Each is one folder in responses/. */
export type ResponseKind = 'issue' | 'stop' | 'rollback' | 'rerun';

/** A list of all kinds, for readers that must tell a known kind from an unknown one. */
export const RESPONSE_KINDS: readonly ResponseKind[] = ['issue', 'stop', 'rollback', 'rerun'];

/** What is intended outside, as data. Doing the same key twice changes nothing. */
export type PlannedResponse = IssueResponse | StopResponse | RollbackResponse | RerunResponse;

/** A stop that a rule asks for. A person's stop is no response: it is done at once, whatever the rules say. */
export interface StopResponse {
  readonly kind: 'stop';
  readonly act: 'stop';
  /** `stop:FINGERPRINT:EPISODE`: a rule asks once for each episode. */
  readonly key: string;
  /** A word for people and logs: why this is planned. */
  readonly because: string;
  readonly fingerprint: string;
  readonly episode: number;
  /** Names of the agents to stop, sorted; never empty. */
  readonly agents: readonly string[];
  readonly rule: string;
}

/** A draft that takes back a change which made something worse, where the configuration asks for it. */
export interface RollbackResponse {
  readonly kind: 'rollback';
  readonly act: 'draft';
  /** `rollback:PULL@LOOK`: once for each look that found it worse. */
  readonly key: string;
  /** A word for people and logs: why this is planned. */
  readonly because: string;
  /** `rollback:PULL`, where other responses name their alert. */
  readonly fingerprint: string;
  /** The number of the look. */
  readonly episode: number;
  readonly pull: number;
  /** What the draft says it rests on. */
  readonly judgement: Judgement | null;
}

/** A run that failed and is to be run again, because its alert asks for it. */
export interface RerunResponse {
  readonly kind: 'rerun';
  /** `rerun-failed`: its failed jobs and what depends on them; `retry-run`: all of it. */
  readonly act: RerunKind;
  /** `rerun:FINGERPRINT:EPISODE:RUN.ATTEMPT` */
  readonly key: string;
  /** A word for people and logs: why this is planned. */
  readonly because: string;
  readonly fingerprint: string;
  readonly episode: number;
  readonly agent: string;
  readonly run: number;
  /** The attempt that ended badly: the next one is made only where this is still the last. */
  readonly attempt: number;
}

interface IssueResponseBase {
  readonly kind: 'issue';
  readonly key: string;
  /** A word for people and logs: why this is planned. */
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
      /** Said beside, because an edit notifies nobody; null when the news can wait until somebody looks. */
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

/** What came of a planned response. */
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
  /** How much the issue says it matters, where it was written. */
  readonly severity: Severity | null;
  /** Free of secrets; null when it went well. */
  readonly error: string | null;
  /** True when the target is gone for good, so that it must be made anew. */
  readonly gone: boolean;
  /** Put off, as what must wait for something else: it did not fail, and the next run takes it up. */
  readonly later?: true;
}

/** Who is carrying a response out, written to the ledger before it is done. */
export interface Claim {
  readonly key: string;
  readonly kind: ResponseKind;
  readonly act: PlannedResponse['act'];
  readonly fingerprint: string;
  readonly episode: number;
  /** Unique for each process. */
  readonly by: string;
  readonly at: Instant;
}
