import type { Alert, AlertChange, Silence } from '../core/alert.ts';
import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import { after, between, DAY, type Duration, HOUR, type Instant } from '../core/time.ts';
import { applyWord, type Word } from './calm.ts';
import { applyMatchedWord, type MatchedSilences, type MatchedWord } from './matched-silence.ts';

/** All current alerts, and those that ended lately. */
export interface AlertBook {
  /** By fingerprint. */
  readonly alerts: Readonly<Record<string, Alert>>;
  /** The last episode by fingerprint. Kept for good, because an episode's number is in keys outside and must not be reused. */
  readonly episodes: Readonly<Record<string, number>>;
  /** By fingerprint: those that nobody has ended yet. `silenceOf` says whether one is still in force. */
  readonly silences: Readonly<Record<string, Silence>>;
  /** Left out if none was ever set, as in state kept by a version that had none. */
  readonly matched?: MatchedSilences;
  /** When the alerts were last evaluated. An older look no longer changes anything. */
  readonly evaluatedAt: Instant | null;
  /**
   * The last run of Checkrein, if it was well before `evaluatedAt`. If the next one, after it, is too, two clocks agree against
   * one: the look at `evaluatedAt` was ahead of time and must not silence all looks until then.
   */
  readonly behind: Instant | null;
  /** How long an ended alert is remembered, by `retention.alerts` as of the last compaction. */
  readonly resolvedKept: Duration;
}

/** Clocks do not drift so far that a run would be this much before the last look. */
const DRIFT: Duration = HOUR;

/** How long an ended alert is remembered, so that its issue can be reopened, until a compaction sets the time. */
const RESOLVED_KEPT: Duration = 30 * DAY;

/** Keeps the alerts according to the changes in the ledger. */
export const alertsFold: Fold<AlertBook> = {
  initial: { alerts: {}, episodes: {}, silences: {}, evaluatedAt: null, behind: null, resolvedKept: RESOLVED_KEPT },
  apply(book: AlertBook, events: readonly LedgerEvent[]): AlertBook {
    const relevant = events.filter(isRelevant);
    if (relevant.length === 0) return book;
    const draft: BookDraft = {
      alerts: { ...book.alerts },
      episodes: { ...book.episodes },
      silences: { ...book.silences },
      ...(book.matched === undefined ? {} : { matched: book.matched }),
      evaluatedAt: book.evaluatedAt,
      behind: book.behind ?? null,
      resolvedKept: book.resolvedKept,
    };
    for (const event of relevant) fold(draft, event);
    forget(draft);
    return draft;
  },
};

type Look = EventOf<'alert.changed' | 'watch.ran'>;
type Relevant = Look | Word | MatchedWord | EventOf<'ledger.compacted'>;

interface BookDraft {
  readonly alerts: Record<string, Alert>;
  readonly episodes: Record<string, number>;
  readonly silences: Record<string, Silence>;
  matched?: MatchedSilences;
  evaluatedAt: Instant | null;
  behind: Instant | null;
  resolvedKept: Duration;
}

function advanceClock(draft: BookDraft, { kind, at }: Look): void {
  const { evaluatedAt, behind } = draft;
  if (evaluatedAt === null || at >= evaluatedAt) {
    draft.evaluatedAt = at;
    draft.behind = null;
  } else if (kind === 'watch.ran' && between(at, evaluatedAt) > DRIFT) {
    const ranAhead = behind !== null && at > behind;
    // What is forgotten stays forgotten, because batches must not matter.
    if (ranAhead) forget(draft);
    draft.evaluatedAt = ranAhead ? at : evaluatedAt;
    draft.behind = ranAhead ? null : at;
  }
}

const RELEVANT: readonly LedgerEvent['kind'][] = [
  'alert.changed',
  'watch.ran',
  'alert.acknowledged',
  'alert.unacknowledged',
  'silence.set',
  'silence.ended',
  'silence.matched',
  'silence.unmatched',
  'ledger.compacted',
] satisfies readonly Relevant['kind'][];

function isRelevant(event: LedgerEvent): event is Relevant {
  return RELEVANT.includes(event.kind);
}

function fold(draft: BookDraft, event: Relevant): void {
  if (event.kind === 'ledger.compacted') {
    rememberFor(draft, event.data.alertsKept);
    return;
  }
  if (event.kind === 'silence.matched' || event.kind === 'silence.unmatched') {
    draft.matched = applyMatchedWord(draft.matched ?? {}, event);
    return;
  }
  if (event.kind !== 'alert.changed' && event.kind !== 'watch.ran') {
    applyWord(draft, event);
    return;
  }
  advanceClock(draft, event);
  if (event.kind === 'alert.changed') applyChange(draft, event.data.change, event.at);
}

/** What was forgotten by then stays forgotten, because batches must not matter. */
function rememberFor(draft: BookDraft, kept: unknown): void {
  if (typeof kept !== 'number' || !Number.isSafeInteger(kept) || kept < 0) return;
  forget(draft);
  draft.resolvedKept = kept;
}

function applyChange(draft: BookDraft, change: AlertChange, at: Instant): void {
  const before = keptAlert(draft, change.fingerprint);
  const next = changed(before, change, at);
  if (next === null) delete draft.alerts[change.fingerprint];
  else draft.alerts[change.fingerprint] = next;
  if (change.episode > (draft.episodes[change.fingerprint] ?? 0)) draft.episodes[change.fingerprint] = change.episode;
}

/** The alert after a change. A step of an alert that the book does not know leaves nothing. */
function changed(before: Alert | undefined, change: AlertChange, at: Instant): Alert | null {
  switch (change.kind) {
    case 'pending':
    case 'activated':
    case 'updated':
      return told(before, change, at);
    case 'clearing':
      return before === undefined ? null : { ...before, keepSince: earlier(before.keepSince, at) };
    case 'holding':
      return before === undefined ? null : { ...before, keepSince: null };
    case 'dropped':
      return before === undefined || before.resolvedAt === null ? null : { ...before, state: 'resolved' };
    case 'resolved':
      return before === undefined
        ? null
        : { ...before, state: 'resolved', keepSince: null, resolvedAt: at, acknowledged: null };
    default:
      return change satisfies never;
  }
}

/** The wait began when it was first reported. A timestamp in the future gives way. */
function earlier(known: Instant | null, at: Instant): Instant {
  return known === null || at < known ? at : known;
}

type Told = Extract<AlertChange, { kind: 'pending' | 'activated' | 'updated' }>;

function told(before: Alert | undefined, change: Told, at: Instant): Alert {
  const { fingerprint, name, subject, labels, episode, since, facts } = change;
  const known = { fingerprint, name, subject, labels, episode, since, acknowledged: null, facts };
  const head = { ...known, ...flapsOf(before, change) };
  switch (change.kind) {
    case 'pending':
      // The end of the last episode is kept, because the wait may come to nothing.
      return {
        ...head,
        state: 'pending',
        activeAt: null,
        keepSince: null,
        resolvedAt: before?.resolvedAt ?? null,
        seenAt: at,
        observations: change.observations ?? 1,
      };
    case 'activated':
      return { ...head, state: 'active', activeAt: at, keepSince: null, resolvedAt: null };
    case 'updated':
      return {
        ...head,
        state: before?.state ?? 'active',
        activeAt: before?.activeAt ?? at,
        keepSince: before?.keepSince ?? null,
        resolvedAt: before?.resolvedAt ?? null,
        acknowledged: before?.acknowledged ?? null,
      };
    default:
      return change.kind satisfies never;
  }
}

/** An episode's start says how often it came back. That stays until the next one. */
function flapsOf(before: Alert | undefined, { kind, flaps }: Told): { readonly flaps?: number } {
  const known = kind === 'activated' ? flaps : before?.flaps;
  return known === undefined ? {} : { flaps: known };
}

/** An alert that ended too long ago is gone, whether or not it was cleared away yet, because batches must not matter. */
function keptAlert(draft: BookDraft, key: string): Alert | undefined {
  const alert = draft.alerts[key];
  return alert !== undefined && isKept(draft, alert) ? alert : undefined;
}

function forget(draft: BookDraft): void {
  for (const [key, alert] of Object.entries(draft.alerts)) if (!isKept(draft, alert)) delete draft.alerts[key];
}

function isKept({ evaluatedAt, resolvedKept }: BookDraft, { state, resolvedAt }: Alert): boolean {
  if (state !== 'resolved' || resolvedAt === null || evaluatedAt === null) return true;
  return resolvedAt >= after(evaluatedAt, -resolvedKept);
}
