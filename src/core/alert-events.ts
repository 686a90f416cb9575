import type { Acknowledgement, AlertChange, CalmEnd, FalsePositive, MatchedSilence, Silence } from './alert.ts';
import type { Anomaly } from './anomaly.ts';
import type { Notice, ReceiverData } from './notice.ts';
import type {
  EscalationBegin,
  EscalationStep,
  NoticeEnd,
  RemedyAnswer,
  RemedyRecord,
  RemedyRerun,
} from './notice-record.ts';
import type { Matchers } from './notice-terms.ts';
import type { Claim, Receipt } from './response.ts';
import type { Instant } from './time.ts';

/** Alerts and messages to people, and what people answer. */
export interface AlertEvents {
  'alert.changed': { readonly change: AlertChange };
  'alert.acknowledged': {
    readonly fingerprint: string;
    readonly episode: number;
    readonly acknowledgement: Acknowledgement;
  };
  'alert.unacknowledged': {
    readonly fingerprint: string;
    readonly episode: number;
    readonly because: CalmEnd;
  };
  /** Replaces an earlier silence of the same alert. */
  'silence.set': { readonly silence: Silence };
  'silence.ended': {
    readonly fingerprint: string;
    /** When that silence was set. A later one stays in force. */
    readonly setAt: Instant;
    readonly because: CalmEnd;
  };
  /** Applies to all fitting alerts, whatever their subject. Replaces an earlier one with the same matchers. */
  'silence.matched': { readonly silence: MatchedSilence };
  'silence.unmatched': {
    readonly match: Matchers;
    /** When that silence was set. A later one stays in force. */
    readonly setAt: Instant;
    /** Login of the person who ended it, as reported by the API. */
    readonly by: string;
  };
  /** A message to be sent. Written down together with the event it reports. */
  'notice.planned': { readonly notice: Notice };
  /** A process is about to send these; `at` is wall-clock time. */
  'notice.taken': { readonly keys: readonly string[]; readonly by: string; readonly at: Instant };
  'notice.sent': { readonly key: string; readonly receiver: ReceiverData };
  'notice.failed': {
    readonly key: string;
    readonly error: string;
    /** It may have arrived all the same. */
    readonly unsure: boolean;
    /** Do not try again before this moment. */
    readonly notBefore: Instant;
  };
  /** It is no longer tried. */
  'notice.dead': NoticeEnd;
  /** An alert held back from a channel because there were too many about its subject in the hour. */
  'notice.held': {
    readonly channel: string;
    readonly fingerprint: string;
    readonly episode: number;
    /** What the limit counts by: a server or the subject of the alert. */
    readonly about: string;
  };
  /** The escalation of an episode begins, with the policy as it was at that moment, or takes its next step. */
  'alert.escalated': EscalationBegin | EscalationStep;
  /** An automatic action that an alert asked for, and what became of it. */
  'remedy.decided': { readonly remedy: RemedyRecord };
  /** A lead approves or rejects what an alert asks for. */
  'remedy.answered': { readonly answer: RemedyAnswer };
  /** A run is re-run, or the outcome of that. */
  'remedy.rerun': { readonly rerun: RemedyRerun };
  'response.claimed': { readonly claim: Claim };
  'response.applied': { readonly receipt: Receipt };
  /** What a detector found when its alert became active. Written once per episode. */
  'anomaly.found': {
    readonly rule: string;
    readonly fingerprint: string;
    readonly episode: number;
    readonly anomaly: Anomaly;
  };
  /** A person says that an alert was wrong. Its rule then asks for more on that subject for a while. Replaces an earlier mark. */
  'alert.marked': { readonly mark: FalsePositive };
  'alert.unmarked': {
    readonly fingerprint: string;
    /** When that mark was set. A later one stays in force. */
    readonly setAt: Instant;
    readonly because: CalmEnd;
  };
}

/** All kinds of these events. */
export const ALERT_EVENTS: Readonly<Record<keyof AlertEvents, true>> = {
  'alert.changed': true,
  'alert.acknowledged': true,
  'alert.unacknowledged': true,
  'silence.set': true,
  'silence.ended': true,
  'silence.matched': true,
  'silence.unmatched': true,
  'notice.planned': true,
  'notice.taken': true,
  'notice.sent': true,
  'notice.failed': true,
  'notice.dead': true,
  'notice.held': true,
  'alert.escalated': true,
  'remedy.decided': true,
  'remedy.answered': true,
  'remedy.rerun': true,
  'response.claimed': true,
  'response.applied': true,
  'anomaly.found': true,
  'alert.marked': true,
  'alert.unmarked': true,
};
