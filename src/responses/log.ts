import type { AlertChange } from '../core/alert.ts';
import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import type { Severity } from '../core/outcome.ts';
import type { Claim, Receipt } from '../core/response.ts';
import { after, DAY, HOUR, type Instant, latest } from '../core/time.ts';

/** The one issue for an alert, according to our own receipts. */
export interface LivingIssue {
  readonly number: number;
  readonly url: string | null;
  /** The episode that it last covered. */
  readonly episode: number;
  readonly state: 'open' | 'closed';
  /** Hash of the content last written. */
  readonly hash: string | null;
  /** The severity last written. */
  readonly severity: Severity | null;
  readonly closedAt: Instant | null;
  /** Somebody deleted or moved it, so a new one is needed. */
  readonly gone: boolean;
}

/** Why an episode ended, kept until the next one begins. */
export interface Resolution {
  readonly episode: number;
  readonly reason: string;
  readonly at: Instant;
}

/** What was done outside, and what a process is about to do. */
export interface ResponseLog {
  /** By fingerprint of the alert. */
  readonly issues: Readonly<Record<string, LivingIssue>>;
  /** By key: claimed and not yet followed by a receipt. */
  readonly claims: Readonly<Record<string, Claim>>;
  /** The times of outside writes, oldest first, within an hour of the last one. */
  readonly writes: readonly Instant[];
  /** By fingerprint of the alert, of the last 30 days. */
  readonly resolutions: Readonly<Record<string, Resolution>>;
}

/** How long the reason for an end is kept for a close that could not be written yet. */
const RESOLUTIONS_KEPT = 30 * DAY;

/** A claim this old belongs to a process that is dead. */
const CLAIMS_KEPT = HOUR;

/** A closed issue is not reopened after this long; the next episode gets a new one. */
const CLOSED_ISSUES_KEPT = 90 * DAY;

export const responsesFold: Fold<ResponseLog> = {
  initial: { issues: {}, claims: {}, writes: [], resolutions: {} },
  apply: (state, events) => {
    const relevant = events.filter(isRelevant);
    if (relevant.length === 0) return state;
    const draft: Draft = {
      issues: { ...state.issues },
      claims: { ...state.claims },
      writes: [...state.writes],
      resolutions: { ...state.resolutions },
    };
    for (const event of relevant) fold(draft, event);
    return draft;
  },
};

interface Draft {
  readonly issues: Record<string, LivingIssue>;
  readonly claims: Record<string, Claim>;
  writes: Instant[];
  readonly resolutions: Record<string, Resolution>;
}

type RelevantEvent = EventOf<'response.claimed' | 'response.applied' | 'alert.changed'>;

function isRelevant(event: LedgerEvent): event is RelevantEvent {
  return event.kind === 'response.claimed' || event.kind === 'response.applied' || event.kind === 'alert.changed';
}

function fold(draft: Draft, event: RelevantEvent): void {
  switch (event.kind) {
    case 'response.claimed':
      foldClaim(draft, event.data.claim);
      return;
    case 'response.applied':
      foldReceipt(draft, event.data.receipt, event.at);
      return;
    case 'alert.changed':
      foldChange(draft, event.data.change, event.at);
      return;
    default:
      event satisfies never;
  }
}

function foldClaim(draft: Draft, claim: Claim): void {
  for (const [key, other] of Object.entries(draft.claims)) {
    if (other.at < after(claim.at, -CLAIMS_KEPT)) delete draft.claims[key];
  }
  draft.claims[claim.key] = claim;
}

function foldReceipt(draft: Draft, receipt: Receipt, at: Instant): void {
  delete draft.claims[receipt.key];
  // Stops and rollbacks are recorded by their own events, and write no issue here.
  if (receipt.kind !== 'issue') return;
  draft.writes.push(at);
  const newest = draft.writes.reduce(latest);
  draft.writes = draft.writes.filter((write) => write > after(newest, -HOUR)).sort();
  foldIssue(draft, receipt, at);
  for (const [fingerprint, issue] of Object.entries(draft.issues)) {
    if (issue.closedAt !== null && issue.closedAt < after(at, -CLOSED_ISSUES_KEPT)) delete draft.issues[fingerprint];
  }
}

function foldIssue(draft: Draft, receipt: Receipt, at: Instant): void {
  const before = draft.issues[receipt.fingerprint];
  if (receipt.gone) {
    if (before?.number === receipt.issue) draft.issues[receipt.fingerprint] = { ...before, gone: true };
  } else if (receipt.ok && receipt.issue !== null) {
    const closed = receipt.act === 'close';
    draft.issues[receipt.fingerprint] = {
      number: receipt.issue,
      url: receipt.url ?? before?.url ?? null,
      episode: receipt.episode,
      state: closed ? 'closed' : 'open',
      hash: receipt.hash,
      severity: receipt.severity,
      closedAt: closed ? at : null,
      gone: false,
    };
  }
}

function foldChange(draft: Draft, change: AlertChange, at: Instant): void {
  if (change.kind === 'activated') {
    delete draft.resolutions[change.fingerprint];
  } else if (change.kind === 'resolved') {
    draft.resolutions[change.fingerprint] = { episode: change.episode, reason: change.reason, at };
    for (const [fingerprint, resolution] of Object.entries(draft.resolutions)) {
      if (resolution.at < after(at, -RESOLUTIONS_KEPT)) delete draft.resolutions[fingerprint];
    }
  }
}
