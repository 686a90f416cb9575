import type { AlertChange } from '../core/alert.ts';
import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { EpisodeMark } from '../core/facts.ts';
import type { Fold } from '../core/fold.ts';
import { after, DAY, type Duration, type Instant } from '../core/time.ts';

/** The episodes of alerts of the last 90 days, and what people said about them. */
export interface EpisodesState {
  /** The latest change of any alert. Retention is counted from it. */
  readonly newest: Instant | null;
  /** By fingerprint and number of the episode. */
  readonly episodes: Readonly<Record<string, EpisodeMark>>;
}

/** How far back the accuracy of alerts looks. */
export const ACCURACY_OVER: Duration = 90 * DAY;

type Relevant = EventOf<'alert.changed' | 'alert.acknowledged' | 'alert.marked' | 'alert.unmarked'>;
type Draft = Record<string, EpisodeMark>;

/** Keeps which alerts people took for an incident and which for a false alarm. */
export const episodesFold: Fold<EpisodesState> = {
  initial: { newest: null, episodes: {} },
  apply(state, events) {
    const relevant = events.filter(isRelevant);
    if (relevant.length === 0) return state;
    const draft: Draft = { ...state.episodes };
    let newest = state.newest ?? '';
    for (const event of relevant) {
      if (event.at > newest) newest = event.at;
      note(draft, event);
    }
    const since = after(newest, -ACCURACY_OVER);
    for (const [key, mark] of Object.entries(draft)) if (isOver(mark, since)) delete draft[key];
    return { newest, episodes: draft };
  },
};

/** The episodes found in events, however long ago they were. */
export function episodesIn(events: Iterable<LedgerEvent>): readonly EpisodeMark[] {
  const draft: Draft = {};
  for (const event of events) if (isRelevant(event)) note(draft, event);
  return Object.values(draft);
}

const RELEVANT: readonly LedgerEvent['kind'][] = [
  'alert.changed',
  'alert.acknowledged',
  'alert.marked',
  'alert.unmarked',
] satisfies readonly Relevant['kind'][];

/** True for an event about an episode or about what people say about one. */
export function isRelevant(event: LedgerEvent): event is Relevant {
  return RELEVANT.includes(event.kind);
}

/**
 * The share of judged alerts that were right, and how many were judged, over the last 90 days. Acknowledging an alert says that it
 * is an incident. Marking it false says that it is not, whatever was said before. Null while nothing is judged.
 */
export function accuracyOf(
  episodes: readonly EpisodeMark[],
  now: Instant,
): { readonly share: number | null; readonly judged: number; readonly right: number } {
  const since = after(now, -ACCURACY_OVER);
  const judged = episodes.filter(({ verdict, since: began }) => verdict !== null && began > since && began <= now);
  const right = judged.filter(({ verdict }) => verdict === 'incident').length;
  return { share: judged.length === 0 ? null : right / judged.length, judged: judged.length, right };
}

function isOver({ since, endedAt }: EpisodeMark, oldest: Instant): boolean {
  return since <= oldest && endedAt !== null;
}

function note(draft: Draft, event: Relevant): void {
  switch (event.kind) {
    case 'alert.changed':
      noteChange(draft, event.data.change, event.at);
      return;
    case 'alert.acknowledged':
      judge(draft, `${event.data.fingerprint}#${event.data.episode}`, 'incident');
      return;
    case 'alert.marked':
      mark(draft, event.data.mark.fingerprint, 'false_alarm');
      return;
    case 'alert.unmarked':
      // A mark that expired was right when it was set; one that somebody withdrew was not.
      if (event.data.because === 'by_a_person') mark(draft, event.data.fingerprint, null);
      return;
    default:
      event satisfies never;
  }
}

function noteChange(draft: Draft, change: AlertChange, at: Instant): void {
  const key = `${change.fingerprint}#${change.episode}`;
  switch (change.kind) {
    case 'activated': {
      const { fingerprint, episode, name: rule, subject } = change;
      draft[key] = { fingerprint, episode, rule, subject, since: at, endedAt: null, verdict: null };
      return;
    }
    case 'resolved': {
      const known = draft[key];
      if (known !== undefined) draft[key] = { ...known, endedAt: at };
      return;
    }
    case 'pending':
    case 'updated':
    case 'clearing':
    case 'holding':
    case 'dropped':
      return;
    default:
      change satisfies never;
  }
}

/** A mark refers to the latest episode. */
function mark(draft: Draft, fingerprint: string, verdict: EpisodeMark['verdict']): void {
  const last = Object.values(draft)
    .filter((known) => known.fingerprint === fingerprint)
    .sort((a, b) => b.episode - a.episode)[0];
  if (last !== undefined) draft[`${fingerprint}#${last.episode}`] = { ...last, verdict };
}

function judge(draft: Draft, key: string, verdict: EpisodeMark['verdict']): void {
  const known = draft[key];
  if (known !== undefined && known.verdict !== 'false_alarm') draft[key] = { ...known, verdict };
}
